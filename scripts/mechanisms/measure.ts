/** The measurements of each fitted mechanism of the study, on the same test digits. */

import { runInBlocks } from "../../src/runtime/inference/programs/blocks.js";
import { logProbability } from "../../src/runtime/inference/programs/log-probability.js";
import { RandomInputs } from "../../src/runtime/inference/programs/random-inputs.js";
import { type LoadedModel, parametersOf } from "../../src/runtime/mechanisms/loaded-model.js";
import type { HostData } from "../../src/runtime/tensors/core/engine.js";
import { blockOfRows, type Rows } from "../../src/runtime/tensors/core/rows.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";

export type Observed = ReadonlyMap<string, Rows>;

const engine = createEngine("onnx");
const pixels = 784;
const block = 100;

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * An upper bound on the bits per pixel of the 8-bit images. A density p bounds the mass of the unit cube around x: log
 * P(x) ≥ E log p(x + v), v uniform on it (Theis et al. 2016), and an ELBO bounds it further. A flow of images
 * dequantises by itself.
 */
export async function bitsPerDimension(loaded: LoadedModel, observed: Observed): Promise<number | null> {
  const { density, kind } = loaded.mechanisms.get("x")!;
  if (density === "none") return null;
  const key = RandomKey.fromSeed(3);
  const x = observed.get("x")!;
  const within = key.split("dequantise").uniform(x.data.length);
  const data = kind === "flow" ? x.data : Float32Array.from(x.data, (value, k) => value + within[k]! - 0.5);
  const terms = await logProbability({
    loaded,
    engine,
    observed: new Map([...observed, ["x", { ...x, data }]]),
    targets: ["x"],
    key,
  });
  return -mean(terms.get("x")!) / (pixels * Math.LN2);
}

/**
 * Mean absolute difference, in grey levels, between x and the reconstruction from its latent variables alone: if a
 * mechanism has a low-level map, its noise is set to 0. A flow does not have one, and gives back x.
 */
export async function reconstructionError(loaded: LoadedModel, observed: Observed): Promise<number> {
  const mechanism = loaded.mechanisms.get("x")!;
  const { parents } = loaded.model.mechanisms.find(({ variable }) => variable === "x")!;
  const random = new RandomInputs(RandomKey.fromSeed(4), { block, chunk: block });
  for (const [name, draw] of Object.entries(mechanism.draws)) random.add(`draw.${name}`, draw, block);
  const wanted = ["x", ...parents].map((name) => [name, observed.get(name)!] as const);
  const program = await engine.compile({
    name: "reconstruction",
    inputs: {
      ...Object.fromEntries(
        wanted.map(([name, { size, data }]) => [
          name,
          { shape: [block, size], dtype: data instanceof Uint8Array ? ("uint8" as const) : ("float32" as const) },
        ]),
      ),
      ...random.specs(),
    },
    constants: parametersOf(loaded.parameters, "x"),
    procedure(given, parameters) {
      const values = Object.fromEntries(parents.map((parent) => [parent, given[parent]!]));
      const draws = Object.fromEntries(Object.keys(mechanism.draws).map((name) => [name, given[`draw.${name}`]!]));
      const noise = mechanism.abduct(parameters, given.x!, values, draws, 1);
      const latentAlone = noise.u ? { ...noise, u: tf.zerosLike(noise.u) } : noise;
      const again = tf.clipByValue(mechanism.forward(parameters, latentAlone, values), 0, 255);
      return { error: tf.mean(tf.abs(tf.sub(again, given.x!)), 1) };
    },
  });
  const inputs = (first: number): Record<string, HostData> => ({
    ...random.block(first),
    ...Object.fromEntries(wanted.map(([name, rows]) => [name, blockOfRows(rows, first, block)])),
  });
  try {
    return mean((await runInBlocks(program, observed.get("x")!.rows, block, inputs)).get("error")!);
  } finally {
    await program.dispose();
  }
}
