/**
 * Figures on held-out data: the mean log-probability of each variable given its parents, and for implicit mechanisms,
 * which have none, the mean error of reconstructions; each with its standard error.
 */

import { hasPointMass, pointMassesOf } from "../../../algebra/point-masses.js";
import { mechanismsByName } from "../../../model/plans/plan.js";
import { constantOf, originOfVariable, sizeOf } from "../../mechanisms/bound/variables.js";
import { meanOfRows } from "../../tensors/core/weighted-mean.js";
import { hasMissing, isMissingAt } from "../particles/patterns.js";
import { type ImportanceBound, importanceBound } from "../programs/importance-bound.js";
import { type LogProbabilityRequest, logProbability } from "../programs/log-probability.js";
import { type ReconstructionRequest, reconstructionErrors } from "../programs/reconstruction.js";

/** How much each unit counts in the means, `[units]`; all alike where it is left out. */
interface Weighted {
  readonly weights?: Float64Array;
}

export interface LogProbabilityFigure {
  /** Mean over units, nats per unit of the variable. */
  readonly mean: number;
  readonly standardError: number;
  /** Whether the terms are exact or lower bounds (an ELBO). */
  readonly kind: "exact" | "bound";
  readonly units: number;
  /**
   * Units that the model gives no density at all, such as values outside a noise's support; they are left out of the
   * mean.
   */
  readonly impossibleUnits: number;
  /**
   * Set where the variable had this one value in training: its probability is that of a point mass, and there is no
   * density.
   */
  readonly constant?: number;
  /** Values at which the log-probability is that of a point mass; a log-density elsewhere. */
  readonly pointMasses?: readonly number[];
  /** For bounds: the tighter one over several draws of the latent variables, on some of the units. */
  readonly importanceWeighted?: ImportanceBound;
  /**
   * Of an image whose log-probability bounds the mass of its grey levels (a flow, by dequantisation): -mean / (elements
   * · ln 2), at most this many. The density of a decoder at a grey level bounds no mass and has no such figure.
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
  request: ReconstructionRequest & Weighted,
): Promise<Record<string, ReconstructionFigure>> {
  const errors = await reconstructionErrors(request);
  return Object.fromEntries(
    [...errors].map(([name, values]) => {
      const units = countedUnits(request, name, values);
      return [name, { ...meanOver(units, values, request), units: units.length }];
    }),
  );
}

export async function evaluateLogProbability(
  request: LogProbabilityRequest & Weighted,
): Promise<Record<string, LogProbabilityFigure>> {
  const terms = await logProbability(request);
  const figures: Record<string, LogProbabilityFigure> = {};
  for (const [name, values] of terms) {
    const figure = figureOf(request, name, values);
    const tighter = request.loaded.mechanisms.get(name)!.logWeight && (await importanceBound(request, name));
    figures[name] = tighter ? { ...figure, importanceWeighted: tighter } : figure;
  }
  return figures;
}

/** The units that have the variable and its parents, and count. */
function countedUnits(
  { loaded, observed, weights }: ReconstructionRequest & Weighted,
  name: string,
  { length }: Float32Array,
): Int32Array {
  const { parents } = mechanismsByName(loaded.model).get(name)!;
  const partial = [name, ...parents].map((one) => observed.get(one)!).filter(hasMissing);
  const isWhole = (row: number) => !partial.some((rows) => isMissingAt(rows, row));
  return Int32Array.from({ length }, (_, row) => row).filter((row) => weights?.[row] !== 0 && isWhole(row));
}

function figureOf(request: LogProbabilityRequest & Weighted, name: string, values: Float32Array): LogProbabilityFigure {
  const { loaded } = request;
  const units = countedUnits(request, name, values);
  const possible = units.filter((row) => values[row]! > Number.NEGATIVE_INFINITY);
  const variable = loaded.variables.get(name)!;
  const { domain } = variable;
  const constant = constantOf(variable);
  const { kind, density } = loaded.mechanisms.get(name)!;
  const moments = meanOver(possible, values, request);
  return {
    ...moments,
    kind: density === "bound" ? "bound" : "exact",
    units: units.length,
    impossibleUnits: units.length - possible.length,
    ...(constant === null ? {} : { constant: constant + originOfVariable(variable) }),
    ...(hasPointMass(domain) ? { pointMasses: pointMassesOf(domain) } : {}),
    ...(domain.kind === "image" && kind === "flow"
      ? { bitsPerDimension: -moments.mean / (sizeOf(domain) * Math.LN2) }
      : {}),
  };
}

function meanOver(units: Int32Array, values: Float32Array, { weights }: Weighted) {
  return meanOfRows(
    Float64Array.from(units, (row) => values[row]!),
    weights && Float64Array.from(units, (row) => weights[row]!),
  );
}
