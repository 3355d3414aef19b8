/** Gumbel-max counterfactuals against their closed form, through the compiled counterfactual program. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { bound } from "../bound-models.js";
import { interventions, scalarRows } from "../models.js";

interface GumbelCase {
  name: string;
  factual_logits: number[];
  counterfactual_logits: number[];
  observed_class: number;
  factual_probs: number[];
  exact_probs: number[];
}

const { cases } = JSON.parse(readFileSync("test/fixtures/flows/gumbel_counterfactuals.json", "utf8")) as {
  cases: GumbelCase[];
};

/**
 * Children see a binary parent as -1 and 1: half the sum of the two worlds' logits is the bias, half the difference the
 * weight.
 */
function linearIn(factual: number[], other: number[]): { weight: number[]; bias: number[] } {
  return {
    weight: factual.map((logit, k) => 0.5 * (other[k]! - logit)),
    bias: factual.map((logit, k) => 0.5 * (other[k]! + logit)),
  };
}

function modelOf(kind: string, { factual_logits, counterfactual_logits }: GumbelCase): LoadedModel {
  const world = "w : binary := bernoulli()\n";
  const difference = ([first, second]: number[]) => [second! - first!];
  const { weight, bias } =
    kind === "glm, binary"
      ? linearIn(difference(factual_logits), difference(counterfactual_logits))
      : linearIn(factual_logits, counterfactual_logits);
  const domain = kind === "glm, binary" ? "binary" : `categorical(${factual_logits.length})`;
  if (kind.startsWith("glm"))
    return bound(`${world}y : ${domain} := glm(w)`, { "w/theta": [0], "y/weight": weight, "y/bias": bias });
  const zeros = (count: number) => new Float32Array(count);
  return bound(`${world}y : ${domain} := categorical(w, hidden = [1])`, {
    "w/theta": [0],
    "y/conditioner.0.weight": zeros(1),
    "y/conditioner.0.bias": zeros(1),
    "y/output.weight": zeros(bias.length),
    "y/output.bias": bias,
    "y/skip.weight": weight,
  });
}

const units = 100;
const particles = 10_000;
const total = units * particles;

describe("Gumbel-max counterfactuals against the closed form, 1,000,000 draws each", () => {
  const engine = createEngine("onnx");
  for (const [index, reference] of cases.entries()) {
    const kinds = ["categorical", ...(reference.factual_logits.length === 2 ? ["glm, binary"] : [])];
    for (const kind of kinds)
      it(`${reference.name}, ${kind}: class probabilities within 4 standard errors`, async () => {
        const loaded = modelOf(kind, reference);
        const observed = new Map([
          ["w", scalarRows(new Float32Array(units))],
          ["y", scalarRows(new Float32Array(units).fill(reference.observed_class))],
        ]);
        const { values, probabilities } = await counterfactual({
          loaded,
          engine,
          observed,
          interventions: interventions("w := 1", loaded),
          particles,
          key: RandomKey.fromSeed(100 + index),
          block: 10,
        });
        const shares = probabilities.get("y")!;
        reference.exact_probs.forEach((exact, k) => {
          let sum = 0;
          for (let unit = 0; unit < units; unit++) sum += shares[unit * reference.exact_probs.length + k]! / units;
          // 4 standard errors: a false-alarm rate of 6e-5 a probability. What is 0 or 1 by the theory is so exactly.
          expect(Math.abs(sum - exact)).to.be.at.most(4 * Math.sqrt((exact * (1 - exact)) / total) + 1e-7 * exact);
        });
        for (let unit = 0; unit < units; unit++) {
          const row = [
            ...shares.subarray(unit * reference.exact_probs.length, (unit + 1) * reference.exact_probs.length),
          ];
          expect(values.get("y")![unit]).to.equal(row.indexOf(Math.max(...row)));
        }
      });

    it(`${reference.name}: log-probabilities and the world without intervention`, async () => {
      const loaded = modelOf("categorical", reference);
      const classes = reference.factual_probs.map((_, k) => k);
      const observed = new Map([
        ["w", scalarRows(classes.map(() => 0))],
        ["y", scalarRows(classes)],
      ]);
      const request = { loaded, engine, observed, key: RandomKey.fromSeed(1) };
      const terms = (await logProbability(request)).get("y")!;
      reference.factual_probs.forEach((probability, k) => {
        expect(terms[k]).to.be.closeTo(Math.log(probability), 1e-5);
      });
      const same = await counterfactual({
        ...request,
        interventions: interventions("w := w", loaded),
        particles: 2000,
      });
      const identity = classes.flatMap((k) => classes.map((other) => Number(k === other)));
      [...same.probabilities.get("y")!].forEach((share, k) => {
        expect(share).to.be.closeTo(identity[k]!, 1e-6);
      });
      expect([...same.values.get("y")!]).to.deep.equal(classes);
    });
  }
});
