/**
 * Adversarially learned inference on a vector whose distribution given its parent is known: samples, reconstructions,
 * counterfactuals.
 */
import { expect } from "chai";
import { evaluateReconstruction } from "../../../src/runtime/inference/checks/held-out-figures.js";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions } from "../models.js";
import { fitted } from "./fitting.js";

/** y_k = slope_k p + spread_k e_k, e ~ N(0, I). */
const slope = [1, -0.5];
const spread = [0.5, 1];
const size = slope.length;

function draw(key: RandomKey, rows: number) {
  const p = key.split("p").normal(rows);
  const e = key.split("e").normal(rows * size);
  const y = e.map((value, at) => slope[at % size]! * p[Math.floor(at / size)]! + spread[at % size]! * value);
  return new Map<string, Rows>([
    ["p", { rows, size: 1, data: p }],
    ["beside", { rows, size: 1, data: p }],
    ["y", { rows, size, data: y }],
  ]);
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

describe("ali of a vector", () => {
  const key = RandomKey.fromSeed(43);
  const engine = createEngine("onnx", { threads: 1 });
  const test = draw(key.split("test"), 2000);
  let loaded: LoadedModel;
  before(async () => {
    const text =
      "p : real := flow()\nbeside : real := p + e where e ~ normal(0, 1)\ny : vector(2) := ali(p, latent = 2, hidden = [32, 32])";
    const settings = { engine, key: key.split("fit"), epochs: 100, batch: 100, rate: 2e-3, only: ["y"] };
    loaded = await fitted(text, draw(key.split("training"), 4000), settings);
  });

  it("samples under do(p) have the mean and the spread of the truth, within 0.15", async () => {
    for (const value of [-1, 1]) {
      const { values } = await sample({
        loaded,
        engine,
        rows: 4000,
        key,
        interventions: interventions(`p := ${value}`, loaded),
        targets: ["y"],
      });
      const y = values.get("y")!;
      for (let k = 0; k < size; k++) {
        const element = [...y].filter((_, at) => at % size === k);
        expect(mean(element), `mean of y[${k}] at p = ${value}`).to.be.closeTo(slope[k]! * value, 0.15);
        expect(sd(element), `spread of y[${k}] at p = ${value}`).to.be.closeTo(spread[k]!, 0.15);
      }
    }
  });

  it("has no log-probability and a reconstruction error instead, which is what its fit watched", async () => {
    expect((await logProbability({ loaded, engine, observed: test, key, targets: ["y"] })).size).to.equal(0);
    const { y, ...others } = await evaluateReconstruction({ loaded, engine, observed: test });
    expect(Object.keys(others)).to.deep.equal([]);
    expect(y!.units).to.equal(2000);
    expect(y!.mean).to.be.within(0, 0.1);
  });

  it("counterfactuals under do(p) are distributed like samples; what is not reached stays as observed, bit for bit", async () => {
    const request = { loaded, engine, observed: test, targets: ["p", "y"], particles: 2, key };
    const moved = await counterfactual({ ...request, interventions: interventions("p := 1", loaded) });
    // With several elements, the effect of p on a single unit's noise is not identified; over all units it is.
    for (let k = 0; k < size; k++) {
      const element = [...moved.values.get("y")!].filter((_, at) => at % size === k);
      expect(mean(element), `mean of y[${k}]`).to.be.closeTo(slope[k]!, 0.2);
      expect(sd(element), `spread of y[${k}]`).to.be.closeTo(spread[k]!, 0.2);
    }
    const beside = await counterfactual({ ...request, interventions: interventions("beside := 0", loaded) });
    expect([...beside.values.get("y")!]).to.deep.equal([...test.get("y")!.data]);
  });
});
