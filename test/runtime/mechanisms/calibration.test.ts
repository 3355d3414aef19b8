/**
 * Simulation-based calibration (Talts et al. 2018) of every abductor that claims to draw from the exact posterior:
 * where the noise comes from its prior and the value from the noise, the noise's rank among draws abducted from the
 * value is uniform. This holds given the value too, so units with the value 0 and the others are counted apart: all
 * units together would also pass an abductor that ignores the value.
 */
import { expect } from "chai";
import { pointMassesOf } from "../../../src/algebra/point-masses.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { chiSquareBoundOf16, chiSquareOfEqual } from "../tensors/random/chi-square.js";
import { lawCases } from "./law-cases.js";
import { type Distort, ranksOf } from "./ranks.js";

const units = 4000;
const particles = 15;
const cells = particles + 1;
const engine = createEngine("onnx");

/** Rank histograms, one for each element of each noise and each of the two groups of units. */
async function rankHistograms(loaded: LoadedModel, distort?: Distort): Promise<number[][]> {
  const key = RandomKey.fromSeed(21);
  const parents: Record<string, Float32Array> = loaded.variables.has("p")
    ? {
        p: key
          .split("parent.p")
          .uniform(units)
          .map((u) => 1 + 3 * u),
      }
    : {};
  const request = { loaded, variable: "y", engine, units, particles, key, parents };
  const { ranks, value, changed } = await ranksOf(distort ? { ...request, distort } : request);
  expect(changed, "every abducted noise gives the value back").to.equal(0);
  const masses = pointMassesOf(loaded.variables.get("y")!.domain);
  // The noise of a value beside point masses is known, and has no rank.
  const isDrawn = (noise: string, y: number) => masses.length === 0 || noise === "gumbel" || masses.includes(y);
  const group = (y: number) => Number(masses.length > 0 ? masses.includes(y) : y !== 0);
  return [...ranks].flatMap(([noise, data]) => {
    const size = data.length / units;
    return Array.from({ length: size }, (_, element) => {
      const histograms = [new Array<number>(cells).fill(0), new Array<number>(cells).fill(0)] as const;
      for (let unit = 0; unit < units; unit++)
        if (isDrawn(noise, value[unit]!) && data[unit * size + element]! >= 0)
          histograms[group(value[unit]!)]![data[unit * size + element]!]!++;
      // A cell that expects fewer than five counts is no normal variable.
      return histograms.filter((counts) => counts.reduce((sum, count) => sum + count, 0) >= 5 * cells);
    }).flat();
  });
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
    const wide: Distort = (abducted) => tf.mul(abducted, 1.1);
    const spread = await rankHistograms(lawCases["flow, ordinal, conditional"]!, wide);
    expect(Math.max(...spread.map(chiSquareOfEqual))).to.be.greaterThan(chiSquareBoundOf16);
    const prior = sampleDraws(
      { size: 4, distribution: "gumbel", parameters: [0, 1] },
      units * particles,
      RandomKey.fromSeed(77),
    );
    const unconditional: Distort = (abducted) =>
      tf.add(tf.mul(abducted, 0), tf.tensor2d(prior, [units * particles, 4]));
    const histograms = await rankHistograms(lawCases["categorical, conditional"]!, unconditional);
    expect(Math.max(...histograms.map(chiSquareOfEqual))).to.be.greaterThan(chiSquareBoundOf16);
  });
});
