/**
 * Conditional flow of a variable on whole numbers: x is the cell [x, x + 1) that a continuous flow falls into, d(m + s
 * · T(c ε; θ(pa))), ε ~ logistic(0, 1), c = √3/π so that T starts from unit variance. For `ordinal(k)` d is k · sigmoid
 * (m = 0, s = 1/c: all levels start equally likely), for `count` it is softplus with the training mean and standard
 * deviation.
 *
 * Since every map is increasing, the cell's ends are noises in closed form, so its mass is an exact difference of the
 * logistic distribution function, not the lower bound of uniform dequantisation, and abduction draws ε from the exact
 * posterior, which is the logistic truncated to the cell.
 */
import type { Domain } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { BoundVariable } from "../bound/variables.js";
import { type MechanismContext, repeatRows, widthsOf } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createConditioner } from "../networks/conditioner.js";
import { transformsOf } from "../transforms/registry.js";
import { drawWithin, farAway, logisticNoise, logMassOf } from "./logistic-cells.js";
import { createSplitTheta, inverseThrough, valueThrough } from "./transform-chain.js";

/** Turns the standard logistic into one of unit variance. */
const unitVariance = Math.sqrt(3) / Math.PI;

interface Lattice {
  readonly shift: number;
  readonly scale: number;
  /** The last value, where there is one. */
  readonly top: number | null;
  /** From the real line to the axis on which whole numbers are the cells' lower ends. */
  toAxis(real: tf.Tensor): tf.Tensor;
  /** The inverse, at inner ends only. */
  fromAxis(end: tf.Tensor): tf.Tensor;
}

export function isLattice(domain: Domain): boolean {
  return domain.kind === "ordinal" || domain.kind === "count";
}

function latticeOf({ domain, normalisation }: BoundVariable): Lattice {
  if (domain.kind === "ordinal") {
    const { size } = domain;
    return {
      shift: 0,
      scale: 1 / unitVariance,
      top: size - 1,
      toAxis: (real) => tf.mul(tf.sigmoid(real), size),
      fromAxis: (end) => tf.sub(tf.log(end), tf.log(tf.sub(size, end))),
    };
  }
  const { mean, sd } = normalisation!;
  return {
    shift: mean + 0.5,
    scale: sd,
    top: null,
    toAxis: (real) => tf.softplus(real),
    // log(e^v - 1) = v + log(1 - e^-v), which does not overflow.
    fromAxis: (end) => tf.add(end, tf.log(tf.neg(tf.expm1(tf.neg(end))))),
  };
}

export function createDiscretisedFlow({ variable, parents, options }: MechanismContext): Mechanism {
  const { shift, scale, top, toAxis, fromAxis } = latticeOf(variable);
  const transforms = transformsOf(options.transform, variable.name);
  const conditioner = createConditioner(
    parents,
    widthsOf(options.hidden),
    transforms.flatMap(({ identity }) => identity),
  );
  const split = createSplitTheta(transforms);
  const thetasOf = (parameters: Tensors, parentValues: Tensors) => split(conditioner.theta(parameters, parentValues));

  /** The noise at the lower end of the cell `value`, `[rows, 1]`; the outermost cells reach to infinity. */
  function lowerEnd(value: tf.Tensor, thetas: readonly tf.Tensor[]): tf.Tensor {
    const inner = top === null ? tf.maximum(value, 1) : tf.clipByValue(value, 1, Math.max(top, 1));
    const real = tf.div(tf.sub(fromAxis(inner), shift), scale);
    const noise = tf.div(inverseThrough(transforms, thetas, real).value, unitVariance);
    const bounded = tf.where(tf.less(value, 0.5), tf.fill(noise.shape, -farAway), noise);
    return top === null ? bounded : tf.where(tf.greater(value, top + 0.5), tf.fill(noise.shape, farAway), bounded);
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const thetas = thetasOf(parameters, parentValues);
    return tf.reshape(logMassOf(lowerEnd(value, thetas), lowerEnd(tf.add(value, 1), thetas)), [-1]);
  }

  return {
    variable: variable.name,
    kind: "flow",
    abduction: "posterior_sample",
    density: "exact",
    parameters: conditioner.parameters,
    noises: { noise: logisticNoise },
    draws: { posterior: logisticNoise },
    forward(parameters, noise, parentValues) {
      const thetas = thetasOf(parameters, parentValues);
      const standardised = valueThrough(transforms, thetas, tf.mul(noise.noise!, unitVariance));
      const axis = tf.floor(toAxis(tf.add(tf.mul(standardised, scale), shift)));
      const guess = top === null ? tf.maximum(axis, 0) : tf.clipByValue(axis, 0, top);
      // Rounding may put a noise beside an end on its wrong side; the ends that abduction uses decide.
      const isBelow = tf.less(noise.noise!, lowerEnd(guess, thetas));
      const isAbove = tf.greaterEqual(noise.noise!, lowerEnd(tf.add(guess, 1), thetas));
      return tf.add(guess, tf.sub(tf.cast(isAbove, "float32"), tf.cast(isBelow, "float32")));
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const thetas = thetasOf(parameters, parentValues);
      const lower = repeatRows(lowerEnd(value, thetas), particles);
      const upper = repeatRows(lowerEnd(tf.add(value, 1), thetas), particles);
      return { noise: drawWithin(lower, upper, draws.posterior!) };
    },
    logProbability,
    loss: (parameters, value, parentValues) => tf.neg(tf.mean(logProbability(parameters, value, parentValues))),
  };
}
