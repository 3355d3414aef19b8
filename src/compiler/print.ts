/**
 * Writes an expression of the model in the language's own notation, for messages and plans.
 */
import type { ApplyExpression, Expression } from "../model/schema-types.js";

const infix: Partial<Record<ApplyExpression["function"], readonly [symbol: string, binding: number]>> = {
  less: ["<", 1],
  less_equal: ["<=", 1],
  greater: [">", 1],
  greater_equal: [">=", 1],
  equal: ["==", 1],
  not_equal: ["!=", 1],
  add: ["+", 2],
  subtract: ["-", 2],
  multiply: ["*", 3],
  divide: ["/", 3],
  power: ["^", 5],
};
const unaryBinding = 4;

/** The names of a variable's levels, where it has any. */
export type LevelsOf = (variable: string) => readonly string[] | undefined;

export function print(expression: Expression, levelsOf: LevelsOf = () => undefined): string {
  return write(expression, 0, levelsOf);
}

/** What a variable is set to: a code is written as the level. */
export function printValue(expression: Expression, variable: string, levelsOf: LevelsOf): string {
  return levelOf(expression, levelsOf(variable)) ?? print(expression, levelsOf);
}

function levelOf(code: Expression, levels: readonly string[] | undefined): string | undefined {
  const level = code.kind === "constant" ? levels?.[code.value] : undefined;
  return level === undefined ? undefined : JSON.stringify(level);
}

/** For messages, which stay on one line. */
const longestShown = 80;

export function brief(expression: Expression): string {
  const text = print(expression);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

function write(expression: Expression, outer: number, levelsOf: LevelsOf): string {
  switch (expression.kind) {
    case "constant":
      return expression.value < 0 && outer > 2 ? `(${expression.value})` : String(expression.value);
    case "variable":
    case "noise":
    case "natural":
      return expression.name;
    case "value":
      return "value";
    case "apply":
      return writeApplication(expression, outer, levelsOf);
  }
}

function writeApplication(
  { function: name, arguments: operands }: ApplyExpression,
  outer: number,
  levelsOf: LevelsOf,
): string {
  // An equality compares a variable with one of its levels, on either side.
  const isEquality = name === "equal" || name === "not_equal";
  const named = isEquality ? operands.find(({ kind }) => kind === "variable") : undefined;
  const levels = named?.kind === "variable" ? levelsOf(named.name) : undefined;
  const side = (operand: Expression, binding: number): string =>
    levelOf(operand, levels) ?? write(operand, binding, levelsOf);
  const bracket = (text: string, binding: number): string => (binding < outer ? `(${text})` : text);
  if (name === "negate") return bracket(`-${side(operands[0]!, unaryBinding)}`, unaryBinding);
  const operator = infix[name];
  if (operator === undefined) return `${name}(${operands.map((operand) => side(operand, 0)).join(", ")})`;
  const [symbol, binding] = operator;
  const isRight = name === "power";
  const left = side(operands[0]!, isRight ? binding + 1 : binding);
  const right = side(operands[1]!, isRight ? unaryBinding : binding + 1);
  return bracket(isRight ? `${left}^${right}` : `${left} ${symbol} ${right}`, binding);
}
