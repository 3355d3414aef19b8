/** Answers do not depend on how many units a program takes at a time: the same seed gives the same draws. */
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import { RandomInputs } from "../../../src/runtime/inference/programs/random-inputs.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions, loaded } from "../models.js";

const engine = createEngine("onnx", { threads: 2 });
const key = RandomKey.fromSeed(4);
const units = 2300;
const model = loaded(`
  g : positive := 0.5 + e where e ~ gamma(2, 3)
  d : real := flow(g, transform = spline(bins = 4))
  c : categorical(3) := categorical(d)
  n : count := flow(g)
  y : real := flow(d, c, transform = affine)
`);

/** Equal but for what the engine rounds differently at another place of a block. */
function same(a: ReadonlyMap<string, ArrayLike<number>>, b: ReadonlyMap<string, ArrayLike<number>>): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) <= 2e-5 * (1 + Math.abs(x));
  return (
    a.size === b.size &&
    [...a].every(([name, values]) => Array.from(values).every((x, at) => near(x, b.get(name)![at]!)))
  );
}

describe("blocks of units", () => {
  it("draw the same random numbers whatever their size", () => {
    const spec = { size: 3, distribution: "gamma", parameters: [0.7, 1] } as const;
    const drawn = (block: number) => {
      const random = new RandomInputs(key, { block, chunk: 50 });
      random.add("a", spec, 2 * block);
      const values = new Float32Array(units * 6);
      for (let first = 0; first < units; first += block) {
        const part = random.block(first).a as Float32Array;
        values.set(part.subarray(0, Math.min(block, units - first) * 6), first * 6);
      }
      return values;
    };
    const whole = drawn(units);
    for (const block of [1, 49, 50, 51, 128]) expect(drawn(block), `${block}`).to.deep.equal(whole);
    // Units differ, and so do their chunks.
    expect(new Set(whole.subarray(0, 600)).size).to.equal(600);
  });

  it("give the same sample", async () => {
    const drawn = (block?: number) =>
      sample({ loaded: model, engine, rows: units, key, ...(block === undefined ? {} : { block }) });
    const whole = await drawn();
    for (const block of [1, 17, 1000, 1001]) {
      const other = await drawn(block);
      expect(same(other.values, whole.values), `${block}`).to.equal(true);
      expect(same(other.noises, whole.noises), `${block}`).to.equal(true);
    }
  });

  it("give the same counterfactuals and the same log-probabilities", async () => {
    const { values } = await sample({ loaded: model, engine, rows: units, key });
    const observed = new Map([...values].map(([name, data]) => [name, { rows: units, size: 1, data }]));
    const answer = (block?: number) =>
      counterfactual({
        loaded: model,
        engine,
        observed,
        interventions: interventions("d := d + e where e ~ normal(0, 1)", model),
        particles: 5,
        key,
        ...(block === undefined ? {} : { block }),
      });
    const density = (block?: number) =>
      logProbability({ loaded: model, engine, observed, key, ...(block === undefined ? {} : { block }) });
    const whole = { answer: await answer(), density: await density() };
    for (const block of [1, 17, 1000]) {
      const other = await answer(block);
      expect(same(other.values, whole.answer.values), `${block}`).to.equal(true);
      expect(same(other.probabilities, whole.answer.probabilities), `${block}`).to.equal(true);
      expect(other.tallies, `${block}`).to.deep.equal(whole.answer.tallies);
      expect(same(await density(block), whole.density), `${block}`).to.equal(true);
    }
  });

  it("name units outside a domain by their place among all", async () => {
    const rows = 40;
    const c = Float32Array.from({ length: rows }, (_, row) => (row === 33 ? 2 : 0));
    const observed = new Map(
      [...model.model.order].map((name) => [name, { rows, size: 1, data: new Float32Array(rows).fill(1) }]),
    );
    observed.set("c", { rows, size: 1, data: c });
    const request = { loaded: model, engine, observed, particles: 1, key, block: 8 };
    const failing = counterfactual({ ...request, interventions: interventions("n := n - if(d > 0, 2, 0)", model) });
    const reason = await failing.then(
      () => "",
      (error: Error) => error.message,
    );
    expect(reason).to.match(/in unit \d+, which is not a value of count/);
  });
});
