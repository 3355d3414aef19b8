import { expect } from "chai";
import {
  logBeta,
  logGamma,
  normalCdf,
  regularisedBeta,
  regularisedGamma,
  regularisedGammaUpper,
} from "../../../../src/runtime/mechanisms/distributions/special-functions.js";

/** Closed forms, and classical values to the digits given. */
const near = (actual: number, expected: number, relative = 1e-11): void => {
  expect(Math.abs(actual - expected)).to.be.at.most(relative * Math.abs(expected));
};

describe("special functions", () => {
  it("log Γ: factorials, half-integers, small arguments", () => {
    near(logGamma(5), Math.log(24));
    near(logGamma(0.5), 0.5 * Math.log(Math.PI));
    near(logGamma(171), 706.5730622457874);
    // Γ(x) = 1/x - γ + (γ² + π²/6) x / 2 + O(x²).
    const x = 1e-5;
    const euler = 0.5772156649015329;
    near(logGamma(x), Math.log(1 / x - euler + 0.5 * (euler ** 2 + Math.PI ** 2 / 6) * x));
    expect(Math.abs(logGamma(1))).to.be.lessThan(1e-14);
    expect(Math.abs(logGamma(2))).to.be.lessThan(1e-14);
    near(logBeta(2, 3), Math.log(1 / 12));
  });

  it("incomplete gamma: closed forms for whole shapes, on both sides of the mean", () => {
    for (const x of [1e-8, 0.3, 1, 2.5, 4, 30]) {
      near(regularisedGamma(1, x), -Math.expm1(-x));
      near(regularisedGammaUpper(3, x), Math.exp(-x) * (1 + x + (x * x) / 2));
    }
    for (const x of [0.1, 0.9, 1.1, 3]) {
      // The recurrence P(a, x) - P(a + 1, x) = x^a e^-x / Γ(a + 1).
      for (const a of [0.05, 0.7, 12.5]) {
        const difference = regularisedGamma(a, x) - regularisedGamma(a + 1, x);
        expect(difference).to.be.closeTo(Math.exp(a * Math.log(x) - x - logGamma(a + 1)), 1e-13);
      }
    }
    expect([regularisedGamma(2, 0), regularisedGamma(2, Infinity), regularisedGammaUpper(2, -1)]).to.deep.equal([
      0, 1, 1,
    ]);
    expect(regularisedGamma(2, Number.NaN)).to.be.NaN;
    // A large shape: P(a, a) = 1/2 + 1 / (3 √(2πa)) + O(a^-3/2).
    expect(regularisedGamma(1e4, 1e4)).to.be.closeTo(0.5 + 1 / (3 * Math.sqrt(2 * Math.PI * 1e4)), 1e-7);
  });

  it("incomplete beta: closed forms, symmetry and recurrence", () => {
    for (const x of [1e-9, 0.2, 0.5, 0.77, 0.999]) {
      near(regularisedBeta(x, 1, 3), 1 - (1 - x) ** 3, x < 1e-6 ? 1e-6 : 1e-11);
      near(regularisedBeta(x, 0.5, 0.5), (2 / Math.PI) * Math.asin(Math.sqrt(x)));
      // The argument 1 - x itself is rounded, which x^0.3 near 0 magnifies.
      expect(regularisedBeta(x, 0.3, 40) + regularisedBeta(1 - x, 40, 0.3)).to.be.closeTo(1, 1e-10);
      const difference = regularisedBeta(x, 2.5, 1.5) - regularisedBeta(x, 3.5, 1.5);
      expect(difference).to.be.closeTo((x ** 2.5 * (1 - x) ** 1.5) / (2.5 * Math.exp(logBeta(2.5, 1.5))), 1e-13);
    }
    expect([regularisedBeta(-1, 2, 2), regularisedBeta(2, 2, 2)]).to.deep.equal([0, 1]);
  });

  it("Φ: table values, tails and symmetry", () => {
    near(normalCdf(1.959963984540054), 0.975);
    near(normalCdf(-10), 7.61985302416053e-24, 1e-10);
    expect(normalCdf(0)).to.equal(0.5);
    expect(normalCdf(0.7) + normalCdf(-0.7)).to.be.closeTo(1, 1e-15);
  });
});
