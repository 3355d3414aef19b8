/** Fitting with missing values: the rows on which a variable and its parents are present. */
import { expect } from "chai";
import { presentRows } from "../../../src/runtime/fitting/steps/present-rows.js";
import { scalarRows } from "../models.js";

describe("rows for a fit", () => {
  const value = scalarRows([1, Number.NaN, 3, 4]);
  const parent = scalarRows([10, 20, Number.NaN, 40]);

  it("are those with the variable and all its parents, in order", () => {
    const { value: own, parents } = presentRows("m", "y", { value, parents: { x: parent } });
    expect([...own.data]).to.deep.equal([1, 4]);
    expect([...parents.x!.data]).to.deep.equal([10, 40]);
  });

  it("are the very data where nothing is missing", () => {
    const whole = { value: scalarRows([1, 2]), parents: {} };
    expect(presentRows("m", "y", whole)).to.equal(whole);
  });

  it("must be two at least", () => {
    const alone = { value: scalarRows([1, Number.NaN, Number.NaN]), parents: {} };
    expect(() => presentRows("m", "y", alone)).to.throw("1 rows have values of all of `y`");
  });
});
