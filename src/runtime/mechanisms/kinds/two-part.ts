/**
 * A number with point masses, in two parts (a hurdle model; Cragg 1971): a branch by Gumbel-max over "has a density",
 * mass 1, …, with logits from a conditioner of the parents, and for the first branch a mechanism of the continuous
 * part,
 *
 *     x = f(ε; pa) if argmax_k (φ_k(pa) + G_k) = 0, else the mass m_k;  φ_0 = 0,
 *
 * so that P(x = m_k | pa) = softmax(φ)_k. The likelihood is with respect to point masses at the m_k and length
 * elsewhere: log P(x = m_k) there, log P(no mass) + log f(x) elsewhere. The parts share no parameters, so that they are
 * fitted together as if each on its own rows.
 *
 * Abduction draws the Gumbels from their posterior given the branch. The continuous noise is exact where the value
 * shows it, and is drawn from its prior at a mass, where nothing is seen of it.
 */
import { continuousPartOf, pointMassesOf } from "../../../algebra/point-masses.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import { fromUnconstrained, massIndicators } from "../bound/variables.js";
import { createClassForm } from "../closed-fits/class-form.js";
import type { ClosedForm, FitColumns, Numbers } from "../contract/closed-form.js";
import { type MechanismContext, repeatRows } from "../contract/context.js";
import type { DrawSpec, Mechanism } from "../contract/mechanism.js";
import type { Conditioner } from "../networks/conditioner.js";
import { createGumbelMax } from "./gumbel-max.js";

/** Parameters and draws of the branch bear this prefix; those of the continuous part keep their names. */
const prefix = "branch.";

/**
 * `branchOf` gives the logits of `masses` point masses, φ_1, …; `continuousOf` the mechanism of the rest, which must be
 * exact.
 */
export function createTwoPart(
  kind: string,
  context: MechanismContext,
  branchOf: (masses: number) => Conditioner,
  continuousOf: (context: MechanismContext) => Mechanism,
): Mechanism {
  const { variable } = context;
  const { domain, normalisation } = variable;
  const masses = pointMassesOf(domain);
  const continuousDomain = continuousPartOf(domain);
  const continuous = continuousOf({ ...context, variable: { ...variable, domain: continuousDomain } });
  const conditioner = branchOf(masses.length);
  const branch = createGumbelMax({
    variable: variable.name,
    kind,
    classes: masses.length + 1,
    parameters: conditioner.parameters,
    logits(parameters, parentValues) {
      const phi = conditioner.theta(parameters, parentValues);
      return tf.concat([tf.zeros([phi.shape[0]!, 1]), phi], 1);
    },
  });

  /** The branch of each value, its code `[batch, 1]`. */
  function branchCode(value: tf.Tensor): tf.Tensor {
    const codes = tf.tensor2d(masses.map((_, at) => [at + 1]));
    return tf.matMul(massIndicators(domain, value) as tf.Tensor2D, codes);
  }

  /** A value of the continuous part in place of the masses, whose density and noise are then not used. */
  function insideOf(value: tf.Tensor, code: tf.Tensor): tf.Tensor {
    const middle = fromUnconstrained({ domain: continuousDomain }, tf.scalar(normalisation?.mean ?? 0));
    return tf.where(tf.greater(code, 0.5), tf.mul(tf.onesLike(value), middle), value);
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors, draws: Tensors): tf.Tensor {
    const code = branchCode(value);
    const ofBranch = branch.logProbability(within(parameters), code, parentValues, {});
    const ofRest = continuous.logProbability(parameters, insideOf(value, code), parentValues, draws);
    const isRest = tf.reshape(tf.sub(1, tf.cast(tf.greater(code, 0.5), "float32")), [-1]);
    return tf.add(ofBranch, tf.mul(isRest, ofRest));
  }

  return {
    variable: variable.name,
    kind,
    abduction: "posterior_sample",
    density: "exact",
    parameters: { ...renamed(branch.parameters), ...continuous.parameters },
    noises: { ...branch.noises, ...continuous.noises },
    draws: { ...branch.draws, ...prefixed(continuous.noises) },
    forward(parameters, noise, parentValues) {
      const code = branch.forward(within(parameters), noise, parentValues);
      const rest = continuous.forward(parameters, noise, parentValues);
      return masses.reduce<tf.Tensor>(
        (value, mass, at) => tf.where(tf.equal(code, at + 1), tf.fill(value.shape, mass), value),
        rest,
      );
    },
    abduct(parameters, value, parentValues, draws, particles) {
      const code = branchCode(value);
      const { gumbel } = branch.abduct(within(parameters), code, parentValues, draws, particles);
      const seen = continuous.abduct(parameters, insideOf(value, code), parentValues, {}, 1);
      const isMass = tf.greater(repeatRows(code, particles), 0.5);
      const rest = Object.entries(seen).map(([name, exact]) => [
        name,
        tf.where(isMass, draws[`${unseen}${name}`]!, repeatRows(exact, particles)),
      ]);
      return { gumbel: gumbel!, ...Object.fromEntries(rest) };
    },
    logProbability,
    ...closedFormOf(context, conditioner, continuous),
    loss: (parameters, value, parentValues, draws) =>
      tf.neg(tf.mean(logProbability(parameters, value, parentValues, draws))),
  };
}

/**
 * The two parts share no parameters, so that each has its own closed form: the branch is a class of every row, and the
 * rest is fitted to the rows without a mass. Of a rest without a closed form the branch is where its training starts.
 */
function closedFormOf(
  { variable, parents }: MechanismContext,
  conditioner: Conditioner,
  continuous: Mechanism,
): Pick<Mechanism, "closedForm"> {
  const masses = pointMassesOf(variable.domain);
  const levels = ["any other value", ...masses.map(String)];
  const domain = { kind: "categorical", size: levels.length, levels } as const;
  const branchForm = createClassForm({
    variable: { ...variable, domain },
    parents,
    classes: levels.length,
    conditioner,
    isRelative: true,
  });
  const closedForm: ClosedForm = (columns, initial) => {
    const codes = Float64Array.from(columns.value, (value) => masses.indexOf(value) + 1);
    const branch = branchForm({ ...columns, value: codes }, within(initial));
    if (!branch) return undefined;
    const parameters = renamed(branch.parameters);
    const inside = Int32Array.from(codes.keys()).filter((row) => codes[row] === 0);
    const rest = inside.length === 0 ? undefined : continuous.closedForm?.(chosenColumns(columns, inside), initial);
    if (!rest) return { ...branch, isMaximum: false, parameters };
    const weightOf = (rows: Iterable<number>) => {
      let sum = 0;
      for (const row of rows) sum += columns.weights?.[row] ?? 1;
      return sum;
    };
    const share = weightOf(inside) / weightOf(codes.keys());
    return {
      isMaximum: branch.isMaximum && rest.isMaximum,
      method: branch.method,
      parameters: { ...parameters, ...rest.parameters },
      steps: branch.steps + rest.steps,
      loss: branch.loss + share * rest.loss,
      warnings: [...branch.warnings, ...rest.warnings],
    };
  };
  return { closedForm };
}

function chosenColumns({ value, parents, weights }: FitColumns, rows: Int32Array): FitColumns {
  const chosen = (all: Numbers) => {
    const size = all.length / value.length;
    return Float64Array.from(
      { length: rows.length * size },
      (_, k) => all[rows[Math.floor(k / size)]! * size + (k % size)]!,
    );
  };
  return {
    value: chosen(value),
    parents: Object.fromEntries(Object.entries(parents).map(([name, all]) => [name, chosen(all)])),
    ...(weights ? { weights: chosen(weights) } : {}),
  };
}

/** Draws of the continuous noise for the units in which it is not seen. */
const unseen = "unseen_";

function prefixed(noises: Mechanism["noises"]): Record<string, DrawSpec> {
  return Object.fromEntries(Object.entries(noises).map(([name, spec]) => [`${unseen}${name}`, spec]));
}

function renamed<Value>(parameters: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [`${prefix}${name}`, spec]));
}

/** The branch's parameters by their own names. */
function within<Value>(parameters: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}
