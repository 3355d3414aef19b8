/**
 * The checks of `scmc evaluate`: right p-values where the hypothesis holds, small ones where it does not, and
 * consistency of exact kinds.
 */
import { expect } from "chai";
import { abductNoises, checkConsistency } from "../../../../src/runtime/inference/checks/consistency.js";
import { checkNoises } from "../../../../src/runtime/inference/checks/noise-checks.js";
import {
  correlationTest,
  standardRanks,
  uniformityTest,
  worstOf,
} from "../../../../src/runtime/inference/checks/rank-statistics.js";
import { sample } from "../../../../src/runtime/inference/programs/sample.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { loaded } from "../../models.js";

const engine = createEngine("onnx");

/** Shares of p-values below a tenth in many repetitions: binomial, within 5 standard deviations of a tenth. */
function expectTenth(ps: readonly number[]): void {
  const share = ps.filter((p) => p < 0.1).length / ps.length;
  expect(share).to.be.closeTo(0.1, 5 * Math.sqrt(0.09 / ps.length));
}

describe("rank statistics", () => {
  const key = RandomKey.fromSeed(11);
  const repetitions = Array.from({ length: 1000 }, (_, k) => key.split(k));

  it("p-values of true hypotheses are uniform", () => {
    expectTenth(repetitions.map((each) => uniformityTest(each.uniform64(200)).p));
    expectTenth(
      repetitions.map((each) => {
        const [a, b] = [each.split("a").normal(200), each.split("b").normal(200)];
        return correlationTest(standardRanks(a), standardRanks(b)).p;
      }),
    );
  });

  it("known values: Kolmogorov's quantiles, a perfect rank correlation, ties", () => {
    const n = 1e5;
    const grid = Float64Array.from({ length: n }, (_, k) => (k + 0.5) / n);
    expect(uniformityTest(grid).p).to.equal(1);
    // P(K > 1.3581) = 0.05, P(K > 1.6276) = 0.01.
    for (const [x, p] of [
      [1.3581, 0.05],
      [1.6276, 0.01],
    ] as const) {
      const shifted = grid.map((value) => Math.max(0, value - x / Math.sqrt(n)));
      expect(uniformityTest(shifted).p).to.be.closeTo(p, 1e-3);
    }
    const rising = standardRanks([1, 2, 3, 10]);
    expect(correlationTest(rising, standardRanks([0, 1, 4, 9])).statistic).to.be.closeTo(1, 1e-12);
    expect(correlationTest(rising, standardRanks([4, 3, 2, 1])).statistic).to.be.closeTo(-1, 1e-12);
    expect([...standardRanks([5, 5, 5])]).to.deep.equal([0, 0, 0]);
    expect([...standardRanks([1, 7, 7])].map((rank) => rank.toFixed(4))).to.deep.equal(["-0.8165", "0.4082", "0.4082"]);
  });

  it("the worst of several counts them", () => {
    expect(
      worstOf([
        { statistic: 1, p: 0.02 },
        { statistic: 2, p: 0.5 },
      ]),
    ).to.deep.equal({ statistic: 1, p: 0.04 });
  });
});

describe("checks of a model", function () {
  this.timeout(30_000);
  const truth = `a := e where e ~ normal(0, 1)
b := 2 * a + e where e ~ normal(0, 1)
c : categorical(3) := e where e ~ categorical(0.2, 0.3, 0.5)`;
  const key = RandomKey.fromSeed(3);

  async function checksOf(text: string) {
    const { values } = await sample({ loaded: loaded(truth), engine, rows: 2000, key });
    const observed = new Map([...values].map(([name, data]) => [name, { rows: 2000, size: 1, data }]));
    const request = { loaded: loaded(text), engine, observed, key };
    return { noises: checkNoises(request.loaded, await abductNoises(request), observed), request };
  }

  it("find nothing in the model that made the data, whose counterfactuals are consistent", async () => {
    const { noises, request } = await checksOf(truth);
    for (const { uniform, parents, others } of noises)
      for (const test of [...(uniform ? [uniform] : []), ...parents, ...others]) expect(test.p).to.be.above(1e-6);
    expect(noises.map(({ variable, uniform }) => [variable, uniform === null])).to.deep.equal([
      ["a", false],
      ["b", false],
      ["c", true],
    ]);
    for (const { composition, reversibility } of await checkConsistency(request)) {
      expect(composition).to.be.below(1e-6);
      expect(reversibility).to.be.below(1e-5);
    }
  });

  it("see a wrong scale, a missed effect and a spread that depends on a parent", async () => {
    const scaled = (
      await checksOf(truth.replace("b := 2 * a + e where e ~ normal(0, 1)", "b := 2 * a + e where e ~ normal(0, 2)"))
    ).noises;
    expect(scaled.find(({ variable }) => variable === "b")!.uniform!.p).to.be.below(1e-6);
    const missed = (await checksOf(truth.replace("b := 2 * a + e", "b := a + e"))).noises;
    expect(missed.find(({ variable }) => variable === "b")!.parents[0]!.p).to.be.below(1e-6);
    const spread = (await checksOf(truth.replace("b := 2 * a + e", "b := 2 * a + e * exp(a / 2)"))).noises;
    expect(spread.find(({ variable }) => variable === "b")!.parents[0]!.p).to.be.below(1e-6);
  });
});
