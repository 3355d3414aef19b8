/**
 * The benchmark's convolutional VAE, small, on the onnx engine against the reference engine: training with one and more
 * particles, and abduction and counterfactuals with what was learned; in blocked and in portable form.
 */
import { expect } from "chai";
import {
  abductionSpec,
  counterfactualSpec,
  fittedWeights,
  startState,
  trainingSpec,
  type VaeSizes,
} from "../../bench/programs/paper-vae.js";
import { correctedRate } from "../../src/runtime/fitting/steps/adam.js";
import {
  createEngine,
  type EngineOptions,
  type HostData,
  type HostTensors,
} from "../../src/runtime/tensors/engine/index.js";
import { closeness, randomData } from "../runtime/tensors/engine/support.js";

const sizes: VaeSizes = { batch: 8, particles: 1, side: 8, channels: [6, 16], code: 7, hidden: 20, latent: 3 };

function draw(shape: readonly number[], low: number, high: number): Float32Array {
  return randomData(shape, low, high, false, shape.length + shape.reduce((a, b) => a + b, 0)) as Float32Array;
}

function bytes(shape: readonly number[]): Uint8Array {
  return Uint8Array.from(randomData(shape, 0, 256, true, 5));
}

function dataOf(tensors: HostTensors): Record<string, HostData> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

function expectClose(actual: HostTensors, wanted: HostTensors, tolerance: number): void {
  expect(Object.keys(actual)).to.have.members(Object.keys(wanted));
  for (const [name, { data }] of Object.entries(wanted)) {
    expect(closeness(actual[name]!.data, data), name).to.be.below(tolerance);
  }
}

async function train(engineName: string, options: EngineOptions, particles: number, steps: number) {
  const { batch, side, latent } = sizes;
  const loop = await createEngine(engineName, options).compileLoop(trainingSpec({ ...sizes, particles }));
  const result = await loop.run(steps, startState(sizes, draw), {
    image: bytes([steps, batch, side * side]),
    parents: draw([steps, batch, 2], -1, 1),
    noise: draw([steps, batch * particles, latent], -1.7, 1.7),
    rate: Float32Array.from({ length: steps }, (_, k) => correctedRate(1e-3, k + 1)),
  });
  await loop.dispose();
  return result;
}

async function answer(engineName: string, options: EngineOptions, weights: HostTensors): Promise<HostTensors> {
  const { batch, side, latent } = sizes;
  const engine = createEngine(engineName, options);
  const [image, parents] = [bytes([batch, side * side]), draw([batch, 2], -1, 1)];
  const abduction = await engine.compile(abductionSpec(sizes, weights));
  const posterior = await abduction.run({ image, parents });
  const block = await engine.compile(counterfactualSpec({ ...sizes, particles: 2 }, weights));
  const noise = draw([2 * batch, latent], -1.7, 1.7);
  const other = draw([batch, 2], -2, 2);
  const images = await block.run({ image, parents, other, noise, ...dataOf(posterior) } as never);
  return { ...posterior, ...images };
}

describe("the paper's image architecture", () => {
  for (const portable of [false, true]) {
    const form = portable ? "portable" : "blocked";
    for (const particles of [1, 3]) {
      it(`${form}: learns with ${particles} particles as on the reference engine`, async () => {
        const wanted = await train("reference", {}, particles, 3);
        const actual = await train("onnx", { portable }, particles, 3);
        expect(closeness(actual.outputs.loss!.data, wanted.outputs.loss!.data)).to.be.below(1e-4);
        expectClose(actual.state, wanted.state, 2e-3);
      });
    }

    it(`${form}: answers with what was learned`, async () => {
      const { state } = await train("onnx", { portable }, 1, 5);
      const weights = fittedWeights(sizes, dataOf(state));
      expectClose(await answer("onnx", { portable }, weights), await answer("reference", {}, weights), 1e-3);
    });
  }

  it("learns", async () => {
    const { outputs } = await train("onnx", {}, 1, 60);
    const losses = outputs.loss!.data;
    expect(losses.at(-1)).to.be.below(losses[0]!);
  });
});
