/** Which epoch of a fit is kept, by the losses of held-out rows. */
import type { HostTensors } from "../../tensors/core/engine.js";
import type { Best } from "./checkpoint.js";

/**
 * Standard errors of the paired difference. With 1, one linear fit in 33 kept an epoch that is 3 to 5 of its own from
 * least squares.
 */
const clearlyWorse = 2;

/**
 * The latest epoch whose held-out loss is not clearly worse than the least: the epoch with the least is the one that
 * suits the held-out rows, and of many epochs one does by chance.
 */
export function betterOf(best: Best, epoch: number, losses: Float32Array, parameters: HostTensors): Best {
  const loss = meanOf(losses);
  const { mean: excess, standardError } = pairedDifference(losses, best.least.losses);
  // Where the first parameters give a row no probability at all, any finite loss is better.
  const isFirst = !Number.isFinite(best.loss) && Number.isFinite(loss);
  const least = isFirst || excess < 0 ? { epoch, losses } : best.least;
  return isFirst || excess <= clearlyWorse * standardError ? { epoch, loss, parameters, least } : { ...best, least };
}

function pairedDifference(losses: Float32Array, others: Float32Array): { mean: number; standardError: number } {
  const differences = Float64Array.from(losses, (loss, row) => loss - others[row]!);
  const mean = meanOf(differences);
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, losses.length - 1);
  return { mean, standardError: Math.sqrt(variance / losses.length) };
}

export function meanOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
