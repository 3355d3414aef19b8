/**
 * Numbers that single precision does not hold: refused with their rows, or named with a way out; offsets alone are no
 * reason.
 */
import { expect } from "chai";
import { originOf } from "../../src/algebra/origin.js";
import { readNumbers } from "../../src/data/binding/cells.js";
import { domainRule } from "../../src/data/binding/scalar-domain.js";
import { precisionWarning } from "../../src/data/columns/precision.js";
import { columnOfValues, rowsOfColumn, wholeValue } from "../../src/runtime/mechanisms/bound/columns.js";

const rows = 1000;
/** Spread evenly over ±1.7 standard deviations, with no two values equal. */
const values = (mean: number, sd: number) =>
  Float64Array.from({ length: rows }, (_, row) => mean + 2 * sd * ((row + 0.25) / rows - 0.5) * Math.sqrt(3));
const real = { kind: "real" } as const;

describe("the precision of columns", () => {
  it("is enough for real, positive and interval variables at any offset", () => {
    for (const [mean, sd] of [
      [0, 1],
      [37, 0.5],
      [1e9, 1],
      [1.7e9, 600],
      [20251201000000, 100],
      [0, 1e-9],
      [0, 1e30],
    ] as const)
      expect(precisionWarning("x", values(mean, sd), real), `${mean} ± ${sd}`).to.equal(undefined);
  });

  it("is named where it is not", () => {
    const count = precisionWarning("n", values(1e9, 1000).map(Math.round), { kind: "count" });
    expect(count?.code).to.equal("6051");
    expect(count?.hint).to.contain("`n : real`");
    // One value far from the rest: the spread is that of the one, and the others become equal.
    const outlier = Float64Array.from([...values(1.7e9, 10), 1e15]);
    expect(precisionWarning("t", outlier, real)?.message).to.match(/1001 distinct values become \d+$/);
    expect(precisionWarning("x", values(0, 1e-39), real)?.hint).to.contain("smaller unit");
  });

  it("refuses what is beyond it, with the row", () => {
    const texts = ["1.5", "1e39", "2"];
    const read = readNumbers(
      { file: "t.csv", name: "x", length: 3, text: (row) => texts[row]!, place: (row) => `line ${row + 2}` },
      domainRule(real),
    );
    expect(read.diagnostics?.map(({ code, message }) => [code, message])).to.deep.equal([
      ["6050", 'x: 1 cell is beyond 3.4e38, the largest number that programs compute with: line 3 "1e39"'],
    ]);
  });
});

describe("origins", () => {
  it("are taken for large ratios of mean and spread alone", () => {
    expect(originOf(1000, 1)).to.equal(0);
    expect(originOf(0, 0)).to.equal(0);
    expect(originOf(1e8 + 0.3, 1)).to.equal(1e8);
    expect(originOf(-1.7e9, 600) / -1.7e9).to.be.closeTo(1, 1e-6);
  });

  it("come back with the columns, in the shortest text of what single precision holds", () => {
    const variable = { domain: real, origin: 1.7e9 };
    const column = { kind: "numeric", values: Float64Array.of(1699999995.97, 1700000060, Number.NaN) } as const;
    const { data } = rowsOfColumn(column, variable);
    expect([...data]).to.deep.equal([Math.fround(1699999995.97 - 1.7e9), 60, Number.NaN]);
    const back = columnOfValues(variable, data as Float32Array);
    expect(back.kind === "numeric" && [...back.values]).to.deep.equal([1699999995.97, 1700000060, Number.NaN]);
    expect(wholeValue(1e8, 0.5)).to.equal(100000000.5);
  });
});
