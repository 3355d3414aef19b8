/**
 * Finds out which mechanisms run, from the registries: every mechanism of the catalogue is built for every domain that
 * it names, and then asked for its abduction and density. `node scripts/generate-features.mjs` writes the result to
 * FEATURES.md.
 */
import { ScmcError } from "../src/diagnostics/diagnostic.js";
import {
  type DomainKind,
  distributions,
  type MechanismName,
  mechanisms,
  transformDomains,
} from "../src/model/catalogue/catalogue.js";
import { completeOptions } from "../src/model/catalogue/options.js";
import { type BoundVariable, classesOf } from "../src/runtime/mechanisms/bound/variables.js";
import type { Mechanism } from "../src/runtime/mechanisms/contract/mechanism.js";
import { createMechanism } from "../src/runtime/mechanisms/kinds/registry.js";
import { transformNames } from "../src/runtime/mechanisms/transforms/registry.js";
import { imageTransformNames, mixingTransformNames } from "../src/runtime/mechanisms/transforms/vector-registry.js";
import { engineNames } from "../src/runtime/tensors/engine/index.js";
import type { Abduction, Domain } from "../src/schema/types.js";

export interface Feature {
  readonly mechanism: MechanismName;
  readonly domain: DomainKind;
  /** Null if the language knows the pair but this version cannot run it. */
  readonly runs: Pick<Mechanism, "abduction" | "density" | "noises"> | null;
}

/** The smallest example of each domain. */
export const exampleDomains: Readonly<Record<DomainKind, Domain>> = {
  real: { kind: "real" },
  positive: { kind: "positive" },
  nonnegative: { kind: "nonnegative" },
  interval: { kind: "interval", low: 0, high: 1 },
  binary: { kind: "binary" },
  categorical: { kind: "categorical", size: 3 },
  ordinal: { kind: "ordinal", size: 4 },
  count: { kind: "count" },
  vector: { kind: "vector", size: 3 },
  image: { kind: "image", height: 8, width: 8, channels: 1 },
};

export function features(): Feature[] {
  return (Object.keys(mechanisms) as MechanismName[]).flatMap((mechanism) =>
    mechanisms[mechanism].domains.map((domain) => ({ mechanism, domain, runs: tryToBuild(mechanism, domain) })),
  );
}

function tryToBuild(kind: MechanismName, domainKind: DomainKind): Mechanism | null {
  const domain = exampleDomains[domainKind];
  const normalisation = classesOf(domain) > 0 || domain.kind === "image" ? null : { mean: 0, sd: 1, low: 0, high: 1 };
  const child: BoundVariable = { name: "y", domain, normalisation };
  const parent: BoundVariable = { name: "p", domain: { kind: "binary" }, normalisation: null };
  const { options } = completeOptions(mechanisms[kind].options, [], true, domainKind);
  const variables = new Map([child, parent].map((variable) => [variable.name, variable]));
  const { abduction } = mechanisms[kind];
  try {
    return createMechanism({ kind, variable: "y", parents: ["p"], options, abduction }, variables);
  } catch (error) {
    if (isNotRunnable(error)) return null;
    throw error;
  }
}

/** True for the codes of "compiles but cannot be run" and "this domain cannot be fitted". */
function isNotRunnable(error: unknown): boolean {
  return error instanceof ScmcError && ["7014", "7018"].includes(error.diagnostics[0]!.code);
}

const abductionWords: Readonly<Record<Abduction, string>> = {
  exact: "exact",
  posterior_sample: "a draw from the exact posterior",
  amortised: "amortised",
  implicit: "implicit",
  record: "by record",
  deterministic: "nothing to abduct",
  none: "none",
};

function abductionText(mechanism: MechanismName, { abduction }: Pick<Mechanism, "abduction">): string {
  return mechanism === "flow" && abduction === "amortised"
    ? "exact, given a draw within each grey level"
    : abductionWords[abduction];
}

export function featuresMarkdown(): string {
  const rows = features().map(({ mechanism, domain, runs }) =>
    runs
      ? [`\`${mechanism}\``, domain, abductionText(mechanism, runs), runs.density, noisesOf(runs)]
      : [`\`${mechanism}\``, domain, "compiles, does not run yet", "", ""],
  );
  const transformRows = [
    ...transformNames.map((name) => [
      `\`${name}\``,
      "real, positive, interval, ordinal, count; vector and image, element by element",
    ]),
    ...[...mixingTransformNames, ...imageTransformNames].map((name) => [
      `\`${name}\``,
      transformDomains[name]!.join(", "),
    ]),
  ];
  return `${[
    "# Features",
    "Written by `node scripts/generate-features.mjs` from the registries; not to be edited by hand. Every line runs on each engine\n" +
      `(${engineNames.map((name) => `\`${name}\``).join(", ")}), and the laws in \`test/runtime/mechanisms\` are tested on each that is installed.`,
    "## Mechanisms that are fitted",
    table(["mechanism", "domain", "abduction", "log-probability", "exogenous noise"], rows),
    "Beside these, a mechanism may be an expression of parents and noises (abduction and density by symbolic inversion), or made by\nimage operators (abduction by record).",
    "## Transforms of `flow`",
    table(["transform", "domains"], transformRows),
    "## Distributions of noise in expressions",
    Object.keys(distributions)
      .map((name) => `\`${name}\``)
      .join(", "),
  ].join("\n\n")}\n`;
}

function noisesOf({ noises }: Pick<Mechanism, "noises">): string {
  return Object.entries(noises)
    .map(([name, { distribution }]) => `${name}: ${distribution}`)
    .join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
