/**
 * Figures on held-out data: the mean log-probability of each variable given its parents, and for implicit mechanisms, which have none,
 * the mean error of reconstructions; each with its standard error.
 */
import type { LoadedModel } from "./loaded-model.js";
import { hasMissing, isMissingAt } from "./queries/evidence/patterns.js";
import { type ImportanceBound, importanceBound } from "./queries/importance-bound.js";
import { type LogProbabilityRequest, logProbability } from "./queries/log-probability.js";
import { type ReconstructionRequest, reconstructionErrors } from "./queries/reconstruction.js";
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
  /** For bounds: the tighter one over several draws of the latent variables, on some of the units. */
  readonly importanceWeighted?: ImportanceBound;
  /**
   * Of an image whose log-probability bounds the mass of its grey levels (a flow, by dequantisation): -mean / (elements · ln 2), at
   * most this many. The density of a decoder at a grey level bounds no mass and has no such figure.
   */
  readonly bitsPerDimension?: number;
}

export interface ReconstructionFigure {
  /** Mean absolute difference over elements and units, in units of the variable. */
  readonly mean: number;
  readonly standardError: number;
  readonly units: number;
}

/** By variable, for implicit mechanisms alone. */
export async function evaluateReconstruction(
  request: ReconstructionRequest,
): Promise<Record<string, ReconstructionFigure>> {
  const errors = await reconstructionErrors(request);
  return Object.fromEntries(
    [...errors].map(([name, values]) => {
      const present = presentTerms(request, name, values);
      return [name, { ...meanOf(present), units: present.length }];
    }),
  );
}

export async function evaluateLogProbability(
  request: LogProbabilityRequest,
): Promise<Record<string, LogProbabilityFigure>> {
  const terms = await logProbability(request);
  const figures: Record<string, LogProbabilityFigure> = {};
  for (const [name, values] of terms) {
    const present = presentTerms(request, name, values);
    const figure = figureOf(request.loaded, name, present);
    const tighter = request.loaded.mechanisms.get(name)!.logWeight && (await importanceBound(request, name));
    figures[name] = tighter ? { ...figure, importanceWeighted: tighter } : figure;
  }
  return figures;
}

/** The terms of the units that have the variable and its parents. */
function presentTerms({ loaded, observed }: ReconstructionRequest, name: string, values: Float32Array): Float32Array {
  const { parents } = loaded.model.mechanisms.find(({ variable }) => variable === name)!;
  const partial = [name, ...parents].map((one) => observed.get(one)!).filter(hasMissing);
  return partial.length === 0 ? values : values.filter((_, row) => !partial.some((rows) => isMissingAt(rows, row)));
}

function figureOf(loaded: LoadedModel, name: string, values: Float32Array): LogProbabilityFigure {
  const possible = values.filter((value) => value > Number.NEGATIVE_INFINITY);
  const { domain } = loaded.variables.get(name)!;
  const { kind, density } = loaded.mechanisms.get(name)!;
  return {
    ...meanOf(possible),
    kind: density === "bound" ? "bound" : "exact",
    units: values.length,
    impossibleUnits: values.length - possible.length,
    ...(domain.kind === "image" && kind === "flow"
      ? { bitsPerDimension: -meanOf(possible).mean / (sizeOf(domain) * Math.LN2) }
      : {}),
  };
}

function meanOf(values: Float32Array): { readonly mean: number; readonly standardError: number } {
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / Math.max(1, count - 1) / count) };
}
