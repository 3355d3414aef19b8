/**
 * Discrete mechanisms far from the bulk of the data: tails keep their precision, outliers come back, and what cannot
 * run says so.
 */
import { expect } from "chai";
import { pointMassesOf } from "../../../src/algebra/point-masses.js";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import { classesOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { repeatRows } from "../../../src/runtime/mechanisms/contract/context.js";
import { logGamma, regularisedGammaUpper } from "../../../src/runtime/mechanisms/distributions/special-functions.js";
import { drawWithin, farAway, logMassOf } from "../../../src/runtime/mechanisms/kinds/logistic-cells.js";
import { logFactorial } from "../../../src/runtime/mechanisms/kinds/poisson.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { bound, rawUnits } from "../bound-models.js";
import { expectClose, useReferenceBackend } from "../close.js";
import { interventions, loaded, scalarRows } from "../models.js";
import { distanceBound } from "../tensors/random/kolmogorov-smirnov.js";
import { lawCases } from "./law-cases.js";

const engine = createEngine("onnx");
const column = (values: readonly number[]) => tf.tensor2d([...values], [values.length, 1]);

describe("cells of the logistic", () => {
  useReferenceBackend();
  const cells: [number, number][] = [
    [-0.5, 0.7],
    [3, 3.001],
    [-60, -59],
    [45, 46],
    [-farAway, -40],
    [-farAway, 2],
    [38, farAway],
    [-farAway, farAway],
  ];

  it("log-masses, in both tails", () => {
    const logSigmoid = (x: number) => -Math.log1p(Math.exp(-x));
    const expected = cells.map(([a, b]) => {
      const own =
        (b > 0 ? logSigmoid(b) : b - Math.log1p(Math.exp(b))) +
        (a < 0 ? logSigmoid(-a) : -a - Math.log1p(Math.exp(-a)));
      return own + Math.log(-Math.expm1(a - b));
    });
    const masses = logMassOf(column(cells.map(([a]) => a)), column(cells.map(([, b]) => b)));
    expectClose(masses, expected, 1e-4);
  });

  it("draws stay inside their cell and follow the truncated distribution", () => {
    const draws = RandomKey.fromSeed(3).uniform64(2000);
    const logits = column(Array.from(draws, (u) => Math.log(u / (1 - u))));
    for (const [a, b] of cells) {
      const values = drawWithin(tf.fill([2000, 1], a), tf.fill([2000, 1], b), logits).dataSync();
      expect(Math.min(...values)).to.be.greaterThan(a);
      expect(Math.max(...values)).to.be.lessThan(b);
    }
    // In the far right tail the logistic is exponential: P(ε < x | ε ≥ a) = 1 - exp(a - x).
    const tail = drawWithin(tf.fill([2000, 1], 38), tf.fill([2000, 1], farAway), logits).dataSync();
    const sorted = Float32Array.from(tail).sort();
    let distance = 0;
    sorted.forEach((value, k) => {
      distance = Math.max(distance, Math.abs(1 - Math.exp(38 - value) - (k + 0.5) / 2000));
    });
    expect(distance).to.be.lessThan(distanceBound(2000));
  });
});

describe("the Poisson regression", () => {
  useReferenceBackend();

  it("log x! to single precision", () => {
    const counts = [0, 1, 2, 3, 5, 10, 47, 300, 2000];
    expectClose(
      logFactorial(column(counts)),
      counts.map((count) => logGamma(count + 1)),
      2e-6,
    );
  });

  it("samples are quantiles: the noise and the count cross their distribution functions together", async () => {
    const rate = 6.5;
    const model = bound("y : count := glm()", { "y/bias": [Math.log(rate)] }, { y: { ...rawUnits, high: 15 } });
    const rows = 4000;
    const { values } = await sample({ loaded: model, engine, rows, key: RandomKey.fromSeed(2) });
    const y = values.get("y")!;
    for (let count = 0; count < 20; count++) {
      const below = y.filter((value) => value <= count).length / rows;
      expect(Math.abs(below - regularisedGammaUpper(count + 1, rate))).to.be.lessThan(distanceBound(rows));
    }
  });
});

describe("outliers of discrete mechanisms", () => {
  const counts = [0, 1, 3, 7, 20, 41];
  const models: Record<string, { model: LoadedModel; values: number[] }> = {
    "glm of counts, rate e^-2": {
      model: bound(
        "p : binary := bernoulli()\ny : count := glm(p)",
        { "p/theta": [0], "y/weight": [0.5], "y/bias": [-1.5] },
        { y: { ...rawUnits, high: 20 } },
      ),
      values: counts,
    },
    "flow of counts": {
      model: loaded("p : binary := bernoulli()\ny : count := flow(p)", { y: { mean: 2, sd: 1.5, low: 0, high: 5 } }),
      values: [...counts, 500],
    },
    "glm of levels, cut points far away": {
      model: bound("p : binary := bernoulli()\ny : ordinal(4) := glm(p)", {
        "p/theta": [0],
        "y/cut_points": [-30, 20, 40],
        "y/weight": [3],
      }),
      values: [0, 1, 2, 3],
    },
    "classes of probability e^-40": {
      model: bound("p : binary := bernoulli()\ny : categorical(3) := glm(p)", {
        "p/theta": [0],
        "y/bias": [0, -40, 3],
        "y/weight": [0, 1, 1],
      }),
      values: [0, 1, 2],
    },
  };
  for (const [title, { model, values }] of Object.entries(models))
    it(`${title}: finite log-probabilities, and the world without intervention is the observed one`, async () => {
      const observed = new Map([
        ["p", scalarRows(values.map(() => 0))],
        ["y", scalarRows(values)],
      ]);
      const request = { loaded: model, engine, observed, key: RandomKey.fromSeed(5) };
      const terms = (await logProbability(request)).get("y")!;
      expect([...terms].every((term) => Number.isFinite(term) && term < 0)).to.equal(true);
      const same = await counterfactual({ ...request, interventions: interventions("p := p", model), particles: 50 });
      expect([...same.values.get("y")!].map((value) => Math.round(value * 1000) / 1000)).to.deep.equal(values);
    });
});

describe("draws on the edge of what a generator gives", () => {
  useReferenceBackend();
  const extremes: Record<string, number[]> = { logistic: [-90, 90, 0, 36], exponential: [1e-17, 40, 1] };

  for (const [title, model] of Object.entries(lawCases)) {
    const mechanism = model.mechanisms.get("y")!;
    if (mechanism.abduction !== "posterior_sample") continue;
    it(`${title}: every abducted noise gives the value back`, () => {
      const classes = classesOf(model.variables.get("y")!.domain) || 6;
      // The draws given the value: a posterior, or places within the cells of an expression's noises.
      const drawn = Object.entries(mechanism.draws).filter(([name]) => name === "posterior" || /^within /.test(name));
      // Every combination of extreme draws for every value: the class that won may have the latest or the earliest of
      // all.
      const rows = drawn.reduce((all, [, { size, distribution }]) => all * extremes[distribution]!.length ** size, 1);
      const given: Record<string, tf.Tensor> = {};
      let period = 1;
      for (const [name, { size, distribution }] of drawn) {
        const values = extremes[distribution]!;
        const periods = Array.from({ length: size }, (_, k) => period * values.length ** k);
        period *= values.length ** size;
        given[name] = tf.tensor2d(
          Array.from({ length: classes * rows }, (_, row) =>
            periods.map((own) => values[Math.floor((row % rows) / own) % values.length]!),
          ),
        );
      }
      const { domain } = model.variables.get("y")!;
      const levels = domain.kind === "interval" ? [domain.low, domain.high, 70, 100, 200, 250] : [0, 1, 2, 3, 4, 5];
      const value = column(levels.slice(0, classes));
      const parameters = Object.fromEntries(
        Object.entries(parametersOf(model.parameters, "y")).map(([name, { data, shape }]) => [
          name,
          tf.tensor(data, [...shape]),
        ]),
      );
      const parents = (count: number): Record<string, tf.Tensor> =>
        model.variables.has("p") ? { p: tf.fill([count, 1], 1.7) } : {};
      for (const [name, other] of Object.entries(mechanism.draws))
        given[name] ??= tf.zeros([classes * rows, other.size]);
      const noise = mechanism.abduct(parameters, value, parents(classes), given, rows);
      const again = mechanism.forward(parameters, noise, parents(classes * rows)).dataSync();
      const wanted = repeatRows(value, rows).dataSync();
      const masses = pointMassesOf(domain);
      // Beside point masses a value has a density, and is recovered to rounding.
      if (masses.length === 0) expect([...again]).to.deep.equal([...wanted]);
      again.forEach((y, row) => {
        if (masses.includes(wanted[row]!)) expect(y).to.equal(wanted[row]);
        else expect(y).to.be.closeTo(wanted[row]!, 1e-4 * wanted[row]!);
      });
    });
  }

  it("counts so large that rounding alone moves them into the next cell", () => {
    const model = loaded("y : count := flow()", { y: { mean: 4e6, sd: 8e5, low: 0, high: 6e6 } });
    const mechanism = model.mechanisms.get("y")!;
    const values = Array.from({ length: 400 }, (_, k) => 3_000_000 + 4977 * k);
    const { theta } = parametersOf(model.parameters, "y");
    const parameters = { theta: tf.tensor1d(theta!.data) };
    const draws = column(values.map((_, k) => [-90, 90, 0.3][k % 3]!));
    const noise = mechanism.abduct(parameters, column(values), {}, { posterior: draws }, 1);
    expect([...mechanism.forward(parameters, noise, {}).dataSync()]).to.deep.equal(values);
  });
});

describe("mechanisms that cannot run say why", () => {
  it("elements of a vector that nothing mixes", () => {
    expect(() => loaded("v : vector(3) := flow(transform = [spline, affine])")).to.throw(
      "would leave its 3 elements independent of each other",
    );
  });

  it("counts beyond the table of the Poisson regression", () => {
    expect(() => loaded("n : count := glm()", { n: { mean: 4000, sd: 60, low: 3000, high: 5000 } })).to.throw(
      "counts as large as 5000",
    );
  });
});
