/** Helpers of the engine's tests: reproducible data and a measure of closeness. */
import type { HostData } from "../../../../src/runtime/tensors/engine/index.js";

/** A stream of numbers in [0, 1), the same for a seed. */
export function randomStream(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomData(
  shape: readonly number[],
  low: number,
  high: number,
  integer: boolean,
  seed: number,
): HostData {
  const length = shape.reduce((product, size) => product * size, 1);
  const next = randomStream(seed);
  const draw = () => low + (high - low) * next();
  return integer ? Int32Array.from({ length }, () => Math.floor(draw())) : Float32Array.from({ length }, draw);
}

/** Largest |difference| / max(1, |wanted|); infinite where one is NaN and the other is not, or lengths differ. */
export function closeness(actual: HostData, wanted: HostData): number {
  if (actual.length !== wanted.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [actual[i]!, wanted[i]!];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst;
}
