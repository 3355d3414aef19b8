/** Fills the random inputs of a program on the host: every draw is an input, from a key of its own. */
import { distributions } from "./distributions/index.js";
import type { DrawSpec } from "./mechanisms/mechanism.js";
import type { RandomKey } from "./random/random-key.js";

/** `rows * size` independent draws. The standard normal, by far the most frequent, takes the generator's own path. */
export function sampleDraws({ size, distribution, parameters }: DrawSpec, rows: number, key: RandomKey): Float32Array {
  const count = rows * size;
  if (distribution === "normal" && parameters[0] === 0 && parameters[1] === 1) return key.normal(count);
  return new Float32Array(distributions[distribution].sample(key, count, parameters));
}
