/** A held-out log-probability as a line of text, bounds marked as bounds. */
import type { LogProbabilityFigure } from "../../runtime/inference/checks/held-out-figures.js";

export function describeLogProbability(name: string, figure: LogProbabilityFigure): string {
  const { mean, standardError, kind, units, impossibleUnits, constant } = figure;
  if (constant !== undefined) return constantText(name, constant, units, impossibleUnits);
  const value = `${mean.toFixed(4)} ± ${standardError.toFixed(4)} nats${bitsText(figure)}`;
  return `log p(${name} | parents) ${kind === "bound" ? "≥" : "="} ${value} (standard error over ${units} test units)${massText(figure)}${impossibleText(impossibleUnits)}`;
}

/** Says if a value is a probability or a density, because they have different units. */
function massText({ pointMasses = [] }: LogProbabilityFigure): string {
  return pointMasses.length === 0 ? "" : `; at ${pointMasses.join(" and ")} the logarithm of a probability`;
}

function constantText(name: string, constant: number, units: number, others: number): string {
  const found =
    others === 0 ? `${constant} in all ${units} test units too` : `but not in ${others} of ${units} test units`;
  return `log p(${name} | parents): none, ${name} is ${constant} in every training row, ${found}`;
}

function bitsText({ kind, bitsPerDimension }: LogProbabilityFigure): string {
  if (bitsPerDimension === undefined) return "";
  return `, ${kind === "bound" ? "at most " : ""}${bitsPerDimension.toFixed(3)} bits per dimension`;
}

function impossibleText(units: number): string {
  return units === 0 ? "" : `, but ${units} of them have density zero: their values cannot come from the model`;
}
