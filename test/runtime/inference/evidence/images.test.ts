/**
 * Evidence that holds an image: a missing number above an observed image, against a sum over a grid of that number with
 * the model's own density, and a missing image below observed parents, against samples. Images are of a few wide
 * pixels, so that their likelihood is not sharper than particles can follow.
 */
import { expect } from "chai";
import { sample } from "../../../../src/runtime/inference/programs/sample.js";
import { repeatRows } from "../../../../src/runtime/mechanisms/contract/context.js";
import { sampleDraws } from "../../../../src/runtime/mechanisms/contract/draw-inputs.js";
import { type LoadedModel, parametersOf } from "../../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../../src/runtime/tensors/core/rows.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { interventions, loaded, nearerTheStart } from "../../models.js";
import { answerUnits } from "../answer-units.js";

const engine = createEngine("onnx", { threads: 1 });
const units = 3;
const size = 4;
const proposals = 40_000;
const key = RandomKey.fromSeed(61);

const wide = "likelihood = normal, scale = fixed(value = 1), pixels = realnvp";
const mechanisms: Readonly<Record<string, string>> = {
  cvae: `cvae(p, latent = 1, hidden = [4], ${wide})`,
  "cvae, grey levels as real numbers":
    "cvae(p, latent = 1, hidden = [4], likelihood = normal, scale = fixed(value = 0.4))",
  hvae: "hvae(p, latent = 1, levels = 2, hidden = [4], likelihood = normal, scale = fixed(value = 2), pixels = realnvp)",
  flow: "flow(p, transform = coupling(layers = 2, hidden = [4]), hidden = [4])",
};

const modelOf = (mechanism: string): LoadedModel =>
  nearerTheStart(
    loaded(
      `p : real := e where e ~ normal(0, 1)\nx : image(2, 2) := ${mechanism}\nq : real := 2 * p + e where e ~ normal(0, 1)`,
    ),
    0.5,
  );

/** E[p | x] of each unit: p over a grid, the density of x at each place averaged over the draws of the mechanism. */
async function onGrid(model: LoadedModel, images: Float32Array): Promise<number[]> {
  const mechanism = model.mechanisms.get("x")!;
  const [points, draws] = [61, 400];
  const grid = Array.from({ length: points }, (_, k) => -3.6 + (7.2 * k) / (points - 1));
  const rows = points * draws;
  const inputs = Object.fromEntries(
    Object.entries(mechanism.draws).map(([name, spec]) => [name, sampleDraws(spec, rows, key.split(`grid ${name}`))]),
  );
  const program = await engine.compile({
    name: "grid",
    inputs: {
      image: { shape: [1, size], dtype: "float32" },
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, data]) => [
          name,
          { shape: [rows, data.length / rows], dtype: "float32" as const },
        ]),
      ),
    },
    constants: parametersOf(model.parameters, "x"),
    procedure({ image, ...given }, parameters) {
      const p = repeatRows(tf.tensor2d(grid, [points, 1]), draws);
      const score = mechanism.logWeight ?? mechanism.logProbability;
      const weights = tf.reshape(score(parameters, repeatRows(image!, rows), { p }, given), [points, draws]);
      return { logDensity: tf.logSumExp(weights, 1) };
    },
  });
  const means: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    const image = images.subarray(unit * size, (unit + 1) * size);
    const { logDensity } = await program.run({ image, ...inputs });
    const logs = grid.map((p, k) => logDensity!.data[k]! - 0.5 * p * p);
    const largest = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(log - largest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    means.push(weights.reduce((sum, weight, k) => sum + weight * grid[k]!, 0) / total);
  }
  await program.dispose();
  return means;
}

function answer(
  model: LoadedModel,
  observed: ReadonlyMap<string, Rows>,
  text: string,
  targets: string[],
  particles: number,
) {
  return answerUnits({
    loaded: model,
    engine,
    observed,
    interventions: interventions(text, model),
    targets,
    particles,
    proposals,
    wanted: { sd: true, quantiles: [] },
    key,
  });
}

describe("a missing number above an observed image", () => {
  for (const [title, mechanism] of Object.entries(mechanisms))
    it(`${title}: its posterior mean is that of a grid, within 4 standard errors and 0.02; a child follows`, async () => {
      const model = modelOf(mechanism);
      const drawn = await sample({ loaded: model, engine, rows: units, key: key.split("units") });
      const images = drawn.values.get("x")!;
      const expected = await onGrid(model, images);
      const observed = new Map([["x", { rows: units, size, data: images }]]);
      const particles = 4000;
      const { values, spread, inference } = await answer(model, observed, "p := p", ["p", "q", "x"], particles);
      const effective = inference[0]!.effectiveSize!.smallest;
      expect(effective, "effective size").to.be.greaterThan(500);
      // The image says something: otherwise the prior's mean would do.
      expect(Math.max(...expected.map(Math.abs))).to.be.greaterThan(0.1);
      for (let unit = 0; unit < units; unit++) {
        const error = spread.get("p")!.sd![unit]! * Math.sqrt(1 / effective + 1 / particles);
        // The grid has an error of its own, from its draws.
        expect(Math.abs(values.get("p")![unit]! - expected[unit]!), `unit ${unit}`).to.be.below(4 * error + 0.02);
        const ofChild = spread.get("q")!.sd![unit]! * Math.sqrt(1 / effective + 1 / particles);
        expect(Math.abs(values.get("q")![unit]! - 2 * expected[unit]!), `unit ${unit}`).to.be.below(4 * ofChild + 0.04);
      }
    });
});

describe("a missing image below an observed parent", () => {
  const all = { ...mechanisms, ali: "ali(p, latent = 2, hidden = [4])" };
  for (const [title, mechanism] of Object.entries(all))
    it(`${title}: under do(p) it has the mean and the spread of samples, within 5 standard errors`, async () => {
      const model = modelOf(mechanism);
      const observed = new Map([["p", { rows: 1, size: 1, data: Float32Array.of(-0.7) }]]);
      const rows = 4000;
      const { values, spread } = await answer(model, observed, "p := 1.2", ["x"], rows);
      const text = { interventions: interventions("p := 1.2", model) };
      const fresh = (await sample({ loaded: model, engine, rows, key: key.split("fresh"), ...text })).values.get("x")!;
      for (let pixel = 0; pixel < size; pixel++) {
        const own = fresh.filter((_, k) => k % size === pixel);
        const mean = own.reduce((sum, value) => sum + value, 0) / rows;
        const squares = own.map((value) => (value - mean) ** 2);
        const variance = squares.reduce((sum, value) => sum + value, 0) / rows;
        expect(Math.abs(values.get("x")![pixel]! - mean), `mean ${pixel}`).to.be.below(
          5 * Math.sqrt((2 * variance) / rows),
        );
        const fourth = squares.reduce((sum, value) => sum + (value - variance) ** 2, 0) / rows;
        const found = spread.get("x")!.sd![pixel]! ** 2;
        expect(Math.abs(found - variance), `variance ${pixel}`).to.be.below(5 * Math.sqrt((2 * fourth) / rows));
      }
    });
});
