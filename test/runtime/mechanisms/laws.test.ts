/** Laws that every runnable mechanism keeps, on every engine: round trip, normalised density, gradients, sampling. */
import { expect } from "chai";
import { createEngine, type Engine, engineNames, type HostData } from "../../../src/runtime/engine/index.js";
import * as tf from "../../../src/runtime/engine/tfjs.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/loaded-model.js";
import { RandomKey } from "../../../src/runtime/random/index.js";
import { sampleDraws } from "../../../src/runtime/sampling.js";
import { named } from "../../../src/runtime/training/training-program.js";
import { sizeOf } from "../../../src/runtime/variables.js";
import { loaded } from "../models.js";

const log = { mean: 0.9, sd: 0.3, low: 1, high: 6 };
// A moderate spread in logit space: mass piled up at the edges of the interval would need a finer grid.
const logit = { mean: 0.5, sd: 0.8, low: 70, high: 250 };

/** Each is one mechanism, of `y`, with its parents. */
const cases: Record<string, LoadedModel> = {
  "flow, root, positive, linear spline": loaded("y : positive := flow(transform = spline(bins = 8))", { y: log }),
  "flow, root, real, quadratic spline": loaded("y : real := flow(transform = spline(bins = 6, order = quadratic))"),
  "flow, conditional affine, interval": loaded("p : positive := flow()\ny : interval(64, 255) := flow(p)", {
    p: log,
    y: logit,
  }),
  "flow, conditional list": loaded("p : real := flow()\ny : real := flow(p, transform = [spline(bins = 5), affine])"),
  "expression, gamma": loaded("y : positive := 0.5 + e where e ~ gamma(10, 5)"),
  "expression, sigmoid of a parent": loaded(
    "p : positive := flow()\ny : interval(64, 255) := 191 * sigmoid(0.5 * e + 2 * p - 5) + 64 where e ~ normal(0, 1)",
    { p: log },
  ),
  "cvae, image": loaded("p : positive := flow()\ny : image(3, 4) := cvae(p, latent = 2, hidden = [8, 6])", { p: log }),
};

const batch = 64;

function drawInputs(model: LoadedModel, seed: number) {
  const key = RandomKey.fromSeed(seed);
  const mechanism = model.mechanisms.get("y")!;
  const inputs: Record<string, HostData> = {};
  for (const [name, draw] of Object.entries(mechanism.noises))
    inputs[`noise.${name}`] = sampleDraws(draw, batch, key.split(name));
  for (const [name, draw] of Object.entries(mechanism.draws))
    inputs[`draw.${name}`] = sampleDraws(draw, batch, key.split(`d ${name}`));
  if (model.variables.has("p"))
    inputs["parent.p"] = key
      .split("p")
      .uniform(batch)
      .map((u) => 1 + 3 * u);
  return inputs;
}

function specsOf(inputs: Record<string, HostData>) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, data]) => [
      name,
      { shape: [batch, data.length / batch], dtype: "float32" as const },
    ]),
  );
}

for (const engineName of engineNames)
  describe(`laws of mechanisms on the ${engineName} engine`, () => {
    let engine: Engine;
    before(() => {
      engine = createEngine(engineName);
    });

    for (const [title, model] of Object.entries(cases)) {
      const mechanism = model.mechanisms.get("y")!;

      it(`${title}: abduct then forward returns the value`, async () => {
        const inputs = drawInputs(model, 5);
        const program = await engine.compile({
          name: "round trip",
          inputs: specsOf(inputs),
          constants: parametersOf(model.parameters, "y"),
          procedure(given, parameters) {
            const parents = named(given, "parent.");
            const value = mechanism.forward(parameters, named(given, "noise."), parents);
            const noise = mechanism.abduct(parameters, value, parents, named(given, "draw."), 1);
            return { value, again: mechanism.forward(parameters, noise, parents) };
          },
        });
        const { value, again } = await program.run(inputs);
        await program.dispose();
        for (let k = 0; k < value!.data.length; k++)
          expect(again!.data[k]).to.be.closeTo(value!.data[k]!, 1e-4 * Math.max(1, Math.abs(value!.data[k]!)));
      });

      if (mechanism.density === "exact")
        it(`${title}: the density integrates to one and agrees with sampling (KS, false alarms 1e-6)`, async () => {
          await checkDensity(engine, model);
        });

      if (Object.keys(mechanism.parameters).length > 0)
        it(`${title}: the loss's gradient reaches every parameter`, async () => {
          const inputs = drawInputs(model, 6);
          const names = Object.keys(mechanism.parameters);
          const program = await engine.compile({
            name: "gradients",
            inputs: specsOf(inputs),
            constants: parametersOf(model.parameters, "y"),
            procedure(given, parameters) {
              const parents = named(given, "parent.");
              const value = mechanism.forward(parameters, named(given, "noise."), parents);
              const gradients = tf.grads((...tensors: tf.Tensor[]) =>
                mechanism.loss(
                  Object.fromEntries(names.map((name, k) => [name, tensors[k]!])),
                  value,
                  parents,
                  named(given, "draw."),
                ),
              )(names.map((name) => parameters[name]!));
              return Object.fromEntries(names.map((name, k) => [name, gradients[k]!]));
            },
          });
          const gradients = await program.run(inputs);
          await program.dispose();
          for (const name of names) {
            const data = gradients[name]!.data;
            expect(data.every(Number.isFinite), `${name} finite`).to.equal(true);
            expect(
              data.some((value) => value !== 0),
              `${name} not all zero`,
            ).to.equal(true);
          }
        });
    }
  });

/** Trapezoids of exp(log p) over a fine grid at one parent value, against 1 and against the cdf of a sample. */
async function checkDensity(engine: Engine, model: LoadedModel): Promise<void> {
  const mechanism = model.mechanisms.get("y")!;
  const { domain } = model.variables.get("y")!;
  const points = 40_001;
  const draws = 4000;
  const [low, high] =
    domain.kind === "interval" ? [domain.low, domain.high] : domain.kind === "positive" ? [0, 60] : [-60, 60];
  const grid = Float32Array.from({ length: points }, (_, k) => low + ((high - low) * k) / (points - 1));
  const parent = model.variables.has("p");
  const noise = Object.entries(mechanism.noises).map(
    ([name, spec]) => [name, sampleDraws(spec, draws, RandomKey.fromSeed(9))] as const,
  );
  const program = await engine.compile({
    name: "density",
    inputs: {
      grid: { shape: [points, sizeOf(domain)], dtype: "float32" },
      ...Object.fromEntries(noise.map(([name]) => [`noise.${name}`, { shape: [draws, 1], dtype: "float32" as const }])),
    },
    constants: parametersOf(model.parameters, "y"),
    procedure(given, parameters) {
      const at = (rows: number): Record<string, tf.Tensor> => (parent ? { p: tf.fill([rows, 1], 2.2) } : {});
      return {
        logDensity: mechanism.logProbability(parameters, given.grid!, at(points), {}),
        sample: mechanism.forward(parameters, named(given, "noise."), at(draws)),
      };
    },
  });
  const outputs = await program.run({
    grid,
    ...Object.fromEntries(noise.map(([name, data]) => [`noise.${name}`, data])),
  });
  await program.dispose();
  const cdf = new Float64Array(points);
  for (let k = 1; k < points; k++) {
    const [before, here] = [Math.exp(outputs.logDensity!.data[k - 1]!), Math.exp(outputs.logDensity!.data[k]!)];
    cdf[k] = cdf[k - 1]! + 0.5 * (before + here) * (grid[k]! - grid[k - 1]!);
  }
  expect(cdf[points - 1]).to.be.closeTo(1, 2e-3);
  const sorted = Float32Array.from(outputs.sample!.data).sort();
  let distance = 0;
  sorted.forEach((value, k) => {
    const at = Math.min(points - 1, Math.max(0, Math.round(((value - low) / (high - low)) * (points - 1))));
    distance = Math.max(distance, Math.abs(cdf[at]! - (k + 0.5) / draws));
  });
  // P(sqrt(n) D > 2.69) = 2 exp(-2 * 2.69^2) = 1e-6 (Kolmogorov).
  expect(distance * Math.sqrt(draws)).to.be.lessThan(2.69);
}
