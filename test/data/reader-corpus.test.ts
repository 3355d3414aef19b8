/**
 * One table in many files: CSV in its dialects, gzip, UTF-16, Parquet as several writers lay it out. Whole and in
 * blocks of any size, through a manifest and by itself, every one gives the same values; and where cells are bad, the
 * same messages.
 */
import { gzipSync } from "node:zlib";
import * as arrow from "apache-arrow";
import { expect } from "chai";
import { Compression, Encoding, Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import type { Column } from "../../src/data/columns/dataset.js";
import type { Texts } from "../../src/data/columns/texts.js";
import { openDataset, readDataset, type WantedVariable } from "../../src/data/dataset/read-dataset.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

interface Row {
  readonly id: string;
  readonly a: string;
  readonly n: string;
  readonly s: string;
}

/** Decimals, whole numbers, texts with every sign that a dialect gives a meaning to, and a missing cell of each. */
const rows: readonly Row[] = [
  { id: "u1", a: "1.5", n: "3", s: "low" },
  { id: "u2", a: "-0.25", n: "0", s: "mid, or; so|so" },
  { id: "u3", a: "", n: "12", s: "low" },
  { id: "u4", a: "1234.5", n: "", s: 'he said "high"' },
  { id: "u5", a: "1e-3", n: "7", s: "é\n2" },
  { id: "u6", a: "20", n: "1", s: "" },
  { id: "u7", a: ".5", n: "2", s: "low" },
];
const names = ["id", "a", "n", "s"] as const;

interface Dialect {
  readonly separator?: string;
  readonly end?: string;
  readonly decimal?: "," | ".";
  readonly before?: string;
  readonly after?: string;
  readonly quoteAll?: boolean;
  readonly trailing?: boolean;
}

function csv(all: readonly Row[], dialect: Dialect = {}): string {
  const { separator = ",", end = "\n", decimal = ".", before = "", after = "", quoteAll, trailing } = dialect;
  const cell = (text: string) => (quoteAll || /[",;|\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: readonly string[]) => cells.map(cell).join(separator) + (trailing ? separator : "");
  const body = all.map(({ id, a, n, s }) => line([id, a.replace(".", decimal), n.replace(".", decimal), s]));
  return before + [line(names), ...body].join(end) + end + after;
}

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
}

function parquet(all: readonly Row[], set: (builder: WriterPropertiesBuilder) => WriterPropertiesBuilder): Uint8Array {
  const texts = (name: keyof Row) => all.map((row) => (row[name] === "" ? null : row[name]));
  const numbers = (name: keyof Row) => all.map((row) => (row[name] === "" ? null : Number(row[name])));
  const vectors = {
    id: arrow.vectorFromArray(texts("id"), new arrow.Utf8()),
    a: arrow.vectorFromArray(numbers("a"), new arrow.Float64()),
    n: arrow.vectorFromArray(numbers("n"), new arrow.Int32()),
    s: arrow.vectorFromArray(texts("s"), new arrow.Utf8()),
  };
  const table = Table.fromIPCStream(arrow.tableToIPC(new arrow.Table(vectors), "stream"));
  return writeParquet(table, set(new WriterPropertiesBuilder()).build());
}

type Files = readonly (readonly [name: string, file: string, content: string | Uint8Array])[];

function filesOf(all: readonly Row[]): Files {
  return [
    ["commas", "t.csv", csv(all)],
    ["semicolons and decimal commas", "t.csv", csv(all, { separator: ";", decimal: "," })],
    ["tabs", "t.tsv", csv(all, { separator: "\t" })],
    ["bars", "t.txt", csv(all, { separator: "|" })],
    ["line ends of Windows", "t.csv", csv(all, { end: "\r\n" })],
    ["carriage returns alone", "t.csv", csv(all, { end: "\r" })],
    ["quotes around everything, after a byte-order mark", "t.csv", csv(all, { quoteAll: true, before: "\ufeff" })],
    ["Excel's first line", "t.csv", csv(all, { separator: ";", decimal: ",", before: "sep=;\r\n", end: "\r\n" })],
    ["comments before the header", "t.csv", csv(all, { before: "# made, by hand\n#\n\n" })],
    ["a separator after each row and blank lines", "t.csv", csv(all, { trailing: true, after: "\n  \n\n" })],
    ["gzip", "t.csv.gz", gzipSync(csv(all))],
    ["UTF-16", "t.csv", utf16(csv(all), false)],
    ["UTF-16, big end first, tabs", "t.txt", utf16(csv(all, { separator: "\t", end: "\r\n" }), true)],
    ["Parquet, plain", "t.parquet", parquet(all, (p) => p.setDictionaryEnabled(false).setEncoding(Encoding.PLAIN))],
    [
      "Parquet, dictionaries, Snappy, small groups",
      "t.parquet",
      parquet(all, (p) => p.setDictionaryEnabled(true).setCompression(Compression.SNAPPY).setMaxRowGroupSize(3)),
    ],
    [
      "Parquet of version 2, Zstandard, groups of one row",
      "t.parquet",
      parquet(all, (p) => p.setCompression(Compression.ZSTD).setMaxRowGroupSize(1)),
    ],
    [
      "Parquet, gzip, without statistics",
      "t.parquet",
      parquet(all, (p) => p.setCompression(Compression.GZIP).setDictionaryEnabled(false).setMaxRowGroupSize(2)),
    ],
  ];
}

const categories = ["low", "mid, or; so|so", 'he said "high"', "é\n2"] as const;
const wanted: readonly WantedVariable[] = [
  { name: "a", domain: { kind: "real" } },
  { name: "n", domain: { kind: "count" } },
  { name: "s", domain: { kind: "categorical", size: categories.length, levels: [...categories] } },
];

/** The content of a table, in a form that every reader must agree on. */
interface Said {
  readonly ids: readonly string[];
  readonly a: readonly number[];
  readonly n: readonly number[];
  readonly s: readonly number[];
}

const said = (ids: Texts | null, columns: ReadonlyMap<string, Column>): Said => {
  const numbers = (name: string) => {
    const column = columns.get(name);
    if (column?.kind === "numeric") return [...column.values];
    return column?.kind === "category" ? [...column.codes] : [];
  };
  return { ids: [...(ids ?? [])], a: numbers("a"), n: numbers("n"), s: numbers("s") };
};

const expected: Said = {
  ids: ["u1", "u2", "u3", "u4", "u5", "u6", "u7"],
  a: [1.5, -0.25, Number.NaN, 1234.5, 0.001, 20, 0.5],
  n: [3, 0, 12, Number.NaN, 7, 1, 2],
  s: [0, 1, 0, 2, 3, -1, 0],
};

describe("one table in many files", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  const options = { allowMissingValues: true } as const;

  async function inBlocks(file: string, size: number): Promise<Said> {
    const source = await openDataset(file, wanted, options);
    const all = { ids: [] as string[], a: [] as number[], n: [] as number[], s: [] as number[] };
    for await (const { ids, columns } of source.blocks(size)) {
      const part = said(ids, columns);
      for (const key of ["ids", "a", "n", "s"] as const) (all[key] as (string | number)[]).push(...part[key]);
    }
    return all;
  }

  function manifestOf(table: string, isDecimalComma: boolean): string {
    const variables = { a: { column: "a" }, n: { column: "n" }, s: { column: "s" } };
    return data.write("m.json", { table, id: "id", ...(isDecimalComma ? { decimal: "," } : {}), variables });
  }

  for (const [name, table, content] of filesOf(rows))
    it(`gives the same values: ${name}`, async () => {
      const file = data.write(table, content);
      const manifest = manifestOf(table, /comma|Excel/.test(name) && name !== "commas");
      for (const from of [file, manifest]) {
        const { ids, columns } = await readDataset(from, wanted, options);
        expect(said(ids, columns)).to.deep.equal(expected);
        for (const size of [1, 3, 100]) expect(await inBlocks(from, size)).to.deep.equal(expected);
      }
    });

  it("gives the same messages for each kind of bad cell, but for how a place is called", async () => {
    const texts = rows.filter(({ a, n, s }) => a !== "" && n !== "" && s !== "");
    const bad: readonly Row[] = [
      ...texts,
      { id: "b1", a: "Infinity", n: "1", s: "low" },
      { id: "b2", a: "3", n: "-1", s: "low" },
      { id: "b3", a: "", n: "2.5", s: "unheard" },
      { id: "b4", a: "5", n: "", s: "" },
    ];
    const message = (text: string) =>
      text
        .replaceAll(/line \d+|row \d+/g, "PLACE")
        .replaceAll(/"2,5"|2\.5/g, "2.5")
        .replaceAll('"2.5"', "2.5");
    let first: readonly string[] | undefined;
    for (const [name, table, content] of filesOf(bad).filter(([each]) => !each.startsWith("Parquet"))) {
      const manifest = manifestOf(table, /comma|Excel/.test(name) && name !== "commas");
      data.write(table, content);
      const open = async () => {
        for await (const _ of (await openDataset(manifest, wanted)).blocks(100));
      };
      const whole = await problemsOf(() => readDataset(manifest, wanted), data.root);
      const streamed = await problemsOf(open, data.root);
      expect(streamed, name).to.deep.equal(whole);
      const found = whole.map(({ code, message: text }) => `${code} ${message(text)}`);
      first ??= found;
      expect(found, name).to.deep.equal(first);
    }
    expect(first?.map((text) => text.slice(0, 4))).to.deep.equal(["6012", "6014", "6012", "6015", "6012", "6016"]);
  });

  it("gives the same messages whole and in blocks for Parquet", async () => {
    const bad = [...rows, { id: "b", a: "Infinity", n: "-1", s: "unheard" }];
    data.write(
      "t.parquet",
      parquet(bad, (p) => p.setMaxRowGroupSize(3)),
    );
    const manifest = manifestOf("t.parquet", false);
    const whole = await problemsOf(() => readDataset(manifest, wanted), data.root);
    const open = async () => {
      for await (const _ of (await openDataset(manifest, wanted)).blocks(100));
    };
    expect(await problemsOf(open, data.root)).to.deep.equal(whole);
    expect(whole.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      '6012 column "a" (a): 1 value is missing: row 3',
      '6014 column "a" (a): 1 cell is not finite (expected a number): row 8 "Infinity"',
      '6012 column "n" (n): 1 value is missing: row 4',
      '6015 column "n" (n): 1 cell is outside count (expected a whole number of 0 or more): row 8 "-1"',
      '6012 column "s" (s): 1 value is missing: row 6',
      '6016 column "s" (s): 1 cell is none of the levels: row 8 "unheard"',
    ]);
  });

  describe("numbers with commas", () => {
    const numbersOf = async (content: string, extra: object, column = {}) => {
      data.write("t.csv", content);
      data.write("m.json", { table: "t.csv", ...extra, variables: { a: { column: "a", ...column } } });
      const { columns } = await readDataset(data.path("m.json"), [{ name: "a", domain: { kind: "real" } }]);
      return said(null, columns).a;
    };
    const problemOf = async (content: string, extra: object, column = {}) =>
      (await problemsOf(() => numbersOf(content, extra, column), data.root)).map(
        ({ code, hint }) => `${code} ${hint}`,
      )[0];

    it("are read as a manifest says, of the table or of a column", async () => {
      const eu = "a;b\n5,1;x\n-0,25;x\n1.234,5;x\n7;x\n1,5e3;x\n";
      const values = [5.1, -0.25, 1234.5, 7, 1500];
      expect(await numbersOf(eu, { decimal: "," })).to.deep.equal(values);
      expect(await numbersOf(eu, {}, { decimal: "," })).to.deep.equal(values);
      expect(await numbersOf("a;b\n1.234;x\n2,5;x\n", { decimal: ",", thousands: "." })).to.deep.equal([1234, 2.5]);
      expect(await numbersOf('a,b\n"1,234.5",x\n"12,345",x\n', { thousands: "," })).to.deep.equal([1234.5, 12345]);
      expect(await numbersOf("a;b\n1\u202f234,5;x\n2 000;x\n", { decimal: ",", thousands: " " })).to.deep.equal([
        1234.5, 2000,
      ]);
      expect(await numbersOf("a\n1,5\n2,5\n", { decimal: "," })).to.deep.equal([1.5, 2.5]);
      expect(await numbersOf("a;b\n1.5;2,5\n", { decimal: "," }, { decimal: "." })).to.deep.equal([1.5]);
    });

    it("are never read the wrong way: the reason and the key to write are named", async () => {
      expect(await problemOf("a;b\n5,1;x\n4,9;x\n", {})).to.match(
        /^6013 These are numbers with a decimal comma: .*"decimal": ","/,
      );
      expect(await problemOf('a,b\n"1,234",x\n"1,097",x\n', {})).to.match(/^6013 .*"decimal": ",".*"thousands": ","/);
      expect(await problemOf('a,b\n"1,234,567",x\n"1,097",x\n', {})).to.match(/^6013 .*thousands": ","/);
      // 1.234 may be a thousand or not.
      expect(await problemOf("a;b\n1.234;x\n", { decimal: "," })).to.match(/^6013 .*"thousands": ".".*"decimal": "."/);
      expect(await problemOf("a;b\n12.5;x\n", { decimal: "," })).to.match(/^6013 .*"decimal": "."/);
      expect(await problemOf("a;b\n1;x\n", { thousands: "." })).to.match(/^6005 The two must differ/);
    });

    it("are not taken for categories where the type is left out", async () => {
      const file = data.write("t.csv", 'a,b\n"5,1",1\n"4,9",2\n"5,1",1\n');
      const read = () => readDataset(file, [{ name: "a", domain: null }]);
      const [problem] = await problemsOf(read, data.root);
      expect(problem).to.deep.include({
        code: "6070",
        message: 'column "a" (a): 3 cells are numbers with a comma: line 2 "5,1", line 3 "4,9", line 4 "5,1"',
      });
      data.write("m.json", { table: "t.csv", variables: { a: { column: "a", levels: ["4,9", "5,1"] } } });
      const { columns } = await readDataset(data.path("m.json"), [{ name: "a", domain: null }]);
      expect(columns.get("a")).to.deep.include({ levels: ["4,9", "5,1"], codes: Int32Array.of(1, 0, 1) });
    });
  });

  describe("a table by itself", () => {
    const problems = (file: string, all: readonly WantedVariable[]) =>
      problemsOf(() => readDataset(file, all), data.root);

    it("binds columns by their names, vectors by their elements, and ignores the others", async () => {
      const file = data.write("t.csv", "row_id,id,v.0,v.1,other\nr1,5,1,2,x\nr2,6,3,4,y\n");
      const { ids, columns } = await readDataset(file, [
        { name: "v", domain: { kind: "vector", size: 2 } },
        { name: "id", domain: { kind: "count" } },
      ]);
      expect([...ids]).to.deep.equal(["r1", "r2"]);
      expect(columns.get("v")).to.deep.include({ size: 2, values: Float32Array.of(1, 2, 3, 4) });
      expect(columns.get("id")).to.deep.include({ values: Float64Array.of(5, 6) });
    });

    it("says what it lacks, and that images need a manifest", async () => {
      const file = data.write("t.csv", "thickness,b\n1,2\n");
      const image = { kind: "image", height: 2, width: 2, channels: 1 } as const;
      const found = await problems(file, [
        { name: "thicknes", domain: null },
        { name: "x", domain: image },
      ]);
      expect(found.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
        '6071 the table has no column "thicknes"',
        '6071 "x" is image(2, 2), and a table by itself holds no images',
      ]);
      expect(found[0]?.hint).to.match(/^Did you mean "thickness"/);
    });
  });

  describe("headers", () => {
    const headerOf = async (text: string) => {
      const { openCsv } = await import("../../src/data/tables/csv.js");
      return (await openCsv(data.write("h.csv", text))).header;
    };

    it("are told from comments, and their separator from the rows", async () => {
      expect(await headerOf("#id,a\n1,2\n")).to.deep.equal(["#id", "a"]);
      expect(await headerOf("#made,by me\nid,a\n1,2\n")).to.deep.equal(["id", "a"]);
      expect(await headerOf("## v1\n# x,y\nid,a\n1,2\n")).to.deep.equal(["id", "a"]);
      expect(await headerOf("age, years;height\n3;5\n4;6\n")).to.deep.equal(["age, years", "height"]);
      expect(await headerOf('sep=|\na|"b,c"\n1|2\n')).to.deep.equal(["a", "b,c"]);
      expect(await headerOf(' "a b" ; " c"\n1;2\n')).to.deep.equal(["a b", " c"]);
    });

    it("may have unnamed columns at their end that rows leave out, not named ones", async () => {
      const text = async (content: string) => {
        const { readTable } = await import("../../src/data/tables/read-table.js");
        const table = await readTable(data.write("h.csv", content));
        const cells = table.header.map((_, column) => table.cells(column));
        return Array.from({ length: table.rows }, (_, row) => cells.map((cell) => cell.text(row)).join("/"));
      };
      expect(await text("a,b,\n1,2\n3,4,5\n")).to.deep.equal(["1/2/", "3/4/5"]);
      expect(await text("a,b\n1,2,\n3,4,,\n")).to.deep.equal(["1/2", "3/4"]);
      const uneven = await problemsOf(() => text("a,b\n1,2,3\n4\n5,6\n"), data.root);
      expect(uneven[0]?.message).to.equal(
        "the header has 2 fields, but 2 rows have another number of them: line 2 (3), line 3 (1)",
      );
    });
  });
});
