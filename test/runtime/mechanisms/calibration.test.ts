/**
 * Simulation-based calibration (Talts et al. 2018) of every abductor that claims to draw from the exact posterior: where the
 * noise comes from its prior and the value from the noise, the noise's rank among draws abducted from the value is uniform. This
 * holds given the value too, so units whose (first) value is 0 and the others are counted apart: all units together would also pass an
 * abductor that ignores the value.
 */
import { expect } from "chai";
import { createEngine, type HostData } from "../../../src/runtime/engine/index.js";
import * as tf from "../../../src/runtime/engine/tfjs.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/loaded-model.js";
import { repeatRows } from "../../../src/runtime/mechanisms/context.js";
import type { DrawSpec } from "../../../src/runtime/mechanisms/mechanism.js";
import { RandomKey } from "../../../src/runtime/random/index.js";
import { sampleDraws } from "../../../src/runtime/sampling.js";
import { named } from "../../../src/runtime/training/training-program.js";
import { chiSquareBoundOf16, chiSquareOfEqual } from "../random/chi-square.js";
import { lawCases } from "./law-cases.js";

const units = 4000;
const particles = 15;
const ranks = particles + 1;
const engine = createEngine("onnx");

type Abduct = (abducted: tf.Tensor, value: tf.Tensor) => tf.Tensor;

/** Rank histograms, one for each element of each noise and each of the two groups of units. */
async function rankHistograms(model: LoadedModel, distort: Abduct = (abducted) => abducted): Promise<number[][]> {
  const mechanism = model.mechanisms.get("y")!;
  const key = RandomKey.fromSeed(21);
  const inputs: Record<string, HostData> = {};
  const specs: Record<string, { shape: number[]; dtype: "float32" }> = {};
  const add = (name: string, draw: DrawSpec, rows: number) => {
    inputs[name] = sampleDraws(draw, rows, key.split(name));
    specs[name] = { shape: [rows, draw.size], dtype: "float32" };
  };
  for (const [name, draw] of Object.entries(mechanism.noises)) add(`noise.${name}`, draw, units);
  for (const [name, draw] of Object.entries(mechanism.draws)) add(`draw.${name}`, draw, units * particles);
  if (model.variables.has("p")) add("parent.p", { size: 1, distribution: "uniform", parameters: [1, 4] }, units);
  const program = await engine.compile({
    name: "ranks",
    inputs: specs,
    constants: parametersOf(model.parameters, "y"),
    procedure(given, parameters) {
      const parents = named(given, "parent.");
      const noise = named(given, "noise.");
      const value = mechanism.forward(parameters, noise, parents);
      const abducted = mechanism.abduct(parameters, value, parents, named(given, "draw."), particles);
      const again = mechanism.forward(
        parameters,
        abducted,
        Object.fromEntries(Object.entries(parents).map(([name, rows]) => [name, repeatRows(rows, particles)])),
      );
      const changed = tf.abs(tf.sub(again, repeatRows(value, particles)));
      const outputs: Record<string, tf.Tensor> = { value, changed };
      for (const [name, rows] of Object.entries(abducted)) {
        const drawn = distort(rows, repeatRows(value, particles));
        const below = tf.cast(tf.less(drawn, repeatRows(noise[name]!, particles)), "float32");
        outputs[`rank.${name}`] = tf.sum(tf.reshape(below, [units, particles, rows.shape[1]!]), 1);
      }
      return outputs;
    },
  });
  const outputs = await program.run(inputs);
  await program.dispose();
  const isChanged = outputs.changed!.data.some((difference) => difference !== 0);
  expect(isChanged, "some abducted noise does not give the value back").to.equal(false);
  const elements = outputs.value!.shape[1]!;
  return Object.entries(mechanism.noises).flatMap(([name, { size }]) =>
    Array.from({ length: size }, (_, element) => {
      const histograms = [new Array<number>(ranks).fill(0), new Array<number>(ranks).fill(0)] as const;
      for (let unit = 0; unit < units; unit++)
        histograms[outputs.value!.data[unit * elements] === 0 ? 0 : 1][
          outputs[`rank.${name}`]!.data[unit * size + element]!
        ]!++;
      // A cell that expects fewer than five counts is no normal variable.
      return histograms.filter((counts) => counts.reduce((sum, count) => sum + count, 0) >= 5 * ranks);
    }).flat(),
  );
}

describe("calibration of posterior-sample abduction: ranks are uniform (chi-square, false alarms 1e-6 a histogram)", () => {
  for (const [title, model] of Object.entries(lawCases)) {
    if (model.mechanisms.get("y")!.abduction !== "posterior_sample") continue;
    it(title, async () => {
      for (const histogram of await rankHistograms(model))
        expect(chiSquareOfEqual(histogram), histogram.join(" ")).to.be.lessThan(chiSquareBoundOf16);
    });
  }

  it("has the power to reject: a posterior with a slightly wrong spread, and Gumbels drawn without regard to the value", async () => {
    const wide: Abduct = (abducted) => tf.mul(abducted, 1.1);
    const spread = await rankHistograms(lawCases["flow, ordinal, conditional"]!, wide);
    expect(Math.max(...spread.map(chiSquareOfEqual))).to.be.greaterThan(chiSquareBoundOf16);
    const prior = sampleDraws(
      { size: 4, distribution: "gumbel", parameters: [0, 1] },
      units * particles,
      RandomKey.fromSeed(77),
    );
    const unconditional: Abduct = (abducted) => tf.add(tf.mul(abducted, 0), tf.tensor2d(prior, [units * particles, 4]));
    const histograms = await rankHistograms(lawCases["categorical, conditional"]!, unconditional);
    expect(Math.max(...histograms.map(chiSquareOfEqual))).to.be.greaterThan(chiSquareBoundOf16);
  });
});
