/**
 * Expressions of the model as text in the program's own notation, for captions and plans: `191 * sigmoid(0.5 * e) + 64`.
 * Brackets are written only where precedence needs them. Very deep expressions are cut with "…".
 */
import type { Expression, Intervention, Noise, OperatorCall } from "../../model/schema-types.js";

const maximumDepth = 60;
const infix: Readonly<Record<string, readonly [symbol: string, precedence: number]>> = {
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
const unaryMinus = 4;

export function formatExpression(expression: Expression): string {
  return format(expression, 0, 0);
}

function format(expression: Expression, outer: number, depth: number): string {
  if (depth > maximumDepth) return "…";
  switch (expression.kind) {
    case "constant":
      return expression.value < 0 && outer > unaryMinus ? `(${expression.value})` : String(expression.value);
    case "variable":
    case "noise":
    case "natural":
      return expression.name;
    case "value":
      return "value";
    case "apply":
      return formatApply(expression.function, expression.arguments, outer, depth + 1);
  }
}

function formatApply(name: string, operands: readonly Expression[], outer: number, depth: number): string {
  const [left, right] = operands;
  const operator = Object.hasOwn(infix, name) ? infix[name] : undefined;
  const bracket = (precedence: number, text: string) => (precedence < outer ? `(${text})` : text);
  if (operator && left && right) {
    const [symbol, precedence] = operator;
    const rightAssociative = name === "power";
    const first = format(left, precedence + (rightAssociative ? 1 : 0), depth);
    const second = format(right, precedence + (rightAssociative ? 0 : 1), depth);
    return bracket(precedence, `${first} ${symbol} ${second}`);
  }
  if (name === "negate" && left) return bracket(unaryMinus, `-${format(left, unaryMinus, depth)}`);
  return `${name}(${operands.map((operand) => format(operand, 0, depth)).join(", ")})`;
}

/** `set_intensity(set_thickness(e, t), i)` */
export function formatOperator(call: OperatorCall): string {
  const image = "operator" in call.image ? formatOperator(call.image) : call.image.name;
  return `${call.operator}(${[image, ...call.arguments.map(formatExpression)].join(", ")})`;
}

/** `e ~ gamma(10, 5)` */
export function formatNoise(noise: Noise): string {
  const parameters = [...noise.parameters.map(String), ...(noise.split ? [`split = ${noise.split}`] : [])];
  return `${noise.name} ~ ${noise.distribution}(${parameters.join(", ")})`;
}

/** `t := t + 2 for i`; inside an intervention, a variable's own name is its natural value. */
export function formatIntervention(intervention: Intervention): string {
  const where = intervention.noises.length > 0 ? ` where ${intervention.noises.map(formatNoise).join(", ")}` : "";
  const only = intervention.only ? ` for ${intervention.only.join(", ")}` : "";
  const { grid, expression } = intervention;
  const value = grid ? `[${grid.map(formatExpression).join(", ")}]` : formatExpression(expression);
  return `${intervention.variable} := ${value}${where}${only}`;
}
