/**
 * Whole training programs, for the engine's tests and its benchmark: a dense conditional VAE and a scalar flow, each
 * one step of Adam with the optimiser's moments in the loop's state.
 */

import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import type { HostData, LoopSpec, TensorSpecs, Tensors } from "../../../../src/runtime/tensors/engine/index.js";
import { randomData } from "./support.js";

export interface TrainingProgram {
  readonly spec: LoopSpec;
  state(): Record<string, HostData>;
  perStep(steps: number): Record<string, HostData>;
}

type Shapes = Readonly<Record<string, readonly number[]>>;
type Loss = (weights: Tensors, perStep: Tensors) => tf.Scalar;

function floats(shapes: Shapes, prefix = ""): TensorSpecs {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [prefix + name, { shape, dtype: "float32" } as const]),
  );
}

const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8];

/**
 * Adam over named weights, in as few passes over memory as its arithmetic allows: the moments are kept without their
 * factors 1 − decay, which are numbers and join the rate. First and second moments and the count of steps are state.
 */
function adamStep(shapes: Shapes, loss: Loss, rate: number): LoopSpec["step"] {
  const names = Object.keys(shapes);
  return (state, perStep) => {
    const weights = names.map((name) => state[name]!);
    const named = (list: readonly tf.Tensor[]) => Object.fromEntries(names.map((name, k) => [name, list[k]!]));
    const { value, grads } = tf.valueAndGrads((...list) => loss(named(list), perStep))(weights);
    const time = tf.add(state.time!, 1);
    const correction = tf.div(tf.sqrt(tf.sub(1, tf.pow(decay2, time))), tf.sub(1, tf.pow(decay1, time)));
    const size = tf.mul(correction, (rate * (1 - decay1)) / Math.sqrt(1 - decay2));
    const next: Record<string, tf.Tensor> = { time };
    names.forEach((name, k) => {
      const first = tf.add(tf.mul(state[`m/${name}`]!, decay1), grads[k]!);
      const second = tf.add(tf.mul(state[`v/${name}`]!, decay2), tf.square(grads[k]!));
      const update = tf.div(first, tf.add(tf.sqrt(second), epsilon / Math.sqrt(1 - decay2)));
      next[name] = tf.sub(weights[k]!, tf.mul(update, size));
      next[`m/${name}`] = first;
      next[`v/${name}`] = second;
    });
    return { state: next, outputs: { loss: value } };
  };
}

function training(name: string, shapes: Shapes, perStep: TensorSpecs, loss: Loss, rate: number) {
  const state: TensorSpecs = {
    ...floats(shapes),
    ...floats(shapes, "m/"),
    ...floats(shapes, "v/"),
    time: { shape: [], dtype: "float32" },
  };
  const spec: LoopSpec = { name, state, perStep, step: adamStep(shapes, loss, rate) };
  const start = () =>
    Object.fromEntries(
      Object.entries(state).map(([key, { shape }], k) => {
        const range = Object.hasOwn(shapes, key) ? Math.sqrt(3 / (shape.length > 1 ? shape[0]! : 100)) : 0;
        return [key, randomData(shape, -range, range, false, k + 1)];
      }),
    );
  return { spec, start };
}

export interface VaeSizes {
  readonly pixels: number;
  readonly hidden: number;
  readonly latent: number;
  readonly batch: number;
}

const parents = 2;

function dense(x: tf.Tensor, weights: Tensors, name: string): tf.Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, weights[`${name}/w`] as tf.Tensor2D), weights[`${name}/b`]!);
}

function vaeShapes({ pixels, hidden, latent }: VaeSizes): Shapes {
  const layers: Readonly<Record<string, readonly [number, number]>> = {
    "encoder/1": [pixels + parents, hidden],
    "encoder/2": [hidden, hidden],
    "encoder/3": [hidden, 2 * latent],
    "decoder/1": [latent + parents, hidden],
    "decoder/2": [hidden, hidden],
    "decoder/3": [hidden, 2 * pixels],
  };
  return Object.fromEntries(
    Object.entries(layers).flatMap(([name, [from, to]]) => [
      [`${name}/w`, [from, to]],
      [`${name}/b`, [to]],
    ]),
  );
}

/** Negative evidence lower bound, one particle: a diagonal Gaussian over pixels in 0..1 and a Gaussian posterior. */
function vaeLoss(weights: Tensors, perStep: Tensors): tf.Scalar {
  const pixels = tf.div(perStep.image!, 255);
  const code = tf.relu(
    dense(tf.relu(dense(tf.concat([pixels, perStep.parents!], 1), weights, "encoder/1")), weights, "encoder/2"),
  );
  const [mean, logScale] = tf.split(dense(code, weights, "encoder/3"), 2, 1) as [tf.Tensor, tf.Tensor];
  const z = tf.add(mean, tf.mul(tf.exp(logScale), perStep.noise!));
  const hidden = tf.relu(
    dense(tf.relu(dense(tf.concat([z, perStep.parents!], 1), weights, "decoder/1")), weights, "decoder/2"),
  );
  const [location, spread] = tf.split(dense(hidden, weights, "decoder/3"), 2, 1) as [tf.Tensor, tf.Tensor];
  const bounded = tf.clipByValue(spread, -5, 5);
  const residual = tf.mul(tf.sub(pixels, location), tf.exp(tf.neg(bounded)));
  const reconstruction = tf.sum(tf.add(tf.mul(0.5, tf.square(residual)), bounded), 1);
  const variance = tf.exp(tf.mul(2, logScale));
  const divergence = tf.sum(tf.sub(tf.mul(0.5, tf.add(variance, tf.square(mean))), tf.add(logScale, 0.5)), 1);
  return tf.mean(tf.add(reconstruction, divergence));
}

export function denseVae(sizes: VaeSizes): TrainingProgram {
  const { pixels, latent, batch } = sizes;
  const perStep: TensorSpecs = {
    image: { shape: [batch, pixels], dtype: "uint8" },
    parents: { shape: [batch, parents], dtype: "float32" },
    noise: { shape: [batch, latent], dtype: "float32" },
  };
  const { spec, start } = training("dense vae", vaeShapes(sizes), perStep, vaeLoss, 1e-3);
  return {
    spec,
    state: start,
    perStep: (steps) => ({
      image: Uint8Array.from(randomData([steps, batch, pixels], 0, 255, true, 91)),
      parents: randomData([steps, batch, parents], -1, 1, false, 92),
      noise: randomData([steps, batch, latent], -1.7, 1.7, false, 93),
    }),
  };
}

/** Rational-quadratic splines (Durkan et al. 2019, eqs. 4–5) of a scalar, identity outside [−bound, bound]. */
export function spline(x: tf.Tensor, widths: tf.Tensor, heights: tf.Tensor, slopes: tf.Tensor, bound: number) {
  const bins = widths.shape.at(-1)!;
  const knots = (logits: tf.Tensor) => {
    const sizes = tf.add(tf.mul(tf.softmax(logits), 1 - 1e-3 * bins), 1e-3);
    return { sizes: tf.mul(sizes, 2 * bound), starts: tf.sub(tf.mul(tf.cumsum(sizes, -1, true), 2 * bound), bound) };
  };
  const [horizontal, vertical] = [knots(widths), knots(heights)];
  const inside = tf.lessEqual(tf.abs(x), bound);
  const within = tf.expandDims(tf.clipByValue(x, -bound, bound), -1);
  const bin = tf.sub(tf.sum(tf.cast(tf.greaterEqual(within, horizontal.starts), "int32"), -1), tf.scalar(1, "int32"));
  const chosen = tf.oneHot(tf.cast(bin, "int32"), bins, 1, 0, "float32");
  const pick = (values: tf.Tensor) => tf.sum(tf.mul(values, chosen), -1);
  const edges = tf.pad(
    tf.add(tf.softplus(slopes), 1e-3),
    [
      [0, 0],
      [1, 1],
    ],
    1,
  );
  const [left, right] = [tf.slice(edges, [0, 0], [-1, bins]), tf.slice(edges, [0, 1], [-1, bins])].map(pick);
  const [width, height] = [pick(horizontal.sizes), pick(vertical.sizes)];
  const slope = tf.div(height, width);
  const position = tf.div(tf.sub(tf.squeeze(within, [-1]), pick(horizontal.starts)), width);
  const mixed = tf.mul(position, tf.sub(1, position));
  const denominator = tf.add(slope, tf.mul(tf.sub(tf.add(left!, right!), tf.mul(2, slope)), mixed));
  const rise = tf.mul(height, tf.add(tf.mul(slope, tf.square(position)), tf.mul(left!, mixed)));
  const y = tf.add(pick(vertical.starts), tf.div(rise, denominator));
  const ends = tf.add(tf.mul(right!, tf.square(position)), tf.mul(left!, tf.square(tf.sub(1, position))));
  const derivative = tf.mul(tf.square(slope), tf.add(ends, tf.mul(2, tf.mul(slope, mixed))));
  const logDerivative = tf.sub(tf.log(derivative), tf.mul(2, tf.log(denominator)));
  return { y: tf.where(inside, y, x), logDerivative: tf.where(inside, logDerivative, tf.zerosLike(x)) };
}

const bins = 8;

/**
 * A conditional flow of a scalar: a spline, then an affine map whose scale and shift a small network makes of a parent.
 */
function flowLoss(weights: Tensors, { value, parent }: Tensors): tf.Scalar {
  const hidden = tf.tanh(dense(parent!, weights, "net/1"));
  const [shift, logScale] = tf.split(dense(hidden, weights, "net/2"), 2, 1) as [tf.Tensor, tf.Tensor];
  const centred = tf.mul(tf.sub(value!, shift), tf.exp(tf.neg(logScale)));
  const rows = value!.shape[0]!;
  const all = (name: string, width: number) => tf.broadcastTo(weights[name]!, [rows, width]);
  const flat = tf.reshape(centred, [rows]);
  const { y, logDerivative } = spline(flat, all("widths", bins), all("heights", bins), all("slopes", bins - 1), 3);
  const logDensity = tf.sub(logDerivative, tf.add(tf.mul(0.5, tf.square(y)), tf.reshape(logScale, [rows])));
  return tf.neg(tf.mean(logDensity));
}

export function scalarFlow(batch: number): TrainingProgram {
  const shapes: Shapes = {
    "net/1/w": [1, 16],
    "net/1/b": [16],
    "net/2/w": [16, 2],
    "net/2/b": [2],
    widths: [1, bins],
    heights: [1, bins],
    slopes: [1, bins - 1],
  };
  const perStep: TensorSpecs = {
    value: { shape: [batch, 1], dtype: "float32" },
    parent: { shape: [batch, 1], dtype: "float32" },
  };
  const { spec, start } = training("scalar flow", shapes, perStep, flowLoss, 1e-2);
  return {
    spec,
    state: start,
    perStep: (steps) => ({
      value: randomData([steps, batch, 1], -2, 2.5, false, 7),
      parent: randomData([steps, batch, 1], -1, 1, false, 8),
    }),
  };
}

/** An affine flow of a scalar without parents: as small as a training step gets. */
export function affineFlow(batch: number): TrainingProgram {
  const loss: Loss = ({ shift, logScale }, { value }) => {
    const noise = tf.mul(tf.sub(value!, shift!), tf.exp(tf.neg(logScale!)));
    return tf.mean(tf.add(tf.mul(0.5, tf.square(noise)), logScale!)) as tf.Scalar;
  };
  const perStep: TensorSpecs = { value: { shape: [batch], dtype: "float32" } };
  const { spec, start } = training("affine flow", { shift: [1], logScale: [1] }, perStep, loss, 1e-2);
  return { spec, state: start, perStep: (steps) => ({ value: randomData([steps, batch], 0, 4, false, 5) }) };
}
