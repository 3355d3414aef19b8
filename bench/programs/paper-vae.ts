/**
 * The image architecture of Pawlowski, Castro & Glocker (2020) as plain programs in tfjs-core ops, with no mechanism
 * around it: one training step (a loop with Adam), abduction, and a block of counterfactuals with fitted weights. It
 * measures the engine alone; `bench/peers/paper_vae.py` is the same computation in PyTorch.
 */

import { adamStep } from "../../src/runtime/fitting/steps/adam.js";
import { type Moments, normalised, normalisedBy } from "../../src/runtime/mechanisms/networks/batch-normalisation.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";
import type {
  HostData,
  HostTensors,
  LoopSpec,
  ProgramSpec,
  TensorSpecs,
  Tensors,
} from "../../src/runtime/tensors/engine/index.js";

export interface VaeSizes {
  readonly batch: number;
  readonly particles: number;
  /** Height and width of an image, a multiple of 4. */
  readonly side: number;
  /** Channels after the first and the second convolution. */
  readonly channels: readonly [number, number];
  readonly code: number;
  readonly hidden: number;
  readonly latent: number;
}

export const paperSizes: VaeSizes = {
  batch: 256,
  particles: 1,
  side: 28,
  channels: [64, 128],
  code: 100,
  hidden: 1024,
  latent: 16,
};

const context = 2;
const logVarianceOfPixels = -2;
const momentum = 0.1;
const slope = 0.1;
const largestNorm = 1000;
const kernel = 4;

type Shapes = Readonly<Record<string, readonly number[]>>;

function parameterShapes({ side, channels: [few, many], code, hidden, latent }: VaeSizes): Shapes {
  const flat = (side / 4) ** 2 * many;
  const norm = (name: string, size: number): Shapes => ({ [`${name}/scale`]: [size], [`${name}/shift`]: [size] });
  const dense = (name: string, from: number, to: number): Shapes => ({
    [`${name}/w`]: [from, to],
    [`${name}/b`]: [to],
  });
  return {
    "encoder/1/w": [kernel, kernel, 1, few],
    "encoder/1/b": [few],
    "encoder/2/w": [kernel, kernel, few, many],
    ...norm("encoder/2", many),
    "encoder/3/w": [flat, code],
    ...norm("encoder/3", code),
    ...dense("encoder/4", code + context, code),
    ...dense("encoder/mean", code, latent),
    ...dense("encoder/variance", code, latent),
    "decoder/1/w": [latent + context, hidden],
    ...norm("decoder/1", hidden),
    "decoder/2/w": [hidden, flat],
    ...norm("decoder/2", flat),
    "decoder/3/w": [kernel, kernel, few, many],
    ...norm("decoder/3", few),
    "decoder/4/w": [kernel, kernel, 1, few],
    "decoder/4/b": [1],
  };
}

function statisticShapes(sizes: VaeSizes): Shapes {
  const entries = Object.entries(parameterShapes(sizes)).filter(([name]) => name.endsWith("/scale"));
  return Object.fromEntries(
    entries.flatMap(([name, shape]) => ["mean", "variance"].map((kind) => [name.replace("scale", kind), shape])),
  );
}

/** Normalises over all axes but the last, by the batch's statistics in training and by running statistics otherwise. */
type Normalise = (x: tf.Tensor, name: string) => tf.Tensor;

function trainingNormalise(weights: Tensors, moments: Map<string, Moments>): Normalise {
  return (x, name) => {
    const { value, mean, variance } = normalised(x, weights[`${name}/scale`]!, weights[`${name}/shift`]!);
    moments.set(name, { mean, variance });
    return value;
  };
}

function fittedNormalise(weights: Tensors): Normalise {
  return (x, name) =>
    normalisedBy(
      { mean: weights[`${name}/mean`]!, variance: weights[`${name}/variance`]! },
      x,
      weights[`${name}/scale`]!,
      weights[`${name}/shift`]!,
    );
}

function dense(x: tf.Tensor, weights: Tensors, name: string): tf.Tensor {
  const bias = weights[`${name}/b`];
  const product = tf.matMul(x as tf.Tensor2D, weights[`${name}/w`] as tf.Tensor2D);
  return bias === undefined ? product : tf.add(product, bias);
}

function convolution(x: tf.Tensor, filter: tf.Tensor): tf.Tensor {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 1);
}

function transposedConvolution(x: tf.Tensor, filter: tf.Tensor): tf.Tensor {
  const [batch, height, width] = x.shape as [number, number, number];
  const shape: [number, number, number, number] = [batch, 2 * height, 2 * width, filter.shape[2]!];
  return tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, shape, 2, 1);
}

interface Posterior {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

/** From pixels in 0..1 [batch, side²] and the context [batch, 2] to the posterior of the latent code. */
function encode(pixels: tf.Tensor, parents: tf.Tensor, weights: Tensors, normalise: Normalise): Posterior {
  const [batch, size] = pixels.shape as [number, number];
  const image = tf.reshape(pixels, [batch, Math.sqrt(size), Math.sqrt(size), 1]);
  const first = tf.leakyRelu(tf.add(convolution(image, weights["encoder/1/w"]!), weights["encoder/1/b"]!), slope);
  const second = tf.leakyRelu(normalise(convolution(first, weights["encoder/2/w"]!), "encoder/2"), slope);
  const flat = tf.reshape(second, [second.shape[0]!, second.size / second.shape[0]!]);
  const code = tf.leakyRelu(normalise(dense(flat, weights, "encoder/3"), "encoder/3"), slope);
  const joint = tf.relu(dense(tf.concat([code, parents], 1), weights, "encoder/4"));
  return { mean: dense(joint, weights, "encoder/mean"), logVariance: dense(joint, weights, "encoder/variance") };
}

/** The mean of the pixels [rows, side²] given the latent code [rows, latent]. */
function decode(
  latent: tf.Tensor,
  parents: tf.Tensor,
  weights: Tensors,
  normalise: Normalise,
  side: number,
): tf.Tensor {
  const hidden = tf.relu(normalise(dense(tf.concat([latent, parents], 1), weights, "decoder/1"), "decoder/1"));
  const flat = tf.relu(normalise(dense(hidden, weights, "decoder/2"), "decoder/2"));
  const image = tf.reshape(flat, [flat.shape[0]!, side / 4, side / 4, weights["decoder/3/w"]!.shape[3]!]);
  const wide = tf.relu(normalise(transposedConvolution(image, weights["decoder/3/w"]!), "decoder/3"));
  const pixels = tf.reshape(transposedConvolution(wide, weights["decoder/4/w"]!), [flat.shape[0]!, side * side]);
  return tf.add(pixels, weights["decoder/4/b"]!);
}

/** Each row repeated `copies` times, one after the other. */
function repeated(x: tf.Tensor, copies: number): tf.Tensor {
  if (copies === 1) return x;
  const [rows, ...rest] = x.shape as [number, ...number[]];
  const whole = tf.broadcastTo(tf.expandDims(x, 1), [rows, copies, ...rest]);
  return tf.reshape(whole, [rows * copies, ...rest]);
}

function latentOf({ mean, logVariance }: Posterior, noise: tf.Tensor): tf.Tensor {
  const copies = noise.shape[0]! / mean.shape[0]!;
  return tf.add(repeated(mean, copies), tf.mul(repeated(tf.exp(tf.mul(0.5, logVariance)), copies), noise));
}

/** The negative evidence lower bound, averaged over batch and particles. */
function objective(weights: Tensors, { image, parents, noise }: Tensors, normalise: Normalise, sizes: VaeSizes) {
  const { particles, side } = sizes;
  const pixels = tf.div(image!, 255);
  const posterior = encode(pixels, parents!, weights, normalise);
  const location = decode(latentOf(posterior, noise!), repeated(parents!, particles), weights, normalise, side);
  const squares = tf.square(tf.sub(repeated(pixels, particles), location));
  const constant = 0.5 * side * side * (logVarianceOfPixels + Math.log(2 * Math.PI));
  const reconstruction = tf.add(tf.mul(0.5 * Math.exp(-logVarianceOfPixels), tf.sum(squares, 1)), constant);
  const spread = tf.sub(tf.exp(posterior.logVariance), posterior.logVariance);
  const divergence = tf.mul(0.5, tf.sum(tf.sub(tf.add(spread, tf.square(posterior.mean)), 1), 1));
  return tf.add(tf.mean(reconstruction), tf.mean(divergence)) as tf.Scalar;
}

function named(names: readonly string[], values: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(names.map((name, k) => [name, values[k]!]));
}

function withPrefix<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function prefixed(prefix: string, state: Tensors): Record<string, tf.Tensor> {
  const own = Object.entries(state).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

function floats(shapes: Shapes): TensorSpecs {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: "float32" } as const]),
  );
}

/** One step of Adam on one batch; running statistics of the normalisations are part of the state. */
export function trainingSpec(sizes: VaeSizes): LoopSpec {
  const { batch, particles, side, latent } = sizes;
  const shapes = parameterShapes(sizes);
  const names = Object.keys(shapes);
  const step: LoopSpec["step"] = (state, perStep) => {
    const parameters = prefixed("parameter/", state);
    const evaluate = (weights: Tensors, moments: Map<string, Moments>) =>
      objective(weights, perStep, trainingNormalise(weights, moments), sizes);
    const loss = (...values: tf.Tensor[]) => evaluate(named(names, values), new Map());
    const grads = tf.grads(loss)(names.map((name) => parameters[name]!));
    // Tensors made inside a differentiated function do not outlive it; a traced program computes equal parts once.
    const moments = new Map<string, Moments>();
    const value = evaluate(parameters, moments);
    const before = { parameters, first: prefixed("first/", state), second: prefixed("second/", state) };
    const after = adamStep(before, named(names, grads), perStep.rate!, tf.scalar(largestNorm));
    const running: Record<string, tf.Tensor> = {};
    for (const [name, both] of moments) {
      for (const kind of ["mean", "variance"] as const) {
        const key = `running/${name}/${kind}`;
        running[key] = tf.add(tf.mul(state[key]!, 1 - momentum), tf.mul(both[kind], momentum));
      }
    }
    const next = {
      ...withPrefix("parameter/", after.parameters),
      ...withPrefix("first/", after.first),
      ...withPrefix("second/", after.second),
    };
    return { state: { ...next, ...running }, outputs: { loss: value } };
  };
  return {
    name: `paper vae, ${particles} particle${particles === 1 ? "" : "s"}`,
    state: {
      ...withPrefix("parameter/", floats(shapes)),
      ...withPrefix("first/", floats(shapes)),
      ...withPrefix("second/", floats(shapes)),
      ...withPrefix("running/", floats(statisticShapes(sizes))),
    },
    perStep: {
      image: { shape: [batch, side * side], dtype: "uint8" },
      parents: { shape: [batch, context], dtype: "float32" },
      noise: { shape: [batch * particles, latent], dtype: "float32" },
      rate: { shape: [], dtype: "float32" },
    },
    step,
  };
}

type Draw = (shape: readonly number[], low: number, high: number) => Float32Array;

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Weights uniform within ±√(1 / inputs of a unit), normalisations the identity, moments of the optimiser 0. */
export function startState(sizes: VaeSizes, draw: Draw): Record<string, HostData> {
  const state: Record<string, HostData> = {};
  for (const [name, shape] of Object.entries(parameterShapes(sizes))) {
    const inputs = shape.length === 4 ? sizeOf(shape) / Math.max(shape[2]!, shape[3]!) : shape[0]!;
    const range = name.endsWith("/w") ? Math.sqrt(1 / inputs) : 0;
    state[`parameter/${name}`] = name.endsWith("/scale")
      ? new Float32Array(sizeOf(shape)).fill(1)
      : draw(shape, -range, range);
    state[`first/${name}`] = new Float32Array(sizeOf(shape));
    state[`second/${name}`] = new Float32Array(sizeOf(shape));
  }
  for (const [name, shape] of Object.entries(statisticShapes(sizes))) {
    state[`running/${name}`] = new Float32Array(sizeOf(shape)).fill(name.endsWith("/variance") ? 1 : 0);
  }
  return state;
}

/** The weights and running statistics of a state, as the constants of the programs below. */
export function fittedWeights(sizes: VaeSizes, state: Readonly<Record<string, HostData>>): HostTensors {
  const of = (prefix: string, shapes: Shapes) =>
    Object.entries(shapes).map(
      ([name, shape]) => [name, { data: state[prefix + name]!, shape, dtype: "float32" }] as const,
    );
  return Object.fromEntries([...of("parameter/", parameterShapes(sizes)), ...of("running/", statisticShapes(sizes))]);
}

export function abductionSpec({ batch, side }: VaeSizes, constants: HostTensors): ProgramSpec {
  return {
    name: "paper vae abduction",
    constants,
    inputs: {
      image: { shape: [batch, side * side], dtype: "uint8" },
      parents: { shape: [batch, context], dtype: "float32" },
    },
    procedure: ({ image, parents }, weights) => ({
      ...encode(tf.div(image!, 255), parents!, weights, fittedNormalise(weights)),
    }),
  };
}

/**
 * Counterfactual images under other parents, summed over the particles of one block: with x = μ(z, parents) + σ u, the
 * exogenous noise u is recovered from the image and carried to μ(z, other) + σ u. Both worlds are one batch.
 */
export function counterfactualSpec(sizes: VaeSizes, constants: HostTensors): ProgramSpec {
  const { batch, particles, side, latent } = sizes;
  return {
    name: "paper vae counterfactual",
    constants,
    inputs: {
      image: { shape: [batch, side * side], dtype: "uint8" },
      parents: { shape: [batch, context], dtype: "float32" },
      other: { shape: [batch, context], dtype: "float32" },
      mean: { shape: [batch, latent], dtype: "float32" },
      logVariance: { shape: [batch, latent], dtype: "float32" },
      noise: { shape: [batch * particles, latent], dtype: "float32" },
    },
    procedure: ({ image, parents, other, mean, logVariance, noise }, weights) => {
      const latentCode = latentOf({ mean: mean!, logVariance: logVariance! }, noise!);
      const both = tf.concat([repeated(parents!, particles), repeated(other!, particles)]);
      const locations = decode(tf.tile(latentCode, [2, 1]), both, weights, fittedNormalise(weights), side);
      const [factual, counterfactual] = tf.split(locations, 2) as [tf.Tensor, tf.Tensor];
      const scale = Math.exp(0.5 * logVarianceOfPixels);
      const exogenous = tf.div(tf.sub(repeated(tf.div(image!, 255), particles), factual), scale);
      const images = tf.add(counterfactual, tf.mul(scale, exogenous));
      return { sum: tf.sum(tf.reshape(images, [batch, particles, side * side]), 1) };
    },
  };
}
