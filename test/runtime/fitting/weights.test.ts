/** Sampling weights: what they do to fits, to averages over rows and to the checks of noises. */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { selectRows } from "../../../src/data/dataset/select-rows.js";
import { fitModel } from "../../../src/runtime/fitting/fit-model.js";
import { evaluateLogProbability } from "../../../src/runtime/inference/checks/held-out-figures.js";
import {
  correlationTest,
  effectiveRows,
  standardRanks,
  uniformityTest,
} from "../../../src/runtime/inference/checks/rank-statistics.js";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { allAnswers } from "../../../src/runtime/inference/whole-answer.js";
import { meanOfRows } from "../../../src/runtime/tensors/core/weighted-mean.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import type { Domain, Model } from "../../../src/schema/types.js";
import { unitsOfDataset } from "../../../src/session/units.js";
import { compiled, interventions, scalarRows } from "../models.js";

const rows = 600;
const key = RandomKey.fromSeed(77);
const engine = createEngine("onnx");

/**
 * A survey that asks units with x > 0 four times as often: c has a share of 0.8 there and of 0.2 elsewhere; y bends at
 * 0.
 */
const x = key
  .split("x")
  .normal64(rows)
  .map((value, row) => (row % 5 === 0 ? -Math.abs(value) : Math.abs(value)));
const noise = key.split("y").normal64(rows);
const uniform = key.split("c").uniform64(rows);
const values = {
  x,
  y: x.map((value, row) => (value > 0 ? 2 * value : 0) + 0.3 * noise[row]!),
  c: x.map((value, row) => (uniform[row]! < (value > 0 ? 0.8 : 0.2) ? 1 : 0)),
};
const weights = x.map((value) => (value > 0 ? 1 : 4));

function datasetOf(model: Model, given?: Float64Array): LoadedDataset {
  const columns = new Map<string, Column>();
  const domains = new Map<string, Domain>();
  for (const { name, domain } of model.variables) {
    columns.set(name, { kind: "numeric", values: values[name as keyof typeof values] });
    domains.set(name, domain ?? { kind: "real" });
  }
  const ids = Array.from({ length: rows }, (_, row) => String(row));
  return { rows, ids, columns, noise: new Map(), domains, ...(given ? { weights: given } : {}) };
}

async function fitted(text: string, given?: Float64Array, select?: (dataset: LoadedDataset) => LoadedDataset) {
  const model = compiled(text);
  const dataset = datasetOf(model, given);
  return fitModel({ model, dataset: select ? select(dataset) : dataset, engine, seed: 3 });
}

const total = weights.reduce((sum, weight) => sum + weight, 0);
const weighted = (of: (row: number) => number) => x.reduce((sum, _, row) => sum + weights[row]! * of(row), 0) / total;

describe("sampling weights", () => {
  it("make a root's share the weighted one", async () => {
    const { loaded } = await fitted("c : binary := bernoulli()", weights);
    const share = weighted((row) => values.c[row]!);
    const figures = await evaluateLogProbability({
      loaded,
      engine,
      observed: new Map([["c", scalarRows(Float64Array.of(1))]]),
      key,
    });
    // Unweighted it would be about 0.68 for 0.5; the gap allowed is the held-out tenth's.
    expect(Math.exp(figures.c!.mean)).to.be.closeTo(share, 0.03);
  });

  it("make a slope the weighted least-squares one", async () => {
    const { loaded } = await fitted("x := linear()\ny := linear(x)", weights);
    const [mx, my] = [weighted((row) => x[row]!), weighted((row) => values.y[row]!)];
    const slope = weighted((row) => (x[row]! - mx) * (values.y[row]! - my)) / weighted((row) => (x[row]! - mx) ** 2);
    // The counterfactual of x + 1 moves y by the slope.
    const { values: answer } = await counterfactual({
      loaded,
      engine,
      observed: new Map([
        ["x", scalarRows(Float64Array.of(0.5))],
        ["y", scalarRows(Float64Array.of(0.5))],
      ]),
      interventions: interventions("x := x + 1", loaded),
      particles: 1,
      key,
    });
    const plain = leastSquares();
    expect(Math.abs(slope - plain)).to.be.greaterThan(0.2);
    expect(answer.get("y")![0]! - 0.5).to.be.closeTo(slope, 0.06);
  });

  it("are those of a density's mean over observed units", async () => {
    const model = compiled("c : binary := bernoulli()\nquery d = density(c)");
    const dataset = datasetOf(model, weights);
    const { loaded } = await fitModel({ model, dataset, engine, seed: 3 });
    const [answer] = await allAnswers({ loaded, engine, seed: 1 }, unitsOfDataset(loaded, dataset), () => ({}));
    const share = weighted((row) => values.c[row]!);
    // The mean of log p over the weighted rows, at the maximum of the likelihood: minus the entropy of the share.
    const entropy = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
    expect(answer).to.include({ kind: "estimate" });
    expect((answer as { value: number }).value).to.be.closeTo(-entropy, 1e-5);
  });

  it("of 1 change nothing, and a weight of 0 leaves its row out, to the bit", async () => {
    const text = "y := flow()";
    const quick = `${text}\nfit y(epochs = 3)`;
    const plain = await fitted(quick);
    const ones = await fitted(quick, new Float64Array(rows).fill(1));
    expect(ones.loaded.parameters).to.deep.equal(plain.loaded.parameters);
    const zeros = await fitted(
      quick,
      Float64Array.from({ length: rows }, (_, row) => (row < 100 ? 0 : 1)),
    );
    const without = await fitted(quick, undefined, (dataset) =>
      selectRows(
        dataset,
        Int32Array.from({ length: rows - 100 }, (_, row) => row + 100),
      ),
    );
    expect(zeros.loaded.parameters).to.deep.equal(without.loaded.parameters);
    expect(zeros.loaded.variables).to.deep.equal(without.loaded.variables);
    expect(zeros.fits[0]!.key).to.not.equal(plain.fits[0]!.key);
  });

  it("weigh averages, with the standard error of a ratio", () => {
    // 1, 2, 6 with weights 2, 1, 1: mean 10/4; residuals times weights -3, -0.5, 3.5; sqrt(3/2 · 21.5) / 4.
    expect(meanOfRows([1, 2, 6], [2, 1, 1])).to.deep.equal({ mean: 2.5, standardError: Math.sqrt((21.5 * 3) / 2) / 4 });
    expect(meanOfRows([1, 2, 6])).to.deep.equal({ mean: 3, standardError: Math.sqrt((14 * 3) / 2) / 3 });
  });

  it("of whole numbers rank rows as that many copies do", () => {
    const some = Float64Array.of(0.3, 0.1, 0.9, 0.4);
    const others = Float64Array.of(5, 7, 7, 1);
    const counts = Float64Array.of(2, 1, 3, 1);
    const copies = (values: Float64Array) =>
      Float64Array.from([...values].flatMap((value, row) => Array.from({ length: counts[row]! }, () => value)));
    const { statistic } = correlationTest(standardRanks(some, counts), standardRanks(others, counts));
    const repeated = correlationTest(standardRanks(copies(some)), standardRanks(copies(others)));
    expect(statistic).to.be.closeTo(repeated.statistic, 1e-12);
    expect(uniformityTest(some, counts).statistic).to.be.closeTo(uniformityTest(copies(some)).statistic, 1e-12);
    // (2 + 1 + 3 + 1)² / (4 + 1 + 9 + 1).
    expect(effectiveRows(4, counts)).to.be.closeTo(49 / 15, 1e-12);
  });
});

function leastSquares(): number {
  const mean = (of: (row: number) => number) => x.reduce((sum, _, row) => sum + of(row), 0) / rows;
  const [mx, my] = [mean((row) => x[row]!), mean((row) => values.y[row]!)];
  return mean((row) => (x[row]! - mx) * (values.y[row]! - my)) / mean((row) => (x[row]! - mx) ** 2);
}
