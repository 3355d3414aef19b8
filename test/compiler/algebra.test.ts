/** Ranges hold every value, simplification keeps it, and what is printed reads back. */
import { expect } from "chai";
import fc from "fast-check";
import { apply, constant, variable } from "../../src/algebra/expression.js";
import { print } from "../../src/algebra/print-expression.js";
import { canBe, closed, everything, open, type Range, rangeOf } from "../../src/algebra/range.js";
import { simplify, withoutIdleParts } from "../../src/algebra/simplify.js";
import { compile } from "../../src/compiler/compile.js";
import type { ApplyExpression, Expression } from "../../src/schema/types.js";
import { compiled, evaluate, expressionOf } from "./support.js";

const ranges: Readonly<Record<string, Range>> = {
  r: everything,
  p: open(0, Number.POSITIVE_INFINITY),
  u: closed(-1, 2),
  w: closed(0, 1),
};

/** On a grid: denormal numbers would test the rounding of the machine. */
const within = (low: number, high: number) => fc.integer({ min: low * 64, max: high * 64 }).map((value) => value / 64);
const values = fc.record({
  r: within(-5, 5),
  p: within(0, 5).map((value) => value + 1 / 64),
  u: within(-1, 2),
  w: within(0, 1),
});

const unary = ["negate", "exp", "log", "sqrt", "sigmoid", "tanh", "softplus", "abs"] as const;
const binary = ["add", "subtract", "multiply", "divide", "power", "min", "max"] as const;
const comparisons = ["less", "less_equal", "greater", "greater_equal", "equal", "not_equal"] as const;

const saturating: ReadonlySet<string> = new Set(["exp", "sigmoid", "tanh", "softplus"]);

const expressions = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom("r", "p", "u", "w").map(variable),
    fc.constantFrom(-2, -1, 0, 0.5, 1, 2, 3).map(constant),
    fc.tuple(fc.constantFrom(...unary), tie("node")).map(([name, operand]) => apply(name, operand)),
    fc.tuple(fc.constantFrom(...binary), tie("node"), tie("node")).map(([name, a, b]) => apply(name, a, b)),
    fc.tuple(tie("node"), tie("node"), tie("node")).map(([a, b, c]) => apply("clip", a, b, c)),
    fc
      .tuple(fc.constantFrom(...comparisons), tie("node"), tie("node"), tie("node"), tie("node"))
      .map(([name, a, b, yes, no]) => apply("if", apply(name, a, b), yes, no)),
  ),
})).node;

/** Undefined where some part has no finite value: a logarithm of a negative number, an overflow. */
function finiteValue(expression: Expression, variables: Readonly<Record<string, number>>): number | undefined {
  if (expression.kind === "apply") {
    const { function: name, arguments: operands }: ApplyExpression = expression;
    if (name === "if") {
      const condition = finiteValue(operands[0]!, variables);
      if (condition === undefined) return undefined;
      return finiteValue(operands[condition !== 0 ? 1 : 2]!, variables);
    }
    if (operands.some((operand) => finiteValue(operand, variables) === undefined)) return undefined;
    const numbers = operands.map((operand) => finiteValue(operand, variables)!);
    // Rounding decides whether nearly equal numbers are equal, and takes `tanh(20)` to 1.
    const isUndecided = Math.abs(numbers[0]! - numbers[1]!) < 1e-9 * (1 + Math.abs(numbers[0]!));
    if ((comparisons as readonly string[]).includes(name) && isUndecided) return undefined;
    if (saturating.has(name) && Math.abs(numbers[0]!) > 15) return undefined;
    // A range says nothing of bounds that are upside down.
    if (name === "clip" && numbers[1]! > numbers[2]!) return undefined;
  }
  const result = evaluate(expression, { variables });
  return Number.isFinite(result) ? result : undefined;
}

describe("ranges", () => {
  it("hold every value of an expression", () => {
    fc.assert(
      fc.property(expressions, values, (expression, variables) => {
        const result = finiteValue(expression, variables);
        const range = rangeOf(expression, (leaf) => (leaf.kind === "variable" ? ranges[leaf.name] : undefined));
        if (result === undefined || range === undefined) return;
        const slack = 1e-9 * (1 + Math.abs(result));
        expect(range.low, print(expression)).to.be.at.most(result + slack);
        expect(range.high, print(expression)).to.be.at.least(result - slack);
        // A single function never reaches an open end; in longer expressions rounding may take a value there.
        const isAlone = expression.kind === "apply" && expression.arguments.every(({ kind }) => kind !== "apply");
        if (isAlone) expect(canBe(range, result), print(expression)).to.equal(true);
      }),
      { numRuns: 5000 },
    );
  });

  it("of sums, products and powers keep open ends", () => {
    const of = (text: string) => {
      const model = compiled(`p : positive := flow()\nu : interval(0, 2) := flow()\ny := ${text}`);
      const { expression } = expressionOf(model, "y");
      const range = rangeOf(expression, (leaf) =>
        leaf.kind === "variable" && leaf.name === "p" ? open(0, Infinity) : closed(0, 2),
      );
      return range === undefined
        ? undefined
        : [range.lowOpen ? "(" : "[", range.low, range.high, range.highOpen ? ")" : "]"].join(" ");
    };
    expect(of("p + u")).to.equal("( 0 Infinity )");
    expect(of("p * u")).to.equal("[ 0 Infinity )");
    expect(of("u - 1")).to.equal("[ -1 1 ]");
    expect(of("(u - 1)^2")).to.equal("[ 0 1 ]");
    expect(of("1 / p")).to.equal("( 0 Infinity )");
    expect(of("exp(u)^0.5")).to.equal(`[ 1 ${Math.exp(2) ** 0.5} ]`);
    expect(of("max(p, 1)")).to.equal("[ 1 Infinity )");
    expect(of("min(p, u)")).to.equal("[ 0 2 ]");
    expect(of("clip(p, 1, 2)")).to.equal("[ 1 2 ]");
    expect(of("sigmoid(p)")).to.equal("( 0.5 1 )");
  });
});

describe("simplification", () => {
  it("keeps the value", () => {
    fc.assert(
      fc.property(expressions, values, (expression, variables) => {
        const result = finiteValue(expression, variables);
        if (result === undefined || Math.abs(result) > 1e12) return;
        const tolerance = 1e-6 * (1 + Math.abs(result));
        const simplified = finiteValue(simplify(expression), variables);
        expect(simplified, print(expression)).to.be.closeTo(result, tolerance);
        expect(finiteValue(withoutIdleParts(expression), variables), print(expression)).to.be.closeTo(
          result,
          tolerance,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("of what is simple changes nothing, the object itself included", () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const once = simplify(expression);
        expect(simplify(once)).to.deep.equal(once);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("printing", () => {
  it("gives text that compiles to the same values", () => {
    const header = "r := flow()\np := flow()\nu := flow()\nw := flow()\n";
    fc.assert(
      fc.property(expressions, values, (expression, variables) => {
        const result = finiteValue(expression, variables);
        if (result === undefined || Math.abs(result) > 1e9) return;
        const text = `${header}y := ${print(expression)}`;
        const { model, diagnostics } = compile({ text, file: "test.scm" });
        // A constant part that leaves the domain of its function is refused.
        if (model === undefined) {
          expect(diagnostics[0]!.code, text).to.equal("3007");
          return;
        }
        expect(finiteValue(expressionOf(model, "y").expression, variables), text).to.be.closeTo(
          result,
          1e-6 * (1 + Math.abs(result)),
        );
      }),
      { numRuns: 800 },
    );
  });
});
