/**
 * Evaluates a world: every variable in topological order, from noises, under interventions. One function serves
 * sampling (noises drawn), interventions and counterfactual prediction (noises abducted, non-descendants observed).
 *
 * Rows. Every value is `[rows, size]`; some may have one row per unit and others one per particle (units outermost).
 * They are aligned where they meet.
 */
import { seenName } from "../../../model/graph/nested-worlds.js";
import { intervenedGraph, mechanismsByName } from "../../../model/plans/plan.js";
import type { Expression, Intervention, OperatorCall } from "../../../schema/types.js";
import { centredIntervention, wholeTarget } from "../../mechanisms/bound/centred-model.js";
import { repeatRows } from "../../mechanisms/contract/context.js";
import { type LoadedModel, parametersOf } from "../../mechanisms/loaded-model.js";
import type { Tensors } from "../../tensors/core/engine.js";
import { evaluate } from "../../tensors/core/expressions.js";
import * as tf from "../../tensors/core/tfjs.js";

export interface WorldInputs {
  readonly loaded: LoadedModel;
  /** Units: every value has at least as many rows, constants included. */
  readonly rows: number;
  readonly parameters: Tensors;
  /** The noises of each mechanism that is evaluated, by variable. */
  readonly noises: ReadonlyMap<string, Tensors>;
  /** Values that are copied rather than computed. */
  readonly observed: ReadonlyMap<string, tf.Tensor>;
  readonly interventions: readonly Intervention[];
  /** The noises of stochastic interventions, by intervened variable. */
  readonly interventionNoises: ReadonlyMap<string, Tensors>;
  /** The variables to compute; all others are copied from `observed`. */
  readonly compute: ReadonlySet<string>;
  /**
   * Values that variables are known to have in the new world, whatever sets them: evidence, and what is already
   * computed.
   */
  readonly given?: ReadonlyMap<string, tf.Tensor>;
  /**
   * Takes the place of a computed variable's own mechanism, where it gives a value; `own` is what the mechanism gives.
   */
  readonly propose?: (
    name: string,
    values: ReadonlyMap<string, tf.Tensor>,
    own: () => tf.Tensor,
  ) => tf.Tensor | undefined;
  /** The variables to look at; all by default. Those that they read are among them. */
  readonly visit?: ReadonlySet<string>;
}

export interface World {
  readonly values: ReadonlyMap<string, tf.Tensor>;
  /**
   * The values that the interventions set: of `t`, and of `t for y`, those that only some children see (`seenName`).
   */
  readonly replaced: ReadonlyMap<string, tf.Tensor>;
  /** The arguments of each operator call of an operator variable, innermost call first. */
  readonly operatorArguments: ReadonlyMap<string, readonly (readonly tf.Tensor[])[]>;
  /** What single children see in the place of a variable's own value, by child. */
  readonly seenOnlyBy: ReadonlyMap<string, ReadonlyMap<string, tf.Tensor>>;
}

export function evaluateWorld(inputs: WorldInputs): World {
  const { loaded, interventions, observed, compute } = inputs;
  const values = new Map<string, tf.Tensor>();
  const replaced = new Map<string, tf.Tensor>();
  const operatorArguments = new Map<string, tf.Tensor[][]>();
  /** New values of interventions that only some children see, by child. */
  const seenOnlyBy = new Map<string, Map<string, tf.Tensor>>();

  // An intervention may read variables that come later in the model's own order.
  for (const name of intervenedGraph(loaded.model, interventions).order()) {
    if (inputs.visit?.has(name) === false) continue;
    const own = interventions.filter((candidate) => candidate.variable === name);
    const whole = own.find(({ only }) => only === undefined);
    const partial = own.filter(({ only }) => only !== undefined);
    const known = inputs.given?.get(name);
    if (known && partial.length === 0) {
      values.set(name, known);
      continue;
    }
    const natural = () => {
      if (known) return known;
      if (!compute.has(name)) return observed.get(name);
      const own = () => computeNaturally(name, inputs, values, seenOnlyBy.get(name), operatorArguments);
      return inputs.propose?.(name, values, () => own()!) ?? own();
    };
    const value = whole ? evaluateIntervention(whole, inputs, values, natural) : natural();
    if (whole) replaced.set(name, value!);
    if (value) values.set(name, value);
    for (const intervention of partial) {
      const changed = evaluateIntervention(intervention, inputs, values, natural);
      replaced.set(seenName(intervention), changed);
      for (const child of intervention.only!) {
        const seen = seenOnlyBy.get(child) ?? new Map<string, tf.Tensor>();
        seenOnlyBy.set(child, seen.set(name, changed));
      }
    }
  }
  return { values, replaced, operatorArguments, seenOnlyBy };
}

/**
 * log p(value | what the variable's parents are in this world), `[rows]`, or a bound on it: the world as it is, without
 * intervention.
 */
export function naturalLogProbability(
  name: string,
  value: tf.Tensor,
  { loaded, parameters }: WorldInputs,
  world: World,
  draws: Tensors,
): tf.Tensor {
  const { parents } = mechanismsByName(loaded.model).get(name)!;
  const overrides = world.seenOnlyBy.get(name);
  const seen: Record<string, tf.Tensor> = {};
  for (const parent of parents) seen[parent] = overrides?.get(parent) ?? world.values.get(parent)!;
  const mechanism = loaded.mechanisms.get(name)!;
  const score = mechanism.logWeight ?? mechanism.logProbability;
  return score(parametersOf(parameters, name), value, seen, draws);
}

/** The value that the variable would have without the whole intervention on it, from fresh noise. */
export function naturalValue(name: string, inputs: WorldInputs, world: World): tf.Tensor {
  return computeNaturally(name, inputs, world.values, world.seenOnlyBy.get(name), new Map())!;
}

/** x = f(ε; pa), or the arguments of its operator calls. */
function computeNaturally(
  name: string,
  { loaded, noises, parameters, rows }: WorldInputs,
  values: ReadonlyMap<string, tf.Tensor>,
  overrides: ReadonlyMap<string, tf.Tensor> | undefined,
  operatorArguments: Map<string, tf.Tensor[][]>,
): tf.Tensor | undefined {
  const modelMechanism = mechanismsByName(loaded.model).get(name)!;
  const parents: Record<string, tf.Tensor> = {};
  for (const parent of modelMechanism.parents) parents[parent] = overrides?.get(parent) ?? values.get(parent)!;
  if (modelMechanism.kind === "operator") {
    // An argument of an operator is a number in its own unit.
    const centredArgument = (argument: Expression) => wholeTarget(argument, loaded.variables);
    operatorArguments.set(
      name,
      callArguments(modelMechanism.call).map((call) =>
        call.map((argument) => evaluateAligned(centredArgument(argument), parents, rows)),
      ),
    );
    return undefined;
  }
  const noise = noises.get(name) ?? {};
  const [alignedNoise, alignedParents] = alignGroups(noise, parents);
  const value = loaded.mechanisms.get(name)!.forward(parametersOf(parameters, name), alignedNoise, alignedParents);
  return atLeast(rows, value);
}

/** The argument expressions of nested operator calls, innermost first. */
function callArguments(call: OperatorCall): Expression[][] {
  const inner = "operator" in call.image ? callArguments(call.image) : [];
  return [...inner, call.arguments];
}

function evaluateIntervention(
  given: Intervention,
  { loaded, interventionNoises, rows }: WorldInputs,
  values: ReadonlyMap<string, tf.Tensor>,
  natural: () => tf.Tensor | undefined,
): tf.Tensor {
  const intervention = centredIntervention(given, loaded.variables);
  const own = mentionsNatural(intervention.expression) ? natural() : undefined;
  const noises = interventionNoises.get(intervention.variable) ?? {};
  const groups = { ...Object.fromEntries(values), ...(own ? { [`natural ${intervention.variable}`]: own } : {}) };
  const [alignedNoises, aligned] = alignGroups(noises, scalarsOnly(groups));
  const result = evaluate(intervention.expression, {
    variables: new Map(Object.entries(aligned)),
    noises: new Map(Object.entries(alignedNoises)),
    ...(own ? { natural: aligned[`natural ${intervention.variable}`]! } : {}),
  });
  return atLeast(rows, result);
}

/** A value that depends on nothing with rows is the same in every row. */
function atLeast(rows: number, value: tf.Tensor): tf.Tensor {
  if (value.shape.length === 2 && value.shape[0]! >= rows) return value;
  return tf.tile(tf.reshape(value, [1, -1]), [rows, 1]);
}

function scalarsOnly(values: Tensors): Tensors {
  return Object.fromEntries(Object.entries(values).filter(([, tensor]) => tensor.shape[1] === 1));
}

function evaluateAligned(expression: Expression, parents: Tensors, rows: number): tf.Tensor {
  const [aligned] = alignGroups(scalarsOnly(parents));
  const result = evaluate(expression, { variables: new Map(Object.entries(aligned!)), noises: new Map() });
  return atLeast(rows, result);
}

/** Repeats rows so that all tensors have as many as the longest. */
function alignGroups<Groups extends Tensors[]>(...groups: Groups): Groups {
  const all = groups.flatMap((group) => Object.values(group));
  const rows = Math.max(0, ...all.map((tensor) => tensor.shape[0]!));
  return groups.map((group) =>
    Object.fromEntries(
      Object.entries(group).map(([name, tensor]) => [name, repeatRows(tensor, rows / tensor.shape[0]!)]),
    ),
  ) as Groups;
}

/** Whether the expression uses the intervened variable's own value. Iterative: long sums are deep trees. */
export function mentionsNatural(expression: Expression): boolean {
  const pending: Expression[] = [expression];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.kind === "natural") return true;
    if (next.kind === "apply") pending.push(...next.arguments);
  }
  return false;
}
