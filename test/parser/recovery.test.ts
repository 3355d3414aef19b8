/** Syntax errors: one per statement, in our own words, and the rest of the file is read all the same. */
import { expect } from "chai";
import fc from "fast-check";
import { parseProgram } from "../../src/parser/parse.js";
import { problemsOf } from "./support.js";

describe("syntax errors", () => {
  const cases: readonly (readonly [text: string, ...problems: string[]])[] = [
    ["t := flow(", "1:10 1002 `(` is never closed"],
    ["t := flow(a\ni := flow(t)", "1:10 1002 `(` is never closed"],
    ["x := cvae(t,\nfit x(epochs = 3)", "1:10 1002 `(` is never closed"],
    ["t := [1, (2]", "1:12 1003 `]` does not close `(`"],
    ["t := flow())", "1:12 1003 `)` closes nothing"],
    ["t :=\ni := flow()", "1:5 1001 expected an expression, the statement ends"],
    ["t := a +\ni : real := flow()", "1:9 1001 expected an expression, the statement ends"],
    ["t := a b", "1:8 1001 `b` is unexpected here"],
    ["t := flow(a b)", "1:13 1001 expected `,` or `)`, found `b`"],
    ["t := flow(a,)", "1:13 1001 expected an argument, found `)`"],
    ["t : := flow()", "1:5 1001 expected a type such as `real`, found `:=`"],
    ["t : real", "1:9 1001 expected `:=`, the statement ends"],
    ["t <- flow()", "1:3 1009 an assignment is written `:=`, not `<-`"],
    ["t = flow()", "1:3 1009 an assignment is written `:=`"],
    ["t ~ normal(0, 1)", "1:3 1009 `~` draws noise inside a `where`; a variable is assigned with `:=`"],
    ["t := a < b < c", "1:12 1010 comparisons do not chain"],
    ["t := for", "1:6 1008 `for` is a reserved word and cannot be a name"],
    ["model 3", "1:7 1001 expected a name, found `3`"],
    ["let for = 3", "1:5 1008 `for` is a reserved word and cannot be a name"],
    ["model : real := flow()", "1:1 1008 `model` is a reserved word and cannot be a name"],
    ["require t > 3", "1:1 1011 `require` is reserved for a later version of the language"],
    ["t := 1e999", "1:6 1007 `1e999` is too large a number"],
    ["t := 1.2.3", "1:6 1007 `1.2.3` is neither a number nor a name"],
    ['t "abc := flow()', "1:3 1005 a string ends on the line where it begins"],
    ["t := a \u00d7 b", "1:8 1006 `\u00d7` has no meaning in a program"],
    ["@", "1:1 1006 `@` has no meaning in a program"],
    ["t := \u{1F600}", "1:6 1006 `\u{1F600}` has no meaning in a program"],
    ["query q = expectation(i | do(t = 2))", "1:32 1001 expected `:=`, found `=`"],
    ["query q = expectation(i | t == 2)", "1:29 1001 expected `=`, found `==`"],
    ["query q = expectation()", "1:23 1001 expected a variable to ask about, found `)`"],
    ["query q = t := 3", "1:13 1001 `:=` is unexpected here"],
    ["assert t", "1:9 1001 expected `->`, `-/>` or `independent`, the statement ends"],
    ["t := f(a; b)", "1:9 1001 expected `,` or `)`, found `;`"],
  ];
  for (const [text, ...problems] of cases) {
    it(JSON.stringify(text), () => {
      expect(problemsOf(text)).to.deep.equal(problems);
    });
  }

  const hints: readonly (readonly [text: string, hint: string])[] = [
    ["query q = counterfactual(x do(t := 1))", "conditions follow `|`, as in `expectation(i | do(t := 3))`"],
    ["query q = counterfactual(x, do(t := 1))", "conditions follow `|`, as in `expectation(i | do(t := 3))`"],
    ["x := cvae(t, latent: 16)", "options are written `name = value`"],
    ["x := a ** 2", "powers are written `a ^ b`"],
    ["qery q = expectation(t)", "did you mean `query`?"],
    ["t : real = flow()", "an assignment is written `:=`"],
    ["t := e ~ normal(0, 1)", "noise is drawn in a `where`, as in `t := 2 + e where e ~ normal(0, 1)`"],
    ["t := 2x", "a product is written `2 * x`"],
  ];
  for (const [text, hint] of hints) {
    it(`have a hint: ${text}`, () => {
      expect(parseProgram(text, "test.scm").diagnostics.map((diagnostic) => diagnostic.hint)).to.deep.equal([hint]);
    });
  }

  it("are reported for every statement, each once", () => {
    const text = "a := (\nb := ]\nc = 3\nd := 1 2 3 4\nmodel 5 5\nf := flow()\nh := 3x\nlet = 3\nquery q q\n";
    expect(problemsOf(text).map((problem) => problem.split(" ")[0])).to.deep.equal([
      "1:6",
      "2:6",
      "3:3",
      "4:8",
      "5:7",
      "7:6",
      "8:5",
      "9:9",
    ]);
  });

  it("leave the names that a broken statement defines", () => {
    const { program } = parseProgram("t : positive := flow(\nlet k = (\nlatent u : 3", "test.scm");
    const names = program.statements.flatMap((statement) =>
      statement.kind === "broken" ? [...statement.variables, ...statement.constants].map(({ text }) => text) : [],
    );
    expect(names).to.deep.equal(["t", "k", "u"]);
  });
});

describe("hostile text", () => {
  const many = 100_000;
  const texts: Readonly<Record<string, string>> = {
    brackets: `t := ${"(".repeat(many)}1${")".repeat(many)}`,
    "unclosed brackets": `t := ${"[(".repeat(many)}`,
    "closing brackets": ")".repeat(many),
    "minus signs": `t := ${"-".repeat(many)}1`,
    powers: `t := ${"2 ^ ".repeat(many)}1`,
    "nested calls": `t := ${"if(1 < 2, ".repeat(many)}1`,
    semicolons: ";".repeat(many),
    "unclosed strings": '"\n'.repeat(many),
    "strange characters": "@".repeat(many),
    "strange characters in lines": "t := @\n".repeat(20_000),
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`gives an answer: ${name}`, () => {
      const { diagnostics } = parseProgram(text, "test.scm");
      for (const { span } of diagnostics.slice(0, 100)) expect(span!.end.offset).to.be.at.most(text.length);
    });
  }

  it("a sum of 100,000 terms is one node", () => {
    const { program, diagnostics } = parseProgram(`t := ${"1 + ".repeat(many)}1`, "test.scm");
    expect(diagnostics).to.deep.equal([]);
    const [statement] = program.statements;
    if (statement?.kind !== "variable" || statement.body?.kind !== "sum") throw new Error("not a sum");
    expect(statement.body.terms).to.have.length(many + 1);
  });

  it("any text gives statements and diagnostics inside it", () => {
    const piece = fc.oneof(
      fc.constantFrom(...'t i x 1 2.5 + - * / ^ ( ) [ ] , ; : := ~ | = == < <= -> -/> <-> \n # " @'.split(" "), " "),
      fc.constantFrom(
        "where",
        "do",
        "query q =",
        "let",
        "model",
        "fit",
        "assert",
        "latent",
        "for",
        "given",
        "flow(",
        "\n",
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join(" ");
        const { program, diagnostics } = parseProgram(text, "test.scm");
        const hasBroken = program.statements.some(({ kind }) => kind === "broken");
        if (hasBroken) expect(diagnostics.length).to.be.greaterThan(0);
        for (const { span } of diagnostics) {
          expect(span!.start.offset).to.be.within(0, text.length);
          expect(span!.end.offset).to.be.within(span!.start.offset, text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
