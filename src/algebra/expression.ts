/** Functions that build and read the expression trees of a model. */
import type { ApplyExpression, ConstantExpression, Expression } from "../schema/types.js";

export const constant = (value: number): ConstantExpression => ({ kind: "constant", value });
export const variable = (name: string): Expression => ({ kind: "variable", name });
export const noise = (name: string): Expression => ({ kind: "noise", name });
export const natural = (name: string): Expression => ({ kind: "natural", name });
export const value: Expression = { kind: "value" };

export function apply(name: ApplyExpression["function"], ...operands: Expression[]): ApplyExpression {
  return applyAll(name, operands);
}

/** Takes the operands as an array, because a call with 200,000 arguments would overflow the stack. */
export function applyAll(name: ApplyExpression["function"], operands: Expression[]): ApplyExpression {
  return { kind: "apply", function: name, arguments: operands };
}

/** Every node of the tree, parents before their arguments. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  const open = [expression];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    if (node.kind === "apply") for (const operand of node.arguments.toReversed()) open.push(operand);
  }
}

/** The names of one kind of leaf, each once, in order of appearance. */
export function namesIn(expression: Expression, kind: "variable" | "noise" | "natural"): string[] {
  const found = new Set<string>();
  for (const node of nodesOf(expression)) if (node.kind === kind) found.add(node.name);
  return [...found];
}

/** The variables that the targets of a query name, each once, in order of appearance. */
export function targetNames(of: readonly Expression[]): string[] {
  return [...new Set(of.flatMap((target) => namesIn(target, "variable")))];
}

export function hasNoise(expression: Expression, name?: string): boolean {
  for (const node of nodesOf(expression)) {
    if (node.kind === "noise" && (name === undefined || node.name === name)) return true;
  }
  return false;
}

/** True if nodes are nested deeper than `limit`. It is a loop, because it guards functions that recurse. */
export function isDeeperThan<Node extends { readonly kind: string }>(
  limit: number,
  root: Node,
  partsOf: (node: Node) => readonly Node[],
): boolean {
  let level: readonly Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((node) => partsOf(node));
  }
  return false;
}

export const operandsOf = (expression: Expression): readonly Expression[] =>
  expression.kind === "apply" ? expression.arguments : [];

/** The greatest depth of an expression that is compiled; a stack of usual size holds any recursion over it twice. */
export const deepestExpression = 400;
/** The greatest depth of an inverse, which nests deeper than the expression it inverts. */
export const deepestInverse = 600;
