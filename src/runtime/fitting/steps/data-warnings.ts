/**
 * What the rows of a fit cannot tell, whatever the mechanism: parents that are constant or that others determine,
 * levels without rows, rows that are too few.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import { type BoundVariable, classesOf, sizeOf } from "../../mechanisms/bound/variables.js";
import { createDesign, type DesignFinding } from "../../mechanisms/closed-fits/design.js";
import { type FitWarning, largestWork } from "../../mechanisms/contract/closed-form.js";
import { numbersOf } from "../../tensors/core/rows.js";
import type { FitData } from "./fit-data.js";

/** A spread about anything that is fitted takes one row more than two. */
const fewestRows = 3;
/** Below these a fit is warned of. */
const fewRows = 10;
const fewRowsOfCoefficient = 5;

/** Throws where the rows are too few for any fit. */
export function requireEnoughRows(variable: string, rows: number): void {
  if (rows >= fewestRows) return;
  throw failure(
    "7035",
    "run",
    `\`${variable}\` cannot be fitted to ${rows === 1 ? "one row" : `${rows} rows`}: nothing would be left to tell its noise by`,
    `Bind at least ${fewestRows} rows with values of it and its parents; below ${fewRows} a fit is warned of.`,
  );
}

/** Parents of many numbers, such as images, are left out: networks regularise them. */
export function dataWarnings(variable: string, parents: readonly BoundVariable[], data: FitData): FitWarning[] {
  const { rows } = data.value;
  const scalars = parents.filter(({ domain }) => sizeOf(domain) === 1);
  const inputs = scalars.reduce((sum, { domain }) => sum + Math.max(1, classesOf(domain)), 0);
  const coefficients = 1 + scalars.reduce((sum, { domain }) => sum + Math.max(1, classesOf(domain) - 1), 0);
  const warnings: FitWarning[] = [];
  const isFull = rows <= coefficients;
  if (rows < fewRows || rows < fewRowsOfCoefficient * coefficients)
    warnings.push({
      code: "7034",
      variable,
      message: `\`${variable}\` was fitted to ${rows} rows with ${coefficients} ${coefficients === 1 ? "coefficient" : "coefficients"}: ${
        isFull
          ? "so many go through every row, whatever the truth"
          : "what it says of other units is hardly more than a guess"
      }`,
      hint: `Bind more rows: at least ${fewRows}, and ${fewRowsOfCoefficient} for each coefficient${isFull ? "; coefficients that the rows leave open are 0" : ""}.`,
    });
  if (scalars.length === 0 || rows * (inputs + 1) ** 2 > largestWork) return warnings;
  const columns = {
    value: numbersOf(data.value),
    parents: Object.fromEntries(scalars.map(({ name }) => [name, numbersOf(data.parents[name]!)])),
  };
  const { findings } = createDesign(scalars, columns, rows);
  for (const finding of findings)
    if (!(isFull && finding.kind === "determined")) warnings.push(warningOf(variable, rows, finding));
  return warnings;
}

function warningOf(variable: string, rows: number, finding: DesignFinding): FitWarning {
  const { parent } = finding;
  const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  switch (finding.kind) {
    case "constant":
      return {
        code: "7037",
        variable,
        message: `\`${variable}\`: ${finding.value} in every training row, so that the effect of \`${parent}\` cannot be told`,
        hint: `Leave \`${parent}\` out, or bind data in which it varies; the fit takes \`${variable}\` not to depend on it.`,
      };
    case "no rows":
      return {
        code: "7037",
        variable,
        message: `\`${variable}\`: no training row has ${finding.levels.join(" or ")}, so that the effect of ${finding.levels.length === 1 ? "this level" : "these levels"} cannot be told`,
        hint: `Leave ${finding.levels.length === 1 ? "the level" : "the levels"} out of the type, or bind rows with ${finding.levels.length === 1 ? "it" : "them"}.`,
      };
    case "determined": {
      const how =
        finding.relation === ""
          ? `\`${parent}\` is determined by ${listed(finding.by)} in every training row`
          : `${finding.relation} in every training row`;
      return {
        code: "7032",
        variable,
        message: `\`${variable}\`: ${how}; their separate effects are not identified`,
        hint: `Only what they do together is: a linear fit gives all of it to ${listed(finding.by)}. Leave out one of them, or set them together.`,
      };
    }
    case "nearly":
      return {
        code: "7032",
        variable,
        message: `\`${variable}\`: ${(100 * finding.share).toPrecision(finding.share > 0.999 ? 6 : 4)} % of the variance of \`${parent}\` is linear in ${listed(finding.by)}: of its separate effect these ${rows} rows say as much as ${Math.max(1, Math.round(rows * (1 - finding.share)))} would`,
        hint: `Only what they do together is well determined. Leave out one of them, or set them together.`,
      };
  }
}
