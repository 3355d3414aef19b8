/** The level that a text or a number names, and programs about levels that only their data define. */
import { expect } from "chai";
import { codeOfNumber, codeOfText, levelNumbers } from "../../src/algebra/levels.js";
import { levelsIn, print } from "../../src/algebra/print-expression.js";
import { compile } from "../../src/compiler/compile.js";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { bindLevels } from "../../src/model/files/bind-levels.js";
import type { Domain, Model, OrdinalDomain, QueryTerm } from "../../src/schema/types.js";

const ordinal = (...levels: string[]): OrdinalDomain => ({ kind: "ordinal", size: levels.length, levels });

describe("levels", () => {
  it("have the numbers that their texts spell, else their places, else none", () => {
    const numbers: [string[], number[] | undefined][] = [
      [
        ["1", "2", "3"],
        [1, 2, 3],
      ],
      [
        ["0.5", "10", "1e2"],
        [0.5, 10, 100],
      ],
      [
        ["no", "yes"],
        [0, 1],
      ],
      [
        ["0", "1", "2+"],
        [0, 1, 2],
      ],
      [["1", "2", "3+"], undefined],
      [["3", "2", "1"], undefined],
      [["1", "1.0"], undefined],
    ];
    for (const [levels, expected] of numbers)
      expect(levelNumbers(ordinal(...levels)), levels.join()).to.deep.equal(expected);
    // Categories have no order that could be reversed.
    expect(levelNumbers({ kind: "categorical", size: 2, levels: ["2", "1"] })).to.deep.equal([2, 1]);
  });

  it("are found by their text, by another spelling of it, and by their number", () => {
    expect(codeOfText(ordinal("1", "2", "3"), "2.0")).to.equal(1);
    expect(codeOfText(ordinal("1", "2", "3"), "0")).to.equal(undefined);
    expect(codeOfNumber(ordinal("1", "2", "3"), 3)).to.equal(2);
    expect(codeOfNumber(ordinal("1", "2", "3"), 0)).to.equal(undefined);
    expect(codeOfText({ kind: "binary", levels: ["False", "True"] }, "true")).to.equal(1);
    expect(codeOfText({ kind: "binary", levels: ["no", "yes"] }, "true")).to.equal(undefined);
  });
});

const program = (type: string) => `
L : ${type} := e where e ~ categorical(0.2, 0.2, 0.2, 0.2, 0.2)
y : real := if(L == 3, 10, 2 * L) + e where e ~ normal(0, 1)
query set = expectation(y | do(L := 3))
query shift = expectation(y | do(L := L + 1))
query low = probability(L <= 2 | y = 1)
query mean = expectation(L | L = 4)
`;

function compiled(text: string): Model {
  const { model, diagnostics } = compile({ text, file: "m.scm" });
  expect(diagnostics).to.deep.equal([]);
  return model!;
}

describe("a program and the levels of its data", () => {
  const bind = (model: Model, domain: Domain) => bindLevels(model, (name) => (name === "L" ? domain : undefined));

  it("is the same whether its levels are declared or found", () => {
    for (const levels of [
      ["1", "2", "3", "4", "5"],
      ["0", "1", "2", "3", "4"],
      ["2", "3", "4", "5", "6"],
    ]) {
      const declared = compiled(program(`ordinal(${levels.map((level) => JSON.stringify(level)).join(", ")})`));
      const bound = bind(compiled(program("ordinal(5)")), ordinal(...levels));
      expect(bound.variables).to.deep.equal(declared.variables);
      expect(
        bound.queries.map(({ expression }) => valuesOf(expression as QueryTerm)),
        levels.join(),
      ).to.deep.equal(declared.queries.map(({ expression }) => valuesOf(expression as QueryTerm)));
      const written = (model: Model) => {
        const mechanism = model.mechanisms.find(({ variable }) => variable === "y")!;
        return mechanism.kind === "expression" && print(mechanism.expression, levelsIn(model));
      };
      expect(written(bound)).to.equal(written(declared)).and.to.contain('L == "3"');
    }
  });

  it("is refused where a number names no level, with the levels", () => {
    const faults = (domain: Domain) => {
      try {
        bind(compiled(program("ordinal(5)")), domain);
      } catch (error) {
        if (error instanceof ScmcError)
          return error.diagnostics.map(({ code, message, hint }) => `${code} ${message} | ${hint}`);
        throw error;
      }
      return [];
    };
    expect(faults(ordinal("10", "20", "30", "40", "50"))[0]).to.equal(
      '6055 `y`: `L` has no level 3 | its levels are "10", "20", "30", "40", "50".',
    );
    expect(faults(ordinal("1", "2", "3", "4", "5+"))[0]).to.contain("the levels of `L` are no numbers");
    // Only texts: a number is the place from 0.
    expect(faults(ordinal("a", "b", "c", "d", "e"))).to.deep.equal([]);
  });

  it("says what is wrong of declared levels at its place", () => {
    const messages = (text: string) =>
      compile({ text, file: "m.scm" }).diagnostics.map(({ code, message }) => `${code} ${message}`);
    const declared = program('ordinal("1", "2", "3", "4", "5")');
    expect(messages(`${declared}query q = expectation(y | do(L := 0))`)).to.deep.equal(["3010 `L` has no level 0"]);
    expect(messages(`${declared}query q = expectation(y | L = "x")`)).to.deep.equal(['3011 `L` has no level "x"']);
    expect(messages(`${declared}query q = probability(L > "2")`)).to.deep.equal([]);
    expect(messages('s : binary("no", "yes") := bernoulli()\nquery q = probability(s > "no")')).to.deep.equal([
      "3014 the levels of `s` have no order",
    ]);
    expect(messages('s : binary("no", "yes", "?") := bernoulli()')).to.deep.equal([
      "3003 a binary variable has two levels, and this names 3",
    ]);
  });

  it("offers the level that is written without quotes", () => {
    const hints = (query: string) =>
      compile({
        text: `s : binary("no", "yes") := bernoulli()\ny := linear(s)\nquery q = ${query}`,
        file: "m.scm",
      }).diagnostics.map(({ code, hint }) => `${code} ${hint}`);
    for (const query of ["expectation(y | do(s := yes))", "expectation(y | s = yes)", "probability(s == Yes)"])
      expect(hints(query), query).to.deep.equal(['2001 `s` has the level `"yes"`: levels are written in quotes']);
  });
});

/** The parts that a query sets, asks and takes as given, without the plans. */
const valuesOf = ({ of, evidence, interventions }: QueryTerm) => ({
  of: of.map((target) => print(target)),
  evidence,
  set: interventions.map(({ expression }) => print(expression)),
});
