/**
 * What every mechanism of a loaded model provides, over batches, in tfjs-core ops: x = f(ε; pa).
 *
 * Shapes. A value is `[batch, size]` in the variable's own unit, parents likewise, noise `[batch, size of the noise]`,
 * log-probabilities `[batch]` in nats per unit of the variable. Abduction and prediction with K particles keep units
 * outermost: row `unit * K + particle`.
 */
import type { Abduction, Noise } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import type * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import type { ClosedForm } from "./closed-form.js";

/** A learned tensor and its initial value. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly initialise: (key: RandomKey) => Float32Array;
}

/** A source of randomness that a procedure takes as an input, `[batch, size]`, elements independent. */
export interface DrawSpec {
  readonly size: number;
  readonly distribution: Exclude<Noise["distribution"], "mnist">;
  /** In the distribution's own order; `standard` where it is the standard one. */
  readonly parameters: readonly number[];
}

export const standard: readonly number[] = [0, 1];

/** Parameters that follow a loss of their own. */
export interface ParameterGroup {
  readonly name: string;
  readonly parameters: readonly string[];
  /** A scalar, averaged over the batch; statistics as in `Mechanism.loss`. */
  readonly loss: Mechanism["loss"];
}

export interface Mechanism {
  readonly variable: string;
  readonly kind: string;
  readonly abduction: Abduction;
  /** Whether `logProbability` is exact, a lower bound (an ELBO), or does not exist (a deterministic mechanism). */
  readonly density: "exact" | "bound" | "none";
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /**
   * Running averages of statistics of training batches, which no gradient reaches (batch normalisation). They are
   * fitted values as the parameters are: `forward`, `abduct` and `logProbability` find them beside those, under names
   * of their own.
   */
  readonly buffers?: Readonly<Record<string, ParameterSpec>>;
  /** The exogenous noise: what `forward` takes and `abduct` returns. */
  readonly noises: Readonly<Record<string, DrawSpec>>;
  /** Auxiliary draws that `abduct`, `logProbability` and `loss` take (a posterior's noise); empty for exact kinds. */
  readonly draws: Readonly<Record<string, DrawSpec>>;

  /** Further draws that training alone takes. */
  readonly trainingDraws?: Readonly<Record<string, DrawSpec>>;

  /** x = f(ε; pa). */
  forward(parameters: Tensors, noise: Tensors, parents: Tensors): tf.Tensor;
  /**
   * ε given the value and its parents. `draws` has `batch * particles` rows; a kind without draws returns `batch` rows,
   * since its noise is the same for every particle.
   */
  abduct(parameters: Tensors, value: tf.Tensor, parents: Tensors, draws: Tensors, particles: number): Tensors;
  /** log p(value | parents), or the bound that `density` says it is: `[batch]`. */
  logProbability(parameters: Tensors, value: tf.Tensor, parents: Tensors, draws: Tensors): tf.Tensor;
  /**
   * For bounds alone: log p(value, z | parents) - log q(z | value, parents) at the drawn z, `[batch]`. The mean of its
   * exponential is p(value | parents), so that it weighs particles without bias, and over several draws it tightens the
   * bound (Burda, Grosse & Salakhutdinov 2016). With `statistics`, as in training; see `loss`.
   */
  logWeight?(
    parameters: Tensors,
    value: tf.Tensor,
    parents: Tensors,
    draws: Tensors,
    statistics?: Record<string, tf.Tensor>,
  ): tf.Tensor;
  /**
   * Where training starts, for parameters that depend on the data: from the first training rows, given the other
   * initial values. Absent where nothing does.
   */
  initialise?(parameters: Tensors, value: tf.Tensor, parents: Tensors, draws: Tensors): Tensors;
  /**
   * The fit without gradient training, where there is one: whole, or where training starts. It is the same for every
   * seed but for what a network's drawn layers make of it between the rows.
   */
  readonly closedForm?: ClosedForm;
  /**
   * The training loss in nats, averaged over the batch: a scalar. A mechanism with buffers leaves this batch's value of
   * each in `statistics`, under the buffer's name.
   */
  loss(
    parameters: Tensors,
    value: tf.Tensor,
    parents: Tensors,
    draws: Tensors,
    statistics?: Record<string, tf.Tensor>,
  ): tf.Tensor;
  /**
   * Where the parameters do not all follow one loss, as in adversarial training: groups that are disjoint and together
   * hold all parameters. A training step updates them in turn, each given the ones before it as already updated. `loss`
   * is then the last group's.
   */
  readonly groups?: readonly ParameterGroup[];
  /** The share of Adam's first moment that a step keeps, where it is not the usual 0.9. */
  readonly momentum?: number;
  /** What the fitting option `finetune` trains when the rest is fitted, the other parameters held. */
  readonly finetune?: ParameterGroup;
  /**
   * What is watched on held-out rows in place of -log p where there is no density: `[batch]`, in units of the variable.
   */
  heldOutLoss?(parameters: Tensors, value: tf.Tensor, parents: Tensors, draws: Tensors): tf.Tensor;
}

/** What can be fitted to rows of a variable and of others: a mechanism, or a network that serves one. */
export type Fittable = Omit<
  Mechanism,
  "kind" | "abduction" | "density" | "noises" | "forward" | "abduct" | "logWeight"
>;

/** Everything that a fit sets, by name: learned tensors and running averages. */
export function fittedSpecs({
  parameters,
  buffers,
}: Pick<Mechanism, "parameters" | "buffers">): Readonly<Record<string, ParameterSpec>> {
  return { ...parameters, ...buffers };
}

/** The groups of a training step: one of all parameters where the mechanism names none. */
export function groupsOf({
  groups,
  parameters,
  loss,
}: Pick<Mechanism, "groups" | "parameters" | "loss">): readonly ParameterGroup[] {
  return groups ?? [{ name: "all", parameters: Object.keys(parameters), loss }];
}

export function trainingDrawsOf({
  draws,
  trainingDraws,
}: Pick<Mechanism, "draws" | "trainingDraws">): Readonly<Record<string, DrawSpec>> {
  return { ...draws, ...trainingDraws };
}
