/**
 * Warnings about columns of data that a model is fitted to: constants, point masses, intervals with values on their
 * edges, pictures that are all the same, and the reader's own warnings. `check --data` and `run` print these, and the
 * artefact and the report keep them.
 */

import { pointMassesOf } from "../../algebra/point-masses.js";
import { assertNever } from "../../diagnostics/assert-never.js";
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import type { Domain, IntervalDomain, Mechanism } from "../../schema/types.js";
import { domainName } from "../binding/scalar-domain.js";
import type { Numbers } from "../columns/column-cells.js";
import type { CategoryColumn, Column, ImageColumn, LoadedDataset, VectorColumn } from "../columns/dataset.js";
import { precisionCode, precisionWarning } from "../columns/precision.js";
import type { DataWarning } from "./data-warning.js";
import { type Finding, findMasses, type Mass } from "./value-masses.js";

/** The warnings about variables that a learned mechanism has or reads, in the order of the columns. */
export function dataWarnings(
  mechanisms: readonly Mechanism[],
  { columns, domains, advice = [] }: Pick<LoadedDataset, "columns" | "domains" | "advice">,
): DataWarning[] {
  const learned = mechanisms.filter(isLearned);
  const fitted = new Set(learned.map(({ variable }) => variable));
  const read = new Set(learned.flatMap(({ parents }) => parents));
  return [...columns].flatMap(([variable, column]) => {
    const domain = domains.get(variable);
    const found = domain && columnWarning(variable, column, domain);
    const isRead = read.has(variable) && (found?.code === codes.constant || found?.code === precisionCode);
    const ofFiles = advice.filter((one) => one.variable === variable && one.severity === "warning");
    return [
      ...(found && (fitted.has(variable) || isRead) ? [{ ...found, variable }] : []),
      ...(fitted.has(variable) || read.has(variable) ? ofFiles : []).map(({ code, message, hint }) => ({
        code,
        variable,
        message,
        hint,
      })),
    ];
  });
}

const codes = { constant: "6065", masses: "6066", edges: "6067", pictures: "6068", twoValues: "6069" } as const;

type Found = Omit<DataWarning, "variable"> | undefined;

function columnWarning(name: string, column: Column, domain: Domain): Found {
  switch (column.kind) {
    case "numeric":
      return numberWarning(name, column.values, domain) ?? precisionWarning(name, column.values, domain);
    case "category":
      return categoryWarning(name, column);
    case "vector":
      return vectorWarning(name, column);
    case "image":
      return pictureWarning(name, column);
    default:
      return assertNever(column);
  }
}

/** True for types whose values have a density; a share of equal values is unusual only for these. */
const withDensity: Readonly<Record<Domain["kind"], boolean>> = {
  real: true,
  positive: true,
  nonnegative: true,
  interval: true,
  vector: true,
  image: true,
  binary: false,
  categorical: false,
  ordinal: false,
  count: false,
};

function numberWarning(name: string, values: Numbers, domain: Domain): Found {
  const present = withoutMissing(values);
  const lacksValues = present.length < values.length;
  const bounds = domain.kind === "interval" ? domain : undefined;
  const finding = findMasses(present, bounds);
  if (finding === undefined) return undefined;
  if (finding.kind === "constant") return findingWarning(name, finding, domain, lacksValues);
  if (!withDensity[domain.kind]) return undefined;
  const masses = pointMassesOf(domain);
  if (masses.length === 0 || finding.kind === "two values") return findingWarning(name, finding, domain, lacksValues);
  // The stated point masses are expected; only the other values have a density.
  const rest = findMasses(
    present.filter((value) => !masses.includes(value)),
    bounds,
  );
  return rest && findingWarning(name, asMasses(rest), domain, lacksValues);
}

/** The values without missing ones; the same array if none is missing. */
function withoutMissing(values: Numbers): Numbers {
  return values.some(Number.isNaN) ? values.filter((value) => !Number.isNaN(value)) : values;
}

/** Values that stay constant, or take two values, beside stated point masses are point masses that were not stated. */
function asMasses(finding: Finding): Finding {
  if (finding.kind !== "constant" && finding.kind !== "two values") return finding;
  const values = finding.kind === "constant" ? [finding.value] : finding.values;
  const rows = Math.round(finding.rows / values.length);
  return { kind: "masses", masses: values.map((value) => ({ value, rows })), smallest: values[0]!, rows: finding.rows };
}

function findingWarning(name: string, finding: Finding, domain: Domain, lacksValues: boolean): Found {
  const rows = lacksValues ? "rows that have it" : "rows";
  switch (finding.kind) {
    case "constant":
      return constantWarning(name, String(finding.value), lacksValues);
    case "two values": {
      const [low, high] = finding.values;
      return {
        code: codes.twoValues,
        message: `\`${name}\` is ${low} or ${high} in every row: a density has no meaning there`,
        hint:
          low === 0 && high === 1
            ? `Write \`${name} : binary\`.`
            : `Write \`${name} : binary\`, with "levels": ["${low}", "${high}"] in the manifest.`,
      };
    }
    case "masses":
      return {
        code: codes.masses,
        message: `${massesText(name, finding.masses, finding.rows, rows)}: a density has no meaning there`,
        hint: massHint(name, finding, domain),
      };
    case "edges":
      return {
        code: codes.edges,
        message: `${percent(finding.low + finding.high, finding.rows)} of the ${rows} of \`${name}\` are on the edges of ${domainName(domain)} (${edgesText(finding, domain)}): a density has no meaning there`,
        hint: edgesHint(name, finding, domain),
      };
    default:
      return assertNever(finding);
  }
}

function constantWarning(name: string, value: string, lacksValues: boolean): Found {
  return {
    code: codes.constant,
    message: `\`${name}\` is ${value} in every row${lacksValues ? " that has it" : ""}: nothing can be learned of its causes or of its effects`,
    hint: `Leave \`${name}\` out of the program, or bind a column that varies.`,
  };
}

function massesText(name: string, masses: readonly Mass[], rows: number, what: string): string {
  const [first, ...more] = masses.map(({ value, rows: own }) => `${percent(own, rows)} ${value}`) as [string];
  if (more.length === 0) {
    const { value, rows: own } = masses[0]!;
    return `${percent(own, rows)} of the ${what} of \`${name}\` are exactly ${value}`;
  }
  return `many ${what} of \`${name}\` have one of a few exact values (${[first, ...more].join(", ")})`;
}

function massHint(name: string, { masses, smallest }: Extract<Finding, { kind: "masses" }>, domain: Domain): string {
  if (masses.length === 1 && masses[0]!.value === 0 && smallest === 0 && domain.kind === "real")
    return `Write \`${name} : nonnegative\`: 0 then has a probability of its own, given the parents.`;
  const values = masses.map(({ value }) => value).join(" and ");
  return `Make a binary variable of whether \`${name}\` is ${values}, and fit the rest on the other rows; if the number stands for a missing value, leave the cell empty.`;
}

function edgesHint(name: string, { low, high }: Extract<Finding, { kind: "edges" }>, domain: Domain): string {
  const bounds = domain as IntervalDomain;
  const stated = pointMassesOf(domain);
  const isLow = low > 0 || stated.includes(bounds.low);
  const isHigh = high > 0 || stated.includes(bounds.high);
  const edges = isLow && isHigh ? "both" : isLow ? "low" : "high";
  return `Write \`${name} : interval(${bounds.low}, ${bounds.high}, edges = ${edges})\`: ${edges === "both" ? "the edges then have probabilities of their own" : "the edge then has a probability of its own"}, given the parents.`;
}

function edgesText({ low, high, rows }: Extract<Finding, { kind: "edges" }>, domain: Domain): string {
  const bounds = domain as Extract<Domain, { kind: "interval" }>;
  return [
    [low, bounds.low],
    [high, bounds.high],
  ]
    .filter(([own]) => own! > 0)
    .map(([own, edge]) => `${percent(own!, rows)} at ${edge}`)
    .join(", ");
}

function categoryWarning(name: string, { codes, levels }: CategoryColumn): Found {
  const present = codes.filter((code) => code >= 0);
  const [first] = present;
  if (present.length < 2 || !present.every((code) => code === first)) return undefined;
  return constantWarning(name, JSON.stringify(levels[first!]), present.length < codes.length);
}

const mostNamed = 8;

/** The warning about a vector; its elements are numbered from 1. */
function vectorWarning(name: string, { size, values }: VectorColumn): Found {
  const rows = values.length / size;
  const findings = Array.from({ length: size }, (_, element) =>
    findMasses(Float64Array.from({ length: rows }, (_, row) => values[row * size + element]!)),
  );
  const constant = findings.flatMap((finding, at) => (finding?.kind === "constant" ? [at + 1] : []));
  if (constant.length > 0)
    return {
      code: codes.constant,
      message: `${elementsText(constant, size)} of \`${name}\` ${constant.length === 1 ? "is" : "are"} one value in every row: nothing can be learned of ${constant.length === 1 ? "it" : "them"}`,
      hint: "Leave these columns out of the manifest, and out of the vector's size.",
    };
  const massed = findings.flatMap((finding, at) => (finding ? [at + 1] : []));
  if (massed.length === 0) return undefined;
  return {
    code: codes.masses,
    message: `${elementsText(massed, size)} of \`${name}\` ${massed.length === 1 ? "has" : "have"} many rows of exactly equal values: a density has no meaning there`,
    hint: "Bind these columns as variables of their own, of a type that fits them.",
  };
}

function elementsText(elements: readonly number[], size: number): string {
  if (elements.length === size) return `every element`;
  const listed = elements.slice(0, mostNamed).join(", ");
  return `element${elements.length === 1 ? "" : "s"} ${listed}${elements.length > mostNamed ? ", …" : ""}`;
}

function pictureWarning(name: string, { height, width, channels, pixels }: ImageColumn): Found {
  const size = height * width * channels;
  const rows = pixels.length / size;
  if (rows < 2) return undefined;
  const [grey] = pixels;
  const isOneGrey = pixels.every((pixel) => pixel === grey);
  if (!isOneGrey && !pixels.every((pixel, at) => pixel === pixels[at % size])) return undefined;
  return {
    code: codes.pictures,
    message: isOneGrey
      ? `every pixel of all ${rows} pictures of \`${name}\` is ${grey}${grey === 0 ? " (black)" : ""}: nothing can be learned of them`
      : `all ${rows} pictures of \`${name}\` are the same: nothing can be learned of their causes or of their effects`,
    hint: "Look at the files: the wrong ones may be bound, or what is drawn may be in a channel that is not read.",
  };
}

/** `37 %`, with one decimal below 10 %. */
function percent(part: number, whole: number): string {
  const share = (100 * part) / whole;
  return `${share < 10 || (share > 99 && share < 100) ? share.toFixed(1) : Math.round(share)} %`;
}
