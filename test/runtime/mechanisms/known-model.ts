/** Whole models in closed form: one of mixed types with its interventional means, and random linear-Gaussian ones. */
import { logGamma } from "../../../src/runtime/mechanisms/distributions/special-functions.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import type { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { scalarRows } from "../models.js";

export const mixedText = `a : binary := bernoulli()
b : ordinal(3) := categorical(a, hidden = [4])
d : count := glm(b)
c : real := linear(a, b, d)`;

/** P(b | a). */
const levels = [
  [0.6, 0.3, 0.1],
  [0.2, 0.3, 0.5],
] as const;
const rateOf = (b: number) => Math.exp(0.4 + 0.5 * b);
/** Not linear in b: the one-hot encoding has an effect for each level. */
const effects = [0, 1.5, 0.7] as const;
const meanOfC = (a: number, b: number, d: number) => 1 - 0.6 * a + effects[b]! - 0.5 * d;

export function drawMixed(key: RandomKey, rows: number): Map<string, Rows> {
  const [ua, ub, ud] = ["a", "b", "d"].map((name) => key.split(name).uniform64(rows));
  const noise = key.split("c").normal64(rows);
  const a = Array.from(ua!, (u) => Number(u < 0.3));
  const b = a.map((value, k) => {
    const [first, second] = levels[value]!;
    return Number(ub![k]! >= first!) + Number(ub![k]! >= first! + second!);
  });
  const d = b.map((value, k) => poissonQuantile(ud![k]!, rateOf(value)));
  const c = a.map((value, k) => meanOfC(value, b[k]!, d[k]!) + 0.8 * noise[k]!);
  return new Map(Object.entries({ a, b, d, c }).map(([name, values]) => [name, scalarRows(values)]));
}

/** log p of each variable given its parents, by unit. */
export function mixedLogProbability(values: ReadonlyMap<string, Rows>): Map<string, Float64Array> {
  const [a, b, d, c] = ["a", "b", "d", "c"].map((name) => values.get(name)!.data);
  const each = (term: (unit: number) => number) => Float64Array.from(a!, (_, unit) => term(unit));
  return new Map([
    ["a", each((unit) => Math.log(a![unit] === 1 ? 0.3 : 0.7))],
    ["b", each((unit) => Math.log(levels[a![unit]!]![b![unit]!]!))],
    ["d", each((unit) => d![unit]! * Math.log(rateOf(b![unit]!)) - rateOf(b![unit]!) - logGamma(d![unit]! + 1))],
    ["c", each((unit) => normalTerm(c![unit]! - meanOfC(a![unit]!, b![unit]!, d![unit]!), 0.8))],
  ]);
}

const normalTerm = (residual: number, sd: number) =>
  -0.5 * (residual / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);

function poissonQuantile(u: number, rate: number): number {
  let mass = Math.exp(-rate);
  let sum = mass;
  let count = 0;
  while (u >= sum && count < 100) {
    count++;
    mass *= rate / count;
    sum += mass;
  }
  return count;
}

const average = (weights: readonly number[], values: (k: number) => number) =>
  weights.reduce((sum, weight, k) => sum + weight * values(k), 0);
const given = (a: number) => ({
  d: average(levels[a]!, rateOf),
  c: average(levels[a]!, (b) => meanOfC(a, b, rateOf(b))),
});
const setting = (b: number) => ({
  a: 0.3,
  d: rateOf(b),
  c: average([0.7, 0.3], (a) => meanOfC(a, b, rateOf(b))),
});

/** Means by intervention and variable. */
export const mixedMeans: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "a := 0": given(0),
  "a := 1": given(1),
  "b := 0": setting(0),
  "b := 2": setting(2),
  "d := 4": { c: average([0.7, 0.3], (a) => average(levels[a]!, (b) => meanOfC(a, b, 4))) },
};

const nodes = 20;
const mostParents = 3;

interface LinearNode {
  readonly name: string;
  readonly parents: readonly string[];
  readonly weights: readonly number[];
  readonly intercept: number;
  readonly sd: number;
}

/** A random linear-Gaussian model of twenty variables, each with up to three of the earlier ones as parents. */
export function twentyVariables(key: RandomKey): LinearNode[] {
  return Array.from({ length: nodes }, (_, k) => {
    const own = key.split(k);
    const count = Math.min(k, own.split("count").integers(1, mostParents + 1)[0]!);
    const parents = [...own.split("parents").permutation(k)].slice(0, count).map((parent) => `v${parent}`);
    return {
      name: `v${k}`,
      parents,
      weights: [...own.split("weights").normal64(count)],
      intercept: own.split("intercept").normal64(1)[0]!,
      sd: 0.3 + own.split("sd").uniform64(1)[0]!,
    };
  });
}

export function textOf(model: readonly LinearNode[]): string {
  return model.map(({ name, parents }) => `${name} : real := linear(${parents.join(", ")})`).join("\n");
}

/** Means of all variables where one is set. */
export function linearMeans(model: readonly LinearNode[], set: string, to: number): Map<string, number> {
  const means = new Map<string, number>();
  for (const { name, parents, weights, intercept } of model)
    means.set(
      name,
      name === set ? to : parents.reduce((sum, parent, k) => sum + weights[k]! * means.get(parent)!, intercept),
    );
  return means;
}

/** Values, and the log-probability of each variable given its parents, by unit. */
export function drawLinear(model: readonly LinearNode[], key: RandomKey, rows: number) {
  const values = new Map<string, Rows>();
  const logProbability = new Map<string, Float64Array>();
  for (const { name, parents, weights, intercept, sd } of model) {
    const noise = key.split(name).normal64(rows);
    const own = noise.map((z, row) =>
      parents.reduce((sum, parent, k) => sum + weights[k]! * values.get(parent)!.data[row]!, intercept + sd * z),
    );
    values.set(name, scalarRows(own));
    logProbability.set(
      name,
      noise.map((z) => normalTerm(sd * z, sd)),
    );
  }
  return { values, logProbability };
}
