/** The grammar: statements, expressions, precedence, continuation of lines, interventions. */
import { expect } from "chai";
import { parseInterventions, parseProgram } from "../../src/parser/parse.js";
import { reservedWords } from "../../src/parser/tokens.js";
import { bodyOf, shape, statementsOf } from "./support.js";

describe("expressions", () => {
  const shapes: readonly (readonly [text: string, shape: string])[] = [
    ["1 + 2 * 3 - 4 / 5", "(+ 1 + (* 2 * 3) - (* 4 / 5))"],
    ["-a ^ 2", "(- (a ^ 2))"],
    ["a ^ -b ^ c", "(a ^ (- (b ^ c)))"],
    ["2 ^ 3 ^ 4", "(2 ^ (3 ^ 4))"],
    ["- - a", "a"],
    ["---a", "(- a)"],
    ["a * -b", "(* a * (- b))"],
    ["a - -b", "(+ a - (- b))"],
    ["(a + b) * c", "(* (+ a + b) * c)"],
    ["a - (b - c)", "(+ a - (+ b - c))"],
    ["a + 1 <= b * 2", "((+ a + 1) <= (* b * 2))"],
    ["if(a == 1, b, c)", "if((a == 1), b, c)"],
    ["flow(t, transform = [affine, spline(bins = 8)])", "flow(t, transform = [affine, spline(bins = 8)])"],
    ["f()", "f()"],
    ["1.5e-3 + .5 + 2.", "(+ 0.0015 + 0.5 + 2)"],
    ['categorical("F", "say \\"M\\"")', 'categorical("F", "say \\"M\\"")'],
  ];
  for (const [text, expected] of shapes) {
    it(text, () => {
      expect(shape(bodyOf(text))).to.equal(expected);
    });
  }

  it("spans cover their text, brackets included", () => {
    const [statement] = statementsOf("y := 2 * (a + b)");
    if (statement?.kind !== "variable" || statement.body?.kind !== "product") throw new Error("not a product");
    const { start, end } = statement.body.factors[1]!.operand.span;
    expect([start.offset, end.offset]).to.deep.equal([9, 16]);
  });

  it("reserved words stay names of options", () => {
    for (const word of reservedWords) expect(shape(bodyOf(`cvae(t, ${word} = 3)`))).to.equal(`cvae(t, ${word} = 3)`);
  });

  it("names that begin like reserved words are names", () => {
    expect(shape(bodyOf("format + letter + doo + model_2 + forward"))).to.equal(
      "(+ format + letter + doo + model_2 + forward)",
    );
  });
});

describe("statements", () => {
  it("of every kind", () => {
    const text = `scm 1
model m
let k = 2 * 3
latent u : real "a cause"
latent w := flow()
t : interval(0, k) "doc" := flow(transform = spline(bins = 8))
i := 0.5 + e where e ~ gamma(10, 5)
t <-> i
fit t(epochs = 3, balance = parents)
query q = expectation(i | t = 2, do(i := i + 1, t := 3 for i, u where e ~ normal(0, 1))) / 2 - -k
assert t -> i
assert t -/> i
assert t independent i given u, w
assert t independent i`;
    expect(statementsOf(text).map(({ kind }) => kind)).to.deep.equal([
      "version",
      "model",
      "let",
      "variable",
      "variable",
      "variable",
      "variable",
      "confounded",
      "fit",
      "query",
      "assert",
      "assert",
      "assert",
      "assert",
    ]);
  });

  it("are separated by newlines of every kind, `;` and comments", () => {
    const text = "\uFEFF# head\r\nt := flow() ;; i := flow(t)\r\n\n\tx := cvae(t, i) # tail\r;;j := flow()";
    expect(statementsOf(text)).to.have.length(4);
    expect(parseProgram("", "x").program.statements).to.deep.equal([]);
    expect(parseProgram("\n# nothing\n", "x").diagnostics).to.deep.equal([]);
  });

  it("`#` in a string is text", () => {
    const [statement] = statementsOf('t "a # b" := flow()');
    expect(statement?.kind === "variable" && statement.doc?.value).to.equal("a # b");
  });

  const continued = [
    "y := f(a,\n  b)",
    "y := a +\n b",
    "y :=\n a",
    "y := a ^\n\n b",
    "y := a\n  where e ~ normal(0, 1)",
    "y := a where\n e ~ normal(0, 1),\n f ~ normal(0, 1)",
    "y := a where e ~\n normal(0, 1)",
    "query q = expectation(i |\n do(t := 1,\n s := 2))",
    "query q =\n expectation(i)",
    "assert a ->\n b",
    "assert a independent b given c,\n d",
    "y := f(\n\n # comment\n a # more\n)",
  ];
  for (const text of continued) {
    it(`continue over a newline: ${JSON.stringify(text)}`, () => {
      expect(statementsOf(text)).to.have.length(1);
    });
  }

  it("do not continue at a leading minus", () => {
    const { program, diagnostics } = parseProgram("y := a\n-b", "test.scm");
    expect(program.statements.map(({ kind }) => kind)).to.deep.equal(["variable", "broken"]);
    expect(diagnostics).to.have.length(1);
  });

  it("`where` goes on after a comma with `NAME ~`, `do` with `NAME :=`", () => {
    const [statement] = statementsOf(
      "query q = sample(i | do(t := e + f where e ~ normal(0, 1), f ~ normal(0, 1), i := 2))",
    );
    if (statement?.kind !== "query" || statement.value.kind !== "term") throw new Error("not a query");
    const [condition] = statement.value.conditions;
    if (condition?.kind !== "do") throw new Error("not a do");
    expect(condition.assignments.map(({ noises }) => noises.length)).to.deep.equal([2, 0]);
  });
});

describe("interventions", () => {
  it("are separated by commas", () => {
    const { interventions, diagnostics } = parseInterventions("t := t + 2, i := 3 for x, y, s := 0", "--do");
    expect(diagnostics).to.deep.equal([]);
    expect(interventions.map(({ variable, only }) => [variable.text, only.length])).to.deep.equal([
      ["t", 0],
      ["i", 2],
      ["s", 0],
    ]);
  });

  const wrong = ["", "t", "t = 2", "t := ", "t := (2", "t := 2 i := 3", "t := \u2212 2", "do(t := 2)", "t := 2;"];
  for (const text of wrong) {
    it(`are refused: ${JSON.stringify(text)}`, () => {
      const { interventions, diagnostics } = parseInterventions(text, "--do");
      expect(interventions).to.deep.equal([]);
      expect(diagnostics).to.have.length(1);
      expect(diagnostics[0]!.span!.end.offset).to.be.at.most(text.length);
    });
  }
});
