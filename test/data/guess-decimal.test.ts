/** The decimal sign of a table without a manifest: never guessed where a text can be read in two ways. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { openTable } from "../../src/data/tables/read-table.js";
import { directoryWith } from "../cli/support.js";

const cases: readonly (readonly [what: string, text: string, decimal: "." | ","])[] = [
  ["decimal commas", "a;b\n1;2,5\n2;12,75\n", ","],
  ["decimal commas beside points between thousands", "a;b\n1.234;1,5\n12.345;2,5\n", ","],
  ["both in one cell", "a;b\n1;1.234,5\n2;950,25\n", ","],
  // 12,500 is twelve and a half, or twelve thousand five hundred: the cells are refused, with both ways out.
  ["commas that may stand between thousands, in tabs", "a\tb\n1\t12,500\n2\t950\n3\t1,250\n", "."],
  ["commas that stand between thousands", "a;b\n1;1,250,000\n2;12,5\n", "."],
  ["decimal points", "a;b\n1;2.5\n2;12,75\n", "."],
  ["commas between cells", "a,b\n1,2\n3,4\n", "."],
];

describe("the decimal sign of a table", () => {
  for (const [what, text, decimal] of cases)
    it(`is ${decimal === "," ? "a comma" : "a point"}: ${what}`, async () => {
      const file = join(directoryWith(), "table.csv");
      writeFileSync(file, text);
      expect((await openTable(file)).decimal ?? ".").to.equal(decimal);
    });
});
