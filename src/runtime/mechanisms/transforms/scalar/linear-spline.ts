/**
 * Monotone linear-rational spline (Dolatabadi, Erfani & Leckie 2020), the spline of the paper's covariate flows.
 * Each bin holds two linear-rational pieces that meet at a point λ; θ = [widths, heights, derivatives, λ], raw.
 * Domain and codomain: the reals, identity outside [-3, 3].
 */
import * as tf from "../../../tensors/core/tfjs.js";
import type { Transform, Transformed } from "../contract/transform.js";
import { type Bin, binOf, identityDerivative, type Knots, knotsOf } from "./spline-knots.js";

const minimumLambda = 0.025;

type PieceField =
  | "left"
  | "width"
  | "ya"
  | "yb"
  | "yc"
  | "wb"
  | "wc"
  | "lambda"
  /** Logarithm of dy/dx before its denominator, on the left of λ and on its right. */
  | "logLeft"
  | "logRight";
type Piece = Readonly<Record<PieceField, tf.Tensor>>;
type RawPiece = Knots & { readonly rawLambda: tf.Tensor };

/** The two-piece rational function of a bin; the weight at the left edge is 1. */
function pieceOf({ left, right, bottom: ya, top: yb, leftDerivative, rightDerivative, rawLambda }: RawPiece): Piece {
  const width = tf.sub(right, left);
  const slope = tf.div(tf.sub(yb, ya), width);
  const lambda = tf.add(tf.mul(tf.sigmoid(rawLambda), 1 - 2 * minimumLambda), minimumLambda);
  const rest = tf.sub(1, lambda);
  const wb = tf.sqrt(tf.div(leftDerivative, rightDerivative));
  const wc = tf.div(tf.add(tf.mul(lambda, leftDerivative), tf.mul(tf.mul(rest, wb), rightDerivative)), slope);
  const restOfBoth = tf.add(rest, tf.mul(lambda, wb));
  const yc = tf.div(tf.add(tf.mul(rest, ya), tf.mul(tf.mul(lambda, wb), yb)), restOfBoth);
  const logWidth = tf.log(width);
  const logLeft = tf.sub(tf.log(tf.mul(tf.mul(wc, lambda), tf.sub(yc, ya))), logWidth);
  const logRight = tf.sub(tf.log(tf.mul(tf.mul(tf.mul(wb, wc), rest), tf.sub(yb, yc))), logWidth);
  return { left, width, ya, yb, yc, wb, wc, lambda, logLeft, logRight };
}

/** y and log dy/dx at the position θ in [0, 1] of the bin. */
function valueAt(piece: Piece, position: tf.Tensor): Transformed {
  const { ya, yb, yc, wb, wc, lambda, logLeft, logRight } = piece;
  const toLambda = tf.sub(lambda, position);
  const toRight = tf.sub(1, position);
  const isLeft = tf.lessEqual(position, lambda);
  const numerator = tf.where(
    isLeft,
    tf.add(tf.mul(ya, toLambda), tf.mul(tf.mul(wc, yc), position)),
    tf.sub(tf.mul(tf.mul(wc, yc), toRight), tf.mul(tf.mul(wb, yb), toLambda)),
  );
  const denominator = tf.where(
    isLeft,
    tf.add(toLambda, tf.mul(wc, position)),
    tf.sub(tf.mul(wc, toRight), tf.mul(wb, toLambda)),
  );
  const logNumerator = tf.where(isLeft, logLeft, logRight);
  const logDerivative = tf.sub(logNumerator, tf.mul(2, tf.log(tf.abs(denominator))));
  return { value: tf.div(numerator, denominator), logDerivative };
}

/** The position in [0, 1] of the bin at which the piece takes the value y. */
function positionOf(piece: Piece, y: tf.Tensor): tf.Tensor {
  const { ya, yb, yc, wb, wc, lambda } = piece;
  const rise = tf.sub(y, ya);
  const leftPosition = tf.div(tf.mul(lambda, rise), tf.add(rise, tf.mul(wc, tf.sub(yc, y))));
  const fall = tf.mul(wb, tf.sub(yb, y));
  const fromRight = tf.div(tf.mul(tf.sub(1, lambda), fall), tf.add(tf.mul(wc, tf.sub(y, yc)), fall));
  return tf.where(tf.lessEqual(y, yc), leftPosition, tf.sub(1, fromRight));
}

function outsideIdentity(bin: Bin, input: tf.Tensor, inBox: Transformed): Transformed {
  return {
    value: tf.where(bin.inside, inBox.value, input),
    logDerivative: tf.where(bin.inside, inBox.logDerivative, tf.zerosLike(inBox.logDerivative)),
  };
}

/** `boundaryDerivative` other than 1 is only for reproducing other implementations. */
export function linearSpline(bins: number, boundaryDerivative = 1): Transform {
  const lambdaStart = 3 * bins - 1;
  const rawOf = (parameters: tf.Tensor): RawPiece => ({
    ...knotsOf(parameters, bins, boundaryDerivative),
    rawLambda: tf.slice(parameters, [0, lambdaStart], [-1, bins]),
  });
  return {
    name: "spline",
    parameterCount: 4 * bins - 1,
    identity: [...zeros(2 * bins), ...Array.from({ length: bins - 1 }, () => identityDerivative), ...zeros(bins)],
    forward(noise, parameters) {
      const raw = rawOf(parameters);
      const bin = binOf(noise, raw.left, raw.right);
      const piece = bin.select(raw, pieceOf);
      const position = tf.div(tf.sub(bin.clamped, piece.left), piece.width);
      return outsideIdentity(bin, noise, valueAt(piece, position));
    },
    inverse(value, parameters) {
      const raw = rawOf(parameters);
      const bin = binOf(value, raw.bottom, raw.top);
      const piece = bin.select(raw, pieceOf);
      const position = positionOf(piece, bin.clamped);
      const noise = tf.add(piece.left, tf.mul(position, piece.width));
      const { logDerivative } = valueAt(piece, position);
      return outsideIdentity(bin, value, { value: noise, logDerivative: tf.neg(logDerivative) });
    },
  };
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
