/**
 * Gaussianisation by an inverse distribution function (Chen & Gopinath 2000; Meng, Song, Song & Ermon 2020): from value
 * to noise u = Φ⁻¹(F(y)), where F is the distribution function of a mixture of logistics, so that values with that
 * distribution have standard normal noise; from noise to value y = F⁻¹(Φ(u)), by bisection and a last step of Newton's
 * method. Domain and codomain: the reals; several modes cost nothing. θ = [weights, locations, scales], raw, a number
 * per component each.
 *
 * F and 1 - F are kept as logarithms, and their difference, the logit, is what the two sides meet in. Training starts
 * near the identity: at a mixture of nearly normal shape with mean 0 and variance 1.
 */
import * as tf from "../../../tensors/core/tfjs.js";
import {
  logitOfNormal,
  logSlopeOfQuantile,
  normalQuantileOfLogit,
} from "../../distributions/normal-quantile-of-logit.js";
import type { Transform, Transformed } from "../contract/transform.js";

/** A scale is exp(4 tanh(raw / 4)). */
const largestLogScale = 4;
/** Half the distance between the outermost locations at the start. */
const initialReach = 0.8;
/** Halvings until the bracket is below the precision of its ends. */
const halvings = 32;
/**
 * Of the last step: between distant modes the slope is too small to divide by. It is there for the gradient more than
 * for the value.
 */
const largestCorrection = 1e-3;

interface Mixture {
  /** All `[batch or 1, components]`. */
  readonly logWeight: tf.Tensor;
  readonly location: tf.Tensor;
  readonly logScale: tf.Tensor;
}

function mixtureOf(parameters: tf.Tensor, components: number): Mixture {
  const part = (k: number) => tf.slice(parameters, [0, k * components], [-1, components]);
  const raw = part(0);
  return {
    logWeight: tf.sub(raw, tf.logSumExp(raw, 1, true)),
    location: part(1),
    logScale: tf.mul(largestLogScale, tf.tanh(tf.div(part(2), largestLogScale))),
  };
}

/** logit F(y), and log f(y), `[batch, 1]` each. */
function logitAndDensity({ logWeight, location, logScale }: Mixture, value: tf.Tensor) {
  const position = tf.mul(tf.sub(value, location), tf.exp(tf.neg(logScale)));
  const below = tf.neg(tf.softplus(tf.neg(position)));
  const above = tf.neg(tf.softplus(position));
  const mixed = (terms: tf.Tensor) => tf.logSumExp(tf.add(logWeight, terms), 1, true);
  return {
    logit: tf.sub(mixed(below), mixed(above)),
    logDensity: mixed(tf.sub(tf.add(below, above), logScale)),
  };
}

function noiseOf(mixture: Mixture, value: tf.Tensor): Transformed {
  const { logit, logDensity } = logitAndDensity(mixture, value);
  const noise = normalQuantileOfLogit(logit);
  // log du/dz + log dz/dy, and dz/dy = f / (F (1 - F)).
  const logistic = tf.add(tf.softplus(logit), tf.softplus(tf.neg(logit)));
  return { value: noise, logDerivative: tf.add(tf.add(logSlopeOfQuantile(logit, noise), logistic), logDensity) };
}

/** The y with logit F(y) = `logit`; it lies between the components' own quantiles. */
function quantile(mixture: Mixture, logit: tf.Tensor): tf.Tensor {
  const own = tf.add(mixture.location, tf.mul(tf.exp(mixture.logScale), logit));
  let low: tf.Tensor = tf.min(own, 1, true);
  let high: tf.Tensor = tf.max(own, 1, true);
  const middle = () => tf.add(low, tf.mul(0.5, tf.sub(high, low)));
  for (let step = 0; step < halvings; step++) {
    const at = middle();
    const isBelow = tf.less(logitAndDensity(mixture, at).logit, logit);
    low = tf.where(isBelow, at, low);
    high = tf.where(isBelow, high, at);
  }
  const at = middle();
  const { logit: found, logDensity } = logitAndDensity(mixture, at);
  const logSlope = tf.add(logDensity, tf.add(tf.softplus(found), tf.softplus(tf.neg(found))));
  const correction = tf.mul(tf.sub(found, logit), tf.exp(tf.neg(logSlope)));
  return tf.sub(at, tf.clipByValue(correction, -largestCorrection, largestCorrection));
}

export function gaussianisation(components: number): Transform {
  const locations = Array.from({ length: components }, (_, k) =>
    components === 1 ? 0 : initialReach * ((2 * k) / (components - 1) - 1),
  );
  const spread = locations.reduce((sum, location) => sum + location ** 2, 0) / components;
  const logScale = Math.log(Math.sqrt(3 * (1 - spread)) / Math.PI);
  const rawScale = largestLogScale * Math.atanh(logScale / largestLogScale);
  return {
    name: "gaussianisation",
    parameterCount: 3 * components,
    identity: [...locations.map(() => 0), ...locations, ...locations.map(() => rawScale)],
    forward(noise, parameters) {
      const mixture = mixtureOf(parameters, components);
      const value = quantile(mixture, logitOfNormal(noise));
      return { value, logDerivative: tf.neg(noiseOf(mixture, value).logDerivative) };
    },
    inverse: (value, parameters) => noiseOf(mixtureOf(parameters, components), value),
  };
}
