/** Fills the random inputs of a program on the host: every draw is an input, from a key of its own. */

import type { RandomKey } from "../../tensors/random/random-key.js";
import { distributions, type Support } from "../distributions/index.js";
import type { DrawSpec } from "./mechanism.js";

/** `rows * size` independent draws. The standard normal, by far the most frequent, takes the generator's own path. */
export function sampleDraws({ size, distribution, parameters }: DrawSpec, rows: number, key: RandomKey): Float32Array {
  const count = rows * size;
  if (distribution === "normal" && parameters[0] === 0 && parameters[1] === 1) return key.normal(count);
  const { sample, support } = distributions[distribution];
  const draws = new Float32Array(sample(key, count, parameters));
  keepInside(draws, support(parameters));
  return draws;
}

/**
 * A draw that single precision rounds onto an end which is not a value of the distribution goes to the nearest number
 * inside.
 */
function keepInside(draws: Float32Array, support: Support): void {
  if (support.kind === "integers") return;
  const { low, high, lowEnd, highEnd } = support;
  const least = lowEnd === "closed" ? Math.fround(low) : neighbour(low, 1);
  const most = highEnd === "closed" ? Math.fround(high) : neighbour(high, -1);
  if (Number.isFinite(low)) for (let k = 0; k < draws.length; k++) if (draws[k]! < least) draws[k] = least;
  if (Number.isFinite(high)) for (let k = 0; k < draws.length; k++) if (draws[k]! > most) draws[k] = most;
}

/** The smallest normal number of single precision: the engine takes smaller ones for 0. */
const smallest = 2 ** -126;

/** The next number of single precision above (1) or below (-1). */
function neighbour(value: number, step: 1 | -1): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return step * smallest;
  const bits = new Int32Array(1);
  const number = new Float32Array(bits.buffer);
  number[0] = value;
  bits[0]! += value > 0 ? step : -step;
  return number[0]!;
}
