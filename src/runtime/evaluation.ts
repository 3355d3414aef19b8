/** Figures on held-out data: the mean log-probability of each variable given its parents, with its standard error. */
import type { LoadedModel } from "./loaded-model.js";
import { type LogProbabilityRequest, logProbability } from "./queries/log-probability.js";

export interface LogProbabilityFigure {
  /** Mean over units, nats per unit of the variable. */
  readonly mean: number;
  readonly standardError: number;
  /** Whether the terms are exact or lower bounds (an ELBO). */
  readonly kind: "exact" | "bound";
  readonly units: number;
}

export async function evaluateLogProbability(
  request: LogProbabilityRequest,
): Promise<Record<string, LogProbabilityFigure>> {
  const terms = await logProbability(request);
  return Object.fromEntries([...terms].map(([name, values]) => [name, figureOf(request.loaded, name, values)]));
}

function figureOf(loaded: LoadedModel, name: string, values: Float32Array): LogProbabilityFigure {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const variance = Math.max(0, squares / values.length - mean * mean);
  return {
    mean,
    standardError: Math.sqrt(variance / values.length),
    kind: loaded.mechanisms.get(name)!.density === "bound" ? "bound" : "exact",
    units: values.length,
  };
}
