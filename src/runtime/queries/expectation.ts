/**
 * Answers to queries about the model itself (rungs one and two): expectations, probabilities and quantiles of sampled worlds,
 * and arithmetic over them. All terms of one query share their noises (common random numbers), so a contrast of two worlds
 * has the standard error of the contrast. The standard error is by batch means over equal blocks of the sample.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import { namesIn } from "../../model/expression.js";
import type { Expression, QueryExpression, QueryTerm } from "../../model/schema-types.js";
import type { Engine, ProgramSpec } from "../engine/engine.js";
import * as tf from "../engine/tfjs.js";
import { evaluate } from "../expressions.js";
import type { LoadedModel } from "../loaded-model.js";
import type { RandomKey } from "../random/index.js";
import { sizeOf } from "../variables.js";
import { sample } from "./sample.js";

export interface EstimateRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly expression: QueryExpression;
  /** Sample size, rounded down to a multiple of the number of blocks. */
  readonly rows: number;
  readonly key: RandomKey;
}

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly rows: number;
}

const blocks = 20;

/** Whether every term of a query is a number that sampling can estimate. */
export function isEstimable(expression: QueryExpression): boolean {
  if (expression.kind === "constant") return true;
  if (expression.kind === "apply") return expression.arguments.every(isEstimable);
  return (
    expression.evidence.length === 0 &&
    (expression.kind === "expectation" || expression.kind === "probability" || expression.kind === "quantile")
  );
}

export async function estimate(request: EstimateRequest): Promise<Estimate> {
  const perBlock = Math.max(1, Math.floor(request.rows / blocks));
  const rows = perBlock * blocks;
  const terms = new Map<QueryTerm, Float32Array>();
  for (const term of termsOf(request.expression)) terms.set(term, await sampleTerm(request, term, rows));
  const whole = combine(request.expression, (term) => summarise(term, terms.get(term)!));
  const byBlock = Array.from({ length: blocks }, (_, block) =>
    combine(request.expression, (term) =>
      summarise(term, terms.get(term)!.subarray(block * perBlock, (block + 1) * perBlock)),
    ),
  );
  requireFinite(request.loaded, whole, terms);
  const mean = byBlock.reduce((sum, value) => sum + value, 0) / blocks;
  const variance = byBlock.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (blocks - 1);
  return { value: whole, standardError: Math.sqrt(variance / blocks), rows };
}

/** An answer that is no number comes from draws that are none, or from a division of the query's own. */
function requireFinite(loaded: LoadedModel, whole: number, terms: ReadonlyMap<QueryTerm, Float32Array>): void {
  if (Number.isFinite(whole)) return;
  for (const [term, values] of terms) {
    const bad = values.filter((value) => !Number.isFinite(value)).length;
    if (bad > 0)
      throw failure(
        "7067",
        loaded.model.name,
        `${bad} of ${values.length} draws of ${term.kind}(…) are not finite: a mechanism or the query leaves its domain, such as the logarithm of a number below 0`,
        "Keep the intervention where every mechanism is defined.",
      );
  }
  throw failure("7067", loaded.model.name, `the query's value is ${whole}: it divides by 0`);
}

export function termsOf(expression: QueryExpression): QueryTerm[] {
  if (expression.kind === "constant") return [];
  return expression.kind === "apply" ? expression.arguments.flatMap(termsOf) : [expression];
}

/** The term's expression at every sampled unit. */
async function sampleTerm(
  { loaded, engine, key }: EstimateRequest,
  term: QueryTerm,
  rows: number,
): Promise<Float32Array> {
  const [target] = term.of;
  if (!target || term.of.length !== 1)
    throw failure("7060", loaded.model.name, `${term.kind}(…) takes one expression, not ${term.of.length}`);
  const names = namesIn(target, "variable");
  for (const name of names)
    if (sizeOf(loaded.variables.get(name)!.domain) !== 1)
      throw failure("7061", loaded.model.name, `${term.kind}(${name}): \`${name}\` is not a scalar`);
  const { values } = await sample({ loaded, engine, rows, key, interventions: term.interventions, targets: names });
  if (target.kind === "variable" && loaded.variables.get(target.name)!.domain.kind === "categorical")
    throw failure(
      "7061",
      loaded.model.name,
      `${term.kind}(${target.name}): the levels of \`${target.name}\` are no numbers`,
      `Ask for a level's share: probability(${target.name} == "…").`,
    );
  if (names.length === 0) return new Float32Array(rows).fill(constantValue(target));
  return target.kind === "variable" ? values.get(target.name)! : evaluateRows(engine, target, values, rows);
}

/** An expression without variables needs no program. */
function constantValue(expression: Expression): number {
  return tf.tidy(() => evaluate(expression, { variables: new Map(), noises: new Map() }).dataSync()[0]!);
}

/** A query's expression at `rows` sampled units. */
export function expressionProgram(expression: Expression, names: readonly string[], rows: number): ProgramSpec {
  return {
    name: "expression",
    inputs: Object.fromEntries(names.map((name) => [name, { shape: [rows, 1], dtype: "float32" as const }])),
    procedure: (given) => ({
      result: evaluate(expression, { variables: new Map(Object.entries(given)), noises: new Map() }),
    }),
  };
}

async function evaluateRows(
  engine: Engine,
  expression: Expression,
  values: ReadonlyMap<string, Float32Array>,
  rows: number,
): Promise<Float32Array> {
  const program = await engine.compile(expressionProgram(expression, [...values.keys()], rows));
  try {
    const { result } = await program.run(Object.fromEntries(values));
    return result!.data as Float32Array;
  } finally {
    await program.dispose();
  }
}

function summarise(term: QueryTerm, values: Float32Array): number {
  if (term.kind === "quantile") {
    const sorted = Float32Array.from(values).sort();
    const position = (term.level ?? 0.5) * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
  }
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function combine(expression: QueryExpression, valueOfTerm: (term: QueryTerm) => number): number {
  if (expression.kind === "constant") return expression.value;
  if (expression.kind !== "apply") return valueOfTerm(expression);
  const [a, b] = expression.arguments.map((argument) => combine(argument, valueOfTerm)) as [number, number];
  switch (expression.function) {
    case "add":
      return a + b;
    case "subtract":
      return a - b;
    case "multiply":
      return a * b;
    case "divide":
      return a / b;
    case "negate":
      return -a;
  }
}
