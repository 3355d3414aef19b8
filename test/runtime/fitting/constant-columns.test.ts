/**
 * A number that has one value in every training row is a point mass: nothing is fitted, and no figure tells how long
 * was trained.
 */
import { expect } from "chai";
import { describeLogProbability } from "../../../src/cli/print/describe-log-probability.js";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { fitModel } from "../../../src/runtime/fitting/fit-model.js";
import { evaluateLogProbability } from "../../../src/runtime/inference/checks/held-out-figures.js";
import { allAnswers } from "../../../src/runtime/inference/whole-answer.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import type { Domain, Model } from "../../../src/schema/types.js";
import { compiled, scalarRows } from "../models.js";

const key = RandomKey.fromSeed(9);
const rows = 200;
const [x, noise] = [key.split("x").normal64(rows), key.split("y").normal64(rows)];
const values: Record<string, Float64Array> = {
  x,
  k: new Float64Array(rows).fill(3),
  y: x.map((value, row) => 2 * value + noise[row]!),
};

function datasetOf({ variables }: Model): LoadedDataset {
  const columns = variables.map(({ name }): [string, Column] => [name, { kind: "numeric", values: values[name]! }]);
  const domains = variables.map(({ name, domain }): [string, Domain] => [name, domain ?? { kind: "real" }]);
  const ids = Array.from({ length: rows }, (_, row) => String(row));
  return { rows, ids, columns: new Map(columns), noise: new Map(), domains: new Map(domains) };
}

describe("a constant column", () => {
  const engine = createEngine("reference");

  for (const kind of ["linear", "flow", "anm", "glm"])
    it(`is a point mass under ${kind}, in its fit, its answers, as evidence and as a parent`, async () => {
      const text = [
        `x : real := linear()\nk : positive := ${kind}(x)\ny : real := linear(x, k)`,
        "fit x(epochs = 2)\nfit y(epochs = 2)",
        "query m = expectation(k | do(x := 5))\nquery p = probability(k > 3)\nquery d = density(k = 3)",
        "query e = expectation(x | k = 3) - expectation(x)\nquery wrong = expectation(x | k = 4)",
      ].join("\n");
      const model = compiled(text);
      const seen: string[] = [];
      const { loaded, fits, warnings } = await fitModel({
        model,
        dataset: datasetOf(model),
        engine,
        seed: 1,
        onWarnings: (all) => seen.push(...all.map(({ code, variable }) => `${code} ${variable}`)),
      });
      expect(seen).to.deep.equal(["6065 k"]);
      expect(warnings.map(({ variable }) => variable)).to.deep.equal(["k"]);
      expect(fits.find(({ variable }) => variable === "k")).to.include({ parameters: 0, epochs: 0, heldOutLoss: 0 });
      const answers = await allAnswers({ loaded, engine, seed: 9 }, undefined, () => ({ particles: 2, samples: 400 }));
      const answer = Object.fromEntries(
        answers.map((one) => [one.name, one.kind === "estimate" ? one.value : one.kind]),
      );
      expect(answer.m).to.equal(3);
      expect(answer.p).to.equal(0);
      // The probability 1 of the point mass, and no density.
      expect(answer.d).to.equal(0);
      expect(answer.wrong).to.equal("unanswered");
      // A constant says nothing of its cause: both are means of 400 draws of one distribution, 5 standard errors apart
      // at most.
      const sd = loaded.variables.get("x")!.normalisation!.sd;
      expect(answer.e).to.be.closeTo(0, 5 * sd * Math.sqrt(2 / 400));
      const observed = new Map(Object.entries(values).map(([name, all]) => [name, scalarRows(all)]));
      const { k } = await evaluateLogProbability({ loaded, engine, observed, key });
      expect(describeLogProbability("k", k!)).to.equal(
        "log p(k | parents): none, k is 3 in every training row, 3 in all 200 test units too",
      );
      observed.set("k", scalarRows(values.k!.map((value, row) => (row < 7 ? 4 : value))));
      const other = await evaluateLogProbability({ loaded, engine, observed, key });
      expect(describeLogProbability("k", other.k!)).to.contain("but not in 7 of 200 test units");
    });
});
