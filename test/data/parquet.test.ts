/** Parquet in and out: types, nulls, row groups of any size, and what is said of files that cannot be read. */
import { readFileSync, writeFileSync } from "node:fs";
import * as arrow from "apache-arrow";
import { expect } from "chai";
import { Compression, Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import { openSink } from "../../src/data/dataset/open-sink.js";
import { openDataset, readDataset, type WantedVariable } from "../../src/data/dataset/read-dataset.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

const rows = 7;
const count = Array.from({ length: rows }, (_, row) => row);

describe("Parquet", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  function write(name: string, vectors: Record<string, arrow.Vector>, rowsInGroup = 3): void {
    const properties = new WriterPropertiesBuilder()
      .setCompression(Compression.ZSTD)
      .setMaxRowGroupSize(rowsInGroup)
      .build();
    const table = Table.fromIPCStream(arrow.tableToIPC(new arrow.Table(vectors), "stream"));
    writeFileSync(data.path(name), writeParquet(table, properties));
  }

  function bind(variables: Record<string, object>, id?: string): void {
    data.write("manifest.json", { table: "t.parquet", ...(id === undefined ? {} : { id }), variables });
  }

  const columnsOf = (...names: string[]): WantedVariable[] => names.map((name) => ({ name, domain: null }));

  it("gives floats, doubles, integers, 64-bit integers, decimals, booleans, texts and dictionaries", async () => {
    const decimals = new Uint32Array(4 * rows);
    // -12.34, 0.05, …: two's complement of the unscaled value.
    for (const [row, value] of [-1234n, 5n, 100n, 0n, 1n, 2n, 3n].entries())
      for (let word = 0; word < 4; word++)
        decimals[4 * row + word] = Number((BigInt.asUintN(128, value) >> BigInt(32 * word)) & 0xffffffffn);
    write("t.parquet", {
      f: arrow.makeVector(Float32Array.from(count, (row) => row / 10)),
      d: arrow.makeVector(Float64Array.from(count, (row) => row / 10)),
      i: arrow.makeVector(Int32Array.from(count)),
      l: arrow.makeVector(BigInt64Array.from(count, BigInt)),
      m: arrow.makeVector(arrow.makeData({ type: new arrow.Decimal(2, 10, 128), data: decimals, length: rows })),
      b: arrow.vectorFromArray(
        count.map((row) => row % 2 === 0),
        new arrow.Bool(),
      ),
      s: arrow.vectorFromArray(
        count.map((row) => (row % 2 === 0 ? "M" : "F")),
        new arrow.Utf8(),
      ),
      k: arrow.vectorFromArray(count.map((row) => ["x", "y", "z"][row % 3]!)),
    });
    const names = ["f", "d", "i", "l", "m", "b", "s", "k"];
    bind(Object.fromEntries(names.map((name) => [name, { column: name }])), "l");
    const { columns, ids } = await readDataset(data.path("manifest.json"), columnsOf(...names));
    const values = (name: string) => [...(columns.get(name) as { values: Float64Array }).values];
    expect(values("f")).to.deep.equal(count.map((row) => Math.fround(row / 10)));
    expect(values("d")).to.deep.equal(count.map((row) => row / 10));
    expect(values("i")).to.deep.equal(count);
    expect(values("l")).to.deep.equal(count);
    expect(values("m")).to.deep.equal([-12.34, 0.05, 1, 0, 0.01, 0.02, 0.03]);
    expect(values("b")).to.deep.equal(count.map((row) => (row % 2 === 0 ? 1 : 0)));
    expect(columns.get("s")).to.deep.include({ levels: ["F", "M"] });
    expect(columns.get("k")).to.deep.include({ levels: ["x", "y", "z"], codes: Int32Array.of(0, 1, 2, 0, 1, 2, 0) });
    expect([...ids]).to.deep.equal(count.map(String));
  });

  it("gives lists of numbers as vectors, whole and in blocks, and names the rows of other lengths and gaps", async () => {
    const list = (type: arrow.DataType) => new arrow.List(new arrow.Field("item", type, true));
    const vectors = count.map((row) => [row, row / 2]);
    write("t.parquet", {
      d: arrow.vectorFromArray(vectors, list(new arrow.Float64())),
      f: arrow.vectorFromArray(vectors, new arrow.FixedSizeList(2, new arrow.Field("item", new arrow.Float32(), true))),
      i: arrow.vectorFromArray(
        count.map((row) => [row, 2 * row, -1]),
        list(new arrow.Int32()),
      ),
      u: arrow.vectorFromArray(
        count.map((row) => (row === 4 ? [1] : row === 5 ? null : [row, row === 6 ? null : 1])),
        list(new arrow.Float64()),
      ),
    });
    bind({ d: { column: "d" }, f: { column: "f" }, i: { column: "i" } });
    const { columns, domains } = await readDataset(data.path("manifest.json"), columnsOf("d", "f", "i"));
    for (const name of ["d", "f"])
      expect(columns.get(name)).to.deep.equal({ kind: "vector", size: 2, values: Float32Array.from(vectors.flat()) });
    expect(domains.get("i")).to.deep.equal({ kind: "vector", size: 3 });
    const parts: number[] = [];
    const { blocks } = await openDataset(data.path("manifest.json"), columnsOf("d"));
    for await (const block of blocks(2)) parts.push(...(block.columns.get("d") as { values: Float32Array }).values);
    expect(parts).to.deep.equal(vectors.flat());
    bind({ u: { column: "u" } });
    const wanted = [{ name: "u", domain: { kind: "vector", size: 2 } as const }];
    const found = await problemsOf(() => readDataset(data.path("manifest.json"), wanted), data.root);
    expect(found.map(({ code, message }) => [code, message])).to.deep.equal([
      ["6012", "u: 1 list is missing: row 6"],
      ["6082", "u: 1 list has another length than 2, that of vector(2): row 5 (1)"],
      ["6014", "u: 1 list has an element that is missing or beyond single precision: row 7"],
    ]);
    const real = [{ name: "d", domain: { kind: "real" } as const }];
    bind({ d: { column: "d" } });
    expect((await problemsOf(() => readDataset(data.path("manifest.json"), real), data.root))[0]!.code).to.equal(
      "6023",
    );
  });

  it("names rows from 1, across row groups, where values are missing or outside a type", async () => {
    write("t.parquet", {
      f: arrow.vectorFromArray([1, null, 2, 3, -4, Number.NaN, 6], new arrow.Float64()),
      g: arrow.vectorFromArray([1n, 2n, 3n, 4n, null, 6n, 7n], new arrow.Int64()),
    });
    bind({ f: { column: "f" }, g: { column: "g" } });
    const wanted: WantedVariable[] = [
      { name: "f", domain: { kind: "positive" } },
      { name: "g", domain: null },
    ];
    const expected = [
      '6012 column "f" (f): 2 values are missing: row 2, row 6',
      '6015 column "f" (f): 1 cell is outside positive (expected a number above 0): row 5 "-4"',
      '6012 column "g" (g): 1 value is missing: row 5',
    ];
    const messages = async (read: () => Promise<unknown>) =>
      (await problemsOf(read, data.root)).map(({ code, message }) => `${code} ${message}`);
    expect(await messages(() => readDataset(data.path("manifest.json"), wanted))).to.deep.equal(expected);
    const inBlocks = async (size: number) => {
      const source = await openDataset(data.path("manifest.json"), wanted);
      for await (const _ of source.blocks(size));
    };
    expect(await messages(() => inBlocks(100))).to.deep.equal(expected);
    expect(await messages(() => inBlocks(3))).to.deep.equal(['6012 column "f" (f): 1 value is missing: row 2']);
  });

  it("says which columns it cannot take, and what is wrong with a file", async () => {
    write("t.parquet", {
      when: arrow.vectorFromArray([new Date(0), new Date(1)], new arrow.TimestampMillisecond()),
      v: arrow.makeVector(Float64Array.of(1, 2)),
    });
    bind({ w: { column: "when" }, v: { column: "v" }, u: { column: "vv" } });
    const problems = () =>
      problemsOf(() => readDataset(data.path("manifest.json"), columnsOf("w", "v", "u")), data.root);
    expect((await problems()).map(({ code, message, hint }) => `${code} ${message}. ${hint}`)).to.deep.equal([
      '6023 the column "when", which w is bound to, is of the Parquet type Timestamp<MILLISECOND>. Numbers, decimals, booleans, texts and categories of texts are read, and lists of numbers as vectors: convert the column to one of them.',
      '6009 the table has no column "vv", which u is bound to. Did you mean "v"?',
    ]);
    const whole = readFileSync(data.path("t.parquet"));
    data.write("t.parquet", whole.subarray(0, whole.length - 10));
    const [cut] = await problems();
    expect(`${cut?.code} ${cut?.message}`).to.match(/^6024 the Parquet file cannot be read: .*[Ff]ooter/);
  });

  it("comes back from what is written, in any blocks", async () => {
    const sink = await openSink(data.path("o.parquet"), { table: "csv", images: "idx" });
    for (const [firstRow, size] of [
      [0, 2],
      [2, 4],
    ] as const)
      await sink.write({
        firstRow,
        rows: size,
        ids: Array.from({ length: size }, (_, row) => `unit ${firstRow + row}`),
        noise: new Map(),
        columns: new Map([
          ["x", { kind: "numeric", values: Float32Array.from({ length: size }, (_, row) => (firstRow + row) / 3) }],
          ["y", { kind: "numeric", values: Float64Array.from({ length: size }, (_, row) => (firstRow + row) / 3) }],
          [
            "c",
            { kind: "category", levels: ["F", "é"], codes: Int32Array.from({ length: size }, (_, row) => row % 2) },
          ],
          ["v", { kind: "vector", size: 2, values: Float32Array.from({ length: 2 * size }, (_, at) => at) }],
        ]),
      });
    expect(() => readFileSync(data.path("o.parquet"))).to.throw(/ENOENT/);
    await sink.finish();
    data.write("manifest.json", {
      table: "o.parquet",
      id: "id",
      variables: { x: { column: "x" }, y: { column: "y" }, c: { column: "c" }, v: { columns: ["v.0", "v.1"] } },
    });
    const source = await openDataset(data.path("manifest.json"), [
      ...columnsOf("x", "y", "v"),
      { name: "c", domain: { kind: "categorical", size: 2, levels: ["F", "é"] } },
    ]);
    expect(source.rows).to.equal(6);
    const blocks = [];
    for await (const block of source.blocks(4)) blocks.push(block);
    expect(blocks.map(({ firstRow, rows: size }) => [firstRow, size])).to.deep.equal([
      [0, 4],
      [4, 2],
    ]);
    expect([...blocks[1]!.ids!]).to.deep.equal(["unit 4", "unit 5"]);
    expect(blocks[1]!.columns.get("x")).to.deep.equal({ kind: "numeric", values: Float32Array.of(4 / 3, 5 / 3) });
    expect(blocks[1]!.columns.get("y")).to.deep.equal({ kind: "numeric", values: Float64Array.of(4 / 3, 5 / 3) });
    expect(blocks[1]!.columns.get("c")).to.deep.include({ codes: Int32Array.of(0, 1) });
    expect(blocks[1]!.columns.get("v")).to.deep.include({ values: Float32Array.of(4, 5, 6, 7) });
  });
});
