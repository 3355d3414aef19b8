/**
 * p(y | z, pa) of an amortised mechanism in its working space, y = loc + A u with u of independent standard elements
 * (paper, Eqs. 3 and 4): which heads it asks of a decoder, and the map from noise to y and back that their outputs
 * describe.
 *
 * - `logistic`, `normal`, `laplace`: element by element, A = diag(scale). The scale is learned for each element and row
 *   (`pixel`), one
 *   learned number (`shared`), or given (`fixed`; the paper has exp(-5/2) in logits);
 * - `multivariate`: normal, with a full Cholesky factor; `low_rank(rank = r)`: normal, y = loc + F e + D^½ u, with r
 *   `factors` e beside u, which abduction draws from their exact posterior given y.
 */
import { choiceOf } from "../../../model/catalogue/options.js";
import type { Options, OptionValue } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { type DrawSpec, standard } from "../contract/mechanism.js";
import { fullNormal, independentNormal, lowerFactor, lowRankNormal } from "../distributions/multivariate-normal.js";
import type { Head } from "../networks/architectures/architecture.js";
import { constantParameter, type Parameters } from "../networks/network.js";
import { type Likelihood as Element, standardLogDensity } from "./low-level-map.js";
import type { WorkingSpace } from "./working-space.js";

export interface Conditional {
  /** y of the noises. */
  colour(noise: Tensors): tf.Tensor;
  /** The noises of y, drawn from their posterior where y leaves them open. */
  whiten(value: tf.Tensor, draws: Tensors): Tensors;
  /** log p(y), `[rows]`. */
  logDensity(value: tf.Tensor): tf.Tensor;
}

export interface Likelihood {
  readonly heads: readonly Head[];
  /** Parameters beside the decoder's. */
  readonly parameters: Parameters;
  /** `u`, and what else y is made of. */
  readonly noises: Readonly<Record<string, DrawSpec>>;
  /** What `whiten` draws, by the name of the noise. */
  readonly draws: Readonly<Record<string, DrawSpec>>;
  given(parameters: Tensors, outputs: Tensors): Conditional;
}

const locSpread = 0.5;
/** Scales and covariances start nearly the same for all rows. */
const scaleSpread = 0.1;

export function createLikelihood(space: WorkingSpace, size: number, options: Options): Likelihood {
  const choice = choiceOf(options.likelihood)!;
  const loc: Head = { name: "loc", outputs: size, spread: locSpread, initial: 0 };
  if (choice === "multivariate") return multivariate(space, size, loc);
  if (choice === "low_rank") return lowRank(space, size, loc, Number(numberOf(options.likelihood, "rank")));
  return elementwise(space, size, loc, choice as Element, options.scale);
}

function numberOf(value: OptionValue | undefined, name: string): OptionValue | undefined {
  return typeof value === "object" && !Array.isArray(value) ? value.options[name] : undefined;
}

/**
 * What a raw output starts at, and the log of the scale that it stands for: above the floor, with a gradient
 * everywhere.
 */
function scaleAboveFloor({ scale: { floor, initial } }: WorkingSpace) {
  return {
    initialRaw: Math.log(Math.expm1(Math.log(initial / floor))),
    logScale: (raw: tf.Tensor) => tf.add(tf.softplus(raw), Math.log(floor)),
  };
}

function elementwise(
  space: WorkingSpace,
  size: number,
  loc: Head,
  element: Element,
  scale: OptionValue | undefined,
): Likelihood {
  const { initialRaw, logScale } = scaleAboveFloor(space);
  const noises: Likelihood["noises"] = { u: { size, distribution: element, parameters: standard } };
  const around = (raw: tf.Tensor, own: tf.Tensor): Conditional => {
    const centre = space.loc(raw);
    const whiten = (value: tf.Tensor) => tf.mul(tf.sub(value, centre), tf.exp(tf.neg(own)));
    return {
      colour: ({ u }) => tf.add(centre, tf.mul(tf.exp(own), u!)),
      whiten: (value) => ({ u: whiten(value) }),
      logDensity: (value) => tf.sum(tf.sub(standardLogDensity[element](whiten(value)), own), 1),
    };
  };
  switch (choiceOf(scale)) {
    case "fixed": {
      const fixed = Math.log(Number(numberOf(scale, "value")));
      return {
        heads: [loc],
        parameters: {},
        noises,
        draws: {},
        given: (_, outputs) => around(outputs.loc!, tf.scalar(fixed)),
      };
    }
    case "shared":
      return {
        heads: [loc],
        parameters: { scale: constantParameter([initialRaw]) },
        noises,
        draws: {},
        given: (parameters, outputs) => around(outputs.loc!, logScale(tf.reshape(parameters.scale!, [1, 1]))),
      };
    default:
      return {
        heads: [loc, { name: "scale", outputs: size, spread: scaleSpread, initial: initialRaw }],
        parameters: {},
        noises,
        draws: {},
        given: (_, outputs) => around(outputs.loc!, logScale(outputs.scale!)),
      };
  }
}

function multivariate(space: WorkingSpace, size: number, loc: Head): Likelihood {
  const { initialRaw, logScale } = scaleAboveFloor(space);
  const diagonal: Head = { name: "scale", outputs: size, spread: scaleSpread, initial: initialRaw };
  const lower: Head = { name: "lower", outputs: (size * (size - 1)) / 2, spread: scaleSpread, initial: 0 };
  return {
    heads: size > 1 ? [loc, diagonal, lower] : [loc, diagonal],
    parameters: {},
    noises: { u: normal(size) },
    draws: {},
    given(_, outputs) {
      const centre = space.loc(outputs.loc!);
      const own = logScale(outputs.scale!);
      const { colour, whiten, logDensity } =
        size > 1 ? fullNormal(centre, lowerFactor(outputs.lower!, own)) : independentNormal(centre, own);
      return { colour: ({ u }) => colour(u!), whiten: (value) => ({ u: whiten(value) }), logDensity };
    },
  };
}

function lowRank(space: WorkingSpace, size: number, loc: Head, rank: number): Likelihood {
  const { initialRaw, logScale } = scaleAboveFloor(space);
  return {
    heads: [
      loc,
      { name: "scale", outputs: size, spread: scaleSpread, initial: initialRaw },
      { name: "factor", outputs: size * rank, spread: scaleSpread, initial: 0 },
    ],
    parameters: {},
    noises: { u: normal(size), factors: normal(rank) },
    draws: { factors: normal(rank) },
    given(_, outputs) {
      const { colour, whiten, logDensity } = lowRankNormal(
        space.loc(outputs.loc!),
        tf.reshape(outputs.factor!, [-1, size, rank]),
        tf.mul(2, logScale(outputs.scale!)),
      );
      return {
        colour: ({ u, factors }) => colour({ elements: u!, factors: factors! }),
        whiten(value, draws) {
          const { elements, factors } = whiten(value, draws.factors!);
          return { u: elements, factors };
        },
        logDensity,
      };
    },
  };
}

function normal(size: number): DrawSpec {
  return { size, distribution: "normal", parameters: standard };
}
