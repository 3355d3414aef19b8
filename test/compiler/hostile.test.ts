/**
 * Programs of great depth, length and width, and variables with odd names: an answer or a diagnostic on the whole way,
 * never a stack overflow, and never more than a few seconds.
 */
import { expect } from "chai";
import { format } from "../../src/parser/format.js";
import { evaluate } from "../../src/runtime/tensors/core/expressions.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";
import "../../src/runtime/tensors/engine/index.js";
import { wholeWay } from "../programs/whole-way.js";
import { compiled } from "./support.js";

const many = 100_000;
/** The cap on processor time, which a busy machine affects less; a quadratic step takes minutes at these lengths. */
const mostSeconds = 15;

const nested = (open: string, count: number, inner: string, close: string): string =>
  open.repeat(count) + inner + close.repeat(count);
const listed = (count: number, item: (index: number) => string, separator = ", "): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(separator);
const drawn = " where e ~ normal(0, 1)";
const positive = "p : positive := flow()\n";

/** A text and the codes of its diagnostics; a text without codes gives a model. */
const cases: Readonly<Record<string, readonly [text: string, ...codes: string[]]>> = {
  brackets: [`t := ${nested("(", many, "1", ")")}`, "1004"],
  "brackets as deep as allowed": [`t := ${nested("(", 64, "e", ")")}${drawn}`],
  "minus signs": [`t := ${"-".repeat(many)}e${drawn}`],
  powers: [`t := ${"2 ^ ".repeat(many)}e${drawn}`, "1004"],
  "powers with signs": [`t := ${"2 ^ - - ".repeat(many)}e${drawn}`, "1004"],
  "powers as many as allowed": [`${positive}t := ${"p ^ -".repeat(64)}p + e${drawn}`],
  "powers inside brackets": [`${positive}t := ${nested(`(${"p^".repeat(60)}`, 64, "p", ")")} + e${drawn}`, "1004"],
  "deepest brackets and chains": [
    `${positive}t := ${nested("(p+p+p+p+p+p+p+p*p*p*p*p*p*p*-p^", 64, "p", ")")} + e${drawn}`,
  ],
  "deepest bases of powers": [`${positive}t := ${nested("(p + p * -", 64, "p", ")^2")} + e${drawn}`],
  "chains that nest in their first part": [
    `${positive}t := ${nested("-(", 64, "p", `)${"*p".repeat(7)}${"+p".repeat(7)}`)} + e${drawn}`,
    "1004",
  ],
  "chains that nest in a noise": [
    `${positive}t := ${nested("-(", 20, "e", `)${"*p".repeat(7)}${"+p".repeat(7)}`)}${drawn}`,
    "5017",
  ],
  "chains of queries that nest": [
    `t := flow()\nquery q = ${nested("(", 63, "expectation(t)", `)${"*2".repeat(7)}${"+1".repeat(7)}`)}`,
    "1004",
  ],
  "nested if": [`t := ${nested("if(1 < 2, ", many, "e", ", 3)")}${drawn}`, "1004"],
  "if as deep as allowed": [`${positive}t := ${nested("if(p < 2, ", 64, "e", ", 3 * e)")}${drawn}`],
  "a sum of constants": [`t := ${"1 + ".repeat(many)}e${drawn}`],
  "a sum of noise": [`t := ${"e - 2 * e + ".repeat(many / 2)}e${drawn}`],
  "a sum of many different terms": [`t := ${listed(many / 5, (index) => `exp(${index} * e) + `, "")}e${drawn}`, "5005"],
  "a product of noise": [`t := ${"e * ".repeat(many)}e where e ~ gamma(1, 1)`],
  "a maximum of 300,000": [`t := max(${"1, ".repeat(3 * many)}2) + e${drawn}`],
  "a sum of queries": [`t := flow()\nquery q = ${"expectation(t) - ".repeat(many / 5)}1`],
  "nested queries": [`t := flow()\nquery q = ${nested("(2 * ", 63, "expectation(t)", " + 1)")}`],
  "a chain of 30,000 variables": [
    `a0 := e${drawn}\n${listed(30_000, (index) => `a${index + 1} := a${index} + e${drawn}`, "\n")}
     query q = counterfactual(a30000 | do(a0 := a0 + 1))\nassert a0 -> a30000\nassert a30000 -/> a0`,
  ],
  "a ring of 30,000 variables": [
    listed(30_000, (index) => `a${index} := a${(index + 1) % 30_000} + e${drawn}`, "\n"),
    "4001",
  ],
  "30,000 constants, each of the next": [
    `${listed(30_000, (index) => `let k${index} = k${index + 1} + 1`, "\n")}\nlet k30000 = 0\nt := k0 + e${drawn}`,
  ],
  "a ring of 30,000 constants": [
    `${listed(30_000, (index) => `let k${index} = k${(index + 1) % 30_000}`, "\n")}\nt := k0 + e${drawn}`,
    "2013",
  ],
  "30,000 statements on one line": [listed(30_000, (index) => `a${index} := flow()`, ";")],
  "30,000 levels": [`t : categorical(${listed(30_000, (index) => `"l${index}"`)}) := categorical()`],
  "a line of 1 MB": [`t "${"x".repeat(2 ** 19)}" := e ${drawn} # ${"y".repeat(2 ** 19)}`],
  "a name of 1 MB": [`${"x".repeat(2 ** 20)} := e ${drawn}\nt := ${"y".repeat(2 ** 20)}`, "2001"],
  "comments inside a statement": [`t := flow(${"# a\n".repeat(3 * many)})`],
  "newlines inside a statement": [`t := flow(${"\n".repeat(3 * many)})`],
  "a line for each term": [`t := ${"1 + # one\n".repeat(many)}e${drawn}`],
  "comments alone": [`${"# a\n".repeat(3 * many)}t := flow()`],
};

describe("great depth, length and width", () => {
  for (const [name, [text, ...codes]] of Object.entries(cases)) {
    it(name, () => {
      const start = process.cpuUsage();
      const { diagnostics } = wholeWay(text);
      const { user, system } = process.cpuUsage(start);
      const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
      expect([...new Set(errors)]).to.deep.equal(codes);
      expect((user + system) / 1e6, "seconds").to.be.below(mostSeconds);
    });
  }

  it("in tensors as well", () => {
    const value = tf.tensor([[0.5]]);
    for (const name of ["a maximum of 300,000", "a sum of noise", "deepest brackets and chains"]) {
      const mechanism = compiled(cases[name]![0]).mechanisms.at(-1)!;
      if (mechanism.kind !== "expression") throw new Error("not an expression");
      const variables = new Map([["p", value]]);
      const result = evaluate(mechanism.expression, { variables, noises: new Map([["e", value]]) });
      expect(result.size, name).to.equal(1);
      expect(evaluate(mechanism.inverse!.expression, { variables, noises: new Map(), value }).size).to.equal(1);
    }
  });
});

describe("names of properties that every object has", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];
  const text = `__proto__ : positive "odd" := exp(e)${drawn}
constructor : categorical("a", "b") := categorical(__proto__)
toString := __proto__ + if(constructor == "b", 1, 2) + e${drawn}
hasOwnProperty := flow(toString, __proto__)
let valueOf = 2
prototype := valueOf * __proto__ * __defineGetter__${" where __defineGetter__ ~ normal(0, 1)"}
toString <-> prototype
fit hasOwnProperty(epochs = 3)
query __proto__ = counterfactual(hasOwnProperty | do(toString := toString + 1, __proto__ := 2))
query constructor = expectation(hasOwnProperty | __proto__ = 1, constructor = "a")
assert __proto__ -> hasOwnProperty
assert constructor independent __proto__ given __proto__
`;

  it("are names like any other", () => {
    const { model, diagnostics } = wholeWay(text);
    expect(diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message)).to.deep.equal([]);
    expect(model!.order).to.deep.equal(["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"]);
    expect(Object.keys(model!.source!.spans)).to.have.members(model!.order);
    expect(format(text, "test.scm").text).to.include("let valueOf = 2");
  });

  it("are unknown where they are not defined, as anything else", () => {
    for (const name of names) {
      const codes = (program: string) => wholeWay(program).diagnostics.map(({ code }) => code);
      expect(codes(`t := ${name} + e${drawn}`), name).to.deep.equal(["2001"]);
      expect(codes(`t := ${name}(1) + e${drawn}`), name).to.deep.equal(["2003"]);
      expect(codes(`t := e where e ~ ${name}(0, 1)`), name).to.deep.equal(["2004"]);
      expect(codes(`t : ${name} := flow()`), name).to.deep.equal(["2019"]);
      expect(codes(`t := flow(${name} = 3)`), name).to.deep.equal(["2008"]);
      expect(codes(`t := flow(transform = ${name})`), name).to.deep.equal(["3009"]);
      expect(codes(`t := flow()\nquery q = ${name}(t)`), name).to.deep.equal(["2003"]);
    }
  });
});
