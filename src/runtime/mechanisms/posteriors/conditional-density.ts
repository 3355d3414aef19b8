/**
 * Conditional densities of one number or class, which a network parametrises: of a number, a mixture of logistics on
 * its unbounded, standardised scale; of a class, its shares. A class is drawn by a uniform number, a number by a
 * standard normal one.
 *
 * Shapes: θ `[rows, outputs]`, values and draws `[rows, 1]`, log-densities `[rows]`, in nats per unit of the variable.
 */
import * as tf from "../../tensors/core/tfjs.js";
import {
  type BoundVariable,
  classesOf,
  fromUnconstrained,
  logDerivativeToUnconstrained,
  toUnconstrained,
  unconstrainedOrigin,
} from "../bound/variables.js";
import { limited } from "../networks/network.js";
import { gaussianisation } from "../transforms/scalar/gaussianisation.js";

export interface ConditionalDensity {
  /** θ when training starts: a wide density. */
  readonly initial: readonly number[];
  logDensity(theta: tf.Tensor, value: tf.Tensor): tf.Tensor;
  draw(theta: tf.Tensor, uniform: tf.Tensor, normal: tf.Tensor): tf.Tensor;
}

/** Enough for two modes with a skew each. */
const components = 4;
/** The spread lies within e^±7 of the variable's own. */
const largestLogScale = 7;
/** Single precision cannot tell a logistic function beyond it from 0 and 1, where an interval ends. */
const largestLogit = 14;
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

export function conditionalDensity(variable: BoundVariable): ConditionalDensity {
  const classes = classesOf(variable.domain);
  return classes > 0 ? shares(classes) : mixture(variable);
}

const logShares = (raw: tf.Tensor): tf.Tensor => tf.sub(raw, tf.logSumExp(raw, 1, true));

/** The index that a uniform number falls to, among shares side by side: `[rows, 1]`. */
function chosen(logs: tf.Tensor, uniform: tf.Tensor): tf.Tensor {
  const reached = tf.cumsum(tf.exp(logs), 1);
  const inner = tf.slice(reached, [0, 0], [-1, logs.shape[1]! - 1]);
  return tf.sum(tf.cast(tf.greaterEqual(uniform, inner), "float32"), 1, true);
}

function oneHot(index: tf.Tensor, count: number): tf.Tensor {
  return tf.cast(tf.oneHot(tf.cast(tf.reshape(index, [-1]), "int32"), count), "float32");
}

function shares(classes: number): ConditionalDensity {
  return {
    initial: new Array<number>(classes).fill(0),
    logDensity: (theta, value) => tf.sum(tf.mul(logShares(theta), oneHot(value, classes)), 1),
    draw: (theta, uniform) => chosen(logShares(theta), uniform),
  };
}

/**
 * y = location + scale · G(ε), ε ~ N(0, 1), where G is a gaussianisation: y has a mixture of logistics as its
 * distribution, whose tails are heavier than a normal posterior's, and each number is drawn by one ε, monotonically.
 */
function mixture(variable: BoundVariable): ConditionalDensity {
  const { domain, normalisation } = variable;
  const shift = unconstrainedOrigin(variable);
  const { mean, sd } = normalisation ?? { mean: 0, sd: 1 };
  const shape = gaussianisation(components);
  const partsOf = (theta: tf.Tensor) => ({
    location: tf.slice(theta, [0, 0], [-1, 1]),
    logScale: limited(tf.slice(theta, [0, 1], [-1, 1]), largestLogScale),
    rest: tf.slice(theta, [0, 2], [-1, -1]),
  });
  return {
    initial: [0, 0, ...shape.identity],
    logDensity(theta, value) {
      const { location, logScale, rest } = partsOf(theta);
      const real = toUnconstrained(variable, value);
      const position = tf.mul(tf.sub(tf.div(tf.sub(real, mean), sd), location), tf.exp(tf.neg(logScale)));
      const { value: noise, logDerivative } = shape.inverse(position, rest);
      const ofNoise = tf.sub(tf.mul(tf.square(noise), -0.5), halfLogTwoPi + Math.log(sd));
      const derivatives = [logDerivative, tf.neg(logScale), logDerivativeToUnconstrained(variable, real)];
      return tf.reshape(tf.add(ofNoise, tf.addN(derivatives)), [-1]);
    },
    draw(theta, _, normal) {
      const { location, logScale, rest } = partsOf(theta);
      const position = tf.add(location, tf.mul(tf.exp(logScale), shape.forward(normal, rest).value));
      const real = tf.add(tf.mul(position, sd), mean);
      const inside =
        domain.kind === "interval" ? tf.clipByValue(real, -largestLogit - shift, largestLogit - shift) : real;
      return fromUnconstrained(variable, inside);
    },
  };
}
