import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import type { Dataset, DatasetBlock } from "../../src/data/columns/dataset.js";
import { openSink } from "../../src/data/dataset/open-sink.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { writeDataset } from "../../src/data/dataset/write-dataset.js";
import { formatNumber } from "../../src/data/tables/cell-text.js";
import { csvSink } from "../../src/data/tables/csv-sink.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

const sample: Dataset = {
  rows: 2,
  ids: ["0", "unit, two"],
  columns: new Map([
    ["t", { kind: "numeric", values: Float64Array.of(Math.fround(0.1), 1 / 3) }],
    ["s", { kind: "category", codes: Int32Array.of(1, 0), levels: ["F", 'M "x"'] }],
    ["v", { kind: "vector", size: 2, values: Float32Array.of(0.1, 2, 3, 4) }],
    ["x", { kind: "image", height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) }],
    ["y", { kind: "image", height: 1, width: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
  ]),
  noise: new Map([
    ["t.e", { kind: "numeric", values: Float64Array.of(-1e-9, 12) }],
    ["x.e", { kind: "numeric", values: Float64Array.of(7, 0), items: "mnist/test" }],
  ]),
};
const wanted = [...sample.columns.keys()].map((name) => ({ name, domain: null }));

describe("writeDataset", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  it("writes what readDataset reads back, bit for bit", async () => {
    await writeDataset(data.path("deep/set"), sample);
    const { domains, takenForMissing, advice, ...back } = await readDataset(
      data.path("deep/set/manifest.json"),
      wanted,
    );
    expect({ ...back, ids: [...back.ids] }).to.deep.equal({ ...sample, idName: "id" });
    expect([takenForMissing, advice]).to.deep.equal([new Map(), []]);
    expect([...domains.keys()]).to.deep.equal([...sample.columns.keys()]);
    expect(readdirSync(data.path("deep/set")).sort()).to.deep.equal([
      "manifest.json",
      "table.csv",
      "x-images-idx3-ubyte",
      "y-images-idx4-ubyte",
    ]);
    expect(readdirSync(data.path("deep"))).to.deep.equal(["set"]);
  });

  it("writes float32 values in their shortest decimals", async () => {
    await writeDataset(data.path("set"), sample, { precision: "float32" });
    expect(readFileSync(data.path("set/table.csv"), "utf8")).to.equal(
      'id,t,s,v.0,v.1,t.e,x.e\n0,0.1,"M ""x""",0.1,2,-1e-9,7\n"unit, two",0.33333334,F,3,4,12,0\n',
    );
  });

  it("replaces a data set of ours only when asked", async () => {
    await writeDataset(data.path("set"), sample, { extraFiles: new Map([["summary.json", "{}"]]) });
    const smaller: Dataset = { ...sample, columns: new Map([...sample.columns].slice(0, 1)), noise: new Map() };
    const attempt = (overwrite: boolean) =>
      problemsOf(
        () => writeDataset(data.path("set"), smaller, { overwrite, extraFiles: new Map([["summary.json", "{}"]]) }),
        data.root,
      );
    expect((await attempt(false)).map(({ code }) => code)).to.deep.equal(["6021"]);
    expect(await attempt(true)).to.deep.equal([]);
    expect(readdirSync(data.path("set")).sort()).to.deep.equal(["manifest.json", "summary.json", "table.csv"]);
    expect(readdirSync(data.root)).to.deep.equal(["set"]);
  });

  it("never replaces what is not ours", async () => {
    data.write("thesis/chapter.txt", "text");
    data.write("web/manifest.json", { name: "a web page" });
    data.write("file", "text");
    await writeDataset(data.path("mixed"), sample);
    data.write("mixed/notes.txt", "text");
    const attempt = async (name: string) =>
      (await problemsOf(() => writeDataset(data.path(name), sample, { overwrite: true }), data.root))[0]?.code;
    expect(await attempt("thesis")).to.equal("6020");
    expect(await attempt("web")).to.equal("6005");
    expect(await attempt("file")).to.equal("6020");
    expect(await attempt("mixed")).to.equal("6020");
    expect(await attempt("file/inside")).to.equal("6022");
    for (const kept of ["thesis/chapter.txt", "web/manifest.json", "mixed/notes.txt"]) {
      expect(existsSync(data.path(kept)), kept).to.equal(true);
    }
    expect(readdirSync(data.root).sort()).to.deep.equal(["file", "mixed", "thesis", "web"]);
  });

  it("takes an empty directory, and writes through a link", async () => {
    mkdirSync(data.path("empty"));
    await writeDataset(data.path("empty"), sample);
    symlinkSync(data.path("empty"), data.path("link"));
    await writeDataset(data.path("link"), { ...sample, noise: new Map() }, { overwrite: true });
    const { noise } = await readDataset(data.path("empty/manifest.json"), wanted);
    expect(noise.size).to.equal(0);
    expect(readdirSync(data.root).sort()).to.deep.equal(["empty", "link"]);
  });

  it("leaves nothing behind where columns do not fit together", async () => {
    const uneven: Dataset = { ...sample, ids: ["0"] };
    await writeDataset(data.path("set"), uneven).then(
      () => expect.fail("written"),
      (error: unknown) => expect(error).to.be.instanceOf(RangeError),
    );
    expect(readdirSync(data.root)).to.deep.equal([]);
  });

  it("finds another name for the ids where a variable is called id", async () => {
    const named: Dataset = {
      rows: 1,
      ids: ["a"],
      columns: new Map([["id", { kind: "numeric", values: Float64Array.of(3) }]]),
      noise: new Map(),
    };
    await writeDataset(data.path("set"), named);
    const wantedId = [{ name: "id", domain: null }];
    const {
      domains,
      takenForMissing: _,
      advice: __,
      ...back
    } = await readDataset(data.path("set/manifest.json"), wantedId);
    expect({ ...back, ids: [...back.ids] }).to.deep.equal({ ...named, idName: "row_id" });
    expect(domains.get("id")).to.deep.equal({ kind: "real" });
  });

  it("writes single files", async () => {
    const write = async (name: string, columns: DatasetBlock["columns"]) => {
      const sink = await openSink(data.path(name), { table: "csv", images: "idx" });
      await sink.write({ firstRow: 0, rows: 1, ids: null, columns, noise: new Map() });
      await sink.finish();
    };
    await write("a.csv", new Map([["n", { kind: "numeric", values: Float64Array.of(1) }]]));
    expect(readFileSync(data.path("a.csv"), "utf8")).to.equal("n\n1\n");
    await write(
      "a.idx",
      new Map([["x", { kind: "image", height: 1, width: 1, channels: 1, pixels: Uint8Array.of(9) }]]),
    );
    expect([...readFileSync(data.path("a.idx"))]).to.deep.equal([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9]);
  });
});

/** Denormals read as 0 in a thread where a session of onnxruntime was made. */
const isNormal = (smallest: number) => (value: number) => value === 0 || Math.abs(value) >= smallest;

describe("formatNumber", () => {
  it("round-trips every float32 and float64", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }).filter(isNormal(2 ** -126)), (value) =>
        Object.is(Math.fround(Number(formatNumber(value, "float32"))), value),
      ),
      { numRuns: 2000, seed: 1 },
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isNormal(2 ** -1022)), (value) =>
        Object.is(Number(formatNumber(value, "float64")), value),
      ),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("is as short as can be", () => {
    expect(formatNumber(Math.fround(0.1), "float32")).to.equal("0.1");
    expect(formatNumber(Math.fround(1 / 3), "float32")).to.equal("0.33333334");
    expect(formatNumber(16777216, "float32")).to.equal("16777216");
    expect(formatNumber(0.1 + 0.2, "float64")).to.equal("0.30000000000000004");
  });
});

describe("csvSink", () => {
  it("quotes what csv readers would take apart", async () => {
    const texts = fc.string({
      unit: fc.constantFrom("a", ",", '"', "\n", "\r", ";", "\t", "é"),
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 2 }),
        async (pairs, width) => {
          const rows = pairs.map((pair) => pair.slice(0, width));
          const columns = [0, 1].slice(0, width).map((at) => ({
            kind: "texts" as const,
            name: `c${at}`,
            texts: rows.map((row) => row[at]!),
          }));
          let text = "";
          const nothing = async () => {};
          const write = async (more: string | Uint8Array) => {
            text += more;
          };
          await csvSink({ write, finish: nothing, abort: nothing }).write(columns);
          const written = parse(text, { skip_empty_lines: true, trim: true });
          expect(written.slice(1)).to.deep.equal(rows);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});
