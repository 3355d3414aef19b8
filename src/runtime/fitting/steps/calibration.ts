/**
 * Running averages over natural rows. Where training rows are drawn with weights, a batch is not of the population that
 * the mechanism will see, and neither are the averages of its statistics: they are taken again over rows of natural
 * weight.
 */

import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import { type Fittable, trainingDrawsOf } from "../../mechanisms/contract/mechanism.js";
import type { Engine, HostData, HostTensor, HostTensors, Program } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { gatherRows, specOf } from "../../tensors/core/rows.js";
import type * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { drawWeights, epochOrder } from "./balance.js";
import type { FitData } from "./fit-data.js";
import { chosenWeights } from "./present-rows.js";

/** The error of an average over some thousand rows is far below that of the one batch which training goes by. */
const calibrationBatches = 20;

export interface Calibration {
  /** The fitted tensors with running averages of natural rows. */
  calibrated(fitted: HostTensors): Promise<HostTensors>;
  dispose(): Promise<void>;
}

/** Averages over batches of the rows `indices`, the same ones at every call. */
export async function createCalibration(
  mechanism: Fittable,
  data: FitData,
  indices: Int32Array,
  batch: number,
  engine: Engine,
  key: RandomKey,
): Promise<Calibration> {
  const inputs = {
    value: specOf(data.value, batch),
    ...Object.fromEntries(Object.entries(data.parents).map(([name, rows]) => [`parent.${name}`, specOf(rows, batch)])),
    ...floats("draw.", trainingDrawsOf(mechanism), ({ size }) => [batch, size]),
    ...floats("parameter.", mechanism.parameters, ({ shape }) => shape),
  };
  const program = await engine.compile({
    name: `calibration ${mechanism.variable}`,
    inputs,
    procedure(given) {
      const statistics: Record<string, tf.Tensor> = {};
      const { value, ...rest } = given;
      mechanism.loss(named(rest, "parameter."), value!, named(rest, "parent."), named(rest, "draw."), statistics);
      return statistics;
    },
  });
  const weights = drawWeights(chosenWeights(data, indices).weights, null);
  const permutation = key.split("rows").permutation(indices.length);
  const order = epochOrder(indices.length, weights, permutation, 0.5);
  const batches = Math.min(calibrationBatches, Math.max(1, Math.floor(indices.length / batch)));
  const given = Array.from({ length: batches }, (_, k) => {
    const rows = order.subarray(k * batch, (k + 1) * batch).map((position) => indices[position]!);
    return calibrationInputs(mechanism, data, rows, key.split("draws").split(k));
  });
  return {
    calibrated: async (fitted) => ({ ...fitted, ...(await averages(program, mechanism, fitted, given)) }),
    dispose: () => program.dispose(),
  };
}

function floats<Spec>(
  prefix: string,
  specs: Readonly<Record<string, Spec>>,
  shapeOf: (spec: Spec) => readonly number[],
) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [prefix + name, { shape: shapeOf(spec), dtype: "float32" as const }]),
  );
}

type Inputs = Record<string, HostData>;

function calibrationInputs(mechanism: Fittable, data: FitData, rows: Int32Array, key: RandomKey): Inputs {
  const inputs: Inputs = { value: gatherRows(data.value, rows) };
  for (const [name, parent] of Object.entries(data.parents)) inputs[`parent.${name}`] = gatherRows(parent, rows);
  for (const [name, draw] of Object.entries(trainingDrawsOf(mechanism)))
    inputs[`draw.${name}`] = sampleDraws(draw, rows.length, key.split(name));
  return inputs;
}

async function averages(program: Program, { buffers, parameters }: Fittable, fitted: HostTensors, given: Inputs[]) {
  const weights = Object.fromEntries(Object.keys(parameters).map((name) => [`parameter.${name}`, fitted[name]!.data]));
  const sums = Object.entries(buffers ?? {}).map(
    ([name, { shape }]) => [name, shape, new Float64Array(fitted[name]!.data.length)] as const,
  );
  for (const inputs of given) {
    const statistics = await program.run({ ...weights, ...inputs });
    for (const [name, , sum] of sums) for (let k = 0; k < sum.length; k++) sum[k]! += statistics[name]!.data[k]!;
  }
  return Object.fromEntries(
    sums.map(([name, shape, sum]): [string, HostTensor] => {
      const data = Float32Array.from(sum, (total) => total / given.length);
      return [name, { shape, dtype: "float32", data }];
    }),
  );
}
