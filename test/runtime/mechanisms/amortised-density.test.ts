/**
 * The log-weights of amortised mechanisms against quadrature and samples: for a vector of one element, averages of the
 * weights' exponentials over draws from the encoder are unbiased estimates of p(y | pa), so that they integrate to one,
 * and they lie above the bound on average.
 */
import { expect } from "chai";
import { sizeOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { repeatRows } from "../../../src/runtime/mechanisms/contract/context.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { expectClose } from "../close.js";
import { lawCases } from "./law-cases.js";

const points = 401;
const particles = 400;
const [low, high] = [-30, 30];

/** log of the mean weight, and the mean bound, at each point of a grid, for a vector whose other elements are fixed. */
async function onGrid(model: LoadedModel) {
  const mechanism = model.mechanisms.get("y")!;
  const draws = Object.entries(mechanism.draws).map(([name, spec]) => {
    const data = sampleDraws(spec, points * particles, RandomKey.fromSeed(4).split(name));
    return [`draw.${name}`, { shape: [points * particles, spec.size], dtype: "float32" as const, data }] as const;
  });
  const program = await createEngine("onnx").compile({
    name: "weights",
    inputs: { grid: { shape: [points, 1], dtype: "float32" }, ...Object.fromEntries(draws) },
    constants: parametersOf(model.parameters, "y"),
    procedure(given, parameters) {
      const own = Object.fromEntries(Object.keys(mechanism.draws).map((name) => [name, given[`draw.${name}`]!]));
      const parents = (rows: number): Record<string, tf.Tensor> =>
        model.variables.has("p") ? { p: tf.fill([rows, 1], 2.2) } : {};
      const repeated = repeatRows(given.grid!, particles);
      const weights = tf.reshape(mechanism.logWeight!(parameters, repeated, parents(points * particles), own), [
        points,
        particles,
      ]);
      return {
        density: tf.mean(tf.exp(weights), 1),
        average: tf.mean(weights, 1),
        bound: mechanism.logProbability(parameters, given.grid!, parents(points), own),
      };
    },
  });
  const grid = Float32Array.from({ length: points }, (_, k) => low + ((high - low) * k) / (points - 1));
  const outputs = await program.run({
    grid,
    ...Object.fromEntries(draws.map(([name, { data }]) => [name, data])),
  });
  await program.dispose();
  return outputs;
}

describe("log-weights of amortised mechanisms", () => {
  for (const title of ["cvae, vector of one, normal", "cvae, vector of one, multivariate"])
    it(`${title}: the density that they estimate integrates to one, above the bound`, async () => {
      const { density, average, bound } = await onGrid(lawCases[title]!);
      const step = (high - low) / (points - 1);
      const densities = Float64Array.from(density!.data);
      const total = densities.reduce((sum, value) => sum + value * step, 0);
      expect(total).to.be.closeTo(1, 0.03);
      for (let k = 0; k < points; k++) {
        // Far out, the exponentials are 0 in single precision.
        if (densities[k]! < 1e-12) continue;
        expect(Math.log(densities[k]!)).to.be.at.least(average!.data[k]! - 1e-3);
        // The bound is of the same expectation, with the divergence in closed form: twenty standard errors of a mean of
        // squares.
        expect(bound!.data[k]).to.be.closeTo(average!.data[k]!, 1 + 0.2 * Math.abs(average!.data[k]!));
      }
    });
});

describe("bounds over several draws", () => {
  const rows = 6;
  for (const title of [
    "cvae, image, convolutional, the paper's likelihood",
    "cvae, image of colours, patches, low rank",
    "cvae, vector of two",
  ])
    it(`${title}: three draws a row give the mean of the bounds of each`, async () => {
      const model = lawCases[title]!;
      const mechanism = model.mechanisms.get("y")!;
      const key = RandomKey.fromSeed(3);
      const size = sizeOf(model.variables.get("y")!.domain);
      const value = key
        .split("y")
        .uniform(rows * size)
        .map((u) => Math.floor(255 * u));
      const draws = Object.entries(mechanism.draws).map(
        ([name, spec]) => [name, spec.size, sampleDraws(spec, 3 * rows, key.split(name))] as const,
      );
      const program = await createEngine("onnx").compile({
        name: "particles",
        inputs: {
          value: { shape: [rows, size], dtype: "float32" },
          ...Object.fromEntries(
            draws.map(([name, width]) => [`draw.${name}`, { shape: [3 * rows, width], dtype: "float32" as const }]),
          ),
        },
        constants: parametersOf(model.parameters, "y"),
        procedure(given, parameters) {
          const parents: Record<string, tf.Tensor> = model.variables.has("p") ? { p: tf.fill([rows, 1], 2.2) } : {};
          const boundAt = (particle: number) => {
            // Units are outermost: row 3 · unit + particle.
            const chosen = tf.tensor1d(
              Array.from({ length: rows }, (_, unit) => 3 * unit + particle),
              "int32",
            );
            const own = draws.map(([name]) => [name, tf.gather(given[`draw.${name}`]!, chosen)] as const);
            return mechanism.logProbability(parameters, given.value!, parents, Object.fromEntries(own));
          };
          const all = Object.fromEntries(draws.map(([name]) => [name, given[`draw.${name}`]!]));
          return {
            together: mechanism.logProbability(parameters, given.value!, parents, all),
            mean: tf.div(tf.addN([0, 1, 2].map(boundAt)), 3),
          };
        },
      });
      const given = Object.fromEntries(draws.map(([name, , data]) => [`draw.${name}`, data]));
      const { together, mean } = await program.run({ value, ...given });
      await program.dispose();
      expectClose(together!.data, mean!.data, 1e-4);
    });
});
