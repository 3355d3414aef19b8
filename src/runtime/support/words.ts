/** Findings about the support of an answer as one line each, in plain words. */
import { assertNever } from "../../diagnostics/assert-never.js";
import type { SupportFinding } from "./finding.js";
import { fewRows } from "./thresholds.js";

type Bare = SupportFinding extends infer Finding ? (Finding extends unknown ? Omit<Finding, "message"> : never) : never;

export function messageOf(finding: Bare, weighted: boolean): string {
  const who = unitsText(finding, weighted);
  const children = finding.mechanisms.join(", ");
  const singular = finding.mechanisms.length <= 1;
  const there = children === "" ? "" : `: ${children} ${singular ? "extrapolates" : "extrapolate"} there`;
  const [first] = finding.variables;
  switch (finding.kind) {
    case "level":
      return `${who} ${first} = ${finding.level}, a level with ${rowsText(finding.rows)}${there}`;
    case "constant":
      return `${who} ${first} other than ${round(finding.value)}, its value in every training row: the data say nothing of other values${children === "" ? "" : ` for ${children}`}`;
    case "range":
      return `${who} ${first} outside its training range ${rangeText(finding.low, finding.high)}${there}`;
    case "combination":
      return finding.others === 0
        ? `${who} ${finding.combination}, a combination with ${rowsText(finding.rows)}${there}`
        : `${who} combinations of ${finding.variables.join(", ")} with fewer than ${fewRows} training rows, most often ${finding.combination} with ${rowsText(finding.rows)}${there}`;
    case "sparse":
      return `${who} ${finding.variables.join(", ")} where training has almost no rows, fewer than ${fewRows} near (so have ${percent(finding.sparseRows)} of the training rows)${there}`;
    default:
      return assertNever(finding);
  }
}

/** Who, and the verb. Evidence that nothing else reads is no draw; shares of particles are no whole units. */
function unitsText({ share, total, of, world, mechanisms }: Bare, weighted: boolean): string {
  const under = world === undefined ? "" : ` under ${world}`;
  if (mechanisms.length === 0) return `the evidence${under} has`;
  const count = share * total;
  if (weighted) return `${percent(share)} of the weighted draws${under} have`;
  if (Math.abs(count - Math.round(count)) > 1e-6)
    return `${percent(share)} of ${total === 1 ? "the draws of 1 unit" : `${total} ${of}`}${under} have`;
  return `${Math.round(count)} of ${total} ${total === 1 ? of.slice(0, -1) : of}${under} (${percent(share)}) ${total === 1 ? "has" : "have"}`;
}

const rowsText = (rows: number) => (rows === 0 ? "no training row" : `${rows} training row${rows === 1 ? "" : "s"}`);

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Four digits of the ends, and as many more as tell them apart. */
function rangeText(low: number, high: number): string {
  const ratio = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
  const digits = Number.isFinite(ratio) && ratio > 1 ? Math.min(17, 4 + Math.floor(Math.log10(ratio))) : 4;
  return `[${Number(low.toPrecision(digits))}, ${Number(high.toPrecision(digits))}]`;
}

const round = (value: number) => String(Number(value.toPrecision(4)));
