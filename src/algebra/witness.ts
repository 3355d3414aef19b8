/**
 * Searches for values at which an expression leaves its domain. Interval arithmetic forgets that two occurrences of a
 * variable are the same, so a suspected error may be impossible; an error is reported only together with a case that
 * shows it.
 */
import { shortNumber } from "../diagnostics/short-number.js";
import type { Expression } from "../schema/types.js";
import { evaluate } from "./evaluate.js";
import { nodesOf } from "./expression.js";
import { canBe, everything, type Range, type Ranges, rangeOf } from "./range.js";

export interface Witness {
  readonly value: number;
  /** The leaves and their values, in order of appearance. */
  readonly at: ReadonlyMap<string, number>;
}

/** Conditions of the `if` branches that lead to the expression. */
export interface Guard {
  readonly condition: Expression;
  readonly isTrue: boolean;
}

type Leaf = Extract<Expression, { readonly name: string }>;

/** Bounds on the work of one search; a larger expression gets fewer trials. */
const mostTrials = 400;
const mostNodes = 1_000_000;

export function findWitness(
  expression: Expression,
  ranges: Ranges,
  isFault: (value: number) => boolean,
  guards: readonly Guard[] = [],
): Witness | undefined {
  for (const { value, at } of trials(expression, ranges, guards)) if (isFault(value)) return { value, at };
  return undefined;
}

/** True if the expression can be 0. A continuous expression that takes both signs is 0 somewhere in between. */
export function canBeZero(expression: Expression, ranges: Ranges, guards: readonly Guard[] = []): boolean {
  const range = rangeOf(expression, ranges);
  if (range === undefined || !canBe(range, 0)) return false;
  const isContinuous = leavesOf([expression]).every((leaf) => ranges(leaf)?.whole !== true) && !hasJumps(expression);
  let [isAbove, isBelow] = [false, false];
  for (const { value } of trials(expression, ranges, guards)) {
    if (value === 0) return true;
    isAbove ||= value > 0;
    isBelow ||= value < 0;
    if (isContinuous && isAbove && isBelow) return true;
  }
  return false;
}

function hasJumps(expression: Expression): boolean {
  for (const node of nodesOf(expression)) {
    if (node.kind === "apply" && (node.function === "if" || node.function === "divide")) return true;
  }
  return false;
}

function* trials(expression: Expression, ranges: Ranges, guards: readonly Guard[]): Generator<Witness> {
  const shown = leavesOf([expression]);
  const leaves = leavesOf([expression, ...guards.map(({ condition }) => condition)]);
  const candidates = leaves.map((leaf) => candidatesIn(ranges(leaf) ?? everything));
  const count = candidates.reduce((product, values) => Math.min(product * values.length, mostTrials), 1);
  const size = [...nodesOf(expression)].length;
  const random = generator();
  for (let trial = 0; trial < Math.max(8, Math.min(count, mostNodes / size)); trial++) {
    const picked = pick(candidates, trial, count < mostTrials, random);
    const variables = new Map<string, number>();
    const noises = new Map<string, number>();
    leaves.forEach((leaf, index) => {
      (leaf.kind === "noise" ? noises : variables).set(leaf.name, picked[index]!);
    });
    const isReached = guards.every(({ condition, isTrue }) => {
      return (evaluate(condition, { variables, noises }) !== 0) === isTrue;
    });
    const value = isReached ? evaluate(expression, { variables, noises }) : Number.NaN;
    if (Number.isNaN(value)) continue;
    yield { value, at: new Map(shown.map((leaf) => [leaf.name, picked[leaves.indexOf(leaf)]!])) };
  }
}

function leavesOf(expressions: readonly Expression[]): Leaf[] {
  const found = new Map<string, Leaf>();
  for (const expression of expressions) {
    for (const node of nodesOf(expression)) {
      if ("name" in node && !found.has(`${node.kind} ${node.name}`)) found.set(`${node.kind} ${node.name}`, node);
    }
  }
  return [...found.values()];
}

/** Picks all combinations if they are few, in the order of a mixed-radix count; else random ones. */
function pick(
  candidates: readonly (readonly number[])[],
  trial: number,
  isComplete: boolean,
  random: (limit: number) => number,
): number[] {
  let rest = trial;
  return candidates.map((values) => {
    const index = isComplete ? rest % values.length : random(values.length);
    rest = Math.floor(rest / values.length);
    return values[index]!;
  });
}

const usual = [0, 1, -1, 0.5, -0.5, 2, -2, 0.1, -0.1, 10, -10, 0.001, -0.001, 1000, -1000, 1e6, -1e6];

function candidatesIn(range: Range): readonly number[] {
  const width = range.high - range.low;
  const margin = Number.isFinite(width) ? width / 1000 : 0.001;
  const edges = [range.low, range.high, range.low + margin, range.high - margin].filter(Number.isFinite);
  const inner = Number.isFinite(width) ? [0.25, 0.5, 0.75].map((part) => range.low + part * width) : [];
  const all = [...usual, ...edges, ...inner].filter((value) => canBe(range, value));
  const allowed = range.whole ? all.filter(Number.isInteger) : all;
  return allowed.length > 0 ? [...new Set(allowed)] : [range.low];
}

/** A generator with a fixed seed, so the trials are the same every time (Park and Miller). */
function generator(): (limit: number) => number {
  let state = 1;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}

/** "where e = -1, r = 2", for messages. */
export function describeWitness({ at }: Witness): string {
  const shown = [...at].slice(0, 4).map(([name, value]) => `${name} = ${shortNumber(value)}`);
  return shown.length === 0 ? "" : `, where ${shown.join(", ")}${at.size > shown.length ? ", …" : ""}`;
}
