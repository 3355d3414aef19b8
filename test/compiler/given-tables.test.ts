/**
 * Given tables of conditional probabilities: what a program may write, what the model holds, what is refused and where.
 */
import { expect } from "chai";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { format } from "../../src/parser/format.js";
import type { TableMechanism } from "../../src/schema/types.js";
import { compiled, diagnosticsOf, expectMarked } from "./support.js";

const parents = `a : categorical("x", "y", "z") := categorical(table = [1/4, 1/4, 1/2])
b : binary := bernoulli(table = 0.25)
`;

function tableOf(text: string, variable = "c"): TableMechanism {
  const mechanism = compiled(text).mechanisms.find((one) => one.variable === variable);
  if (mechanism?.kind !== "table") throw new Error(`${variable} has no table`);
  return mechanism;
}

describe("given tables", () => {
  it("hold a row for each combination of the parents' levels, the last parent changing fastest", () => {
    const flat = tableOf(`${parents}c : binary := bernoulli(a, b, table = [0.5, 0.25, 0, 1, 0.125, 0.75])`);
    expect(flat.parents).to.deep.equal(["a", "b"]);
    expect(flat.probabilities.map((row) => row[1])).to.deep.equal([0.5, 0.25, 0, 1, 0.125, 0.75]);
    expect(flat.probabilities.map(([first, second]) => first! + second!)).to.deep.equal([1, 1, 1, 1, 1, 1]);
    const nested = tableOf(`${parents}c : binary := bernoulli(a, b, table = [[0.5, 0.25], [0, 1], [0.125, 0.75]])`);
    expect(nested).to.deep.equal(flat);
  });

  it("take constants, and lists nested by parent for classes", () => {
    const flat = tableOf(
      `${parents}let p = 1/8\nc : ordinal(3) := categorical(b, table = [[p, 1 - 2 * p, p], [0, 0.5, 0.5]])`,
    );
    expect(flat.probabilities).to.deep.equal([
      [0.125, 0.75, 0.125],
      [0, 0.5, 0.5],
    ]);
    const rows = "[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]";
    const [one, two, three, four, five, six] = rows.split(/, (?=\[)/);
    const written = tableOf(`${parents}c : ordinal(3) := categorical(b, a, table = [${rows}])`);
    const nested = tableOf(
      `${parents}c : ordinal(3) := categorical(b, a, table = [[${one}, ${two}, ${three}], [${four}, ${five}, ${six}]])`,
    );
    expect(nested).to.deep.equal(written);
  });

  it("stay as they are through the formatter and the model's JSON", () => {
    const text = `${parents}c : binary := bernoulli(a, b, table = [[0.5, 0.25], [0, 1], [0.125, 0.75]])\n`;
    const model = compiled(text);
    const formatted = format(text, "m.scm");
    if (formatted.text === undefined) throw new Error("not formatted");
    expect(compiled(formatted.text).mechanisms).to.deep.equal(model.mechanisms);
    const read = parseModel(serialiseModel(model), "m.scm.json");
    expect(read.mechanisms).to.deep.equal(model.mechanisms);
  });

  it("are refused at the part at fault", () => {
    expectMarked(`${parents}c : binary := bernoulli(b, table = <|5024 [0.5]|>)`);
    expectMarked(`${parents}c : binary := bernoulli(a, b, table = [[0.5, 0.5], [0.5, 0.5], <|5024 [0.5]|>])`);
    expectMarked(`${parents}c : binary := bernoulli(b, table = [<|5026 1.5|>, 0.5])`);
    expectMarked(`${parents}c : ordinal(3) := categorical(b, table = [[0.2, 0.3, 0.5], <|5026 [0.2, 0.3, 0.4]|>])`);
    expectMarked(`${parents}c : ordinal(3) := categorical(b, table = [[0.2, 0.3, 0.5], <|5024 [0.2, 0.8]|>])`);
    expectMarked(`<|5025 c|> := bernoulli(table = [0.5])`);
    expectMarked(`p := flow()\nc : binary := bernoulli(<|5025 p|>, table = [0.5])`);
    expectMarked(`p : count := flow()\nc : binary := bernoulli(<|5025 p|>, table = [0.5])`);
    expectMarked(`c : binary := bernoulli(table = [0.5], <|2008 hidden = [3]|>)`);
    expectMarked(`c : binary := bernoulli(table = [0.5])\nfit <|5012 c|>(epochs = 3)`);
  });

  it("name the row and offer the table that was meant", () => {
    const [pairs] = diagnosticsOf(`${parents}c : binary := bernoulli(b, table = [[0.5, 0.5], [0.9, 0.1]])`);
    expect(pairs!.hint).to.equal("write `table = [0.5, 0.1]`");
    const [sum] = diagnosticsOf(
      `${parents}c : ordinal(3) := categorical(a, table = [[1, 0, 0], [0.2, 0.2, 0.5], [0, 0, 1]])`,
    );
    expect(sum!.message).to.equal('the probabilities sum to 0.9, not to 1, in the row of a = "y"');
  });

  it("of a model that another tool wrote are checked as well", () => {
    const model = JSON.parse(serialiseModel(compiled(`${parents}c : binary := bernoulli(b, table = [0.5, 0.25])`)));
    const codes = (change: (mechanism: { probabilities: number[][] }) => void): string[] => {
      const copy = structuredClone(model);
      change(copy.mechanisms[2]);
      try {
        parseModel(JSON.stringify(copy), "m.scm.json");
        return [];
      } catch (error) {
        if (!(error instanceof ScmcError)) throw error;
        return error.diagnostics.map(({ code }) => code);
      }
    };
    expect(codes(({ probabilities }) => probabilities.pop())).to.deep.equal(["5024"]);
    expect(codes(({ probabilities }) => probabilities[0]!.push(0))).to.deep.equal(["5024"]);
    expect(codes(({ probabilities }) => probabilities[1]!.splice(0, 2, 0.5, 0.25))).to.deep.equal(["5026"]);
  });
});
