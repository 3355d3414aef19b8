/**
 * A ladder of latent variables fitted to a vector that is linear-Gaussian in its parent: the bound against the
 * log-likelihood in closed form, and counterfactuals against the true ones.
 */
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions } from "../models.js";
import { fitted } from "./fitting.js";

/** y = slope · p + loading · c + spread ∘ e with c, e ~ N(0, I): the elements share c. */
const slope = [1, -0.5, 0.3];
const loading = [0.8, 0.6, -0.7];
const spread = [0.3, 0.4, 0.5];
const size = slope.length;

function draw(key: RandomKey, rows: number) {
  const p = key.split("p").normal(rows);
  const c = key.split("c").normal64(rows);
  const e = key.split("e").normal64(rows * size);
  const y = Float32Array.from({ length: rows * size }, (_, at) => {
    const [row, k] = [Math.floor(at / size), at % size];
    return slope[k]! * p[row]! + loading[k]! * c[row]! + spread[k]! * e[at]!;
  });
  return new Map<string, Rows>([
    ["p", { rows, size: 1, data: p }],
    ["y", { rows, size, data: y }],
  ]);
}

/** log N(y; slope · p, D + loading loadingᵀ), by the rank-one update of the diagonal D. */
function trueLogProbability(values: ReadonlyMap<string, Rows>): number {
  const { rows, data: y } = values.get("y")!;
  const p = values.get("p")!.data;
  const precision = 1 + loading.reduce((sum, value, k) => sum + (value / spread[k]!) ** 2, 0);
  const logDeterminant = Math.log(precision) + 2 * spread.reduce((sum, value) => sum + Math.log(value), 0);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const residual = slope.map((value, k) => y[row * size + k]! - value * p[row]!);
    const own = residual.reduce((sum, value, k) => sum + (value / spread[k]!) ** 2, 0);
    const shared = residual.reduce((sum, value, k) => sum + (value * loading[k]!) / spread[k]! ** 2, 0);
    total -= 0.5 * (own - shared ** 2 / precision + logDeterminant + size * Math.log(2 * Math.PI));
  }
  return total / rows;
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("hvae of a linear-Gaussian vector", () => {
  const key = RandomKey.fromSeed(41);
  const engine = createEngine("onnx");
  const test = draw(key.split("test"), 2000);
  let loaded: LoadedModel;
  before(async () => {
    const text =
      "p : real := flow()\ny : vector(3) := hvae(p, latent = 2, levels = 2, likelihood = normal, hidden = [24])";
    const training = draw(key.split("training"), 4000);
    loaded = await fitted(text, training, { engine, key: key.split("fit"), epochs: 40, only: ["y"] });
  });

  it("its bound is below the log-likelihood of fresh units, by less than 0.1 nats", async () => {
    const terms = await logProbability({ loaded, engine, observed: test, key, targets: ["y"] });
    const gap = trueLogProbability(test) - mean(terms.get("y")!);
    expect(gap).to.be.within(-0.01, 0.1);
  });

  it("counterfactuals keep what the parent does not explain: 0.1 of a standard deviation from the true ones", async () => {
    const { values } = await counterfactual({
      loaded,
      engine,
      observed: test,
      interventions: interventions("p := p + 1", loaded),
      targets: ["y"],
      particles: 4,
      key,
    });
    const y = test.get("y")!.data;
    const errors = Array.from(values.get("y")!, (value, at) => Math.abs(value - y[at]! - slope[at % size]!));
    expect(mean(errors)).to.be.lessThan(0.1);
  });
});
