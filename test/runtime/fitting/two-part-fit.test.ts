/**
 * Variables with point masses are fitted exactly, on all rows: with a binary cause a logistic regression has as many
 * coefficients as there are frequencies, so that the fitted probabilities are the shares of the rows.
 */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { fitModel } from "../../../src/runtime/fitting/fit-model.js";
import { allAnswers } from "../../../src/runtime/inference/whole-answer.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import type { Domain } from "../../../src/schema/types.js";
import { compiled } from "../models.js";

const rows = 4000;
const key = RandomKey.fromSeed(31);
const x = Float64Array.from({ length: rows }, (_, row) => Number(row % 3 === 0));
const noise = key.split("noise").normal64(rows);
/** 5 of 2,666 rows are 0 where x is 0, 40 of 1,334 where it is 1: rarities that a gradient fit gets wrong. */
const zeros = [5, 40];
const ends = { low: 3, high: 11 };

function columnsOf() {
  const seen = [0, 0];
  const b = x.map((cause, row) => (seen[cause]!++ < zeros[cause]! ? 0 : Math.exp(0.5 * cause + 0.3 * noise[row]!)));
  const c = noise.map((value, row) =>
    row < ends.low ? 0 : row < ends.low + ends.high ? 1 : 1 / (1 + Math.exp(-value)),
  );
  return { x, b, c };
}

describe("fits of variables with point masses", () => {
  it("are exact, and alike for every seed", async () => {
    const model = compiled(`x : binary := bernoulli()
b : nonnegative := glm(x)
c : interval(0, 1, edges = both) := linear()
query b0 = density(b = 0 | x = 0)
query b1 = density(b = 0 | x = 1)
query low = density(c = 0)
query high = density(c = 1)`);
    const columns = new Map<string, Column>(
      Object.entries(columnsOf()).map(([name, values]) => [name, { kind: "numeric", values }]),
    );
    const domains = new Map<string, Domain>(model.variables.map(({ name, domain }) => [name, domain!]));
    const ids = Array.from({ length: rows }, (_, row) => String(row));
    const dataset: LoadedDataset = { rows, ids, columns, domains, noise: new Map() };
    const engine = createEngine("onnx", { threads: 1 });
    const found: number[][] = [];
    for (const seed of [1, 2]) {
      const { loaded, fits } = await fitModel({ model, dataset, engine, seed });
      for (const name of ["b", "c"])
        expect(fits.find(({ variable }) => variable === name)!.method, name).to.not.equal("gradient");
      const answers = await allAnswers({ loaded, engine, seed }, undefined, () => ({}));
      found.push(answers.map((one) => (one.kind === "estimate" ? Math.exp(one.value) : Number.NaN)));
    }
    const counts = [rows - x.reduce((a, b) => a + b), x.reduce((a, b) => a + b)];
    const shares = [zeros[0]! / counts[0]!, zeros[1]! / counts[1]!, ends.low / rows, ends.high / rows];
    for (const [k, share] of shares.entries()) expect(found[0]![k], `share ${k}`).to.be.closeTo(share, 1e-4 * share);
    expect(found[1]).to.deep.equal(found[0]);
  });
});
