/**
 * Types with point masses against exact values. With φ the logit of a zero, P(y = 0 | x) = s(φ(x)); beside it log y =
 * μ(x) + σ ε. The Gumbel-max branch is 0 where a standard logistic L is below φ(x), so that worlds share L: from y = 0
 * at x to x', y' = 0 with probability min(P, P')/P, and from y > 0 with max(0, P' - P)/(1 - P), else log y' = μ(x') +
 * (log y - μ(x)).
 */
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { allAnswers } from "../../../src/runtime/inference/whole-answer.js";
import { type LoadedModel, loadModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine, type HostTensor } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions, loaded, scalarRows } from "../models.js";
import { fitted } from "./fitting.js";

const engine = createEngine("onnx");
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/**
 * P(x = 1) = 0.3; children see -1 and 1, so φ(0) = -1.2, φ(1) = 0.2; log y has mean 0.5 ± 0.4 and sd 0.6 (units: mean
 * 0, sd 1).
 */
const text = [
  "x : binary := bernoulli()",
  "y : nonnegative := linear(x)",
  "z : real := linear(y)",
  "query e0 = expectation(y | do(x := 0))",
  "query e1 = expectation(y | do(x := 1))",
  "query p1 = probability(y == 0 | do(x := 1))",
  "query zero = density(y = 0 | do(x := 1))",
  "query two = density(y = 2 | do(x := 1))",
  "query posterior = expectation(x | y = 0)",
  "query above = expectation(x | y = 2)",
].join("\n");
const [p0, p1] = [sigmoid(-1.2), sigmoid(0.2)];
const [mu0, mu1, sd, share] = [0.1, 0.9, 0.6, 0.3];
const logDensity = (y: number, mu: number) =>
  -0.5 * ((Math.log(y) - mu) / sd) ** 2 - Math.log(sd * Math.sqrt(2 * Math.PI)) - Math.log(y);

function known(): LoadedModel {
  const scale = { mean: 0, sd: 1, low: 0, high: 9 };
  const { model, variables } = loaded(text, { y: scale, z: { mean: 0, sd: 1, low: -9, high: 9 } });
  const tensor = (values: number[], shape: number[]): HostTensor => ({
    shape,
    dtype: "float32",
    data: Float32Array.from(values),
  });
  return loadModel(model, variables, {
    "x/theta": tensor([Math.log(share / (1 - share))], [1]),
    "y/branch.weight": tensor([0.7], [1, 1]),
    "y/branch.bias": tensor([-0.5], [1]),
    "y/weight": tensor([0.4], [1, 1]),
    "y/bias": tensor([0.5], [1]),
    "y/log_scale": tensor([Math.log(sd)], [1]),
    "z/weight": tensor([5, 2], [2, 1]),
    "z/bias": tensor([0.25], [1]),
    "z/log_scale": tensor([-10], [1]),
  });
}

describe("a variable with a point mass at 0", () => {
  const model = known();
  const key = RandomKey.fromSeed(4);

  it("has the means, probabilities and densities of the closed forms, also as evidence", async () => {
    const answers = await allAnswers({ loaded: model, engine, seed: 5 }, undefined, () => ({ samples: 20_000 }));
    const answer = (name: string) => {
      const found = answers.find((one) => one.name === name)!;
      if (found.kind !== "estimate") throw new Error(`${name}: ${found.kind}`);
      return found;
    };
    // 5 standard errors: false alarms below 1e-6 each.
    const near = (name: string, wanted: number) => {
      const { value, standardError } = answer(name);
      expect(value, name).to.be.closeTo(wanted, 5 * standardError + 1e-5 * Math.abs(wanted));
    };
    near("e0", (1 - p0) * Math.exp(mu0 + sd ** 2 / 2));
    near("e1", (1 - p1) * Math.exp(mu1 + sd ** 2 / 2));
    near("p1", p1);
    expect(answer("zero").pointMasses).to.deep.equal([{ variable: "y", values: [0] }]);
    expect(answer("e0").pointMasses).to.equal(undefined);
    expect(answer("zero").value).to.be.closeTo(Math.log(p1), 1e-5);
    expect(answer("two").value).to.be.closeTo(Math.log(1 - p1) + logDensity(2, mu1), 1e-5);
    near("posterior", (share * p1) / (share * p1 + (1 - share) * p0));
    const [of1, of0] = [(1 - p1) * Math.exp(logDensity(2, mu1)), (1 - p0) * Math.exp(logDensity(2, mu0))];
    near("above", (share * of1) / (share * of1 + (1 - share) * of0));
  });

  it("is abducted exactly: counterfactuals have the probabilities of the shared noise", async () => {
    const particles = 4000;
    const answerOf = async (x: number, y: number, set: string): Promise<number> => {
      const observed = new Map([
        ["x", scalarRows([x])],
        ["y", scalarRows([y])],
        ["z", scalarRows([0])],
      ]);
      const request = { loaded: model, engine, observed, key, particles, targets: ["y"] };
      const answer = await counterfactual({ ...request, interventions: interventions(set, model) });
      return answer.values.get("y")![0]!;
    };
    /** A mean over particles of 0 or draws: 5 standard errors of it. */
    const near = (found: number, probability: number, mean: number, square: number) =>
      expect(found).to.be.closeTo(
        probability * mean,
        5 * Math.sqrt((probability * square - (probability * mean) ** 2) / particles) + 1e-5,
      );
    // A zero at x = 1 stays one with P0/P1; else nothing is seen of its amount, which is drawn from the prior at x = 0.
    const amount = Math.exp(mu0 + sd ** 2 / 2);
    near(await answerOf(1, 0, "x := 0"), 1 - p0 / p1, amount, Math.exp(2 * mu0 + 2 * sd ** 2));
    // A zero at x = 0 stays one at x = 1, where zeros are likelier: the branch never leaves it.
    expect(await answerOf(0, 0, "x := 1")).to.equal(0);
    // An amount of 2 at x = 0 becomes 2 exp(μ1 - μ0), or 0 with (P1 - P0)/(1 - P0); at x = 1 it stays an amount.
    const moved = 2 * Math.exp(mu1 - mu0);
    near(await answerOf(0, 2, "x := 1"), (1 - p1) / (1 - p0), moved, moved ** 2);
    // A mean of 4,000 equal numbers, summed in single precision.
    expect(await answerOf(1, 2, "x := 0")).to.be.closeTo(2 * Math.exp(mu0 - mu1), 1e-4);
    // The null intervention changes nothing.
    expect(await answerOf(0, 0, "x := x")).to.equal(0);
    expect(await answerOf(0, 2, "x := x")).to.be.closeTo(2, 1e-4);
  });

  it("is seen by children as an indicator of 0 and the logarithm elsewhere", async () => {
    const at = async (y: number) => {
      const observed = new Map([
        ["x", scalarRows([0])],
        ["y", scalarRows([1])],
        ["z", scalarRows([0.25])],
      ]);
      const set = interventions(`y := ${y}`, model);
      const answer = await counterfactual({ loaded: model, engine, observed, key, particles: 1, interventions: set });
      return answer.values.get("z")![0]!;
    };
    // z = 0.25 + 5 [y = 0] + 2 log y, with a noise of no size.
    expect(await at(0)).to.be.closeTo(5.25, 1e-3);
    expect(await at(Math.E)).to.be.closeTo(2.25, 1e-3);
  });
});

describe("a fit with point masses", () => {
  it("is that of a logistic and a lognormal regression, each on its rows", async () => {
    const rows = 1500;
    const key = RandomKey.fromSeed(8);
    const [x, noise] = [key.split("x").normal64(rows), key.split("e").normal64(rows)];
    const uniform = key.split("u").uniform64(rows);
    const y = x.map((value, row) =>
      uniform[row]! < sigmoid(-0.4 + 0.8 * value) ? 0 : Math.exp(1 + 0.5 * value + 0.5 * noise[row]!),
    );
    const model = await fitted(
      "x : real := linear()\ny : nonnegative := linear(x)",
      new Map([
        ["x", scalarRows(x)],
        ["y", scalarRows(y)],
      ]),
      { engine, key, epochs: 150, only: ["y"] },
    );
    const parameters = Object.fromEntries(
      ["branch.weight", "branch.bias", "weight", "bias", "log_scale"].map((name) => [
        name,
        model.parameters[`y/${name}`]!.data[0]!,
      ]),
    );
    const [ofX, ofY] = ["x", "y"].map((name) => model.variables.get(name)!.normalisation!);
    const slope = parameters["branch.weight"]! / ofX!.sd;
    const intercept = parameters["branch.bias"]! - slope * ofX!.mean;
    // Standard errors by the information of 1,500 rows: about 0.06 and 0.07 of the logits, 0.016 and 0.018 of the mean
    // of the logarithm.
    expect(slope).to.be.closeTo(0.8, 3 * 0.07);
    expect(intercept).to.be.closeTo(-0.4, 3 * 0.06);
    const rate = (ofY!.sd * parameters.weight!) / ofX!.sd;
    expect(rate).to.be.closeTo(0.5, 3 * 0.018);
    expect(ofY!.mean + ofY!.sd * parameters.bias! - rate * ofX!.mean).to.be.closeTo(1, 3 * 0.018);
    expect(ofY!.sd * Math.exp(parameters.log_scale!)).to.be.closeTo(0.5, 3 * 0.012);
  });
});

describe("an interval with point masses on its edges", () => {
  it("has three branches, of which the ends keep their probabilities, in samples, densities and evidence", async () => {
    const model = loaded(
      [
        "x : binary := bernoulli()",
        "y : interval(2, 5, edges = both) := glm(x)",
        "query low = probability(y == 2)",
        "query high = probability(y == 5)",
        "query at_low = density(y = 2)",
        "query at_high = density(y = 5)",
        "query both = expectation(x | y = 5)",
      ].join("\n"),
      { y: { mean: 0, sd: 1, low: 2, high: 5 } },
    );
    const value = (name: string, k: number) => model.parameters[name]!.data[k]!;
    const prior = sigmoid(value("x/theta", 0));
    /** Softmax of (0, φ_1, φ_2) at x. */
    const shares = (x: number) => {
      const phi = [0, 1].map((k) => value("y/branch.bias", k) + (2 * x - 1) * value("y/branch.weight", k));
      const sum = 1 + Math.exp(phi[0]!) + Math.exp(phi[1]!);
      return phi.map((one) => Math.exp(one) / sum);
    };
    const [at0, at1] = [shares(0), shares(1)];
    const wanted = [0, 1].map((k) => (1 - prior) * at0[k]! + prior * at1[k]!);
    const answers = await allAnswers({ loaded: model, engine, seed: 6 }, undefined, () => ({ samples: 10_000 }));
    const near = (name: string, right: number) => {
      const found = answers.find((one) => one.name === name)!;
      if (found.kind !== "estimate") throw new Error(`${name}: ${found.kind}`);
      expect(found.value, name).to.be.closeTo(right, 5 * found.standardError + 1e-5);
    };
    near("low", wanted[0]!);
    near("high", wanted[1]!);
    near("at_low", Math.log(wanted[0]!));
    near("at_high", Math.log(wanted[1]!));
    near("both", (prior * at1[1]!) / wanted[1]!);
  });
});
