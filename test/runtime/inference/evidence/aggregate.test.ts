/**
 * Summary statistics of particles: means, standard deviations and quantiles element by element, and shares of classes.
 */
import { expect } from "chai";
import { aggregate } from "../../../../src/runtime/inference/particles/aggregate.js";
import { effectiveSizeOf, systematic } from "../../../../src/runtime/inference/particles/resample.js";
import { normalQuantile } from "../../../../src/runtime/mechanisms/distributions/normal-quantile.js";
import { normalCdf } from "../../../../src/runtime/mechanisms/distributions/special-functions.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { interventions, loaded } from "../../models.js";
import { answerUnits } from "../answer-units.js";

const model = loaded("a : vector(2) := flow()\nb : binary := bernoulli()");
const wanted = { sd: true, quantiles: [0.25, 0.5] };

describe("aggregates over particles", () => {
  it("of numbers: by element, units outermost", () => {
    const values = Float32Array.of(1, 10, 2, 20, 3, 30, /* second unit */ 5, 5, 5, 5, 5, 5);
    const { mean, spread } = aggregate(model, "a", values, 2, 3, wanted);
    expect([...mean]).to.deep.equal([2, 20, 5, 5]);
    expect([...spread!.sd!]).to.deep.equal([1, 10, 0, 0]);
    expect([...spread!.quantiles.get(0.25)!]).to.deep.equal([1.5, 15, 5, 5]);
    expect([...spread!.quantiles.get(0.5)!]).to.deep.equal([2, 20, 5, 5]);
  });

  it("of classes: shares", () => {
    const { mean, spread } = aggregate(model, "b", Float32Array.of(0, 1, 1, 1), 1, 4, wanted);
    expect([...mean]).to.deep.equal([0.25, 0.75]);
    expect(spread).to.equal(undefined);
  });
});

describe("shares", () => {
  it("of any number of particles add up", () => {
    const particles = 100_000;
    const all = aggregate(model, "b", new Float32Array(particles).fill(1), 1, particles, wanted);
    expect([...all.mean]).to.deep.equal([0, 1]);
  });

  it("of a class that was observed, beside units where it is missing, are 1", async () => {
    const units = loaded("c : binary := e where e ~ bernoulli(0.5)\na := c + e where e ~ normal(0, 1)");
    const column = (values: number[]) => ({ rows: 2, size: 1, data: Float32Array.from(values) });
    const { values, probabilities } = await answerUnits({
      loaded: units,
      engine: createEngine("onnx", { threads: 1 }),
      observed: new Map([
        ["c", column([1, Number.NaN])],
        ["a", column([1, 1])],
      ]),
      interventions: interventions("a := 3", units),
      targets: ["c", "a"],
      particles: 50,
      key: RandomKey.fromSeed(1),
    });
    const shares = probabilities.get("c")!;
    expect([...shares.subarray(0, 2)]).to.deep.equal([0, 1]);
    expect(values.get("c")![0]).to.equal(1);
    expect(shares[2]! + shares[3]!).to.be.closeTo(1, 1e-6);
    expect(shares[3]).to.be.within(0.3, 0.95);
  });
});

describe("weights", () => {
  it("are worth as many draws as (Σw)²/Σw²", () => {
    expect(effectiveSizeOf(Float64Array.of(1, 1, 1, 1))).to.equal(4);
    expect(effectiveSizeOf(Float64Array.of(1, 0, 0, 0))).to.equal(1);
  });

  it("are resampled floor or ceil of their share of times", () => {
    const weights = Float64Array.of(0.5, 0.05, 0.45);
    const counts = [0, 0, 0];
    for (const index of systematic(weights, 100, 0.37)) counts[index]!++;
    expect(counts).to.deep.equal([50, 5, 45]);
  });
});

describe("the normal quantile", () => {
  it("inverts the distribution function", () => {
    for (const level of [1e-9, 0.001, 0.2, 0.5, 0.9, 0.999999])
      expect(normalCdf(normalQuantile(level)) / level).to.be.closeTo(1, 1e-9);
  });
});
