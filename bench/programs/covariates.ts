/** The paper's covariates as scmc fits them: thickness t by a spline flow, intensity i by an affine flow given t. */
import { compile } from "../../src/compiler/compile.js";
import { type BoundVariable, normalisationOf } from "../../src/runtime/mechanisms/bound/variables.js";
import { type LoadedModel, loadModel, parametersOf } from "../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../src/runtime/tensors/core/rows.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";
import type { HostData, HostTensor, ProgramSpec, TensorSpec } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";

const text = "t : positive := flow(transform = spline(bins = 8))\ni : interval(64, 255) := flow(t)";
const key = RandomKey.fromSeed(7);
const shapeOfNoise = 10;

/** Equation 7 of the paper: thickness and intensity of `rows` digits. */
export function drawCovariates(rows: number): { readonly t: Rows; readonly i: Rows } {
  const uniform = key.split("t").uniform64(rows * shapeOfNoise);
  const normal = key.split("i").normal64(rows);
  const t = Float32Array.from({ length: rows }, (_, row) => {
    const draws = uniform.subarray(row * shapeOfNoise, (row + 1) * shapeOfNoise);
    return 0.5 - draws.reduce((sum, u) => sum + Math.log(u), 0) / 5;
  });
  const i = t.map((value, row) => 64 + 191 / (1 + Math.exp(-(0.5 * normal[row]! + 2 * value - 5))));
  return { t: { rows, size: 1, data: t }, i: { rows, size: 1, data: i } };
}

/** The model bound to such rows, with weights slightly away from where training starts. */
export function loadCovariates(): LoadedModel {
  const { model, diagnostics } = compile({ text, file: "covariates.scm" });
  if (!model) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const rows = drawCovariates(2000);
  const variables = new Map<string, BoundVariable>();
  for (const { name, domain } of model.variables) {
    const values = Float64Array.from(rows[name as "t" | "i"].data);
    variables.set(name, { name, domain: domain!, normalisation: normalisationOf(domain!, values) });
  }
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, mechanism] of loadModel(model, variables, {}).mechanisms)
    for (const [name, { shape, initialise }] of Object.entries(mechanism.parameters)) {
      const start = initialise(key.split(variable).split(name));
      const shift = key.split("shift").split(variable).split(name).normal(start.length);
      const data = start.map((value, k) => value + 0.1 * shift[k]!);
      parameters[`${variable}/${name}`] = { shape, dtype: "float32", data };
    }
  return loadModel(model, variables, parameters);
}

export interface Question {
  readonly spec: ProgramSpec;
  readonly inputs: Readonly<Record<string, HostData>>;
}

/** The questions about `rows` units, each as one program with the fitted weights in it. */
export function questions(loaded: LoadedModel, rows: number): Readonly<Record<string, Question>> {
  const [t, i] = [loaded.mechanisms.get("t")!, loaded.mechanisms.get("i")!];
  const { t: thickness, i: intensity } = drawCovariates(rows);
  const column: TensorSpec = { shape: [rows, 1], dtype: "float32" };
  const observed = { t: thickness.data, i: intensity.data };
  const constants = loaded.parameters;
  const noises = { t: key.split("noise t").normal(rows), i: key.split("noise i").normal(rows) };
  const question = (
    name: string,
    inputs: Readonly<Record<string, HostData>>,
    procedure: ProgramSpec["procedure"],
  ): Question => ({ spec: { name, inputs: { t: column, i: column }, constants, procedure }, inputs });
  return {
    sample: question("sample", noises, (given, weights) => {
      const value = t.forward(parametersOf(weights, "t"), { noise: given.t! }, {});
      return { t: value, i: i.forward(parametersOf(weights, "i"), { noise: given.i! }, { t: value }) };
    }),
    abduction: question("abduction", observed, (given, weights) => ({
      t: t.abduct(parametersOf(weights, "t"), given.t!, {}, {}, 1).noise!,
      i: i.abduct(parametersOf(weights, "i"), given.i!, { t: given.t! }, {}, 1).noise!,
    })),
    "log-probability": question("log-probability", observed, (given, weights) => ({
      t: t.logProbability(parametersOf(weights, "t"), given.t!, {}, {}),
      i: i.logProbability(parametersOf(weights, "i"), given.i!, { t: given.t! }, {}),
    })),
    counterfactual: question("counterfactual", observed, (given, weights) => {
      const own = parametersOf(weights, "i");
      const noise = i.abduct(own, given.i!, { t: given.t! }, {}, 1);
      return { i: i.forward(own, noise, { t: tf.add(given.t!, 1) }) };
    }),
  };
}
