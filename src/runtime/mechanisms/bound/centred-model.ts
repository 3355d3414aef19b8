/**
 * The parts of a model that programs compute, over values less their origins: expression mechanisms, the right-hand
 * sides of interventions, and what queries ask for. Where no origin enters, each is the very object that the model
 * holds.
 */
import { centredExpression, type Origins, splitExpression } from "../../../algebra/centred-expression.js";
import { centredNoise, noiseOrigin } from "../../../algebra/origin.js";
import type { Expression, ExpressionMechanism, Intervention, Model, Noise } from "../../../schema/types.js";
import { type BoundVariable, originOfVariable } from "./variables.js";

type Variables = ReadonlyMap<string, Pick<BoundVariable, "origin">>;

/** Of the leaves of an expression that belongs to `owner`, whose noises these are. */
function originsOf(variables: Variables, noises: readonly Noise[], owner?: string): Origins {
  return {
    variable: (name) => originOfVariable(variables.get(name)),
    noise(name) {
      const noise = noises.find((candidate) => candidate.name === name);
      return noise === undefined ? 0 : noiseOrigin(noise);
    },
    value: owner === undefined ? 0 : originOfVariable(variables.get(owner)),
  };
}

export function centredMechanism(mechanism: ExpressionMechanism, variables: Variables): ExpressionMechanism {
  const { variable, expression, inverse, noises } = mechanism;
  const origins = originsOf(variables, noises, variable);
  const centred = centredExpression(expression, origins, origins.value);
  const back = inverse && {
    ...inverse,
    expression: centredExpression(inverse.expression, origins, origins.noise(inverse.noise)),
    logDerivative: centredExpression(inverse.logDerivative, origins, 0),
  };
  return {
    ...mechanism,
    expression: centred,
    ...(back ? { inverse: back } : {}),
    noises: noises.map(centredNoise) as typeof noises,
  };
}

/** The intervention as programs compute it. `natural` of its expression is the intervened variable. */
export function centredIntervention(intervention: Intervention, variables: Variables): Intervention {
  const { variable, expression, noises, inverse } = intervention;
  const origins = originsOf(variables, noises, variable);
  const ofSource = inverse?.source === "noise" ? origins.noise(noises[0]!.name) : origins.value;
  const back = inverse && {
    ...inverse,
    expression: centredExpression(inverse.expression, origins, ofSource),
    logDerivative: centredExpression(inverse.logDerivative, origins, 0),
  };
  return {
    ...intervention,
    expression: centredExpression(expression, origins, origins.value),
    ...(back ? { inverse: back } : {}),
    noises: noises.map(centredNoise) as typeof noises,
  };
}

/** An expression of variables as the program's `rest`, to which `offset` is added in double precision. */
export function splitTarget(expression: Expression, variables: Variables): { rest: Expression; offset: number } {
  return splitExpression(expression, originsOf(variables, []));
}

/** The same whole, in single precision: where what takes it is not centred. */
export function wholeTarget(expression: Expression, variables: Variables): Expression {
  return centredExpression(expression, originsOf(variables, []), 0);
}

/** The origins of the noises of expressions, by `variable.noise`; those that are 0 are left out. */
export function noiseOriginsOf({ mechanisms }: Model): Map<string, number> {
  const origins = new Map<string, number>();
  for (const mechanism of mechanisms) {
    if (mechanism.kind !== "expression") continue;
    for (const noise of mechanism.noises) {
      const origin = noiseOrigin(noise);
      if (origin !== 0) origins.set(`${mechanism.variable}.${noise.name}`, origin);
    }
  }
  return origins;
}
