/**
 * Expressions and interventions of the model in the language's own notation, for messages, plans and captions:
 * `191 * sigmoid(0.5 * e) + 64`. Brackets are written only if precedence needs them.
 */

import type { ApplyExpression, Expression, Intervention, Model, Noise, OperatorCall } from "../schema/types.js";
import { functions } from "./functions.js";
import { isComparison } from "./level-expressions.js";
import { levelTexts } from "./levels.js";

const unaryBinding = 4;
/** Deeper expressions are cut with "…". */
const deepest = 200;

/** Gives the names of a variable's levels, if it has any. */
export type LevelsOf = (variable: string) => readonly string[] | undefined;

export function levelsIn({ variables }: Pick<Model, "variables">): LevelsOf {
  const byName = new Map(variables.map(({ name, domain }) => [name, domain]));
  return (name) => levelTexts(byName.get(name));
}

const noLevels: LevelsOf = () => undefined;

export function print(expression: Expression, levelsOf = noLevels): string {
  return write(expression, { outer: 0, depth: 0, levelsOf });
}

/** The value that a variable is set to; a code is written as its level. */
export function printValue(expression: Expression, variable: string, levelsOf: LevelsOf): string {
  return levelOf(expression, levelsOf(variable)) ?? print(expression, levelsOf);
}

/** `t := t + 2 for i`; inside an intervention, a variable's own name is its natural value. */
export function printIntervention(
  { variable, expression, noises, only, grid }: Intervention,
  levelsOf = noLevels,
): string {
  const values = (grid ?? [expression]).map((value) => printValue(value, variable, levelsOf)).join(", ");
  const children = only === undefined ? "" : ` for ${only.join(", ")}`;
  const where = noises.length === 0 ? "" : ` where ${noises.map(printNoise).join(", ")}`;
  return `${variable} := ${grid === undefined ? values : `[${values}]`}${children}${where}`;
}

/** `e ~ gamma(10, 5)` */
export function printNoise({ name, distribution, parameters, split }: Noise): string {
  const written = [...parameters.map(String), ...(split ? [`split = ${split}`] : [])];
  return `${name} ~ ${distribution}(${written.join(", ")})`;
}

/** `set_intensity(set_thickness(e, t), i)` */
export function printOperator({ operator, image, arguments: operands }: OperatorCall): string {
  const inner = "operator" in image ? printOperator(image) : image.name;
  return `${operator}(${[inner, ...operands.map((operand) => print(operand))].join(", ")})`;
}

/** The greatest length in a message, which stays on one line. */
const longestShown = 80;

export function brief(expression: Expression): string {
  const text = print(expression);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

function levelOf(code: Expression, levels: readonly string[] | undefined): string | undefined {
  const level = code.kind === "constant" ? levels?.[code.value] : undefined;
  return level === undefined ? undefined : JSON.stringify(level);
}

interface Place {
  /** How strongly the surrounding operator binds. */
  readonly outer: number;
  readonly depth: number;
  readonly levelsOf: LevelsOf;
}

type Leaf = Extract<Expression, { kind: "variable" | "natural" }>;
const isLeaf = (node: Expression): node is Leaf => node.kind === "variable" || node.kind === "natural";

function write(expression: Expression, place: Place): string {
  if (place.depth > deepest) return "…";
  switch (expression.kind) {
    case "constant":
      return expression.value < 0 && place.outer > 2 ? `(${expression.value})` : String(expression.value);
    case "variable":
    case "noise":
    case "natural":
      return expression.name;
    case "value":
      return "value";
    case "apply":
      return writeApplication(expression, place);
  }
}

function writeApplication({ function: name, arguments: operands }: ApplyExpression, place: Place): string {
  const { outer, depth, levelsOf } = place;
  // A comparison may have the variable on either side; the other side is then written as one of its levels.
  const named = isComparison(name) ? operands.find(isLeaf) : undefined;
  const levels = named && levelsOf(named.name);
  const side = (operand: Expression, binding: number): string =>
    levelOf(operand, levels) ?? write(operand, { outer: binding, depth: depth + 1, levelsOf });
  const bracket = (text: string, binding: number): string => (binding < outer ? `(${text})` : text);
  if (name === "negate") return bracket(`-${side(operands[0]!, unaryBinding)}`, unaryBinding);
  const operator = functions[name].infix;
  if (operator === undefined) return `${name}(${operands.map((operand) => side(operand, 0)).join(", ")})`;
  const [symbol, binding] = operator;
  const isRight = name === "power";
  const left = side(operands[0]!, isRight ? binding + 1 : binding);
  const right = side(operands[1]!, isRight ? unaryBinding : binding + 1);
  return bracket(`${left} ${symbol} ${right}`, binding);
}
