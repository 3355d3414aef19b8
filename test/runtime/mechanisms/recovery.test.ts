/**
 * Fits to data from known mechanisms: the mean log-probability of fresh units comes within 0.02 nats of the truth's, evaluated on
 * the very same units, so that sampling noise cancels; what is left is the fit.
 */
import { expect } from "chai";
import { createEngine } from "../../../src/runtime/engine/index.js";
import { loadModel, parametersOf } from "../../../src/runtime/loaded-model.js";
import { logProbability } from "../../../src/runtime/queries/log-probability.js";
import { RandomKey } from "../../../src/runtime/random/index.js";
import type { Rows } from "../../../src/runtime/rows.js";
import { fitMechanism } from "../../../src/runtime/training/fit-mechanism.js";
import { type BoundVariable, normalisationOf } from "../../../src/runtime/variables.js";
import { compiled } from "../models.js";
import { type Known, known } from "./known-mechanisms.js";

const engine = createEngine("onnx");
const trainingRows = 8000;
const testRows = 4000;

async function fitAndScore({ text, draw, epochs }: Known): Promise<{ fitted: number; truth: number }> {
  const model = compiled(text);
  const key = RandomKey.fromSeed(31);
  const training = draw(key.split("training"), trainingRows);
  const test = draw(key.split("test"), testRows);
  const variables = new Map<string, BoundVariable>();
  for (const { name, domain } of model.variables) {
    const values = training.values.get(name)!;
    variables.set(name, {
      name,
      domain: domain!,
      normalisation: normalisationOf(domain!, Float64Array.from(values.data)),
    });
  }
  const mechanism = loadModel(model, variables, {}).mechanisms.get("y")!;
  const parents = model.mechanisms.find(({ variable }) => variable === "y")!.parents;
  const { parameters } = await fitMechanism({
    mechanism,
    data: {
      value: training.values.get("y")!,
      parents: Object.fromEntries(parents.map((name) => [name, training.values.get(name)!])),
    },
    options: { epochs, batch: 200, rate: 1e-2, patience: epochs, balance: "none" },
    engine,
    key: key.split("fit"),
  });
  const loaded = loadModel(
    model,
    variables,
    Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [`y/${name}`, tensor])),
  );
  expect(Object.keys(parametersOf(loaded.parameters, "y"))).to.have.members(Object.keys(mechanism.parameters));
  const observed: ReadonlyMap<string, Rows> = test.values;
  const terms = await logProbability({ loaded, engine, observed, key, targets: ["y"] });
  return { fitted: mean(terms.get("y")!), truth: mean(test.logProbability) };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

describe("recovery of known mechanisms within 0.02 nats", () => {
  for (const [title, mechanism] of Object.entries(known))
    it(title, async () => {
      const { fitted, truth } = await fitAndScore(mechanism);
      expect(fitted).to.be.greaterThan(truth - 0.02);
      // More than the truth itself, on fresh units, would be a density that is none.
      expect(fitted).to.be.lessThan(truth + 0.01);
    });
});
