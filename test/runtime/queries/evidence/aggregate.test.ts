/** What is told of particles: means, standard deviations, quantiles, element by element, and shares of classes. */
import { expect } from "chai";
import { normalQuantile } from "../../../../src/runtime/distributions/normal-quantile.js";
import { normalCdf } from "../../../../src/runtime/distributions/special-functions.js";
import { aggregate } from "../../../../src/runtime/queries/evidence/aggregate.js";
import { effectiveSizeOf, systematic } from "../../../../src/runtime/queries/evidence/resample.js";
import { loaded } from "../../models.js";

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
