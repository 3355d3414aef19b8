/**
 * A mechanism written as an expression of parents and noises. Abduction and density come from the symbolic inverse and
 * log-derivative that the compiler put into the model; a value outside the noise's support has log-density -Infinity.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { ExpressionMechanism } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import { evaluate } from "../../tensors/core/expressions.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { DrawSpec, Mechanism } from "../contract/mechanism.js";
import { distributions } from "../distributions/index.js";
import { abductBranches, branchDraws, branchLogProbability } from "./branches.js";

function drawsOf(mechanism: ExpressionMechanism): Record<string, DrawSpec> {
  const draws: Record<string, DrawSpec> = {};
  for (const { name, distribution, parameters } of mechanism.noises) {
    if (distribution === "mnist")
      throw failure(
        "7015",
        "model",
        `\`${mechanism.variable}\`: mnist() draws an image and stands in image operators only`,
      );
    draws[name] = { size: 1, distribution, parameters };
  }
  return draws;
}

/** A batch's worth of rows, for expressions that depend on neither parents nor noise. */
function batchRows(result: tf.Tensor, rows: number): tf.Tensor {
  return result.shape.length === 2 && result.shape[0] === rows ? result : tf.add(tf.zeros([rows, 1]), result);
}

function rowsOf(...groups: Tensors[]): number {
  for (const group of groups) for (const tensor of Object.values(group)) return tensor.shape[0]!;
  return 1;
}

export function createExpression(mechanism: ExpressionMechanism): Mechanism {
  const { variable, expression, inverse, branches } = mechanism;
  const noises = drawsOf(mechanism);
  const branched = branches === undefined ? undefined : { ...mechanism, branches };

  function logProbability(_parameters: Tensors, value: tf.Tensor, parents: Tensors): tf.Tensor {
    if (branched !== undefined) return branchLogProbability(branched, value, parents);
    if (!inverse) throw failure("7016", "model", `\`${variable}\` has no density: its noise cannot be recovered`);
    const environment = { variables: new Map(Object.entries(parents)), noises: new Map(), value };
    const noise = evaluate(inverse.expression, environment);
    const { distribution, parameters } = noises[inverse.noise]!;
    const logDensity = distributions[distribution].logDensity(noise, parameters);
    const logDerivative = evaluate(inverse.logDerivative, environment);
    const total = tf.add(logDensity, logDerivative);
    // A value that no noise gives (the inverse is NaN there) has density zero.
    return tf.reshape(tf.where(tf.isNaN(total), tf.fill(total.shape, Number.NEGATIVE_INFINITY), total), [-1]);
  }

  return {
    variable,
    kind: "expression",
    abduction: mechanism.abduction,
    density: inverse || branched ? "exact" : "none",
    parameters: {},
    noises,
    draws: branched === undefined ? {} : branchDraws(branched, noises),
    forward(_parameters, noise, parents) {
      const result = evaluate(expression, {
        variables: new Map(Object.entries(parents)),
        noises: new Map(Object.entries(noise)),
      });
      return batchRows(result, rowsOf(noise, parents));
    },
    abduct(_parameters, value, parents, draws, particles) {
      if (branched !== undefined) return abductBranches(branched, value, parents, draws, particles);
      if (!inverse) return {};
      const environment = { variables: new Map(Object.entries(parents)), noises: new Map(), value };
      return { [inverse.noise]: evaluate(inverse.expression, environment) };
    },
    logProbability,
    loss() {
      throw failure("7017", "model", `\`${variable}\` is an expression: it has nothing to fit`);
    },
  };
}
