/**
 * Conditional densities of one number or class, which a network parametrises: of a number, a mixture of normals on its unbounded,
 * standardised scale; of a class, its shares. Each is drawn from by one uniform and one standard normal number a row.
 *
 * Shapes: θ `[rows, outputs]`, values and draws `[rows, 1]`, log-densities `[rows]`, in nats per unit of the variable.
 */
import * as tf from "../engine/tfjs.js";
import { limited } from "../mechanisms/network.js";
import {
  type BoundVariable,
  classesOf,
  fromUnconstrained,
  logDerivativeToUnconstrained,
  standardise,
  toUnconstrained,
} from "../variables.js";

export interface ConditionalDensity {
  /** θ when training starts: a wide density. */
  readonly initial: readonly number[];
  logDensity(theta: tf.Tensor, value: tf.Tensor): tf.Tensor;
  draw(theta: tf.Tensor, uniform: tf.Tensor, normal: tf.Tensor): tf.Tensor;
}

/** Enough for two modes with a skew each. */
const components = 5;
/** A component's deviation lies within e^±7 of the variable's own. */
const largestLogSd = 7;
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

function mixture({ domain, normalisation }: BoundVariable): ConditionalDensity {
  const { mean, sd } = normalisation ?? { mean: 0, sd: 1 };
  const part = (theta: tf.Tensor, k: number) => tf.slice(theta, [0, k * components], [-1, components]);
  const partsOf = (theta: tf.Tensor) => ({
    logWeight: logShares(part(theta, 0)),
    location: part(theta, 1),
    logSd: limited(part(theta, 2), largestLogSd),
  });
  const spread = Array.from({ length: components }, (_, k) => (2 * k) / (components - 1) - 1);
  const zeros = new Array<number>(components).fill(0);
  return {
    initial: [...zeros, ...spread, ...zeros],
    logDensity(theta, value) {
      const { logWeight, location, logSd } = partsOf(theta);
      const real = toUnconstrained(domain, value);
      const position = tf.mul(
        tf.sub(standardise(real, { mean, sd, low: 0, high: 0 }), location),
        tf.exp(tf.neg(logSd)),
      );
      const terms = tf.sub(tf.sub(tf.mul(tf.square(position), -0.5), logSd), halfLogTwoPi);
      const logDensity = tf.logSumExp(tf.add(logWeight, terms), 1);
      const logDerivative = tf.reshape(logDerivativeToUnconstrained(domain, real), [-1]);
      return tf.sub(tf.add(logDensity, logDerivative), Math.log(sd));
    },
    draw(theta, uniform, normal) {
      const { logWeight, location, logSd } = partsOf(theta);
      const own = oneHot(chosen(logWeight, uniform), components);
      const of = (numbers: tf.Tensor) => tf.sum(tf.mul(own, numbers), 1, true);
      const real = tf.add(tf.mul(tf.add(of(location), tf.mul(of(tf.exp(logSd)), normal)), sd), mean);
      const inside = domain.kind === "interval" ? tf.clipByValue(real, -largestLogit, largestLogit) : real;
      return fromUnconstrained(domain, inside);
    },
  };
}
