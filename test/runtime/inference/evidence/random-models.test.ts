/**
 * Expectations on random models against brute force: of discrete variables by enumerating all worlds, of
 * linear-Gaussian ones by their joint covariance. Both are exact, under evidence and interventions.
 */
import { expect } from "chai";
import fc from "fast-check";
import { compileQueryText } from "../../../../src/compiler/query-text.js";
import { logProbability } from "../../../../src/runtime/inference/programs/log-probability.js";
import { type Estimate, estimate } from "../../../../src/runtime/inference/terms/expectation.js";
import { classesOf } from "../../../../src/runtime/mechanisms/bound/variables.js";
import type { LoadedModel } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { loaded, scalarRows } from "../../models.js";

const engine = createEngine("onnx", { threads: 1 });

async function ask(model: LoadedModel, text: string): Promise<Estimate> {
  const { query, diagnostics } = compileQueryText(text, model.model, "test");
  expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return estimate({ loaded: model, engine, expression: query!.expression, rows: 400, key: RandomKey.fromSeed(2) });
}

interface Node {
  readonly kind: number;
  readonly parents: readonly number[];
}

const nodesOf = (minLength: number, maxLength: number) =>
  fc.array(fc.record({ kind: fc.nat(), parents: fc.array(fc.nat(), { maxLength: 3 }) }), { minLength, maxLength });

const chosen = ({ parents }: Node, index: number) =>
  index === 0 ? [] : [...new Set(parents.map((parent) => parent % index))];

const discreteKinds = [
  ["binary", "bernoulli", "hidden = [3]"],
  ["binary", "glm", ""],
  ["categorical(3)", "categorical", "hidden = [3]"],
  ["categorical(3)", "glm", ""],
  ["ordinal(3)", "categorical", "hidden = [3]"],
  ["ordinal(3)", "glm", ""],
  ["ordinal(3)", "flow", "hidden = [3]"],
] as const;

function discreteModel(nodes: readonly Node[]): LoadedModel {
  const lines = nodes.map((node, index) => {
    const [type, mechanism, options] = discreteKinds[node.kind % discreteKinds.length]!;
    const inside = [...chosen(node, index).map((parent) => `v${parent}`), ...(options ? [options] : [])];
    return `v${index} : ${type} := ${mechanism}(${inside.join(", ")})`;
  });
  return loaded(lines.join("\n"));
}

/** Three different variables: asked for, seen and set; the one that is asked for has numbers. */
const roles = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 3, maxLength: 3 });

describe("random discrete models by enumeration", () => {
  it("P(y = 1 | seen, do(set)) is that of brute force, without error", async () => {
    await fc.assert(
      fc.asyncProperty(nodesOf(4, 6), roles, async (nodes, [asked, seen, set]) => {
        const model = discreteModel(nodes);
        const sizes = nodes.map((_, k) => classesOf(model.variables.get(`v${k}`)!.domain));
        let worlds: number[][] = [[]];
        for (const size of sizes)
          worlds = worlds.flatMap((row) => Array.from({ length: size }, (_, code) => [...row, code]));
        const observed = new Map(sizes.map((_, k) => [`v${k}`, scalarRows(worlds.map((row) => row[k]!))]));
        const terms = await logProbability({ loaded: model, engine, observed, key: RandomKey.fromSeed(1) });
        let [hit, total] = [0, 0];
        worlds.forEach((world, row) => {
          if (world[seen!] !== 1 || world[set!] !== 1) return;
          let log = 0;
          for (const k of sizes.keys()) if (k !== set) log += terms.get(`v${k}`)![row]!;
          total += Math.exp(log);
          if (world[asked!] === 1) hit += Math.exp(log);
        });
        const text = `probability(v${asked} == 1 | v${seen} = 1, do(v${set} := 1))`;
        const { value, precision } = await ask(model, text);
        expect(precision, text).to.equal("exact");
        expect(value, text).to.be.closeTo(hit / total, 2e-5);
      }),
      { numRuns: 12, seed: 13, endOnFailure: true },
    );
  });
});

/** `weights[i][j]` of variable j in variable i. */
interface Linear {
  readonly model: LoadedModel;
  readonly weights: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly sds: readonly number[];
}

function linearModel(nodes: readonly Node[]): Linear {
  const weights = nodes.map((node, index) => {
    const parents = chosen(node, index);
    return nodes.map((_, k) => (parents.includes(k) ? 0.25 * (1 + ((node.kind + k) % 5)) * (k % 2 === 0 ? 1 : -1) : 0));
  });
  const intercepts = nodes.map(({ kind }) => (kind % 7) / 4 - 0.75);
  const sds = nodes.map(({ kind }) => 0.5 + (kind % 3) / 4);
  const lines = nodes.map((_, k) => {
    const terms = weights[k]!.flatMap((weight, j) => (weight === 0 ? [] : [` + ${weight} * v${j}`]));
    return `v${k} := ${intercepts[k]}${terms.join("")} + ${sds[k]} * e where e ~ normal(0, 1)`.replaceAll("+ -", "- ");
  });
  return { model: loaded(lines.join("\n")), weights, intercepts, sds };
}

/** Each variable as a mean and loadings on the independent noises; a set one has none. */
function formsOf({ weights, intercepts, sds }: Linear, set: number, to: number) {
  const forms: { mean: number; loadings: number[] }[] = [];
  for (const [k, row] of weights.entries()) {
    const below = (part: (j: number) => number) =>
      row.reduce((sum, weight, j) => sum + (weight === 0 ? 0 : weight * part(j)), 0);
    const isSet = k === set;
    forms.push({
      mean: isSet ? to : intercepts[k]! + below((j) => forms[j]!.mean),
      loadings: sds.map((sd, noise) => (isSet ? 0 : below((j) => forms[j]!.loadings[noise]!) + (noise === k ? sd : 0))),
    });
  }
  return forms;
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);

describe("random linear-Gaussian models of up to twelve variables in closed form", () => {
  it("E[y | seen, do(set)] is that of the joint covariance, without error", async () => {
    await fc.assert(
      fc.asyncProperty(nodesOf(4, 12), roles, fc.nat({ max: 8 }), async (nodes, [first, seen, set], shift) => {
        const linear = linearModel(nodes);
        const asked = (first! + shift) % nodes.length;
        if (asked === seen || asked === set) return;
        const forms = formsOf(linear, set!, 0.8);
        const [y, x] = [forms[asked]!, forms[seen!]!];
        const slope = dot(y.loadings, x.loadings) / dot(x.loadings, x.loadings);
        const text = `expectation(v${asked} | v${seen} = 0.6, do(v${set} := 0.8))`;
        const { value, precision } = await ask(linear.model, text);
        expect(precision, text).to.equal("exact");
        expect(value, text).to.be.closeTo(y.mean + slope * (0.6 - x.mean), 1e-4);
      }),
      { numRuns: 20, seed: 14, endOnFailure: true },
    );
  });
});
