/**
 * Evaluates an expression tree of the model in tensor ops: mechanisms written as expressions, their inverses and
 * log-derivatives, and the right-hand sides of interventions. Values are `[batch, 1]` tensors in the variables' own
 * units.
 */
import type { Expression } from "../../../schema/types.js";
import * as tf from "./tfjs.js";

type Apply = Extract<Expression, { kind: "apply" }>;

export interface Environment {
  readonly variables: ReadonlyMap<string, tf.Tensor>;
  readonly noises: ReadonlyMap<string, tf.Tensor>;
  /** The intervened variable without the intervention on it. */
  readonly natural?: tf.Tensor;
  /** The mechanism's own value, inside its inverse. */
  readonly value?: tf.Tensor;
}

/** The value of `expression`. Throws where a name is not in the environment: a model that was not validated. */
export function evaluate(expression: Expression, environment: Environment): tf.Tensor {
  switch (expression.kind) {
    case "constant":
      return tf.scalar(expression.value);
    case "variable":
      return found(environment.variables.get(expression.name), expression.name);
    case "noise":
      return found(environment.noises.get(expression.name), expression.name);
    case "natural":
      return found(environment.natural, expression.name);
    case "value":
      return found(environment.value, "value");
    case "apply":
      return apply(
        expression.function,
        expression.arguments.map((argument) => evaluate(argument, environment)),
      );
  }
}

/** Every function of the language, in float32 tensor ops; comparisons give 0 or 1. */
const functions: Record<Exclude<Apply["function"], "min" | "max">, (...values: tf.Tensor[]) => tf.Tensor> = {
  add: (a, b) => tf.add(a!, b!),
  subtract: (a, b) => tf.sub(a!, b!),
  multiply: (a, b) => tf.mul(a!, b!),
  divide: (a, b) => tf.div(a!, b!),
  power: (a, b) => tf.pow(a!, b!),
  negate: (a) => tf.neg(a!),
  exp: (a) => tf.exp(a!),
  log: (a) => tf.log(a!),
  sqrt: (a) => tf.sqrt(a!),
  sigmoid: (a) => tf.sigmoid(a!),
  logit: (a) => tf.sub(tf.log(a!), tf.log(tf.sub(1, a!))),
  softplus: (a) => tf.softplus(a!),
  // log(e^y - 1) = y + log(1 - e^-y), which does not overflow.
  softplus_inverse: (a) => tf.add(a!, tf.log(tf.neg(tf.expm1(tf.neg(a!))))),
  tanh: (a) => tf.tanh(a!),
  atanh: (a) => tf.mul(0.5, tf.sub(tf.log1p(a!), tf.log1p(tf.neg(a!)))),
  abs: (a) => tf.abs(a!),
  clip: (a, low, high) => tf.minimum(tf.maximum(a!, low!), high!),
  if: (condition, a, b) => tf.where(tf.notEqual(condition!, 0), a!, b!),
  less: (a, b) => tf.cast(tf.less(a!, b!), "float32"),
  less_equal: (a, b) => tf.cast(tf.lessEqual(a!, b!), "float32"),
  greater: (a, b) => tf.cast(tf.greater(a!, b!), "float32"),
  greater_equal: (a, b) => tf.cast(tf.greaterEqual(a!, b!), "float32"),
  equal: (a, b) => tf.cast(tf.equal(a!, b!), "float32"),
  not_equal: (a, b) => tf.cast(tf.notEqual(a!, b!), "float32"),
};

function apply(name: Apply["function"], values: tf.Tensor[]): tf.Tensor {
  // Of these there may be more than one call takes arguments.
  if (name === "min") return values.reduce((a, b) => tf.minimum(a, b));
  if (name === "max") return values.reduce((a, b) => tf.maximum(a, b));
  return functions[name](...values);
}

function found(tensor: tf.Tensor | undefined, name: string): tf.Tensor {
  if (tensor) return tensor;
  throw new Error(`expression refers to \`${name}\`, which is not bound`);
}
