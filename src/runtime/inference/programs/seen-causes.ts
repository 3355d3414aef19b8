/**
 * The causes that learned mechanisms see in an asked world, unit by unit, looked up in what the training rows hold: the
 * rule below all doors. Which mechanisms those are: the ones that the answer evaluates and of which an intervention or
 * evidence may move a cause.
 */
import { evaluate } from "../../../algebra/evaluate.js";
import { namesIn } from "../../../algebra/expression.js";
import { graphOf, intervenedGraph, isShift } from "../../../model/plans/plan.js";
import type { Intervention, MechanismSupport } from "../../../schema/types.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import { supportOf } from "../../support/support-of.js";
import { emptyTally, LookUp, type Tally } from "../../support/tally.js";
import { unitStride, unitsLookedUp } from "../../support/thresholds.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { World } from "./world.js";

export interface AskedWorld {
  readonly interventions: readonly Intervention[];
  /** Variables whose values are known. */
  readonly given: readonly string[];
  readonly targets: readonly string[];
}

/** The learned mechanisms whose causes are to be looked up, in the order of the model. */
export function mechanismsToLookUp(loaded: LoadedModel, { interventions, given, targets }: AskedWorld): string[] {
  const graph = intervenedGraph(loaded.model, interventions);
  const moved = movedBy(loaded, { interventions, given }).either;
  const known = new Set(given);
  const used = new Set(targets);
  const open = [...targets, ...given.flatMap((name) => graph.parents(name))];
  for (const name of open) used.add(name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (known.has(name)) continue;
    for (const parent of graph.parents(name)) {
      if (used.has(parent)) continue;
      used.add(parent);
      open.push(parent);
    }
  }
  for (const name of given) used.add(name);
  const isReplaced = (name: string) =>
    interventions.some((one) => one.variable === name && one.only === undefined && !isShift(one));
  return loaded.model.order.filter((name) => {
    if (!used.has(name) || isReplaced(name)) return false;
    const sees = interventions.some(({ only }) => only?.includes(name));
    return (
      (sees ||
        graphOf(loaded.model)
          .parents(name)
          .some((parent) => moved.has(parent))) &&
      supportOf(loaded, name) !== undefined
    );
  });
}

interface Moved {
  /** Set, or known, or reached by an intervention. */
  readonly stated: ReadonlySet<string>;
  /** Those, and what evidence tells of: variables that have a cause in common with it. */
  readonly either: ReadonlySet<string>;
}

/** The variables whose distribution interventions or evidence may move. */
function movedBy(loaded: LoadedModel, { interventions, given }: Omit<AskedWorld, "targets">): Moved {
  const graph = intervenedGraph(loaded.model, interventions);
  const whole = interventions.filter(({ only }) => only === undefined).map(({ variable }) => variable);
  const first = [...whole, ...interventions.flatMap(({ only }) => only ?? [])];
  const stated = new Set([...first, ...graph.descendants(first), ...given]);
  const sources = new Set([...given, ...graph.ancestors(given)]);
  return { stated, either: new Set([...stated, ...sources, ...graph.descendants(sources)]) };
}

/** How a mechanism's parents get their values from those of a world: a `for` gives a child another one. */
interface SeenCause {
  readonly parent: string;
  readonly instead?: Intervention;
}

function causesOf(support: MechanismSupport, interventions: readonly Intervention[]): SeenCause[] {
  return support.parents.map(({ name }) => {
    const instead = interventions.find(({ variable, only }) => variable === name && only?.includes(support.variable));
    return instead ? { parent: name, instead } : { parent: name };
  });
}

/** The variables whose values in the world tell what the mechanisms see. */
export function namesToLookUp(
  loaded: LoadedModel,
  mechanisms: readonly string[],
  interventions: readonly Intervention[],
): string[] {
  const names = mechanisms.flatMap((name) =>
    causesOf(supportOf(loaded, name)!, interventions).flatMap(({ parent, instead }) =>
      instead === undefined
        ? [parent]
        : [...namesIn(instead.expression, "variable"), ...namesIn(instead.expression, "natural")],
    ),
  );
  return [...new Set(names)];
}

/** Rows of a world, one for each unit or draw, less the origins of the variables. */
export interface RowsOfWorld {
  /** `[rows]` by variable. */
  readonly values: ReadonlyMap<string, ArrayLike<number>>;
  readonly rows: number;
  readonly weights?: ArrayLike<number> | null;
  /** The place of the first row among all units: of very many units, some are looked up. */
  readonly firstUnit?: number;
}

export function lookUp(
  loaded: LoadedModel,
  mechanisms: readonly string[],
  asked: Omit<AskedWorld, "targets">,
  { values, rows, weights, firstUnit = 0 }: RowsOfWorld,
): Tally[] {
  const { stated, either } = movedBy(loaded, asked);
  return mechanisms.map((name) => {
    const support = supportOf(loaded, name)!;
    const seen = causesOf(support, asked.interventions);
    const causes = seen.map((cause) => valueAt(loaded, cause, values));
    // The fit of a constant gives back about that constant: its draws are other values, but nobody asked for them.
    const isOwn = support.parents.map(({ name: parent, low, high }, index) => {
      const isStated = seen[index]!.instead !== undefined || stated.has(parent);
      return isStated || (either.has(parent) && (low === null || low !== high));
    });
    const look = new LookUp(support, isOwn);
    const own = new Float64Array(causes.length);
    for (let row = 0; row < rows; row++) {
      const unit = firstUnit + row;
      if (unit >= unitsLookedUp && unit % unitStride !== 0) continue;
      for (let k = 0; k < own.length; k++) own[k] = causes[k]!(row);
      look.unit(own, weights?.[row] ?? 1);
    }
    return look.tally;
  });
}

/**
 * In the variable's own unit; NaN where the value cannot be told from those of the world: the new value draws noise of
 * its own.
 */
function valueAt(
  { variables }: LoadedModel,
  { parent, instead }: SeenCause,
  values: ReadonlyMap<string, ArrayLike<number>>,
): (row: number) => number {
  if (instead === undefined) {
    const own = values.get(parent);
    const origin = originOfVariable(variables.get(parent));
    return own === undefined ? () => Number.NaN : (row) => own[row]! + origin;
  }
  const { expression, noises } = instead;
  if (expression.kind === "constant") return () => expression.value;
  if (noises.length > 0) return () => Number.NaN;
  const whole = [...values].map(([name, data]) => [name, data, originOfVariable(variables.get(name))] as const);
  return (row) =>
    evaluate(expression, { variables: new Map(whole.map(([name, data, origin]) => [name, data[row]! + origin])) });
}

const prefix = "cause ";

/** What is looked up of each unit, `[units, 1]` by variable: the value of its first particle. */
export function causeOutputs(world: World, names: readonly string[], units: number): Record<string, tf.Tensor> {
  const outputs: Record<string, tf.Tensor> = {};
  for (const name of names) {
    const value = world.values.get(name);
    if (value?.shape[1] !== 1) continue;
    const particles = value.shape[0]! / units;
    outputs[`${prefix}${name}`] =
      particles === 1 ? value : tf.slice(tf.reshape(value, [units, particles]), [0, 0], [units, 1]);
  }
  return outputs;
}

export function causesIn(outputs: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const found = [...outputs].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, data]) => [name.slice(prefix.length), data]));
}

/** The sum of the tallies of each mechanism. */
export function emptyTallies(loaded: LoadedModel, mechanisms: readonly string[]): Tally[] {
  return mechanisms.map((name) => emptyTally(supportOf(loaded, name)!));
}
