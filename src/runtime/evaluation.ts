/** Figures on held-out data: the mean log-probability of each variable given its parents, with its standard error. */
import type { LoadedModel } from "./loaded-model.js";
import { type LogProbabilityRequest, logProbability } from "./queries/log-probability.js";
import { sizeOf } from "./variables.js";

export interface LogProbabilityFigure {
  /** Mean over units, nats per unit of the variable. */
  readonly mean: number;
  readonly standardError: number;
  /** Whether the terms are exact or lower bounds (an ELBO). */
  readonly kind: "exact" | "bound";
  readonly units: number;
  /** Units that the model gives no density at all, such as values outside a noise's support; they are left out of the mean. */
  readonly impossibleUnits: number;
  /** Of an image: -mean / (elements · ln 2), the usual figure for images of 8 bits; at most this many where `kind` is a bound. */
  readonly bitsPerDimension?: number;
}

export async function evaluateLogProbability(
  request: LogProbabilityRequest,
): Promise<Record<string, LogProbabilityFigure>> {
  const terms = await logProbability(request);
  return Object.fromEntries([...terms].map(([name, values]) => [name, figureOf(request.loaded, name, values)]));
}

function figureOf(loaded: LoadedModel, name: string, values: Float32Array): LogProbabilityFigure {
  const possible = values.filter((value) => value > Number.NEGATIVE_INFINITY);
  const count = Math.max(1, possible.length);
  const { domain } = loaded.variables.get(name)!;
  let sum = 0;
  for (const value of possible) sum += value;
  const mean = sum / count;
  let squares = 0;
  for (const value of possible) squares += (value - mean) ** 2;
  return {
    mean,
    standardError: Math.sqrt(squares / Math.max(1, count - 1) / count),
    kind: loaded.mechanisms.get(name)!.density === "bound" ? "bound" : "exact",
    units: values.length,
    impossibleUnits: values.length - possible.length,
    ...(domain.kind === "image" ? { bitsPerDimension: -mean / (sizeOf(domain) * Math.LN2) } : {}),
  };
}
