/**
 * The reference of the paper's full model (test/fixtures/flows/full_model_step.json): numbers of one evaluation and one
 * training step. Its weights and inputs are not shipped: both sides compute them from an integer hash.
 */
import { readFileSync } from "node:fs";

export interface Terms {
  log_p_x: number[];
  log_p_z: number[];
  log_q_z: number[];
  z: number[][];
  z_mean: number[][];
  z_logvar: number[][];
  log_p_t: number[];
  log_p_i_given_t: number[];
}
export interface Reference {
  norm: { thickness_log_loc: number; thickness_log_scale: number; intensity_loc: number; intensity_scale: number };
  inputs: { x_sum_per_image: number[]; eps_first3: number[]; thickness: number[]; intensity: number[] };
  tensors: {
    name: string;
    shape: number[];
    hash_stream: number;
    amplitude: number;
    offset: number;
    first3: number[];
    sum: number;
  }[];
  float64: {
    eval: Terms;
    train: Terms & {
      grad_of_loss_sum: Record<string, { l2: number; first3: number[] }>;
      batchnorm_running_after_one_step: Record<string, { l2: number; first3: number[] }>;
    };
  };
}

export const reference = JSON.parse(readFileSync("test/fixtures/flows/full_model_step.json", "utf8")) as Reference;
export const batch = 4;
export const size = 28 * 28;
export const latent = 16;

/** u in [0, 1) of a stream at a flat index. */
function hashed(stream: number, k: number): number {
  let h = (Math.imul(k, 2654435761) + Math.imul(stream, 40503) + 12345) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 2246822519) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 3266489917) >>> 0;
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** The original's tensors by its own names, flat. */
export const originals = new Map(
  reference.tensors.map(({ name, shape, hash_stream, amplitude, offset }) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const data = Float32Array.from({ length: count }, (_, k) => offset + amplitude * (2 * hashed(hash_stream, k) - 1));
    return [name, data] as const;
  }),
);
/** Images, `[batch, size]`. */
export const pixels = Float32Array.from({ length: batch * size }, (_, k) =>
  hashed(9002, k) < 0.6 ? 0 : Math.floor(256 * hashed(9001, k)),
);
/** The posterior's noise, `[batch, latent]`. */
export const noise = Float32Array.from({ length: batch * latent }, (_, k) => (hashed(9003, k) - 0.5) * Math.sqrt(12));
