/**
 * The paper's image architecture beside PyTorch: a training step with one and four particles, and counterfactuals of
 * 256 images.
 */

import { correctedRate } from "../../src/runtime/fitting/steps/adam.js";
import { createEngine, type Engine, type HostData, type HostTensors } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import { type Comparison, type ComparisonResult, compare, type Group, type Measurement } from "../comparison.js";
import { dataOf } from "../host.js";
import {
  abductionSpec,
  counterfactualSpec,
  fittedWeights,
  paperSizes,
  startState,
  trainingSpec,
  type VaeSizes,
} from "../programs/paper-vae.js";

const key = RandomKey.fromSeed(17);
const particles = 32;
const blockOfParticles = 2;
export const tinySizes: VaeSizes = { batch: 2, particles: 1, side: 8, channels: [2, 3], code: 4, hidden: 5, latent: 2 };

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

let draws = 0;
function draw(shape: readonly number[], low: number, high: number): Float32Array {
  draws += 1;
  return key
    .split(draws)
    .uniform(countOf(shape))
    .map((u: number) => low + (high - low) * u);
}

function images(shape: readonly number[]): Uint8Array {
  return Uint8Array.from(draw(shape, 0, 256));
}

interface Prepared {
  readonly measure: Measurement;
  readonly dispose: () => Promise<void>;
}

/** Milliseconds of a training step, over one call of `steps` steps. */
export async function paperTraining(engine: Engine, sizes: VaeSizes, steps: number): Promise<Prepared> {
  const loop = await engine.compileLoop(trainingSpec(sizes));
  const { batch, side, latent } = sizes;
  const perStep = {
    image: images([steps, batch, side, side]),
    parents: draw([steps, batch, 2], -1, 1),
    noise: draw([steps, batch * sizes.particles, latent], -1.7, 1.7),
    rate: Float32Array.from({ length: steps }, (_, k) => correctedRate(1e-4, k + 1)),
  };
  let state = startState(sizes, draw);
  return {
    async measure() {
      const start = performance.now();
      const result = await loop.run(steps, state, perStep);
      const time = (performance.now() - start) / steps;
      state = dataOf(result.state);
      return time;
    },
    dispose: () => loop.dispose(),
  };
}

/** Abducts once, then computes blocks of particles, whose images are summed on the host. */
async function counterfactuals(engine: Engine, given: VaeSizes): Promise<Prepared> {
  const sizes = { ...given, particles: blockOfParticles };
  const weights: HostTensors = fittedWeights(sizes, startState(sizes, draw));
  const abduction = await engine.compile(abductionSpec(sizes, weights));
  const block = await engine.compile(counterfactualSpec(sizes, weights));
  const { batch, side, latent } = sizes;
  const [parents, other] = [draw([batch, 2], -1, 1), draw([batch, 2], -1, 1)];
  const image = images([batch, side, side]);
  const noise = Array.from({ length: particles / blockOfParticles }, () =>
    draw([batch * blockOfParticles, latent], -1.7, 1.7),
  );
  return {
    async measure() {
      const start = performance.now();
      const posterior = dataOf(await abduction.run({ image, parents }));
      const total = new Float32Array(batch * side * side);
      for (const one of noise) {
        const inputs: Record<string, HostData> = { image, parents, other, noise: one, ...posterior };
        const { sum } = await block.run(inputs);
        sum!.data.forEach((value, k) => {
          total[k]! += value;
        });
      }
      return performance.now() - start;
    },
    async dispose() {
      await abduction.dispose();
      await block.dispose();
    },
  };
}

interface Case {
  readonly name: string;
  readonly prepare: () => Promise<Prepared>;
  /** The peer's measurements of the same thing. */
  readonly peers: readonly { readonly request: string; readonly label: string; readonly target?: number }[];
  readonly repeats: number;
}

function cases(engine: Engine, tiny: boolean): readonly Case[] {
  const sizes = tiny ? tinySizes : paperSizes;
  return [
    {
      name: "training step, 1 particle",
      prepare: () => paperTraining(engine, sizes, tiny ? 1 : 5),
      peers: [{ request: "train-1", label: "PyTorch, eager", target: 1 }],
      repeats: 5,
    },
    {
      name: "training step, 4 particles",
      prepare: () => paperTraining(engine, { ...sizes, particles: 4 }, tiny ? 1 : 2),
      peers: [
        { request: "train-4", label: "PyTorch, by particle", target: 1.5 },
        { request: "train-4-batched", label: "PyTorch, in one batch" },
      ],
      repeats: 2,
    },
    {
      name: "counterfactuals of 256 images, 32 particles",
      prepare: () => counterfactuals(engine, sizes),
      peers: [
        { request: "counterfactual", label: "PyTorch, abduction once", target: 1.5 },
        { request: "counterfactual-naive", label: "PyTorch, by particle", target: 2 },
      ],
      repeats: 1,
    },
  ];
}

export const paperVaeGroup: Group = {
  title: "the paper's image architecture, batch 256",
  async run({ threads, rounds, tiny, peer }) {
    const engine = createEngine("onnx", { threads });
    const torch = peer("paper_vae.py");
    const comparisons: ComparisonResult[] = [];
    for (const { name, prepare, peers, repeats } of cases(engine, tiny)) {
      const { measure, dispose } = await prepare();
      const comparison: Comparison = {
        name,
        ours: measure,
        peers: torch
          ? peers.map(({ request, ...rest }) => ({ ...rest, measure: torch.measurement(request, repeats) }))
          : [],
      };
      comparisons.push(await compare(comparison, rounds));
      await dispose();
    }
    torch?.close();
    return { comparisons, figures: [], notes: [] };
  },
};
