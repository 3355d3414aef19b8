/** Helpers of the parser's tests. */
import { expect } from "chai";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import type * as ast from "../../src/parser/ast.js";
import { parseProgram } from "../../src/parser/parse.js";

/** The statements of a text without errors. */
export function statementsOf(text: string): readonly ast.Statement[] {
  const { program, diagnostics } = parseProgram(text, "test.scm");
  expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return program.statements;
}

export function bodyOf(expression: string): ast.Expression {
  const [statement] = statementsOf(`y := ${expression}`);
  if (statement?.kind !== "variable") throw new Error("not a variable");
  return statement.body!;
}

/** The tree of an expression as one line with all brackets. */
export function shape(node: ast.Expression): string {
  switch (node.kind) {
    case "number":
      return String(node.value);
    case "string":
      return JSON.stringify(node.value);
    case "reference":
      return node.name;
    case "negation":
      return `(- ${shape(node.operand)})`;
    case "power":
      return `(${shape(node.base)} ^ ${shape(node.exponent)})`;
    case "comparison":
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
    case "sum":
      return `(${node.terms.map(({ subtracted, operand }) => `${subtracted ? "-" : "+"} ${shape(operand)}`).join(" ")})`;
    case "product":
      return `(${node.factors.map(({ divided, operand }) => `${divided ? "/" : "*"} ${shape(operand)}`).join(" ")})`;
    case "list":
      return `[${node.items.map(shape).join(", ")}]`;
    case "call": {
      const options = node.options.map(({ name, value }) => `${name.text} = ${shape(value)}`);
      return `${node.callee.text}(${[...node.positional.map(shape), ...options].join(", ")})`;
    }
  }
}

/** "line:column code message" of each diagnostic. */
export function problemsOf(text: string): string[] {
  return parseProgram(text, "test.scm").diagnostics.map(placed);
}

export function placed({ span, code, message }: Diagnostic): string {
  return `${span!.start.line}:${span!.start.column} ${code} ${message}`;
}
