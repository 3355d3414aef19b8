/**
 * The low-level map of a mechanism with latent variables, in the variable's own unit: x = offset + unit · (loc + scale ∘ u), element by
 * element, where loc and scale are read from the features of a decoder (paper, Eqs. 3 and 4). For images, the unit is 255 and loc is in (0, 1); for
 * vectors, loc is any number in units of the training standard deviation about the mean.
 *
 * The scale has a floor, and far above it a limit, smooth so that a gradient remains everywhere. For images it is one grey level: x is recorded in 8 bits, and an
 * unbounded density at the pixels that are always black would swamp the rest. For vectors it is a thousandth of the
 * standard deviation, below which an element is as good as deterministic.
 */
import type { Tensors } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import type { BoundVariable } from "../variables.js";
import { repeatRows } from "./context.js";
import { type Likelihood, standardLogDensity } from "./likelihood.js";
import { constantParameter, limited, linear, normalParameter, type Parameters } from "./network.js";
import { createValueUnit } from "./value-unit.js";

/** The floor of the scale and where it starts, by kind of value; an image's starts near the spread of a pixel at a stroke's edge. */
const scales = { image: { floor: 1 / 255, initial: 0.15 }, vector: { floor: 1e-3, initial: 0.5 } } as const;

/** Of what the softplus takes: the scale is at most e¹⁰ times its floor, an image's 86 times its range, and does not overflow far from the data. */
const rawLimit = 10;

/** loc and log-scale in the networks' unit, `[rows, size]` each. */
export interface Decoded {
  readonly loc: tf.Tensor;
  readonly logScale: tf.Tensor;
}

export interface LowLevelMap {
  /** Elements of a value. */
  readonly size: number;
  /** The parameters `loc` and `scale` over features of the given width. */
  parameters(width: number): Parameters;
  /** A value as networks see it: `[batch, size]`. */
  encode(value: tf.Tensor): tf.Tensor;
  decode(parameters: Tensors, features: tf.Tensor): Decoded;
  /** x of u. */
  forward(decoded: Decoded, u: tf.Tensor): tf.Tensor;
  /** u of x; the rows of x are repeated where there are several particles. */
  inverse(decoded: Decoded, value: tf.Tensor): tf.Tensor;
  /** log p(x | features), in nats per unit of the variable: `[batch]`. */
  logDensity(decoded: Decoded, value: tf.Tensor): tf.Tensor;
}

/** Throws where the variable is neither a vector nor an image; `kind` names the mechanism. */
export function createLowLevelMap(kind: string, variable: BoundVariable, likelihood: Likelihood): LowLevelMap {
  const unit = createValueUnit(kind, variable);
  const { size } = unit;
  const { floor, initial } = scales[unit.kind];
  const initialRaw = rawLimit * Math.atanh(Math.log(Math.expm1(Math.log(initial / floor))) / rawLimit);

  function inverse({ loc, logScale }: Decoded, value: tf.Tensor): tf.Tensor {
    const scaled = repeatRows(unit.encode(value), loc.shape[0]! / value.shape[0]!);
    return tf.mul(tf.sub(scaled, loc), tf.exp(tf.neg(logScale)));
  }

  return {
    size,
    parameters: (width) => ({
      "loc.weight": normalParameter([width, size], 0.5 / Math.sqrt(width)),
      "loc.bias": normalParameter([size], 0),
      "scale.weight": normalParameter([width, size], 0.1 / Math.sqrt(width)),
      "scale.bias": constantParameter(Array.from({ length: size }, () => initialRaw)),
    }),
    encode: unit.encode,
    decode(parameters, features) {
      return {
        loc: unit.bound(linear(parameters, "loc", features)),
        logScale: tf.add(tf.softplus(limited(linear(parameters, "scale", features), rawLimit)), Math.log(floor)),
      };
    },
    forward: ({ loc, logScale }, u) => unit.decode(tf.add(loc, tf.mul(tf.exp(logScale), u))),
    inverse,
    logDensity(decoded, value) {
      const terms = tf.sub(standardLogDensity[likelihood](inverse(decoded, value)), decoded.logScale);
      return tf.sub(tf.sum(terms, 1), size * Math.log(unit.scale));
    },
  };
}
