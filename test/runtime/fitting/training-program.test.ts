/** The training step: AdamW by hand beside the program's, its numbers as inputs, and several particles a row. */
import { expect } from "chai";
import type { ScmcError } from "../../../src/diagnostics/diagnostic.js";
import type { FitState } from "../../../src/runtime/fitting/steps/checkpoint.js";
import { fitMechanism } from "../../../src/runtime/fitting/steps/fit-mechanism.js";
import { type FitOptions, fitOptionsOf } from "../../../src/runtime/fitting/steps/fit-options.js";
import {
  optimiserInputs,
  perStepSpecs,
  trainingProgram,
  trainingStep,
} from "../../../src/runtime/fitting/steps/training-program.js";
import {
  carriedState,
  initialState,
  stateByName,
  stateSpecs,
} from "../../../src/runtime/fitting/steps/training-state.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import type { Mechanism } from "../../../src/runtime/mechanisms/contract/mechanism.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { compiled, loaded, scalarRows } from "../models.js";
import { closeness } from "../tensors/engine/support.js";

const engine = createEngine("onnx", { threads: 1 });
const target = [3, -2, 40];

/** Loss: half the squared distance of `a` and `b` from a target, scaled by the batch's value. */
const distance = {
  variable: "v",
  parameters: {
    a: { shape: [2], initialise: () => new Float32Array(2) },
    b: { shape: [1, 1], initialise: () => new Float32Array(1) },
  },
  draws: {},
  loss: ({ a, b }, value) => {
    const all = tf.concat([a!, tf.reshape(b!, [1])]);
    return tf.mul(tf.mean(value), tf.mul(0.5, tf.sum(tf.square(tf.sub(all, target)))));
  },
} as Partial<Mechanism> as Mechanism;

const defaults = fitOptionsOf([], compiled("v : real := flow()").mechanisms[0] as never, { kind: "real" }, 100);

/** The textbook's AdamW with the gradient's norm clipped. */
function byHand(start: readonly number[], values: readonly number[], options: FitOptions, total: number): number[] {
  const [first, second] = [start.map(() => 0), start.map(() => 0)];
  const weights = [...start];
  values.forEach((value, step) => {
    const gradient = weights.map((weight, k) => value * (weight - target[k]!));
    const norm = Math.hypot(...gradient);
    const rise = options.warmup!;
    const rate = options.rate * (step < rise ? (step + 1) / rise : 1 - (step - rise) / (total - rise));
    weights.forEach((weight, k) => {
      const g = gradient[k]! * Math.min(1, options.clip / norm);
      first[k] = 0.9 * first[k]! + 0.1 * g;
      second[k] = 0.999 * second[k]! + 0.001 * g * g;
      const corrected = Math.sqrt(second[k]! / (1 - 0.999 ** (step + 1))) + 1e-8;
      weights[k] = weight * (1 - rate * options.weightDecay) - (rate * first[k]!) / (1 - 0.9 ** (step + 1)) / corrected;
    });
  });
  return weights;
}

describe("the training step", () => {
  it("is AdamW with a clipped gradient, and takes clip, rate and decay of every step as inputs", async () => {
    const values = [1, 0.1, 3, 0.5, 2, 1];
    const options: FitOptions = { ...defaults, weightDecay: 0.1, schedule: "linear", warmup: 2, rate: 0.5 };
    const data = { value: scalarRows([1]), parents: {} };
    const program = await engine.compileLoop({
      name: "distance",
      state: stateSpecs(distance),
      perStep: perStepSpecs(distance, data, 1, options),
      step: trainingStep(distance, options),
    });
    const start = [0.5, 0, 1];
    for (const changed of [{ clip: 5 }, { clip: 1e6 }, { clip: 5, rate: 0.1, weightDecay: 1 }]) {
      const current = { ...options, ...changed };
      const state = initialState(distance, RandomKey.fromSeed(1));
      state["parameter.a"]!.data.set(start.slice(0, 2));
      state["parameter.b"]!.data.set(start.slice(2));
      const perStep = { value: Float32Array.from(values), ...optimiserInputs(current, 0, values.length, 10) };
      const { state: end } = await program.run(values.length, carriedState(distance, state), perStep);
      const after = stateByName(distance, end);
      expect(after).to.have.all.keys(Object.keys(state));
      const weights = Float32Array.of(...after["parameter.a"]!.data, ...after["parameter.b"]!.data);
      expect(closeness(weights, Float32Array.from(byHand(start, values, current, 10)))).to.be.lessThan(1e-4);
    }
    await program.dispose();
  });
});

describe("a training step of groups", () => {
  it("updates them in turn, each seeing the ones before it as updated, and sums their losses", async () => {
    const parameters = {
      a: { shape: [1], initialise: () => Float32Array.of(0.5) },
      b: { shape: [1], initialise: () => Float32Array.of(0.5) },
    };
    // b is at a's start, so that it moves only where it sees where a went.
    const follow = {
      ...distance,
      parameters,
      groups: [
        { name: "leader", parameters: ["a"], loss: ({ a }) => tf.sum(tf.sub(a!, 3)) },
        { name: "follower", parameters: ["b"], loss: ({ a, b }) => tf.sum(tf.square(tf.sub(b!, a!))) },
      ],
    } as Partial<Mechanism> as Mechanism;
    const options = { ...defaults, schedule: "constant", warmup: 0, rate: 0.1 } as const;
    const program = await engine.compileLoop(
      trainingProgram(follow, { value: scalarRows([1]), parents: {} }, 1, options),
    );
    const state = initialState(follow, RandomKey.fromSeed(1));
    const given = { value: Float32Array.of(1), ...optimiserInputs(options, 0, 1, 10) };
    const result = await program.run(1, carriedState(follow, state), given);
    await program.dispose();
    const { "parameter.a": a, "parameter.b": b } = stateByName(follow, result.state);
    // The first step of Adam is the rate, against the gradient's sign: a to 0.4, and b after it.
    expect(a!.data[0]).to.be.closeTo(0.4, 1e-4);
    expect(b!.data[0]).to.be.closeTo(0.4, 1e-4);
    expect(result.outputs.loss!.data[0]).to.be.closeTo(-2.5 + 0.01, 1e-4);
  });
});

describe("a loss that is not a number", () => {
  // An epoch takes ten of eighteen rows, so that the row without a number may come late.
  const [rows, batch] = [20, 10];

  async function fitWith(badRow: number): Promise<{ error: ScmcError | undefined; saved: FitState | undefined }> {
    const value = scalarRows(Array.from({ length: rows }, (_, row) => (row === badRow ? Number.NaN : 1)));
    let saved: FitState | undefined;
    const error: unknown = await fitMechanism({
      mechanism: {
        ...distance,
        logProbability: (_, held) => tf.zeros([held.shape[0]!]),
      },
      data: { value, parents: {} },
      options: { ...defaults, epochs: 4, batch },
      engine,
      key: RandomKey.fromSeed(2),
      checkpoint: {
        load: async () => null,
        save: async (state) => {
          saved = state;
          return "";
        },
      },
    }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { error: error as ScmcError | undefined, saved };
  }

  it("stops the fit with mechanism, step and batch, and keeps the state of the epoch before", async () => {
    const epochs: number[] = [];
    for (let row = 0; row < rows; row++) {
      const { error, saved } = await fitWith(row);
      if (error === undefined) continue;
      const found = /the loss of `v` became NaN at step (\d+) \(epoch (\d+), batch 1\)/.exec(error.message)!;
      const epoch = Number(found[2]);
      expect(Number(found[1])).to.equal(epoch);
      expect(saved!.epoch).to.equal(epoch - 1);
      for (const { data } of Object.values(saved!.state)) expect(data.every(Number.isFinite)).to.equal(true);
      expect(saved!.state["first.a"]!.data.some((moment) => moment !== 0)).to.equal(epoch > 1);
      epochs.push(epoch);
    }
    expect(epochs).to.include.members([1, 2, 3]);
  });
});

describe("particles", () => {
  const key = RandomKey.fromSeed(8);
  const { mechanisms } = loaded("x : image(3, 3) := cvae(latent = 2, hidden = [5])", {});
  const cvae = mechanisms.get("x")!;
  const [batch, particles] = [4, 3];
  const image = Uint8Array.from(key.split("image").uniform64(batch * 9), (u) => 255 * u);
  const parameters = Object.fromEntries(
    Object.entries(cvae.parameters).map(([name, { initialise }]) => [name, initialise(key.split(name))]),
  );

  async function bounds(rows: number, value: Uint8Array, draw: Float32Array) {
    const program = await engine.compile({
      name: "bound",
      inputs: {
        value: { shape: [rows, 9], dtype: "uint8" },
        draw: { shape: [draw.length / 2, 2], dtype: "float32" },
      },
      constants: Object.fromEntries(
        Object.entries(parameters).map(([name, data]) => [
          name,
          { shape: cvae.parameters[name]!.shape, dtype: "float32", data },
        ]),
      ),
      procedure: (inputs, constants) => ({
        bound: cvae.logProbability(constants, inputs.value!, {}, { posterior: inputs.draw! }),
      }),
    });
    const { bound } = await program.run({ value, draw });
    await program.dispose();
    return bound!;
  }

  it("of a row average over its draws, units outermost", async () => {
    const draw = sampleDraws(cvae.draws.posterior!, batch * particles, key.split("draw"));
    const averaged = await bounds(batch, image, draw);
    expect(averaged.shape).to.deep.equal([batch]);
    const repeated = Uint8Array.from({ length: batch * particles * 9 }, (_, k) => {
      const [row, pixel] = [Math.floor(k / 9), k % 9];
      return image[Math.floor(row / particles) * 9 + pixel]!;
    });
    const single = await bounds(batch * particles, repeated, draw);
    const means = Float32Array.from({ length: batch }, (_, unit) => {
      const own = single.data.subarray(unit * particles, (unit + 1) * particles);
      return [...own].reduce((sum, value) => sum + value, 0) / particles;
    });
    expect(closeness(averaged.data, means)).to.be.lessThan(1e-5);
    expect(new Set(single.data).size).to.equal(batch * particles);
  });
});
