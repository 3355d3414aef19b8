/** Tables read in parts: the same cells as from csv-parse, the same messages, whatever the size of the file. */
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parseNumber } from "../../src/data/columns/number-notation.js";
import { plainNumber } from "../../src/data/columns/plain-number.js";
import { inBlocks, type Table } from "../../src/data/columns/table.js";
import { openCsv } from "../../src/data/tables/csv.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

describe("a CSV table in parts", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  async function cellsOf(content: string | Uint8Array, size = 3): Promise<string[][]> {
    const source = await openCsv(data.write("t.csv", content));
    const rows: string[][] = [source.header.slice()];
    for await (const table of inBlocks(source, source.header, size)) for (const row of textsOf(table)) rows.push(row);
    return rows;
  }

  it("has the cells that csv-parse finds", async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        "",
        " ",
        "1",
        "-2.50",
        " 7 ",
        "1e3",
        "F",
        "é",
        "a b",
        "\t",
        '"q"',
        '"a,b"',
        '"x""y"',
        '"two\nlines"',
      ),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    );
    const row = fc.array(cell, { minLength: 2, maxLength: 2 }).map((cells) => cells.join(","));
    const text = fc
      .tuple(fc.array(fc.oneof(row, fc.constant("")), { minLength: 1, maxLength: 12 }), fc.constantFrom("\n", "\r\n"))
      .map(([rows, end]) => ["a,b", "0,0", ...rows].join(end));
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const records = parse(content, { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true });
        expect(await cellsOf(content)).to.deep.equal(records);
      }),
      { numRuns: 150 },
    );
  });

  it("reads quoted headers, byte-order marks, semicolons, gzip, and quotes that come late", async () => {
    const expected = [
      ["a, b", "c"],
      ["1", "2"],
      ["3", "x;y"],
    ];
    expect(await cellsOf('\ufeff"a, b";c\n1;2\n3;"x;y"\n')).to.deep.equal(expected);
    expect(await cellsOf(gzipSync('"a, b"\tc\r\n1\t2\r\n3\tx;y'))).to.deep.equal(expected);
    expect(await cellsOf('"two\nlines",c\n1,2\n')).to.deep.equal([
      ["two\nlines", "c"],
      ["1", "2"],
    ]);
  });

  it("spells numbers as Number does, or leaves them to it", () => {
    const decimal = fc
      .tuple(fc.constantFrom("", "-", "+"), fc.integer({ min: 0, max: 1e9 }), fc.constantFrom("", "."), fc.nat(1e6))
      .map(([sign, whole, point, rest]) => `${sign}${whole}${point}${point === "" ? "" : rest}`);
    const any = fc.constantFrom("", ".", "-", "1.", ".5", "1.2.3", "12345678901234567890", "1e5", "inf", "-0", "0x1");
    fc.assert(
      fc.property(fc.oneof(decimal, any, fc.double().map(String)), (text) => {
        const value = plainNumber(Buffer.from(text), 0, text.length);
        if (!Number.isNaN(value)) expect(value).to.equal(parseNumber(text));
        else expect(text).to.satisfy((each: string) => !/^[+-]?\d{1,7}(\.\d{0,7})?$/.test(each));
      }),
    );
  });

  it("keeps what every cell said, in a table of many parts that is one block", async () => {
    const spelled = ["1.50", "-0.0", "+5", "05", ".5", "5.", "-7", "NA", "", "1e3", "999999999999999", "0.000001", "é"];
    const odd = (row: number) => (row % 7 === 0 ? spelled[(row / 7) % spelled.length]! : String(row / 8));
    // From row 100,000 on a column of texts has numbers, and one of numbers has texts.
    const rows = Array.from({ length: 150_000 }, (_, row) => [
      `unit-${row}`,
      odd(row),
      row < 100_000 ? "low" : String(row),
      row < 100_000 ? `${row}.25` : `"say ""${row % 3}"""`,
    ]);
    const text = rows.map((cells, row) => `${row % 1000 === 999 ? "\n" : ""}${cells.join(",")}\n`).join("");
    const plain = rows.map((cells) => cells.map((cell) => cell.replace(/^"(.*)"$/, "$1").replaceAll('""', '"')));
    expect(text.length).to.be.greaterThan(3 << 20);
    expect((await cellsOf(`id,a,b,c\n${text}`, Number.POSITIVE_INFINITY)).slice(1)).to.deep.equal(plain);
    expect((await cellsOf(`id,a,b,c\n${text}`, 70_001)).slice(1)).to.deep.equal(plain);
    const source = await openCsv(data.write("t.csv", `id,a,b,c\n${text}`));
    for await (const table of inBlocks(source, ["a"], Number.POSITIVE_INFINITY)) {
      expect([998, 999, 149_999].map(table.place)).to.deep.equal(["line 1000", "line 1002", "line 150151"]);
      const { numbers, text: say } = table.cells(1);
      for (let row = 0; row < table.rows; row += 101)
        if (!Number.isNaN(numbers![row]!)) expect(numbers![row]).to.equal(parseNumber(say(row)));
    }
  });

  it("names the lines of uneven rows, also far into a large file", async () => {
    const rows = 200_000;
    const lines = Array.from({ length: rows }, (_, row) => `${row},${row / 7}`);
    lines[150_000] = "1,2,3";
    data.write("t.csv", `a,b\n${lines.join("\n")}\n`);
    const read = async () => {
      const source = await openCsv(data.path("t.csv"));
      for await (const _ of source.parts(["a"]));
    };
    const [problem] = await problemsOf(read, data.root);
    expect(problem?.message).to.equal("the header has 2 fields, but 1 row has another number of them: line 150002 (3)");
  });

  it("reports quotes that never close, text that is no UTF-8, empty tables, and gzip cut short", async () => {
    const messages = async (content: string | Uint8Array) =>
      (await problemsOf(() => cellsOf(content), data.root)).map(({ code, message }) => `${code} ${message}`);
    expect(await messages('a,b\n1,2\n3,"x\n')).to.deep.equal(["6006 line 3: a quote is opened and never closed"]);
    expect(await messages(Buffer.from([0x61, 0x0a, 0xff, 0x0a]))).to.deep.equal([
      "6003 the table: not a text file in UTF-8 (line 2 is not: perhaps Windows-1252 or Latin-1)",
    ]);
    expect(await messages("\n\n")).to.deep.equal(["6007 the table is empty"]);
    expect(await messages("a,b\n")).to.deep.equal(["6007 the table has a header and no rows"]);
    const packed = gzipSync(`a\n${"1\n2\n".repeat(10_000)}`);
    expect(await messages(packed.subarray(0, packed.length - 20))).to.deep.equal([
      "6002 the table: the gzip file is cut short or damaged",
    ]);
  });
});

function textsOf(table: Table): string[][] {
  const columns = table.header.map((_, at) => table.cells(at));
  return Array.from({ length: table.rows }, (_, row) => columns.map(({ text }) => text(row)));
}
