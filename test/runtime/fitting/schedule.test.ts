/** The learning rate over a fit: where it rises, where it ends, and that the default is what fits have always had. */
import { expect } from "chai";
import { rateFactor, schedules } from "../../../src/runtime/fitting/steps/schedule.js";

const total = 1000;

describe("the schedule of the rate", () => {
  it("rises linearly over `warmup` steps to 1, whatever follows", () => {
    for (const schedule of schedules) {
      expect(rateFactor(schedule, 100, 0, total)).to.be.closeTo(0.01, 1e-12);
      expect(rateFactor(schedule, 100, 49, total)).to.be.closeTo(0.5, 1e-12);
      expect(rateFactor(schedule, 100, 99, total)).to.equal(1);
      expect(rateFactor(schedule, 0, 0, total)).to.equal(1);
    }
  });

  it("rises over a fiftieth of the steps where nothing is said", () => {
    expect(rateFactor("constant", null, 9, total)).to.equal(0.5);
    expect(rateFactor("constant", null, 19, total)).to.equal(1);
  });

  it("falls along a half cosine, along a line, or not at all", () => {
    expect(rateFactor("cosine", 0, 1 + (total - 1) / 3, total)).to.be.closeTo(0.75, 1e-12);
    expect(rateFactor("linear", 0, 1 + (total - 1) / 3, total)).to.be.closeTo(2 / 3, 1e-12);
    expect(rateFactor("constant", 0, total - 1, total)).to.equal(1);
    for (const schedule of ["cosine", "linear"] as const)
      expect(rateFactor(schedule, null, total, total)).to.be.closeTo(0, 1e-12);
  });

  it("of a fit no longer than its warm-up still rises", () => {
    expect(rateFactor("cosine", 50, 9, 10)).to.equal(0.2);
    expect(rateFactor("cosine", null, 0, 1)).to.equal(1);
  });
});
