/**
 * Figures and their errors in words, for the terminal and the report. Wherever a ± is printed, the text says which
 * error it is.
 */

import type { Doubt, EstimateInterval } from "../../runtime/inference/terms/estimate-error.js";
import type { Estimate, TermInference } from "../../runtime/inference/terms/expectation.js";

/** Below this many degrees of freedom, twice the standard error is far from an interval. */
const fewDegrees = 10;

/** `= 1.2345 ± 0.0067 (standard error of the simulation, 10000 draws)`, from the JSON form of an estimate. */
export function estimateText(query: Readonly<Record<string, unknown>>): string {
  const value = plain(query.value as number, query.standardError);
  if (query.precision === "exact") return `= ${value} (exact)`;
  if (!Number.isFinite(query.value)) return `= ${value} (in all of ${query.samples} draws)`;
  const interval = query.interval as EstimateInterval | undefined;
  if (interval?.bound) return boundText(interval);
  const sign = query.precision === "bound" ? "≥" : "=";
  const enters = query.precision === "bound" ? ", a lower bound of the density enters" : "";
  if (interval?.hits)
    return `${sign} ${value}, between ${ends(interval)} (95 % interval: ${hitsText(interval.hits)}${enters})`;
  if (Number.isNaN(query.standardError))
    return `${sign} ${value} (no standard error: one of the blocks of ${query.samples} draws carries all the weight${enters})`;
  if (query.standardError === 0)
    return `${sign} ${value} (the same in all of ${query.samples} draws: no standard error${enters})`;
  const error = `± ${(query.standardError as number).toPrecision(2)}`;
  return `${sign} ${value} ${error} (${errorSource(query)}${worthText(query)}${wideText(interval, query)}${enters})`;
}

const usualDigits = 5;
/** From this size on, the usual number of digits would drop whole numbers. */
const largeFigure = 1e5;
const mostDigits = 15;

/**
 * The figure with five digits. A large figure has as many digits as its error supports, or four decimals if it is
 * exact.
 */
function plain(value: number, error: unknown): string {
  const size = Math.abs(value);
  if (!(size >= largeFigure && size < 10 ** mostDigits)) return value.toPrecision(usualDigits);
  const last = typeof error === "number" && error > 0 ? Math.floor(Math.log10(error)) - 1 : -4;
  const digits = Math.floor(Math.log10(size)) - Math.min(0, last) + 1;
  return value.toPrecision(Math.min(mostDigits, digits));
}

function ends({ low, high }: Pick<EstimateInterval, "low" | "high">): string {
  return `${low.toPrecision(2)} and ${high.toPrecision(2)}`;
}

function boundText(interval: EstimateInterval): string {
  const which = interval.bound === "below" ? "none" : "all";
  return `${limitText(interval)} (95 % bound: the condition holds in ${which} of ${interval.hits?.draws} draws)`;
}

/** Rounds a number just below 1 down, keeping two digits of its distance to 1. */
function roundedDown(low: number): string {
  const digits = Math.max(1, 1 - Math.floor(Math.log10(1 - low)));
  return (Math.floor(low * 10 ** digits) / 10 ** digits).toFixed(digits);
}

function hitsText({ hits, draws }: NonNullable<EstimateInterval["hits"]>): string {
  return `a condition holds in ${hits} of ${draws} draws, too few or too many for a standard error`;
}

/** The source of the ±: the spread over observed units, the draws, or both. */
function errorSource({ units, drawn, samples }: Readonly<Record<string, unknown>>): string {
  if (units === undefined || units === 1) return `standard error of the simulation, ${samples} draws`;
  return `mean of ${units} units, standard error over them${drawn ? ` and of ${samples} draws` : ""}`;
}

function worthText({ inference }: Readonly<Record<string, unknown>>): string {
  const sizes = ((inference as readonly TermInference[] | undefined) ?? []).flatMap(
    ({ effectiveSize }) => effectiveSize ?? [],
  );
  return sizes.length === 0 ? "" : `, effective sample size ${Math.round(Math.min(...sizes))}`;
}

function wideText(interval: EstimateInterval | undefined, { units }: Readonly<Record<string, unknown>>): string {
  if (interval === undefined) return ", too few for an interval";
  const isWide = units === undefined && (interval.degreesOfFreedom ?? fewDegrees) < fewDegrees;
  return isWide ? `; the 95 % interval is between ${ends(interval)}, wide since few of the draws carry the weight` : "";
}

/** The reason why a figure is not reliable. */
export function doubtLine(doubt: Doubt): string {
  switch (doubt.kind) {
    case "one value":
      return `  warning: what comes up in fewer than ${(3 / Math.max(1, doubt.draws)).toPrecision(1)} of the cases (95 %) may not be among the draws, and is not in this figure; ask for more with --samples, or for its probability`;
    case "few beyond":
      return `  warning: no more than ${Math.ceil(doubt.beyond)} of the draws lie beyond the ${doubt.level} quantile, too few to place it; ask for more with --samples`;
    case "heavy tail":
      return doubt.shape >= 1
        ? `  warning: the draws have so heavy a tail (Pareto shape ${doubt.shape.toFixed(1)}) that the mean may not exist; ask for the median, quantile(0.5, …)`
        : `  warning: the draws have a heavy tail (Pareto shape ${doubt.shape.toFixed(1)}): the standard error may be far too small; ask for quantiles, or for more with --samples`;
  }
}

/** The note beside a figure in the report. */
export function estimateNote({ precision, standardError, interval, rows, units }: Estimate): string {
  if (precision === "exact") return "exact";
  if (Number.isNaN(standardError)) return "no standard error: one of the blocks of draws carries all the weight";
  const bound = precision === "bound" ? ", a lower bound" : "";
  if (interval?.hits) {
    const range = interval.bound ? "95 % bound" : `between ${ends(interval)}, 95 % interval`;
    return `${range}: ${hitsText(interval.hits)}${bound}`;
  }
  const of = units && units.used > 1 ? `over ${units.used} units` : `of the simulation, ${rows} draws`;
  return `± ${standardError.toPrecision(2)} (standard error ${of})${bound}`;
}

/** `< 0.00030`: the bound on a probability if none, or all, of the draws agree with the condition. */
export function limitText(interval: EstimateInterval | undefined): string | undefined {
  if (interval?.bound === undefined) return undefined;
  return interval.bound === "below" ? `< ${interval.high.toPrecision(2)}` : `> ${roundedDown(interval.low)}`;
}
