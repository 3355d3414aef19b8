/**
 * The quantile of the standard normal distribution: Winitzki's closed form for the inverse error function as a start,
 * then Halley steps on the distribution function, to double precision away from the far tails.
 */
import { normalCdf } from "./special-functions.js";

const shape = 0.147;
const steps = 4;

export function normalQuantile(level: number): number {
  if (level <= 0) return Number.NEGATIVE_INFINITY;
  if (level >= 1) return Number.POSITIVE_INFINITY;
  // In the lower half, where the distribution function keeps its relative precision.
  if (level > 0.5) return -normalQuantile(1 - level);
  const log = Math.log(4 * level * (1 - level));
  const middle = 2 / (Math.PI * shape) + log / 2;
  let z = -Math.SQRT2 * Math.sqrt(Math.max(0, Math.sqrt(middle * middle - log / shape) - middle));
  for (let step = 0; step < steps; step++) {
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    if (density === 0) break;
    const error = (normalCdf(z) - level) / density;
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}
