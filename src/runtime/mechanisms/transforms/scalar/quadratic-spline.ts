/**
 * Monotone rational-quadratic spline (Durkan, Bekasov, Murray & Papamakarios 2019). θ = [widths, heights, derivatives],
 * raw. Domain and codomain: the reals, identity outside [-3, 3].
 */
import * as tf from "../../../tensors/core/tfjs.js";
import type { Transform, Transformed } from "../contract/transform.js";
import { binOf, identityDerivative, type Knots, knotsOf } from "./spline-knots.js";

type PieceField =
  | "left"
  | "width"
  | "bottom"
  | "height"
  | "slope"
  | "da"
  | "db"
  /** da + db - 2 slope: how far the bin is from linear. */
  | "bend";
type Piece = Readonly<Record<PieceField, tf.Tensor>>;

function pieceOf({ left, right, bottom, top, leftDerivative: da, rightDerivative: db }: Knots): Piece {
  const width = tf.sub(right, left);
  const height = tf.sub(top, bottom);
  const slope = tf.div(height, width);
  return { left, width, bottom, height, slope, da, db, bend: tf.sub(tf.add(da, db), tf.mul(2, slope)) };
}

/** y and log dy/dx at the position in [0, 1] of the bin (Durkan et al., Eqs. 4 and 5). */
function valueAt(piece: Piece, position: tf.Tensor): Transformed {
  const { bottom, height, slope, da, db, bend } = piece;
  const rest = tf.sub(1, position);
  const product = tf.mul(position, rest);
  const denominator = tf.add(slope, tf.mul(bend, product));
  const numerator = tf.mul(height, tf.add(tf.mul(slope, tf.square(position)), tf.mul(da, product)));
  const slopeNumerator = tf.add(
    tf.add(tf.mul(db, tf.square(position)), tf.mul(tf.mul(2, slope), product)),
    tf.mul(da, tf.square(rest)),
  );
  const logDerivative = tf.sub(
    tf.add(tf.mul(2, tf.log(slope)), tf.log(slopeNumerator)),
    tf.mul(2, tf.log(denominator)),
  );
  return { value: tf.add(bottom, tf.div(numerator, denominator)), logDerivative };
}

/** Durkan et al., Eqs. 6 to 8: the root in [0, 1], in the form that does not cancel. */
function positionOf(piece: Piece, y: tf.Tensor): tf.Tensor {
  const { bottom, height, slope, da, bend } = piece;
  const rise = tf.sub(y, bottom);
  const bent = tf.mul(rise, bend);
  const a = tf.add(tf.mul(height, tf.sub(slope, da)), bent);
  const b = tf.sub(tf.mul(height, da), bent);
  const c = tf.neg(tf.mul(slope, rise));
  const discriminant = tf.maximum(tf.sub(tf.square(b), tf.mul(4, tf.mul(a, c))), 0);
  return tf.div(tf.mul(2, c), tf.sub(tf.neg(b), tf.sqrt(discriminant)));
}

export function quadraticSpline(bins: number, boundaryDerivative = 1): Transform {
  return {
    name: "spline",
    parameterCount: 3 * bins - 1,
    identity: [
      ...Array.from({ length: 2 * bins }, () => 0),
      ...Array.from({ length: bins - 1 }, () => identityDerivative),
    ],
    forward(noise, parameters) {
      const knots = knotsOf(parameters, bins, boundaryDerivative);
      const bin = binOf(noise, knots.left, knots.right);
      const piece = bin.select(knots, pieceOf);
      const inBox = valueAt(piece, tf.div(tf.sub(bin.clamped, piece.left), piece.width));
      return {
        value: tf.where(bin.inside, inBox.value, noise),
        logDerivative: tf.where(bin.inside, inBox.logDerivative, tf.zerosLike(inBox.logDerivative)),
      };
    },
    inverse(value, parameters) {
      const knots = knotsOf(parameters, bins, boundaryDerivative);
      const bin = binOf(value, knots.bottom, knots.top);
      const piece = bin.select(knots, pieceOf);
      const position = positionOf(piece, bin.clamped);
      const { logDerivative } = valueAt(piece, position);
      return {
        value: tf.where(bin.inside, tf.add(piece.left, tf.mul(position, piece.width)), value),
        logDerivative: tf.where(bin.inside, tf.neg(logDerivative), tf.zerosLike(logDerivative)),
      };
    },
  };
}
