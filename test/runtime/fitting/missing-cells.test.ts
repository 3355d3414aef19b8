/**
 * The rows and mechanisms that missing cells affect: a variable with an observed effect is completed, the others leave
 * rows out.
 */
import { expect } from "chai";
import { missingCellsOf } from "../../../src/runtime/fitting/missing/missing-cells.js";
import { missingOptionsOf } from "../../../src/runtime/fitting/missing/missing-options.js";
import { compiled, scalarRows } from "../models.js";

const gap = Number.NaN;

describe("missing cells of a table", () => {
  const model = compiled("a := linear()\nb := linear(a)\nc := linear(b)\nd := linear(a)");
  const columns = new Map([
    ["a", scalarRows([1, 1, 1, 1, 1])],
    ["b", scalarRows([1, gap, gap, 1, gap])],
    ["c", scalarRows([1, 1, gap, gap, 1])],
    ["d", scalarRows([1, 1, 1, 1, 1])],
  ]);
  const cells = missingCellsOf(model, columns, 5);

  it("are counted by variable and row", () => {
    expect(cells.cells).to.deep.equal({ b: 3, c: 2 });
    expect(cells.incompleteRows).to.equal(4);
  });

  it("are completed where something observed depends on them", () => {
    const inferred = cells.patterns.map(({ missing, inferred, units }) => [missing, inferred, [...units]]);
    expect(inferred).to.deep.equal([
      [["b"], ["b"], [1, 4]],
      [["b", "c"], [], [2]],
      [["c"], [], [3]],
    ]);
  });

  it("leave their rows out of a fit otherwise, and do not concern other mechanisms", () => {
    expect([...cells.affected].map(([name, rows]) => [name, [...rows]])).to.deep.equal([
      ["b", [0, 1, 3, 4]],
      ["c", [0, 1, 4]],
    ]);
  });

  it("reach the causes of what is observed through missing ones", () => {
    const rows = new Map([...columns, ["a", scalarRows([gap, 1, 1, 1, 1])]]);
    rows.set("b", scalarRows([gap, 1, 1, 1, 1])).set("c", scalarRows([1, 1, 1, 1, 1]));
    const found = missingCellsOf(model, rows, 5);
    expect(found.patterns.map(({ inferred }) => inferred)).to.deep.equal([["a", "b"]]);
    expect([...found.affected.keys()]).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("are none in a whole table", () => {
    const whole = missingCellsOf(model, new Map([...columns.keys()].map((name) => [name, scalarRows([1, 2])])), 2);
    expect(whole).to.deep.include({ incompleteRows: 0, cells: {}, patterns: [] });
    expect(whole.affected.size).to.equal(0);
  });
});

describe("the options of the whole model", () => {
  it("are the program's, option by option over them those of the command line", () => {
    const { fits } = compiled("a := linear()\nfit model(missing = em, rounds = 3)");
    expect(missingOptionsOf(fits)).to.deep.equal({ method: "em", rounds: 3, proposals: 1024 });
    const given = [...fits, { options: { proposals: 50 } }, { variable: "a", options: { missing: "drop" } }];
    expect(missingOptionsOf(given)).to.deep.equal({ method: "em", rounds: 3, proposals: 50 });
    expect(missingOptionsOf([{ options: { rounds: 4 } }])).to.deep.include({ method: "em", rounds: 4 });
    expect(missingOptionsOf([...fits, { options: { missing: "drop" } }]).method).to.equal("drop");
    expect(missingOptionsOf([])).to.deep.equal({ method: "drop", rounds: 10, proposals: 1024 });
  });
});
