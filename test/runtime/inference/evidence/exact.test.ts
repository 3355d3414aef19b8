/** Conditional answers beside brute force: discrete models by enumeration, linear-Gaussian ones by their covariance. */
import { expect } from "chai";
import { compileQueryText } from "../../../../src/compiler/query-text.js";
import { logProbability } from "../../../../src/runtime/inference/programs/log-probability.js";
import { type Estimate, estimate } from "../../../../src/runtime/inference/terms/expectation.js";
import { wholeAnswer } from "../../../../src/runtime/inference/whole-answer.js";
import type { LoadedModel } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { loaded, scalarRows } from "../../models.js";
import { linearGaussianModels, nodes, reference } from "../../reference-scm.js";

const engine = createEngine("onnx");

function compiledQuery(model: LoadedModel, text: string) {
  const { query, diagnostics } = compileQueryText(text, model.model, "test");
  expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return query!;
}

async function ask(model: LoadedModel, text: string, rows = 4000): Promise<Estimate> {
  const { expression } = compiledQuery(model, text);
  return estimate({ loaded: model, engine, expression, rows, key: RandomKey.fromSeed(2) });
}

describe("evidence in a discrete model", () => {
  const model = loaded(`a : binary := bernoulli()
b : categorical(3) := categorical(a, hidden = [4])
c : binary := bernoulli(a, b, hidden = [4])
d : ordinal(4) := categorical(b, c, hidden = [4])`);
  const sizes = [2, 3, 2, 4];
  const names = ["a", "b", "c", "d"];
  const joint: number[][] = [[]];
  for (const size of sizes)
    joint.splice(0, joint.length, ...joint.flatMap((row) => Array.from({ length: size }, (_, code) => [...row, code])));

  /** p of every joint value, by the mechanisms' own terms. */
  async function table(drop: readonly string[] = []): Promise<number[]> {
    const observed = new Map(names.map((name, k) => [name, scalarRows(joint.map((row) => row[k]!))]));
    const terms = await logProbability({ loaded: model, engine, observed, key: RandomKey.fromSeed(1) });
    return joint.map((_, row) =>
      Math.exp(names.reduce((sum, name) => sum + (drop.includes(name) ? 0 : terms.get(name)![row]!), 0)),
    );
  }
  const average = (weights: readonly number[], keep: (row: number[]) => boolean, value: (row: number[]) => number) => {
    let [sum, total] = [0, 0];
    joint.forEach((row, k) => {
      if (!keep(row)) return;
      sum += weights[k]! * value(row);
      total += weights[k]!;
    });
    return sum / total;
  };

  it("expectations, probabilities and effects under a `do` are those of brute force, without error", async () => {
    const natural = await table();
    const set = await table(["b"]);
    const cases: [string, number][] = [
      [
        "expectation(a | d = 2)",
        average(
          natural,
          (row) => row[3] === 2,
          (row) => row[0]!,
        ),
      ],
      [
        "probability(b == 1 | c = 1, d = 0)",
        average(
          natural,
          (row) => row[2] === 1 && row[3] === 0,
          (row) => Number(row[1] === 1),
        ),
      ],
      [
        "expectation(d | a = 1)",
        average(
          natural,
          (row) => row[0] === 1,
          (row) => row[3]!,
        ),
      ],
      [
        "expectation(a | d = 2, do(b := 1))",
        average(
          set,
          (row) => row[1] === 1 && row[3] === 2,
          (row) => row[0]!,
        ),
      ],
      [
        "expectation(c * d | a = 0, do(b := 2))",
        average(
          set,
          (row) => row[1] === 2 && row[0] === 0,
          (row) => row[2]! * row[3]!,
        ),
      ],
    ];
    for (const [text, wanted] of cases) {
      const { value, standardError, precision } = await ask(model, text);
      expect(value, text).to.be.closeTo(wanted, 1e-5);
      expect([standardError, precision], text).to.deep.equal([0, "exact"]);
    }
  });

  it("densities sum over what is missing", async () => {
    const natural = await table();
    const mass = joint.reduce((sum, row, k) => sum + (row[3] === 2 && row[1] === 0 ? natural[k]! : 0), 0);
    const { value, precision } = await ask(model, "density(b = 0, d = 2)");
    expect(precision).to.equal("exact");
    expect(value).to.be.closeTo(Math.log(mass), 1e-5);
  });

  it("importance sampling agrees within its standard error where an intervention keeps it from being exact", async () => {
    const natural = await table();
    // d' = 3 - d: evidence d' = 1 is d = 2.
    const wanted = average(
      natural,
      (row) => row[3] === 2,
      (row) => row[0]!,
    );
    const { value, standardError, precision } = await ask(model, "expectation(a | d = 1, do(d := 3 - d))", 20_000);
    expect(precision).to.equal("estimate");
    expect(standardError).to.be.within(1e-4, 0.05);
    expect(Math.abs(value - wanted)).to.be.below(4 * standardError);
  });
});

describe("evidence in the linear-Gaussian model", () => {
  const { model } = linearGaussianModels.expressions!;
  const [evidence] = reference.counterfactuals_partial_evidence.slice(1, 2);
  const factual = (name: string) => {
    const k = nodes.indexOf(name);
    const noise = evidence!.noise_posterior_mean;
    const weights = reference.B_rows_child_columns_parent;
    const means: number[] = [];
    nodes.forEach((_, i) => {
      means.push(
        (reference.intercept[i] ?? 0) + noise[i]! + means.reduce((sum, mean, j) => sum + weights[i]![j]! * mean, 0),
      );
    });
    return means[k]!;
  };

  it("conditional means are those of the posterior, without error", async () => {
    for (const name of ["x1", "x2", "x4"]) {
      const { value, precision } = await ask(model, `expectation(${name} | x3 = 2.157, x5 = -1.237)`);
      expect(precision).to.equal("exact");
      expect(value).to.be.closeTo(factual(name), 1e-4);
    }
  });

  it("the log-probability of evidence, and of all variables", async () => {
    for (const { evidence: given, log_evidence } of reference.counterfactuals_partial_evidence) {
      const point = Object.entries(given).map(([name, value]) => `${name} = ${value}`);
      const { value, precision } = await ask(model, `density(${point.join(", ")})`);
      expect(precision).to.equal("exact");
      expect(value).to.be.closeTo(log_evidence, 1e-4);
    }
    const [{ x, log_density }] = reference.log_density_points as [{ x: number[]; log_density: number }];
    const whole = await ask(model, `density(${x.map((value, k) => `x${k + 1} = ${value}`).join(", ")})`);
    expect(whole.value).to.be.closeTo(log_density, 1e-4);
  });

  it("densities under interventions: the inverse and Jacobian of a shift, and the convolution of a stochastic one", async () => {
    const normal = (x: number, mean: number, variance: number) =>
      -0.5 * Math.log(2 * Math.PI * variance) - (x - mean) ** 2 / (2 * variance);
    const [mean, variance] = [reference.observational.mean[1]!, reference.observational.cov[1]![1]!];
    const scaled = await ask(model, "density(x2 = 0.7 | do(x2 := 2 * x2 + 1))", 20_000);
    expect(scaled.precision).to.equal("estimate");
    expect(Math.abs(scaled.value - normal(0.7, 2 * mean + 1, 4 * variance))).to.be.below(
      4 * scaled.standardError + 1e-4,
    );
    const noisy = await ask(model, "density(x1 = 0.2 | do(x1 := x1 + e where e ~ normal(0, 0.5)))", 20_000);
    expect(Math.abs(noisy.value - normal(0.2, 0.5, 1.25))).to.be.below(4 * noisy.standardError + 1e-4);
    const fresh = await ask(model, "density(x1 = 0.2 | do(x1 := 1 + 2 * e where e ~ normal(0, 0.5)))");
    expect(fresh.value).to.be.closeTo(normal(0.2, 1, 1), 1e-4);
    expect(fresh.precision).to.equal("exact");
  });

  it("a grid is a trajectory with common draws, each world that of its own query", async () => {
    const query = compiledQuery(model, "expectation(x3 | do(x2 := [0, 1, 2]))");
    const answers = await wholeAnswer({ loaded: model, engine, seed: 2 }, query, undefined, { samples: 2000 });
    const values = answers.map((answer) => (answer.kind === "estimate" ? answer.value : Number.NaN));
    expect(values).to.have.length(3);
    const slope = reference.B_rows_child_columns_parent[2]![1]!;
    expect(values[1]! - values[0]!).to.be.closeTo(slope, 1e-4);
    expect(values[2]! - values[1]!).to.be.closeTo(slope, 1e-4);
  });

  it("a counterfactual of evidence is that of one partly observed unit", async () => {
    const query = compiledQuery(model, "counterfactual(x1, x3 | x3 = 2.157, x5 = -1.237, do(x2 := 1))");
    const [answer] = await wholeAnswer({ loaded: model, engine, seed: 3 }, query, undefined, { particles: 4 });
    if (answer?.kind !== "counterfactual") throw new Error("no counterfactual");
    expect(answer.values.get("x1")![0]).to.be.closeTo(evidence!.counterfactual_mean[0]!, 1e-4);
    expect(answer.values.get("x3")![0]).to.be.closeTo(evidence!.counterfactual_mean[2]!, 1e-4);
  });
});

describe("evidence that contradicts the model", () => {
  const text = `u : interval(0, 1) := e where e ~ uniform(0, 1)
v := u + e where e ~ uniform(0, 0.1)
w := 2 * v + e where e ~ uniform(0, 0.1)`;
  const model = loaded(text);
  const failing = async (query: string) => {
    try {
      await ask(model, query, 400);
    } catch (error) {
      return String((error as Error).message);
    }
    return "answered";
  };

  it("is an error that names the variable", async () => {
    expect(await failing("expectation(v | w = 50)"))
      .to.contain("`w` = 50")
      .and.contain("all importance weights are zero");
    expect(await failing("expectation(w | u = 0.5, v = 3)"))
      .to.contain("`v` = 3")
      .and.contain("probability zero");
  });

  it("a density there is -Infinity", async () => {
    expect((await ask(model, "density(v = 3, u = 0.5)")).value).to.equal(Number.NEGATIVE_INFINITY);
  });
});
