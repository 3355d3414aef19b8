/**
 * Fits to data from known mechanisms. The mean log-probability of fresh units comes within 0.02 nats of the truth's,
 * evaluated on the very same units, so that sampling noise cancels and what is left is the fit. Interventional means of
 * a whole model come within the larger of three standard errors at the size of the training rows with the set value and
 * 0.02 standard deviations.
 */
import { expect } from "chai";
import { features } from "../../../scripts/features.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions } from "../models.js";
import { fitted } from "./fitting.js";
import { known } from "./known-mechanisms.js";
import {
  drawLinear,
  drawMixed,
  linearMeans,
  mixedLogProbability,
  mixedMeans,
  mixedText,
  textOf,
  twentyVariables,
} from "./known-model.js";

const engine = createEngine("onnx");
const trainingRows = 8000;
const testRows = 4000;
const trainingShare = 0.9;

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Training rows in which the variable has the value of `name := value`. */
function rowsWith(rows: ReadonlyMap<string, Rows>, text: string): number {
  const [name, value] = text.split(" := ") as [string, string];
  return trainingShare * rows.get(name)!.data.filter((entry) => entry === Number(value)).length;
}

/**
 * The number of rows with a standard normal p within a quarter of its standard deviation: the rows that a mechanism of
 * any shape can learn from.
 */
function rowsNear(rows: ReadonlyMap<string, Rows>, p: number): number {
  return trainingShare * rows.get("p")!.data.filter((entry) => Math.abs(entry - p) < 0.25).length;
}

/** Means under `do(text)` within three standard errors at `rows` training rows, or 0.02 standard deviations. */
async function expectMeans(
  loaded: LoadedModel,
  text: string,
  expected: Readonly<Record<string, number>>,
  rows: number,
  key: RandomKey,
): Promise<void> {
  const draws = 40_000;
  const { values } = await sample({ loaded, engine, rows: draws, key, interventions: interventions(text, loaded) });
  for (const [name, truth] of Object.entries(expected)) {
    const drawn = values.get(name)!;
    const found = mean(drawn);
    const sd = Math.sqrt(mean(drawn.map((value) => (value - found) ** 2)));
    // The fit's own error, and that of the draws.
    const tolerance = Math.max(3 * sd * Math.sqrt(1 / rows + 1 / draws), 0.02 * sd);
    expect(Math.abs(found - truth), `E[${name} | do(${text})]`).to.be.lessThan(tolerance);
  }
}

describe("recovery of known mechanisms within 0.02 nats", () => {
  for (const [title, { text, draw, epochs, mean: expected }] of Object.entries(known))
    it(title, async () => {
      const key = RandomKey.fromSeed(31);
      const training = draw(key.split("training"), trainingRows);
      const test = draw(key.split("test"), testRows);
      const loaded = await fitted(text, training.values, { engine, key: key.split("fit"), epochs, only: ["y"] });
      const terms = await logProbability({ loaded, engine, observed: test.values, key, targets: ["y"] });
      const [found, truth] = [mean(terms.get("y")!), mean(test.logProbability)];
      expect(found).to.be.greaterThan(truth - 0.02);
      // More than the truth itself, on fresh units, would be a density that is none.
      expect(found).to.be.lessThan(truth + 0.01);
      if (expected)
        for (const p of [-1, 0, 1])
          await expectMeans(loaded, `p := ${p}`, { y: expected(p) }, rowsNear(training.values, p), key);
    });
});

describe("known mechanisms", () => {
  it("are of every family with a tractable density in every domain, images aside", () => {
    const wanted = features().flatMap(({ mechanism, domain, runs }) =>
      runs?.density === "exact" ? [`${mechanism} of ${domain}`] : [],
    );
    const found = Object.values(known).map(({ text }) => {
      const [, domain, mechanism] = /^y : (\w+).* := (\w+)/m.exec(text)!;
      return `${mechanism} of ${domain}`;
    });
    expect(found).to.include.members(wanted);
  });
});

describe("recovery of a linear-Gaussian model of twenty variables", () => {
  it("each variable's log-probability within 0.02 nats, from 2,000 rows, and interventional means", async () => {
    const key = RandomKey.fromSeed(33);
    const model = twentyVariables(key.split("model"));
    const training = drawLinear(model, key.split("training"), 2000);
    const test = drawLinear(model, key.split("test"), testRows);
    const loaded = await fitted(textOf(model), training.values, { engine, key: key.split("fit"), epochs: 60 });
    const terms = await logProbability({ loaded, engine, observed: test.values, key });
    expect(terms.size).to.equal(20);
    for (const [name, found] of terms)
      expect(mean(found), name).to.be.closeTo(mean(test.logProbability.get(name)!), 0.02);
    for (const set of ["v0", "v4"]) {
      const values = training.values.get(set)!.data;
      const centre = mean(values);
      const { [set]: _, ...expected } = Object.fromEntries(linearMeans(model, set, centre + 1));
      // A line is known less well away from the middle of the rows: the leverage of the value set.
      const leverage = 1 + 1 / mean(values.map((value) => (value - centre) ** 2));
      await expectMeans(loaded, `${set} := ${centre + 1}`, expected, (trainingShare * 2000) / leverage, key);
    }
  });
});

describe("recovery of a model of mixed types", () => {
  it("each variable within 0.02 nats; interventional means within three standard errors, or 0.02 standard deviations", async () => {
    // Tried once with exact fits: among seeds 32 to 38, only 32 has one of its eleven means 3.2 standard errors off; no
    // other has one more than 2.9 off.
    const key = RandomKey.fromSeed(34);
    const training = drawMixed(key.split("training"), trainingRows);
    const loaded = await fitted(mixedText, training, { engine, key: key.split("fit"), epochs: 20 });
    const test = drawMixed(key.split("test"), testRows);
    const terms = await logProbability({ loaded, engine, observed: test, key });
    for (const [name, truth] of mixedLogProbability(test))
      expect(mean(terms.get(name)!), name).to.be.closeTo(mean(truth), 0.02);
    for (const [text, expected] of Object.entries(mixedMeans))
      await expectMeans(loaded, text, expected, rowsWith(training, text), key);
  });
});
