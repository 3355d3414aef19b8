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

export function print(expression: Expression): string {
  return write(expression, 0);
}

/** For messages, which stay on one line. */
const longestShown = 80;

export function brief(expression: Expression): string {
  const text = print(expression);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

function write(expression: Expression, outer: number): string {
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
      return writeApplication(expression, outer);
  }
}

function writeApplication({ function: name, arguments: operands }: ApplyExpression, outer: number): string {
  const bracket = (text: string, binding: number): string => (binding < outer ? `(${text})` : text);
  if (name === "negate") return bracket(`-${write(operands[0]!, unaryBinding)}`, unaryBinding);
  const operator = infix[name];
  if (operator === undefined) return `${name}(${operands.map((operand) => write(operand, 0)).join(", ")})`;
  const [symbol, binding] = operator;
  const isRight = name === "power";
  const left = write(operands[0]!, isRight ? binding + 1 : binding);
  const right = write(operands[1]!, isRight ? unaryBinding : binding + 1);
  return bracket(isRight ? `${left}^${right}` : `${left} ${symbol} ${right}`, binding);
}
