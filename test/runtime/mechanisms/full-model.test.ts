/**
 * The full model of the paper's Morpho-MNIST study, one evaluation and one training step, against the original's
 * numbers: our cvae with `architecture = convolutional, likelihood = normal, scale = fixed, pixels = realnvp`, its
 * tensors filled from the original's by name. Its flows are in transforms/covariate-flows.test.ts.
 *
 * Some differences are by design, and are undone here: images are `[row, column, channel]`, matrices `[in, out]`; the
 * encoder sees grey levels over 255; layers before batch normalisation have no bias, so the running mean of their
 * outputs is also without it.
 */
import { expect } from "chai";
import { bufferPrefix, movedAverages } from "../../../src/runtime/fitting/steps/running-averages.js";
import type { BoundVariable } from "../../../src/runtime/mechanisms/bound/variables.js";
import { fittedSpecs } from "../../../src/runtime/mechanisms/contract/mechanism.js";
import { loadModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { HostTensor, HostTensors, Tensors } from "../../../src/runtime/tensors/core/engine.js";
import { named } from "../../../src/runtime/tensors/core/names.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { expectClose } from "../close.js";
import { batch, latent, noise, originals, pixels, reference, size } from "../full-model-reference.js";
import { compiled } from "../models.js";

const { norm, inputs } = reference;

/**
 * The layout of an original tensor in ours: split into `axes`, transposed by `order`, `scale` times as large, in the
 * columns from `start`.
 */
interface Place {
  readonly ours: string;
  readonly axes: readonly number[];
  readonly order: readonly number[];
  readonly scale?: number;
  readonly columns?: { readonly start: number; readonly of: number };
}

const vector = (ours: string, length: number): Place => ({ ours, axes: [length], order: [0] });
const filter = (ours: string, axes: readonly number[], scale = 1): Place => ({
  ours,
  axes,
  order: [2, 3, 1, 0],
  scale,
});
const matrix = (ours: string, outputs: number, inputsOf: number): Place => ({
  ours,
  axes: [outputs, inputsOf],
  order: [1, 0],
});
const posterior = { axes: [latent, 100], order: [1, 0] } as const;
const deepest = [128, 7, 7] as const;

function norms(theirs: string, ours: string, axes: readonly number[], order: readonly number[]) {
  return Object.fromEntries(
    [
      ["weight", "gain"],
      ["bias", "shift"],
      ["running_mean", "running_mean"],
      ["running_var", "running_variance"],
    ].map(([from, to]) => [`${theirs}.${from}`, { ours: `${ours}.${to}`, axes, order }]),
  );
}

const places: Readonly<Record<string, Place>> = {
  // The encoder's input is 255 times smaller than the original's.
  "encoder.conv1.0.weight": filter("encoder.0.filter", [64, 1, 4, 4], 255),
  "encoder.conv1.0.bias": vector("encoder.0.bias", 64),
  "encoder.conv2.0.weight": filter("encoder.1.filter", [128, 64, 4, 4]),
  ...norms("encoder.conv2.1", "encoder.1.norm", [128], [0]),
  "encoder.fc.0.weight": { ours: "encoder.features.weight", axes: [100, ...deepest], order: [2, 3, 1, 0] },
  ...norms("encoder.fc.1", "encoder.features.norm", [100], [0]),
  "latent_encoder.backbone.0.weight": matrix("encoder.mix.weight", 100, 102),
  "latent_encoder.backbone.0.bias": vector("encoder.mix.bias", 100),
  "latent_encoder.mean_head.weight": { ours: "posterior.weight", ...posterior, columns: { start: 0, of: 32 } },
  "latent_encoder.mean_head.bias": { ours: "posterior.bias", axes: [16], order: [0], columns: { start: 0, of: 32 } },
  "latent_encoder.logvar_head.weight": { ours: "posterior.weight", ...posterior, columns: { start: 16, of: 32 } },
  "latent_encoder.logvar_head.bias": { ours: "posterior.bias", axes: [16], order: [0], columns: { start: 16, of: 32 } },
  "decoder.backbone.fc1.0.weight": matrix("decoder.0.weight", 1024, 18),
  ...norms("decoder.backbone.fc1.1", "decoder.0.norm", [1024], [0]),
  "decoder.backbone.fc2.0.weight": { ours: "decoder.1.weight", axes: [...deepest, 1024], order: [3, 1, 2, 0] },
  ...norms("decoder.backbone.fc2.1", "decoder.1.norm", deepest, [1, 2, 0]),
  "decoder.backbone.conv1.0.weight": filter("decoder.up.0.filter", [128, 64, 4, 4]),
  ...norms("decoder.backbone.conv1.1", "decoder.up.0.norm", [64], [0]),
  "decoder.backbone.conv2.0.weight": filter("decoder.up.1.filter", [64, 1, 4, 4]),
  "decoder.backbone.conv2.0.bias": vector("decoder.up.1.bias", 1),
  "decoder.mean_head.weight": matrix("loc.weight", 1, 1),
  "decoder.mean_head.bias": vector("loc.bias", 1),
};

/** Running means of ours lack the bias of the layer before the normalisation. */
const biasBefore: Readonly<Record<string, string>> = {
  "encoder.conv2.1.running_mean": "encoder.conv2.0.bias",
  "encoder.fc.1.running_mean": "encoder.fc.0.bias",
  "decoder.backbone.fc1.1.running_mean": "decoder.backbone.fc1.0.bias",
  "decoder.backbone.fc2.1.running_mean": "decoder.backbone.fc2.0.bias",
  "decoder.backbone.conv1.1.running_mean": "decoder.backbone.conv1.0.bias",
};

/** For each element in the original's order, its place in ours. */
function positions({ axes, order, columns }: Place): Int32Array {
  const count = axes.reduce((product, length) => product * length, 1);
  const strides = new Array<number>(axes.length);
  let stride = 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = stride;
    stride *= axes[axis]!;
  }
  const width = axes[order.at(-1)!]!;
  return Int32Array.from({ length: count }, (_, k) => {
    let [rest, place] = [k, 0];
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      place += (rest % axes[axis]!) * strides[axis]!;
      rest = Math.floor(rest / axes[axis]!);
    }
    return columns ? Math.floor(place / width) * columns.of + columns.start + (place % width) : place;
  });
}

function model() {
  const { thickness_log_loc: mean, thickness_log_scale: sd, intensity_loc: low, intensity_scale: range } = norm;
  const text = `t : positive := flow()
i : interval(64, 255) := flow(t)
x : image(28, 28) := cvae(t, i, latent = 16, architecture = convolutional, likelihood = normal, scale = fixed, pixels = realnvp)`;
  const variables = new Map<string, BoundVariable>([
    ["t", { name: "t", domain: { kind: "positive" }, normalisation: { mean, sd, low: 1, high: 6 } }],
    [
      "i",
      {
        name: "i",
        domain: { kind: "interval", low: 64, high: 255 },
        normalisation: { mean: 0, sd: 1, low, high: low + range },
      },
    ],
    ["x", { name: "x", domain: { kind: "image", height: 28, width: 28, channels: 1 }, normalisation: null }],
  ]);
  return loadModel(compiled(text), variables, {}).mechanisms.get("x")!;
}

const mechanism = model();

function ourTensors(): Record<string, HostTensor> {
  const tensors: Record<string, HostTensor> = {};
  for (const [name, { shape }] of Object.entries(fittedSpecs(mechanism))) {
    const count = shape.reduce((product, length) => product * length, 1);
    tensors[name] = { shape, dtype: "float32", data: new Float32Array(count) };
  }
  for (const [theirs, place] of Object.entries(places)) {
    const from = originals.get(theirs)!;
    const bias = originals.get(biasBefore[theirs] ?? "");
    const { data } = tensors[place.ours]!;
    positions(place).forEach((position, k) => {
      data[position] = (from[k]! - (bias?.[k] ?? 0)) * (place.scale ?? 1);
    });
  }
  return tensors;
}

/** A tensor of ours in the original's order. */
function inTheirs(ours: HostTensors, place: Place): number[] {
  return Array.from(positions(place), (position) => ours[place.ours]!.data[position]!);
}

const norm2 = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe("the full model of the paper", () => {
  const specs = {
    x: { shape: [batch, size], dtype: "float32" },
    "parent.t": { shape: [batch, 1], dtype: "float32" },
    "parent.i": { shape: [batch, 1], dtype: "float32" },
    "draw.posterior": { shape: [batch, latent], dtype: "float32" },
    "draw.dequantisation": { shape: [batch, size], dtype: "float32" },
  } as const;
  const given = {
    x: pixels,
    "parent.t": Float32Array.from(inputs.thickness),
    "parent.i": Float32Array.from(inputs.intensity),
    "draw.posterior": noise,
    "draw.dequantisation": new Float32Array(batch * size),
  };
  const run = async (procedure: (tensors: Tensors, constants: Tensors) => Tensors) => {
    const program = await createEngine("onnx").compile({
      name: "full model",
      inputs: specs,
      constants: ourTensors(),
      procedure,
    });
    try {
      return await program.run(given);
    } finally {
      await program.dispose();
    }
  };

  it("starts from the original's inputs and weights, every one of them in a place of ours", () => {
    for (const { name, first3, sum } of reference.tensors) {
      const data = originals.get(name)!;
      expectClose(data.subarray(0, first3.length), first3, 1e-7);
      expect(data.reduce((total, value) => total + value, 0)).to.be.closeTo(sum, 1e-3 * Math.max(1, Math.abs(sum)));
    }
    expectClose(noise.subarray(0, 3), inputs.eps_first3, 1e-7);
    inputs.x_sum_per_image.forEach((sum, image) => {
      const own = pixels.subarray(image * size, (image + 1) * size);
      expect(own.reduce((total, value) => total + value, 0)).to.equal(sum);
    });
    const filled = Object.values(places).reduce((sum, place) => sum + positions(place).length, 0);
    const ours = Object.values(fittedSpecs(mechanism));
    expect(filled).to.equal(ours.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0));
    const flows = reference.tensors.filter(({ name }) => name.includes("_flow_"));
    const biases = Object.values(biasBefore).length;
    expect(Object.keys(places)).to.have.lengthOf(reference.tensors.length - flows.length - biases);
  });

  it("gives the original's posterior and bound at inference", async () => {
    const outputs = await run((tensors, parameters) => {
      const parents = named(tensors, "parent.");
      const draws = named(tensors, "draw.");
      const at = (posterior: tf.Tensor) =>
        mechanism.abduct(parameters, tensors.x!, parents, { ...draws, posterior }, 1).z!;
      const mean = at(tf.zerosLike(draws.posterior!));
      return {
        z: at(draws.posterior!),
        mean,
        logVariance: tf.mul(2, tf.log(tf.sub(at(tf.onesLike(draws.posterior!)), mean))),
        logWeight: mechanism.logWeight!(parameters, tensors.x!, parents, draws),
        bound: mechanism.logProbability(parameters, tensors.x!, parents, draws),
      };
    });
    const { eval: expected } = reference.float64;
    expectClose(outputs.z!.data, expected.z.flat(), 2e-5);
    expectClose(outputs.mean!.data, expected.z_mean.flat(), 2e-5);
    expectClose(outputs.logVariance!.data, expected.z_logvar.flat(), 2e-5);
    expectClose(
      outputs.logWeight!.data,
      expected.log_p_x.map((value, k) => value + expected.log_p_z[k]! - expected.log_q_z[k]!),
      2e-5,
    );
    const divergence = expected.z_mean.map((means, k) =>
      means.reduce((sum, mean, l) => {
        const logVariance = expected.z_logvar[k]![l]!;
        return sum + 0.5 * (Math.exp(logVariance) + mean * mean - 1 - logVariance);
      }, 0),
    );
    expectClose(
      outputs.bound!.data,
      expected.log_p_x.map((value, k) => value - divergence[k]!),
      2e-5,
    );
  });

  it("gives the original's bound, gradients and running averages in training", async () => {
    const names = Object.keys(mechanism.parameters);
    const outputs = await run((tensors, constants) => {
      const statistics: Record<string, tf.Tensor> = {};
      const weight = (parameters: Tensors) =>
        mechanism.logWeight!(parameters, tensors.x!, named(tensors, "parent."), named(tensors, "draw."), statistics);
      const { value, grads } = tf.valueAndGrads(
        (...varied: tf.Tensor[]) =>
          tf.neg(tf.sum(weight(Object.fromEntries(names.map((name, k) => [name, varied[k]!]))))) as tf.Scalar,
      )(names.map((name) => constants[name]!));
      const state = Object.fromEntries(
        Object.keys(mechanism.buffers!).map((name) => [bufferPrefix + name, constants[name]!]),
      );
      return {
        loss: value,
        ...movedAverages(state, statistics),
        ...Object.fromEntries(names.map((name, k) => [`gradient.${name}`, grads[k]!])),
      };
    });
    const { train } = reference.float64;
    const loss = train.log_p_x.reduce((sum, value, k) => sum - value - train.log_p_z[k]! + train.log_q_z[k]!, 0);
    expectClose(outputs.loss!.data, [loss], 2e-5);

    const gradients = named(outputs as unknown as Tensors, "gradient.") as unknown as HostTensors;
    for (const [theirs, { l2, first3 }] of Object.entries(train.grad_of_loss_sum)) {
      const place = places[theirs];
      // The flows' are tested with the flows; biases before a normalisation have none.
      if (!place) expect(theirs.includes("_flow_") || l2 < 1e-9, theirs).to.equal(true);
      if (!place) continue;
      const own = inTheirs(gradients, place).map((value) => value * (place.scale ?? 1));
      // The decoder's first normalisation cancels a shift of z; what is left of this gradient is a small difference of
      // large sums.
      const tolerance = theirs === "latent_encoder.mean_head.bias" ? 1e-3 : 2e-5;
      expect(norm2(own), theirs).to.be.closeTo(l2, tolerance * l2);
      const typical = l2 / Math.sqrt(own.length);
      first3.forEach((value, k) => {
        expect(own[k], theirs).to.be.closeTo(value, tolerance * Math.max(typical, Math.abs(value)));
      });
    }
    const buffers = named(outputs as unknown as Tensors, bufferPrefix) as unknown as HostTensors;
    for (const [theirs, { l2, first3 }] of Object.entries(train.batchnorm_running_after_one_step)) {
      const bias = originals.get(biasBefore[theirs] ?? "");
      const own = inTheirs(buffers, places[theirs]!).map((value, k) => value + (bias?.[k] ?? 0));
      expect(norm2(own), theirs).to.be.closeTo(l2, 2e-5 * l2);
      expectClose(own.slice(0, first3.length), first3, 2e-5);
    }
  });
});
