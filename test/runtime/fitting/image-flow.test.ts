/**
 * Fits of image flows: the start from data is taken and reproducible, and a fit of a known density comes near its
 * entropy.
 */
import { expect } from "chai";
import { initialFromRows } from "../../../src/runtime/fitting/steps/initial-from-rows.js";
import { initialState } from "../../../src/runtime/fitting/steps/training-state.js";
import { evaluateLogProbability } from "../../../src/runtime/inference/checks/held-out-figures.js";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { expectClose } from "../close.js";
import { fitted } from "../mechanisms/fitting.js";
import { interventions, loaded, scalarRows } from "../models.js";

const engine = createEngine("onnx");
const key = RandomKey.fromSeed(40);
const side = 4;
const text = `p : real := linear()
x : image(${side}, ${side}) := flow(p, transform = multiscale(levels = 1, steps = 2, hidden = 8))`;
const spread = 6;

/** A brightness of the image that moves with p, and pixels around it: whole grey levels of known entropy given p. */
function images(own: RandomKey, rows: number): Map<string, Rows> {
  const p = own.split("p").normal(rows);
  const noise = own.split("noise").normal64(rows * side * side);
  const data = Uint8Array.from(noise, (z, k) =>
    Math.floor(128 + 25 * Math.tanh(p[Math.floor(k / side ** 2)]!) + spread * z),
  );
  return new Map<string, Rows>([
    ["p", scalarRows(p)],
    ["x", { rows, size: side * side, data }],
  ]);
}

describe("image flows", () => {
  it("activation normalisation starts from the first training rows, the same each time", async () => {
    const { mechanisms } = loaded(text);
    const mechanism = mechanisms.get("x")!;
    const rows = images(key, 300);
    const data = { value: rows.get("x")!, parents: { p: rows.get("p")! } };
    const state = initialState(mechanism, key);
    const training = key.permutation(300);
    const start = () => initialFromRows({ mechanism, data, engine, key }, state, training);
    const [first, again] = [await start(), await start()];
    expect(Object.keys(first)).to.have.members(
      [0, 1].flatMap((step) => ["log_scale", "shift"].map((name) => `parameter.transform.0.0.${step}.actnorm.${name}`)),
    );
    for (const [name, { data: values }] of Object.entries(first)) {
      expect([...again[name]!.data]).to.deep.equal([...values]);
      expect(values.some((value) => value !== 0)).to.equal(true);
    }
    // A mechanism whose start does not depend on data has nothing to initialise.
    const linear = { mechanism: mechanisms.get("p")!, data: { value: rows.get("p")!, parents: {} }, engine, key };
    expect(await initialFromRows(linear, {}, training)).to.deep.equal({});
  });

  it("comes near the entropy of a known density; a counterfactual without change returns every pixel", async () => {
    const training = images(key.split("training"), 4000);
    const test = images(key.split("test"), 500);
    const model = await fitted(text, training, { engine, key, epochs: 8, only: ["p", "x"] });
    const { x } = await evaluateLogProbability({ loaded: model, engine, observed: test, key });
    const entropy = side ** 2 * (0.5 * Math.log(2 * Math.PI * Math.E) + Math.log(spread));
    // The tolerance is 0.02 nats for each of the 16 pixels, and the noise of the test set.
    expect(x!.mean).to.be.closeTo(-entropy, side ** 2 * 0.02 + 4 * x!.standardError);
    expect(x!.kind).to.equal("bound");
    expect(x!.bitsPerDimension).to.be.closeTo(-x!.mean / (side ** 2 * Math.LN2), 1e-9);
    const same = await counterfactual({
      loaded: model,
      engine,
      observed: test,
      interventions: interventions("p := p", model),
      particles: 2,
      key,
    });
    expectClose(same.values.get("x")!, test.get("x")!.data, 0);
  });
});
