/**
 * Simulation-based calibration (Talts et al. 2018) of exact posteriors given part of a unit: where a unit is drawn from
 * the model, what is then hidden of it ranks uniformly among completions drawn from its posterior given the rest, in
 * closed form. Completions by enumeration are not independent (each class has the floor or ceiling of its share of
 * them), so classes are placed in their posterior's distribution function instead, at random within their own step,
 * which is uniform too. All histograms are chi-square tested with false alarms of 1e-6 each; units are counted apart by
 * what is seen of them, since all together would also pass a posterior that ignores the evidence.
 */
import { expect } from "chai";
import { completeUnits } from "../../../../src/runtime/inference/particles/complete-units.js";
import { sample } from "../../../../src/runtime/inference/programs/sample.js";
import { normalCdf } from "../../../../src/runtime/mechanisms/distributions/special-functions.js";
import type { LoadedModel } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { interventions, loaded, scalarRows } from "../../models.js";
import { linearGaussianModels, nodes } from "../../reference-scm.js";
import { chiSquareBoundOf16, chiSquareOfEqual } from "../../tensors/random/chi-square.js";
import { distance, distanceBound } from "../../tensors/random/kolmogorov-smirnov.js";
import { answerUnits } from "../answer-units.js";

const engine = createEngine("onnx", { threads: 1 });
const units = 2000;
const cells = 16;
/** Ranks of one among 15 others; shares of classes to within 1 in 400. */
const particlesOf = { gaussian: cells - 1, enumeration: 400 };
const key = RandomKey.fromSeed(51);

interface Case {
  readonly model: LoadedModel;
  readonly method: "gaussian" | "enumeration";
  readonly seen: readonly string[];
  readonly hidden: readonly string[];
}

const discrete = loaded(
  `a : binary := bernoulli()
b : categorical(3) := categorical(a, hidden = [4])
c : ordinal(4) := glm(b)
d : binary := glm(a, c)
e : ordinal(3) := flow(b, d, hidden = [4])`,
  {},
  5,
);
const [expressions, linear] = Object.values(linearGaussianModels);

const cases: Record<string, Case> = {
  "linear-Gaussian, expressions, the ends seen": {
    model: expressions!.model,
    method: "gaussian",
    seen: ["x1", "x5"],
    hidden: ["x2", "x3", "x4"],
  },
  "linear-Gaussian, learned, effects seen": {
    model: linear!.model,
    method: "gaussian",
    seen: ["x3", "x5"],
    hidden: ["x1", "x2", "x4"],
  },
  "discrete, effects seen": { model: discrete, method: "enumeration", seen: ["d", "e"], hidden: ["a", "b", "c"] },
  "discrete, one effect seen": { model: discrete, method: "enumeration", seen: ["c"], hidden: ["a", "b"] },
};

async function histograms({ model, method, seen, hidden }: Case, blind = false): Promise<number[][]> {
  const particles = particlesOf[method];
  const { values } = await sample({ loaded: model, engine, rows: units, key: key.split("units") });
  const evidence = (name: string) => (blind ? Float32Array.from(values.get(name)!).reverse() : values.get(name)!);
  const { plan, values: completed } = await completeUnits({
    loaded: model,
    engine,
    observed: new Map(seen.map((name) => [name, evidence(name)])),
    units,
    needed: hidden,
    particles,
    proposals: particles,
    key: key.split("completions"),
  });
  expect(plan.method).to.equal(method);
  const places = key.split("places").uniform64(hidden.length * units);
  const of = values.get(seen[0]!)!;
  const middle = Float32Array.from(of).sort()[units >> 1]!;
  return hidden.flatMap((name, k) => {
    const groups = [0, 1].map(() => new Array<number>(cells).fill(0));
    const [truth, drawn] = [values.get(name)!, completed.get(name)!];
    for (let unit = 0; unit < units; unit++) {
      const own = drawn.subarray(unit * particles, (unit + 1) * particles);
      const below = own.filter((value) => value < truth[unit]!).length;
      const equal = own.filter((value) => value === truth[unit]).length;
      const place = (below + places[k * units + unit]! * equal) / particles;
      const cell = method === "gaussian" ? below : Math.min(cells - 1, Math.floor(cells * place));
      groups[Number(of[unit]! >= middle)]![cell]!++;
    }
    return groups.filter((counts) => counts.reduce((sum, count) => sum + count, 0) > 5 * cells);
  });
}

describe("calibration of completions from exact posteriors (chi-square, false alarms 1e-6 a histogram)", () => {
  for (const [title, one] of Object.entries(cases))
    it(title, async () => {
      for (const counts of await histograms(one))
        expect(chiSquareOfEqual(counts), counts.join(" ")).to.be.lessThan(chiSquareBoundOf16);
    });

  it("has the power to reject the posterior of another unit", async () => {
    for (const title of ["linear-Gaussian, expressions, the ends seen", "discrete, effects seen"]) {
      const found = await histograms(cases[title]!, true);
      expect(Math.max(...found.map(chiSquareOfEqual)), title).to.be.greaterThan(chiSquareBoundOf16);
    }
  });
});

describe("calibration of counterfactuals in closed form", () => {
  it("the truth under the same noises is as far from their mean as their spread says (KS, false alarms 1e-6)", async () => {
    const { model } = expressions!;
    const same = { loaded: model, engine, rows: units, key: key.split("worlds") };
    const change = interventions("x2 := x2 + 1.5", model);
    const [natural, changed] = [await sample(same), await sample({ ...same, interventions: change })];
    const seen = ["x1", "x5"];
    const { values, spread, inference } = await answerUnits({
      loaded: model,
      engine,
      observed: new Map(seen.map((name) => [name, scalarRows(natural.values.get(name)!)])),
      interventions: change,
      targets: nodes.filter((name) => !seen.includes(name)),
      particles: 4,
      wanted: { sd: true, quantiles: [] },
      key,
    });
    expect(inference.map(({ closedForm }) => closedForm)).to.deep.equal([true]);
    for (const [name, { sd }] of spread) {
      const places = values.get(name)!.map((mean, unit) => (changed.values.get(name)![unit]! - mean) / sd![unit]!);
      expect(distance(places, normalCdf), name).to.be.lessThan(distanceBound(units));
    }
    expect(spread.size).to.equal(3);
  });
});
