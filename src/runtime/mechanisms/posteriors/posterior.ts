/**
 * A learned posterior q(c_1, …, c_k | x) of the scalar causes of an image x, for every pattern of which of them are
 * known (amortised inference; as proposals of importance sampling: Paige & Wood 2016, Le, Baydin & Wood 2017). It is
 * autoregressive in causal order:
 *
 *     q(c_k | x, the causes known so far),   known: what is observed of the unit, and what was proposed before c_k
 *
 * One encoder reads x; each cause has a network that sees its features and, of every other cause, its encoding and
 * whether it is known, zeros where it is not. Training hides causes at random, so that one fit serves every pattern,
 * and minimises
 * -Σ log q(c_k | x, known) on the rows of the data, which is all that it takes from them: the mechanisms do not enter.
 */

import { mechanismsByName } from "../../../model/plans/plan.js";
import { posteriorCauses, posteriorTargets } from "../../../model/plans/posteriors.js";
import type { LearnedMechanism, Model } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { type BoundVariable, encodedSizeOf, encodeForChildren, sizeOf } from "../bound/variables.js";
import { imageOf } from "../contract/context.js";
import { type DrawSpec, type Fittable, type ParameterSpec, standard } from "../contract/mechanism.js";
import type { Encoder } from "../networks/architectures/architecture.js";
import { denseArchitecture } from "../networks/architectures/dense.js";
import { architectureOf } from "../networks/architectures/registry.js";
import { createContextConditioner } from "../networks/conditioner.js";
import { inferenceRun, type NetworkRun } from "../networks/layer.js";
import { type ConditionalDensity, conditionalDensity } from "./conditional-density.js";

export interface Posterior {
  /** The image. */
  readonly variable: string;
  /** What the networks see beside it, in causal order. */
  readonly causes: readonly string[];
  /** What is proposed: some of the causes. */
  readonly targets: ReadonlyMap<string, ConditionalDensity>;
  /** What a fit trains: the image is the value, the causes are the parents. */
  readonly fittable: Fittable;
  /** What the encoder finds in images, `[rows, features]`. */
  features(parameters: Tensors, value: tf.Tensor): tf.Tensor;
  /** θ of a target's density given the features and the causes that are known, `[rows, 1]` each. */
  theta(parameters: Tensors, target: string, features: tf.Tensor, known: ReadonlyMap<string, tf.Tensor>): tf.Tensor;
}

/** Where its tensors are among those of a model; no variable has a name with a dot. */
export const posteriorName = (variable: string): string => `${variable}.posterior`;

/** Widths of the encoder where the mechanism has none of its own. */
const plainWidths = [256, 128];
const headWidth = 64;
/**
 * Shares of training rows in which a cause is known: one before the target in causal order was mostly proposed by then.
 */
const knownBefore = 0.85;
const knownAfter = 0.5;

export function createPosterior(
  { mechanisms, order }: Pick<Model, "mechanisms" | "order">,
  variables: ReadonlyMap<string, BoundVariable>,
  variable: string,
): Posterior {
  const bound = { mechanisms, order, variables: [...variables.values()] };
  const causes = posteriorCauses(bound, variable).map((name) => variables.get(name)!);
  const image = variables.get(variable)!;
  const encoder = encoderOf(image, mechanismsByName({ mechanisms }).get(variable) as LearnedMechanism);
  const targets = posteriorTargets(bound, variable).map(
    (name) => new Head(variables.get(name)!, causes, encoder.features),
  );
  const byName = new Map(targets.map((head) => [head.target.name, head]));
  const encode = (run: NetworkRun, value: tf.Tensor) => encoder.encode(run, encodeForChildren(image, value), null);
  const mask: DrawSpec = { size: targets.length * causes.length, distribution: "uniform", parameters: standard };

  /** Σ log q of all targets, each as if it were missing, the others known as the mask says: `[batch]`. */
  function logProbability(run: NetworkRun, value: tf.Tensor, causeValues: Tensors, draws: Tensors): tf.Tensor {
    const features = encode(run, value);
    const terms = targets.map((head, k) => {
      const uniform = tf.slice(draws.mask!, [0, k * causes.length], [-1, causes.length]);
      const theta = head.theta(run.tensors, features, (cause, place) => {
        const share = place < head.place ? knownBefore : knownAfter;
        const known = tf.cast(tf.less(tf.slice(uniform, [0, place], [-1, 1]), share), "float32");
        return { known, value: causeValues[cause]! };
      });
      return head.density.logDensity(theta, causeValues[head.target.name]!);
    });
    return tf.addN(terms);
  }

  return {
    variable,
    causes: causes.map(({ name }) => name),
    targets: new Map(targets.map(({ target, density }) => [target.name, density])),
    fittable: {
      variable: posteriorName(variable),
      parameters: { ...encoder.parameters, ...Object.assign({}, ...targets.map(({ parameters }) => parameters)) },
      buffers: encoder.buffers,
      draws: { mask },
      logProbability: (parameters, value, parents, draws) =>
        logProbability(inferenceRun(parameters), value, parents, draws),
      loss: (parameters, value, parents, draws, statistics = {}) =>
        tf.neg(tf.mean(logProbability({ tensors: parameters, statistics }, value, parents, draws))),
    },
    features: (parameters, value) => encode(inferenceRun(parameters), value),
    theta(parameters, target, features, known) {
      return byName.get(target)!.theta(parameters, features, (cause) => {
        const value = known.get(cause);
        return value && { known: tf.onesLike(value), value };
      });
    },
  };
}

/** The mechanism's own kind of encoder, which sees the image alone. */
function encoderOf({ domain }: BoundVariable, { kind, options }: LearnedMechanism): Encoder {
  const shape = { size: sizeOf(domain), image: imageOf(domain), latent: 1, context: 0, heads: [] };
  if (kind === "cvae") return architectureOf(shape, options).encoder;
  return denseArchitecture(shape, plainWidths).encoder;
}

/** A cause where it is known, `[rows, 1]` each; undefined where it is not. */
type Seen = (cause: string, place: number) => { readonly known: tf.Tensor; readonly value: tf.Tensor } | undefined;

/** The network of one target. */
class Head {
  readonly density: ConditionalDensity;
  /** Its place among the causes. */
  readonly place: number;
  private readonly network: ReturnType<typeof createContextConditioner>;

  constructor(
    readonly target: BoundVariable,
    private readonly causes: readonly BoundVariable[],
    features: number,
  ) {
    this.density = conditionalDensity(target);
    this.place = causes.indexOf(target);
    const seen = this.others().reduce((sum, { domain }) => sum + encodedSizeOf(domain) + 1, features);
    this.network = createContextConditioner(seen, [headWidth], this.density.initial);
  }

  get parameters(): Record<string, ParameterSpec> {
    return Object.fromEntries(
      Object.entries(this.network.parameters).map(([name, spec]) => [`${this.target.name}/${name}`, spec]),
    );
  }

  theta(parameters: Tensors, features: tf.Tensor, seen: Seen): tf.Tensor {
    const own = Object.fromEntries(
      Object.keys(this.network.parameters).map((name) => [name, parameters[`${this.target.name}/${name}`]!]),
    );
    const rows = features.shape[0]!;
    const columns = this.others().flatMap((cause) => {
      const found = seen(cause.name, this.causes.indexOf(cause));
      if (!found) return [tf.zeros([rows, encodedSizeOf(cause.domain) + 1])];
      return [tf.mul(encodeForChildren(cause, found.value), found.known), found.known];
    });
    return this.network.theta(own, columns.length === 0 ? features : tf.concat([features, ...columns], 1));
  }

  private others(): BoundVariable[] {
    return this.causes.filter((cause) => cause !== this.target);
  }
}
