/** Helpers of the compiler's tests: compiling texts, marked ranges, evaluating expressions of a model. */
import { expect } from "chai";
import { evaluate as evaluateAt } from "../../src/algebra/evaluate.js";
import { compile } from "../../src/compiler/compile.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import type { Expression, ExpressionMechanism, Model } from "../../src/schema/types.js";

export function compiled(text: string): Model {
  const { model, diagnostics } = compile({ text, file: "test.scm" });
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([]);
  return model!;
}

export function diagnosticsOf(text: string): readonly Diagnostic[] {
  return compile({ text, file: "test.scm" }).diagnostics;
}

/**
 * Compiles a text whose faults are marked: `<|2001 r|>` stands for `r` and expects the code 2001 exactly there. Nothing
 * else may be reported.
 */
export function expectMarked(marked: string): readonly Diagnostic[] {
  const expected: string[] = [];
  let text = "";
  let rest = marked;
  const open: { code: string; start: number }[] = [];
  for (let match = /<\|(\d{4}) |\|>/.exec(rest); match !== null; match = /<\|(\d{4}) |\|>/.exec(rest)) {
    text += rest.slice(0, match.index);
    rest = rest.slice(match.index + match[0].length);
    if (match[1] !== undefined) open.push({ code: match[1], start: text.length });
    else {
      const { code, start } = open.pop()!;
      expected.push(`${code} at ${start}-${text.length}`);
    }
  }
  text += rest;
  const diagnostics = diagnosticsOf(text);
  const found = diagnostics.map(({ code, span }) => `${code} at ${span!.start.offset}-${span!.end.offset}`);
  expect(found.sort(), diagnostics.map(({ message }) => message).join("\n")).to.deep.equal(expected.sort());
  return diagnostics;
}

export function expressionOf(model: Model, variable: string): ExpressionMechanism {
  const mechanism = model.mechanisms.find((candidate) => candidate.variable === variable);
  if (mechanism?.kind !== "expression") throw new Error(`${variable} has no expression`);
  return mechanism;
}

export interface Values {
  readonly variables?: Readonly<Record<string, number>>;
  readonly noise?: number;
  readonly value?: number;
}

/** The value of an expression whose noise is called `e`. */
export function evaluate(expression: Expression, { variables = {}, noise, value }: Values): number {
  return evaluateAt(expression, {
    variables: new Map(Object.entries(variables)),
    ...(noise === undefined ? {} : { noises: new Map([["e", noise]]) }),
    ...(value === undefined ? {} : { value }),
  });
}
