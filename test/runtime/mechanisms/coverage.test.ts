/**
 * Checks the coverage of the laws, read from the catalogue: a word, call or transform of a mechanism without a law case
 * in each domain that takes it fails here, with the list of missing cases. (Kinds and domains themselves:
 * test/scripts/features.test.ts.)
 */
import { expect } from "chai";
import { hasPointMass } from "../../../src/algebra/point-masses.js";
import {
  choiceDomains,
  type DomainKind,
  type MechanismName,
  mechanisms,
  type OptionSpecs,
  transformDomains,
} from "../../../src/model/catalogue/catalogue.js";
import type { Options, OptionValue } from "../../../src/schema/types.js";
import { choicesOf, crossedCases } from "./crossed-cases.js";
import { lawCases } from "./law-cases.js";

/** `option = choice` of every word and call, those inside calls as `call.option = word`. */
function offered(specs: OptionSpecs, kind: MechanismName | null, domain: DomainKind, within = ""): string[] {
  return Object.entries(specs).flatMap(([option, spec]) => {
    if (spec.domains && !spec.domains.includes(domain)) return [];
    if (spec.type === "word") return spec.words.map((word) => `${within}${option} = ${word}`);
    if (spec.type !== "call" && spec.type !== "calls") return [];
    const only = {
      ...(kind ? choiceDomains[kind]?.[option] : {}),
      ...(option === "transform" ? transformDomains : {}),
    };
    return Object.entries(spec.calls)
      .filter(([call]) => only[call]?.includes(domain) ?? true)
      .flatMap(([call, inner]) => [`${within}${option} = ${call}`, ...offered(inner, null, domain, `${call}.`)]);
  });
}

function used(options: Options, within = ""): string[] {
  return Object.entries(options).flatMap(([option, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one: OptionValue) => {
      if (typeof one === "string") return [`${within}${option} = ${one}`];
      if (typeof one !== "object" || Array.isArray(one)) return [];
      return [`${within}${option} = ${one.call}`, ...used(one.options, `${one.call}.`)];
    }),
  );
}

const all = Object.values({ ...lawCases, ...crossedCases });

describe("law cases", () => {
  const covered = new Set<string>();
  for (const { model, variables } of all) {
    const mechanism = model.mechanisms.find(({ variable }) => variable === "y")!;
    if (!("options" in mechanism)) continue;
    const where = `${mechanism.kind} of ${variables.get("y")!.domain.kind}`;
    covered.add(`${where}, ${mechanism.parents.length === 0 ? "root" : "with a parent"}`);
    for (const choice of used(mechanism.options)) covered.add(`${where}, ${choice}`);
  }

  it("hold every word and call of every mechanism in every domain", () => {
    const wanted = Object.entries(mechanisms).flatMap(([kind, { options, domains }]) =>
      domains.flatMap((domain) =>
        offered(options, kind as MechanismName, domain).map((choice) => `${kind} of ${domain}, ${choice}`),
      ),
    );
    expect(wanted.length).to.be.greaterThan(80);
    expect(wanted.filter((one) => !covered.has(one))).to.deep.equal([]);
  });

  it("hold every mechanism that takes an interval with point masses on its edges", () => {
    const found = Object.values(lawCases).flatMap(({ model, variables }) =>
      hasPointMass(variables.get("y")!.domain)
        ? [`${model.mechanisms.find(({ variable }) => variable === "y")!.kind} of ${variables.get("y")!.domain.kind}`]
        : [],
    );
    const wanted = Object.entries(mechanisms).flatMap(([kind, { domains }]) =>
      (["nonnegative", "interval"] as const).filter((one) => domains.includes(one)).map((one) => `${kind} of ${one}`),
    );
    expect(wanted).to.have.length(8);
    expect(wanted.filter((one) => !found.includes(one))).to.deep.equal([]);
  });

  it("hold every mechanism as a root and with a parent", () => {
    const found = new Set([...covered].map((one) => one.replace(/ of \w+,/, ",")));
    const wanted = Object.keys(mechanisms).flatMap((kind) => [`${kind}, root`, `${kind}, with a parent`]);
    expect(wanted.filter((one) => !found.has(one))).to.deep.equal([]);
  });

  it("cross every likelihood with every scale and architecture", () => {
    const titles = Object.keys(crossedCases);
    for (const [kind, domain] of [
      ["cvae", "image"],
      ["cvae", "vector"],
      ["hvae", "image"],
      ["hvae", "vector"],
    ] as const) {
      const likelihoods = choicesOf(kind, "likelihood", domain).length;
      const elementwise = mechanisms[kind].options.scale!.beside!.choices.length;
      const scales = choicesOf(kind, "scale", domain).length;
      const networks = Math.max(1, choicesOf(kind, "architecture", domain).length);
      const own = titles.filter((title) => title.startsWith(`${kind}, ${domain}`));
      expect(own).to.have.length(networks * (elementwise * scales + likelihoods - elementwise));
    }
  });
});
