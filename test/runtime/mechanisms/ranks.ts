/**
 * Ranks for simulation-based calibration (Talts et al. 2018): noise from its prior, the value from the noise, particles
 * abducted from the value; the rank of the true noise among them, element by element. Under an exact posterior it is
 * uniform.
 */
import { hasPointMass } from "../../../src/algebra/point-masses.js";
import { repeatRows } from "../../../src/runtime/mechanisms/contract/context.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import type { DrawSpec } from "../../../src/runtime/mechanisms/contract/mechanism.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import { named } from "../../../src/runtime/tensors/core/names.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import type { Engine, HostData } from "../../../src/runtime/tensors/engine/index.js";
import type { RandomKey } from "../../../src/runtime/tensors/random/index.js";

export type Distort = (abducted: tf.Tensor, value: tf.Tensor) => tf.Tensor;

export interface RankRequest {
  readonly loaded: LoadedModel;
  readonly variable: string;
  readonly engine: Engine;
  readonly units: number;
  readonly particles: number;
  readonly key: RandomKey;
  /** Values of the parents, `[units, size]` each. */
  readonly parents: Readonly<Record<string, Float32Array>>;
  /** A change of the abducted noises that a test makes on purpose. */
  readonly distort?: Distort;
}

export interface Ranks {
  /**
   * By noise: 0 … particles, `[units, size of the noise]`; -1 where the value tells the noise, so that every particle
   * has the true one (to rounding).
   */
  readonly ranks: ReadonlyMap<string, HostData>;
  /** `[units, size]`. */
  readonly value: HostData;
  /** Elements of values that an abducted noise does not give back, over all particles. */
  readonly changed: number;
}

export async function ranksOf(request: RankRequest): Promise<Ranks> {
  const { loaded, variable, engine, units, particles, key, distort = (abducted) => abducted } = request;
  const mechanism = loaded.mechanisms.get(variable)!;
  const inputs: Record<string, HostData> = {};
  const specs: Record<string, { shape: number[]; dtype: "float32" }> = {};
  const add = (name: string, data: HostData, rows: number) => {
    inputs[name] = data;
    specs[name] = { shape: [rows, data.length / rows], dtype: "float32" };
  };
  const draw = (name: string, spec: DrawSpec, rows: number) =>
    add(name, sampleDraws(spec, rows, key.split(name)), rows);
  for (const [name, spec] of Object.entries(mechanism.noises)) draw(`noise.${name}`, spec, units);
  for (const [name, spec] of Object.entries(mechanism.draws)) draw(`draw.${name}`, spec, units * particles);
  for (const [name, data] of Object.entries(request.parents)) add(`parent.${name}`, data, units);
  const program = await engine.compile({
    name: "ranks",
    inputs: specs,
    constants: parametersOf(loaded.parameters, variable),
    procedure(given, parameters) {
      const parents = named(given, "parent.");
      const noise = named(given, "noise.");
      const value = mechanism.forward(parameters, noise, parents);
      const abducted = mechanism.abduct(parameters, value, parents, named(given, "draw."), particles);
      const repeated = Object.entries(parents).map(([name, rows]) => [name, repeatRows(rows, particles)] as const);
      const again = mechanism.forward(parameters, abducted, Object.fromEntries(repeated));
      const wanted = repeatRows(value, particles);
      // Beside point masses a value is recovered to rounding.
      const { domain } = loaded.variables.get(variable)!;
      const error = hasPointMass(domain) ? tf.mul(1e-4, tf.add(1, tf.abs(wanted))) : tf.zerosLike(wanted);
      const changed = tf.sum(tf.cast(tf.greater(tf.abs(tf.sub(again, wanted)), error), "float32"));
      const outputs: Record<string, tf.Tensor> = { value, changed };
      for (const [name, rows] of Object.entries(abducted)) {
        const drawn = distort(rows, repeatRows(value, particles));
        const truth = repeatRows(noise[name]!, particles);
        const shape: [number, number, number] = [units, particles, rows.shape[1]!];
        const below = tf.cast(tf.less(drawn, truth), "float32");
        const error = tf.div(tf.abs(tf.sub(drawn, truth)), tf.add(1, tf.abs(truth)));
        const isTold = tf.less(tf.max(tf.reshape(error, shape), 1), 1e-5);
        const rank = tf.sum(tf.reshape(below, shape), 1);
        outputs[`rank.${name}`] = tf.where(isTold, tf.fill(rank.shape, -1), rank);
      }
      return outputs;
    },
  });
  const outputs = await program.run(inputs);
  await program.dispose();
  const ranks = Object.keys(mechanism.noises).map((name) => [name, outputs[`rank.${name}`]!.data] as const);
  return { ranks: new Map(ranks), value: outputs.value!.data, changed: outputs.changed!.data[0]! };
}
