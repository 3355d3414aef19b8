/** Laws that every runnable mechanism keeps, on every engine: round trip, normalised density, gradients, sampling. */
import { expect } from "chai";
import { hasPointMass, pointMassesOf } from "../../../src/algebra/point-masses.js";
import { decodeSafetensors, encodeSafetensors } from "../../../src/runtime/artefact/safetensors.js";
import { sizeOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import {
  groupsOf,
  type Mechanism,
  type ParameterGroup,
  trainingDrawsOf,
} from "../../../src/runtime/mechanisms/contract/mechanism.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import { named } from "../../../src/runtime/tensors/core/names.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine, type Engine, type HostData } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { presentEngines } from "../tensors/engine/present-engines.js";
import { crossedCases } from "./crossed-cases.js";
import { checkDensity } from "./density-laws.js";
import { lawCases } from "./law-cases.js";

const batch = 64;
const allCases = { ...lawCases, ...crossedCases };

function drawInputs(model: LoadedModel, seed: number) {
  const key = RandomKey.fromSeed(seed);
  const mechanism = model.mechanisms.get("y")!;
  const inputs: Record<string, HostData> = {};
  for (const [name, draw] of Object.entries(mechanism.noises))
    inputs[`noise.${name}`] = sampleDraws(draw, batch, key.split(name));
  for (const [name, draw] of Object.entries(trainingDrawsOf(mechanism)))
    inputs[`draw.${name}`] = sampleDraws(draw, batch, key.split(`d ${name}`));
  if (model.variables.has("p"))
    inputs["parent.p"] = key
      .split("p")
      .uniform(batch)
      .map((u) => 1 + 3 * u);
  return inputs;
}

function larger(size: number, element: number): number {
  return Math.max(size, Math.abs(element));
}

function specsOf(inputs: Record<string, HostData>) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, data]) => [
      name,
      { shape: [batch, data.length / batch], dtype: "float32" as const },
    ]),
  );
}

/** Every loss that training follows, with the parameters that follow it. */
function lossesOf(mechanism: Mechanism): ParameterGroup[] {
  const { parameters, finetune } = mechanism;
  return Object.keys(parameters).length === 0 ? [] : [...groupsOf(mechanism), ...(finetune ? [finetune] : [])];
}

for (const engineName of presentEngines)
  describe(`laws of mechanisms on the ${engineName} engine`, () => {
    let engine: Engine;
    before(() => {
      engine = createEngine(engineName);
    });

    // The crossed cases differ in tensors, not in operations, so the compiled engine is enough.
    for (const [title, model] of Object.entries(engineName === "onnx" ? allCases : lawCases)) {
      const mechanism = model.mechanisms.get("y")!;

      if (mechanism.abduction === "implicit")
        it(`${title}: what is watched in training is the error of forward after abduct`, async () => {
          const inputs = drawInputs(model, 5);
          const program = await engine.compile({
            name: "reconstruction",
            inputs: specsOf(inputs),
            constants: parametersOf(model.parameters, "y"),
            procedure(given, parameters) {
              const parents = named(given, "parent.");
              const value = mechanism.forward(parameters, named(given, "noise."), parents);
              const again = mechanism.forward(parameters, mechanism.abduct(parameters, value, parents, {}, 1), parents);
              return { value, again, watched: mechanism.heldOutLoss!(parameters, value, parents, {}) };
            },
          });
          const { value, again, watched } = await program.run(inputs);
          await program.dispose();
          const size = value!.shape[1]!;
          watched!.data.forEach((error, row) => {
            const differences = Array.from({ length: size }, (_, k) =>
              Math.abs(value!.data[row * size + k]! - again!.data[row * size + k]!),
            );
            const mean = differences.reduce((sum, difference) => sum + difference, 0) / size;
            expect(error).to.be.closeTo(mean, 1e-4 * Math.max(1, mean));
          });
        });
      else
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
              const abducted = Object.entries(noise).map(([name, tensor]) => [`noise.${name}`, tensor] as const);
              return { value, again: mechanism.forward(parameters, noise, parents), ...Object.fromEntries(abducted) };
            },
          });
          const { value, again, ...abducted } = await program.run(inputs);
          await program.dispose();
          // Beside point masses, which are given back exactly, a value has a density and is recovered to rounding.
          const { domain } = model.variables.get("y")!;
          const isMass = (y: number) => pointMassesOf(domain).includes(y);
          for (const k of value!.data.keys()) expect(isMass(again!.data[k]!)).to.equal(isMass(value!.data[k]!));
          if (mechanism.abduction === "posterior_sample" && !hasPointMass(domain))
            expect([...again!.data]).to.deep.equal([...value!.data]);
          else
            for (let k = 0; k < value!.data.length; k++) {
              // If elements are mixed, the largest of them sets the rounding of all.
              const row = Math.floor(k / value!.shape[1]!) * value!.shape[1]!;
              const largest = [...value!.data.subarray(row, row + value!.shape[1]!)].reduce(larger, 1);
              expect(again!.data[k]).to.be.closeTo(value!.data[k]!, 1e-4 * largest);
            }
          if (mechanism.abduction !== "exact") return;
          // A posterior of one point: calibration asks for the noise itself.
          for (const [name, { data }] of Object.entries(abducted))
            data.forEach((noise, k) => {
              const drawn = inputs[name]![k]!;
              expect(noise, name).to.be.closeTo(drawn, 1e-3 * Math.max(1, Math.abs(drawn)));
            });
        });

      if (mechanism.density === "exact" && sizeOf(model.variables.get("y")!.domain) <= 2)
        it(`${title}: the density integrates to one and agrees with sampling (false alarms 1e-6)`, async () => {
          await checkDensity(engine, model);
        });

      for (const { name: group, parameters: names, loss } of lossesOf(mechanism))
        it(`${title}: the gradient of the loss reaches every parameter${group === "all" ? "" : ` (${group})`}`, async () => {
          const inputs = drawInputs(model, 6);
          const program = await engine.compile({
            name: "gradients",
            inputs: specsOf(inputs),
            constants: parametersOf(model.parameters, "y"),
            procedure(given, parameters) {
              const parents = named(given, "parent.");
              const value = mechanism.forward(parameters, named(given, "noise."), parents);
              const gradients = tf.grads((...tensors: tf.Tensor[]) => {
                const own = Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
                return loss({ ...parameters, ...own }, value, parents, named(given, "draw."));
              })(names.map((name) => parameters[name]!));
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

describe("laws of mechanisms without an engine", () => {
  for (const [title, { mechanisms }] of Object.entries(allCases))
    it(`${title}: the groups of a training step are all parameters, each once`, () => {
      const mechanism = mechanisms.get("y")!;
      const names = groupsOf(mechanism).flatMap(({ parameters }) => parameters);
      expect([...names].sort()).to.deep.equal(Object.keys(mechanism.parameters).sort());
    });

  for (const [title, { parameters }] of Object.entries(allCases))
    it(`${title}: parameters saved and loaded are the same bytes`, () => {
      const bytes = encodeSafetensors(parameters);
      const again = decodeSafetensors(bytes, "test");
      expect(Object.keys(again)).to.have.members(Object.keys(parameters));
      for (const [name, { shape, data }] of Object.entries(parameters)) {
        expect(again[name]!.shape).to.deep.equal(shape);
        expect([...again[name]!.data]).to.deep.equal([...data]);
      }
      expect(Buffer.compare(encodeSafetensors(again), bytes)).to.equal(0);
    });
});
