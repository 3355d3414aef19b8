/** Interventions and queries: what they compile to, their plans, and what they cannot ask. */
import { expect } from "chai";
import { print } from "../../src/algebra/print-expression.js";
import { compileInterventions } from "../../src/compiler/interventions.js";
import type { QueryTerm } from "../../src/schema/types.js";
import { compiled, expectMarked } from "./support.js";

const program = `
t : positive := flow()
i : interval(64, 255) := flow(t)
s : categorical("F", "M") := categorical()
c : count := glm(t)
r : real := linear(i)
x : image(8, 8) := cvae(t, i)
`;
const model = compiled(program);

function termOf(query: string): QueryTerm {
  const { expression } = compiled(`${program}query q = ${query}`).queries[0]!;
  if (expression.kind === "constant" || expression.kind === "apply") throw new Error("not a term");
  return expression;
}

function act(text: string): string[] {
  const { interventions, diagnostics } = compileInterventions(text, model);
  expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return interventions.map(({ variable, expression }) => `${variable} := ${print(expression)}`);
}

function refused(text: string): string[] {
  const { interventions, diagnostics } = compileInterventions(text, model);
  expect(interventions).to.deep.equal([]);
  for (const { file, span } of diagnostics) {
    expect(file).to.equal("--do");
    expect(span!.end.offset).to.be.at.most(text.length);
  }
  return diagnostics.map(({ code }) => code);
}

describe("interventions", () => {
  it("of the command line need a model only", () => {
    expect(act("t := 3")).to.deep.equal(["t := 3"]);
    expect(act("t := t + 2, i := 64")).to.deep.equal(["t := t + 2", "i := 64"]);
    expect(act('s := "M"')).to.deep.equal(["s := 1"]);
    expect(act("s := s")).to.deep.equal(["s := s"]);
    expect(act("t := 2 * 3 + 1")).to.deep.equal(["t := 7"]);
    expect(act("c := 4")).to.deep.equal(["c := 4"]);
  });

  it("tell the variable's natural value from values of the new world", () => {
    const { interventions } = compileInterventions("i := i + t", model);
    expect(interventions[0]!.expression).to.deep.equal({
      kind: "apply",
      function: "add",
      arguments: [
        { kind: "natural", name: "i" },
        { kind: "variable", name: "t" },
      ],
    });
  });

  it("may be stochastic, and limited to children", () => {
    const { interventions } = compileInterventions("t := 2 + e for i where e ~ gamma(1, 1)", model);
    expect(interventions[0]).to.deep.include({
      only: ["i"],
      noises: [{ name: "e", distribution: "gamma", parameters: [1, 1] }],
    });
  });

  const wrong: readonly (readonly [text: string, ...codes: string[]])[] = [
    ["u := 3", "2001"],
    ["t := u", "2001"],
    ["t := -1", "3010"],
    ["t := 0", "3010"],
    ["i := 256", "3010"],
    ["i := 300 + t", "3010"],
    ["s := 2", "3010"],
    ['s := "X"', "3010"],
    ['t := "X"', "3010"],
    ["c := 1.5", "3010"],
    ["t := 1, t := 2", "2016"],
    ["x := 3", "3005"],
    ["r := x", "3005"],
    ["r := s + 1", "3014"],
    ["t := i", "4003"],
    ["t := r + 1", "4003"],
    ["t := flow(i)", "5001"],
    ["t := [1, [2, 3]]", "1012"],
    ["t := []", "1012"],
    ["t := log(r)", "3007"],
    ["t := 1 for r", "4005"],
    ["t := 1 for u", "2001"],
    ["t := 1 for i, i", "4002"],
    ["t := 1 where e ~ normal(0, 1)", "2012"],
    ["t := e where e ~ normal(0, 0)", "5004"],
    ["u := v, t := -1", "2001", "2001", "3010"],
    ["t = 1", "1009"],
  ];
  for (const [text, ...codes] of wrong) {
    it(`are refused: ${text}`, () => {
      expect(refused(text)).to.deep.equal(codes);
    });
  }
});

describe("queries", () => {
  it("of every form", () => {
    expect(termOf("expectation(i, r | t = 2, do(c := 1))")).to.deep.include({
      kind: "expectation",
      evidence: [{ variable: "t", value: 2 }],
    });
    expect(termOf("density(t, i)").kind).to.equal("density");
    expect(termOf("sample(x | do(t := 3))").kind).to.equal("sample");
    expect(print(termOf("probability(t > 3)").of[0]!)).to.equal("t > 3");
    expect(print(termOf('probability(s == "M")').of[0]!)).to.equal("s == 1");
    expect(termOf("quantile(1 / 2, i)")).to.deep.include({ level: 0.5 });
    expect(print(termOf("expectation(2 * i - t)").of[0]!)).to.equal("2 * i - t");
    expect(termOf('expectation(t | s = "M")').evidence).to.deep.equal([{ variable: "s", value: "M" }]);
  });

  it("do arithmetic, with constants", () => {
    const { queries } = compiled(`${program}let k = 2\nquery q = -(expectation(i) - k) / 3`);
    expect(JSON.stringify(queries[0]!.expression)).to.match(/"negate".*"subtract".*"value":2.*"value":3/);
  });

  it("carry the plan of a counterfactual", () => {
    expect(termOf("counterfactual(t, i, x | do(i := i + 10))").plan).to.deep.equal({
      abduct: [{ noiseOf: "x", method: "amortised", given: ["x", "t", "i"] }],
      replace: ["i"],
      recompute: ["x"],
      copy: ["t"],
    });
    expect(termOf("expectation(i)").plan).to.equal(undefined);
  });

  const wrong = [
    "<|2003 foo|>(t)",
    "<|2014 t|>",
    "<|2001 u|>",
    "expectation(<|2001 u|>)",
    "expectation(t | <|2001 u|> = 3)",
    "expectation(t | i = <|3011 3|>)",
    'expectation(t | s = <|3011 "X"|>)',
    "expectation(t | x = <|3011 3|>)",
    "expectation(t | i = <|3012 r|>)",
    "expectation(t | i = 64, <|2017 i|> = 65)",
    "sample(<|5002 2 * t|>)",
    "counterfactual(<|5002 t + 1|> | do(t := 1))",
    "probability(<|3015 t|>)",
    "<|3008 probability(t > 1, i > 2)|>",
    "<|3008 quantile(i)|>",
    "quantile(<|3009 2|>, i)",
    "1 + <|3018 sample|>(t)",
    "expectation(<|3005 x|> + 1)",
    "expectation(<|3014 s|> * 2)",
    "expectation(log(<|3007 r|>))",
    "<|3008 expectation(t) + quantile(i)|>".replace(
      "<|3008 expectation(t) + quantile(i)|>",
      "expectation(t) + <|3008 quantile(i)|>",
    ),
  ];
  for (const query of wrong) {
    it(`are refused: ${query.replaceAll(/<\|\d+ |\|>/g, "")}`, () => {
      expectMarked(`${program}query q = ${query}`);
    });
  }

  it("need causes that are observed", () => {
    const latent = "latent u\nt := flow(u)\ni := flow(t)\nj := flow()\ni <-> j\n";
    expectMarked(`${latent}query q = <|4006 expectation(i)|>`);
    expectMarked(`${latent}query q = <|4006 counterfactual(i, j | do(t := 1))|>`);
    compiled(`${latent}query q = expectation(i | do(t := 1))`);
    compiled(`${latent}query q = expectation(j)`);
    expectMarked("t := flow()\ni := flow(t)\nt <-> i\nquery q = <|4006 expectation(i | do(t := 1))|>");
    compiled("t := flow()\ni := flow()\nt <-> i\nquery q = expectation(i, t | do(t := 1))");
    // Setting t does not help: f of i was learned where its noise went with u, and so with t.
    const behind = "u := flow()\nt := flow(u)\ni := flow(t)\nu <-> i\n";
    expectMarked(`${behind}query q = <|4006 counterfactual(i | do(t := 3))|>`);
    expectMarked(`${behind}query q = <|4006 expectation(i | do(t := 3))|>`);
    compiled(`${behind}query q = expectation(t | do(u := 3))`);
    compiled(`${latent}assert u -> i\nassert t independent j\n`);
    expectMarked(`${latent}<|4004 assert i independent j|>`);
  });

  it("take from a unit only what a counterfactual reads of it", () => {
    const chain = "latent u\nt := flow(u)\ni := flow(t)\nx := flow(t, i)\n";
    compiled(`${chain}query q = counterfactual(i | do(t := t + 1))`);
    compiled(`${chain}query q = counterfactual(x | do(i := 3))`);
    expectMarked(`${chain}query q = <|4006 counterfactual(t | do(u := 3))|>`);
    expectMarked(`${chain}query q = <|4006 counterfactual(t | do(u := 3 for t))|>`);
    expectMarked(`${chain}query q = <|4006 counterfactual(u | do(t := 3))|>`);
  });

  it("find latent variables whose mechanisms and children are given", () => {
    const given = "latent u := e where e ~ normal(0, 1)\nt : real := u + e where e ~ normal(0, 1)\ni := flow(t)\n";
    compiled(`${given}query q = expectation(i | do(t := 2 * u))`);
    compiled(`${given}query q = sample(t)`);
    compiled(`${given}query q = density(t)`);
    compiled(`${given}query q = expectation(t | i = 2)`);
    compiled(`${given}query q = expectation(t | u = 2)`);
    compiled(`${given}query q = counterfactual(t | do(u := 2))`);
    expectMarked(`latent u := e where e ~ normal(0, 1)\nt := flow(u)\nquery q = <|4006 density(t)|>`);
    compiled(`${given}query q = counterfactual(t | do(i := 2))`);
    expectMarked("latent u := flow()\nt := u + 1\nquery q = <|4006 expectation(t)|>");
  });

  it("need densities where they ask for them", () => {
    expectMarked("t := 2\ni := flow(t)\nquery q = <|5014 density(t, i)|>");
    expectMarked("x := ali()\nquery q = <|5014 density(x)|>");
    compiled("x := cvae()\nquery q = density(x)");
    expectMarked("t := flow()\ni := 2 * t\nquery q = expectation(t | <|5014 i = 3|>)");
    expectMarked("t := flow()\nquery q = <|5014 density(t | do(t := 3))|>");
    compiled("t := flow()\nquery q = density(t | do(t := t + 3))");
  });
});
