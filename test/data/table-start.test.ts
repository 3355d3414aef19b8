/**
 * Starts of tables: the decimal sign, never guessed where a text can be read in two ways, and headers of other
 * programs.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { bindVector } from "../../src/data/binding/bind-column.js";
import type { Cells } from "../../src/data/columns/cell-column.js";
import { openTable } from "../../src/data/tables/read-table.js";
import type { ScmcError } from "../../src/diagnostics/diagnostic.js";
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

describe("the header of a table", () => {
  const open = (bytes: string | Uint8Array) => openTable(join(directoryWith({ "table.csv": bytes }), "table.csv"));

  it("is a commented line above numbers alone, as numpy writes it", async () => {
    expect((await open("# dose,response\n0.126,-0.132\n0.64,0.1\n")).header).to.deep.equal(["dose", "response"]);
  });

  it("is the first line after comments", async () => {
    expect((await open("# made on Monday, by hand\ndose,response\n1,2\n")).header).to.deep.equal(["dose", "response"]);
  });

  it("is UTF-8, as the rows are", async () => {
    const latin = Buffer.from("gr\xf6\xdfe,b\n1,2\n", "latin1");
    const found = await open(latin).catch((error: unknown) => error);
    expect((found as ScmcError).diagnostics[0]!.code).to.equal("6003");
  });
});

describe("vectors far from 0", () => {
  it("are refused where single precision would lose their values, with the way out", () => {
    const cells = (values: readonly number[]): Cells => ({
      file: "t.csv",
      name: 'column "v.0" (v)',
      length: values.length,
      text: (row) => String(values[row]),
      place: (row) => `line ${row + 2}`,
    });
    const near = Array.from({ length: 50 }, (_, row) => row / 7);
    const far = near.map((value) => 1.7e9 + value);
    expect(bindVector([cells(near)], "v", "t.csv", null).diagnostics).to.equal(undefined);
    const [problem] = bindVector([cells(far)], "v", "t.csv", null).diagnostics!;
    expect(problem!.message).to.contain("50 distinct values become 1");
    expect(problem!.hint).to.contain("Subtract a constant");
  });
});
