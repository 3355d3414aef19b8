import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { openDataset, readDataset } from "../../src/data/dataset/read-dataset.js";
import type { Domain } from "../../src/schema/types.js";
import { countingImages, DataDirectory } from "./data-directory.js";

/** An IDX file of any type of elements, as the format's page has it: big-endian. */
function idxOf(type: 9 | 11 | 12 | 13 | 14, shape: readonly number[], values: readonly number[]): Uint8Array {
  const width = { 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 }[type];
  const view = new DataView(new ArrayBuffer(4 + 4 * shape.length + width * values.length));
  view.setUint8(2, type);
  view.setUint8(3, shape.length);
  for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
  values.forEach((value, k) => {
    const at = 4 + 4 * shape.length + width * k;
    if (type === 9) view.setInt8(at, value);
    else if (type === 11) view.setInt16(at, value);
    else if (type === 12) view.setInt32(at, value);
    else if (type === 13) view.setFloat32(at, value);
    else view.setFloat64(at, value);
  });
  return new Uint8Array(view.buffer);
}

const positive: Domain = { kind: "positive" };

describe("readDataset", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  const read = (wanted: Record<string, Domain | null>) =>
    readDataset(
      data.path("manifest.json"),
      Object.entries(wanted).map(([name, domain]) => ({ name, domain })),
    );
  const problems = (wanted: Record<string, Domain | null>) =>
    data.problems(Object.entries(wanted).map(([name, domain]) => ({ name, domain })));

  describe("good data", () => {
    it("binds what is left untyped: numbers real, texts categorical, IDX an image", async () => {
      data.write("t.csv", "thickness,sex\n1.5,M\n-2e0,F\n3,M\n");
      data.write("x.idx", countingImages(3, 2, 4));
      data.write("manifest.json", {
        table: "t.csv",
        variables: {
          t: { column: "thickness" },
          s: { column: "sex" },
          x: { idx: "x.idx" },
          unused: { column: "none" },
        },
      });
      const { rows, ids, columns, domains } = await read({ t: null, s: null, x: null });
      expect(rows).to.equal(3);
      expect([...ids]).to.deep.equal(["0", "1", "2"]);
      expect(columns.get("t")).to.deep.equal({ kind: "numeric", values: Float64Array.of(1.5, -2, 3) });
      expect(columns.get("s")).to.deep.equal({ kind: "category", codes: Int32Array.of(1, 0, 1), levels: ["F", "M"] });
      const pixels = Uint8Array.from({ length: 24 }, (_, at) => at);
      expect(columns.get("x")).to.deep.equal({ kind: "image", height: 2, width: 4, channels: 1, pixels });
      expect(Object.fromEntries(domains)).to.deep.equal({
        t: { kind: "real" },
        s: { kind: "categorical", size: 2, levels: ["F", "M"] },
        x: { kind: "image", height: 2, width: 4, channels: 1 },
      });
    });

    it("reads sampling weights, also in parts", async () => {
      data.write("t.csv", "a,w\n1,2.5\n2,0\n3,1e3\n");
      data.write("manifest.json", { table: "t.csv", weights: "w", variables: { a: { column: "a" } } });
      expect((await read({ a: null })).weights).to.deep.equal(Float64Array.of(2.5, 0, 1000));
      const { blocks } = await openDataset(data.path("manifest.json"), [{ name: "a", domain: null }]);
      const parts: number[] = [];
      for await (const { weights } of blocks(2)) parts.push(...weights!);
      expect(parts).to.deep.equal([2.5, 0, 1000]);
    });

    it("reads IDX of every type of elements, images by a stated range and labels as they are, whole and in parts", async () => {
      const image: Domain = { kind: "image", height: 1, width: 2, channels: 1 };
      for (const [type, range, values] of [
        [9, [-128, 127], [-128, 127, 0, -1]],
        [11, [0, 4095], [0, 4095, 2048, 1000]],
        [12, [-100_000, 100_000], [-100_000, 100_000, 0, 50_000]],
        [13, [0, 1], [0, 1, 0.5, 0.25]],
        [14, [1e9, 1e9 + 1], [1e9, 1e9 + 1, 1e9 + 0.5, 1e9 + 0.25]],
      ] as const) {
        data.write("x.idx", idxOf(type, [2, 1, 2], values));
        data.write("l.idx", idxOf(type, [2], values.slice(0, 2)));
        data.write("manifest.json", { variables: { x: { idx: "x.idx", range }, l: { idx: "l.idx" } } });
        const [low, high] = range;
        const levels = values.map((value) => Math.round((255 * (value - low)) / (high - low)));
        const { columns } = await read({ x: image, l: { kind: "real" } });
        expect([...(columns.get("x") as { pixels: Uint8Array }).pixels], String(type)).to.deep.equal(levels);
        expect([...(columns.get("l") as { values: Float64Array }).values]).to.deep.equal(values.slice(0, 2));
        const parts: number[] = [];
        const { blocks } = await openDataset(data.path("manifest.json"), [{ name: "x", domain: image }]);
        for await (const block of blocks(1)) parts.push(...(block.columns.get("x") as { pixels: Uint8Array }).pixels);
        expect(parts).to.deep.equal(levels);
      }
    });

    it("says how many values lie beyond a stated range, and refuses those that are not finite", async () => {
      data.write("x.idx", idxOf(13, [1, 1, 2], [-1, 0.5]));
      const manifest = (range: readonly number[]) => ({ variables: { x: { idx: "x.idx", range } } });
      data.write("manifest.json", manifest([0, 1]));
      const { columns, advice } = await read({ x: null });
      expect([...(columns.get("x") as { pixels: Uint8Array }).pixels]).to.deep.equal([0, 128]);
      expect(advice!.map(({ code, message }) => [code, message.slice(0, 22)])).to.deep.equal([
        ["6073", "x: 1 value lies beyond"],
      ]);
      data.write("manifest.json", manifest([1, 0]));
      expect((await problems({ x: null }))[0]).to.deep.include({ code: "6005" });
      data.write("x.idx", idxOf(13, [1, 1, 2], [Number.NaN, 0.5]));
      data.write("manifest.json", manifest([0, 1]));
      expect((await problems({ x: null }))[0]).to.deep.include({ code: "6080" });
    });

    it("unpacks gzip by its first bytes, with and without .gz", async () => {
      data.write("t.csv", gzipSync("a\n1\n2\n"));
      data.write("x.gz", gzipSync(countingImages(2, 2, 2, 3)));
      data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" }, x: { idx: "x.gz" } } });
      const bare: Domain = { kind: "image", height: null, width: null, channels: 3 };
      const { columns, domains } = await read({ a: null, x: bare });
      expect(columns.get("a")).to.deep.include({ values: Float64Array.of(1, 2) });
      expect(domains.get("x")).to.deep.equal({ kind: "image", height: 2, width: 2, channels: 3 });
    });

    it("reads ids, vectors, levels, recorded noise and IDX labels", async () => {
      data.write("t.csv", "id,v1,v2,grade,noise,digit\nu7,1,2,low,0.5,59999\nu9,3,4,high,-1,0\n");
      data.write("labels", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 0));
      data.write("manifest.json", {
        table: "t.csv",
        id: "id",
        variables: {
          v: { columns: ["v1", "v2"] },
          g: { column: "grade", levels: ["low", "high"] },
          o: { column: "grade", levels: ["low", "high"] },
          b: { column: "grade", levels: ["low", "high"] },
          d: { idx: "labels" },
        },
        noise: { v: { e: { column: "noise" }, k: { column: "digit", items: "mnist/train" } } },
      });
      const { ids, columns, noise } = await read({
        v: { kind: "vector", size: 2 },
        g: null,
        o: { kind: "ordinal", size: 2 },
        b: { kind: "binary" },
        d: { kind: "categorical", size: 10 },
      });
      expect([...ids]).to.deep.equal(["u7", "u9"]);
      expect(columns.get("v")).to.deep.equal({ kind: "vector", size: 2, values: Float32Array.of(1, 2, 3, 4) });
      expect(columns.get("g")).to.deep.equal({ kind: "category", codes: Int32Array.of(0, 1), levels: ["low", "high"] });
      for (const name of ["o", "b"]) expect(columns.get(name)).to.deep.equal(columns.get("g"));
      expect(columns.get("d")).to.deep.include({ codes: Int32Array.of(7, 0) });
      expect(noise.get("v.e")).to.deep.equal({ kind: "numeric", values: Float64Array.of(0.5, -1) });
      expect(noise.get("v.k")).to.deep.include({ items: "mnist/train", values: Float64Array.of(59999, 0) });
    });

    it("keeps the wanted order of levels, and accepts the bounds of a closed interval", async () => {
      data.write("t.csv", '\ufeffs;"n;m"\r\nF;64\r\n\r\nM;255\r\n');
      data.write("manifest.json", { table: "t.csv", variables: { s: { column: "s" }, i: { column: "n;m" } } });
      const { columns } = await read({
        s: { kind: "categorical", size: 2, levels: ["M", "F"] },
        i: { kind: "interval", low: 64, high: 255 },
      });
      expect(columns.get("s")).to.deep.include({ codes: Int32Array.of(1, 0) });
      expect(columns.get("i")).to.deep.include({ values: Float64Array.of(64, 255) });
    });

    it("takes absolute paths", async () => {
      const table = data.write("elsewhere/t.csv", "a\n1\n");
      data.write("manifest.json", { table, variables: { a: { column: "a" } } });
      expect((await read({ a: null })).rows).to.equal(1);
    });

    it("leaves variables out on request, not otherwise", async () => {
      data.write("t.csv", "a\n1\n");
      const manifest = data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" } } });
      const wanted = [
        { name: "a", domain: null },
        { name: "constructor", domain: null },
      ];
      const { columns } = await readDataset(manifest, wanted, { allowMissingVariables: true });
      expect([...columns.keys()]).to.deep.equal(["a"]);
      expect(await data.problems(wanted)).to.have.length(1);
    });
  });

  describe("bad cells", () => {
    it("names the first five of a kind by line and counts the rest, all kinds together", async () => {
      const rows = ["abc", "", "-1", "0", "1e999", "NA", "-2", "-3", "-4", "-5", "-6", "2"];
      data.write("t.csv", `k,thickness\n${rows.map((cell, at) => `${at},${cell}\n`).join("")}`);
      data.write("manifest.json", { table: "t.csv", variables: { t: { column: "thickness" } } });
      const found = await problems({ t: positive });
      expect(found.map(({ code, file, message }) => `${code} ${file}: ${message}`)).to.deep.equal([
        '6012 t.csv: column "thickness" (t): 2 values are missing: line 3, line 7',
        '6013 t.csv: column "thickness" (t): 1 cell is not a number (expected a number above 0): line 2 "abc"',
        '6014 t.csv: column "thickness" (t): 1 cell is not finite (expected a number above 0): line 6 "1e999"',
        '6015 t.csv: column "thickness" (t): 7 cells are outside positive (expected a number above 0): ' +
          'line 4 "-1", line 5 "0", line 8 "-2", line 9 "-3", line 10 "-4" and 2 more',
      ]);
      expect(found.every(({ hint }) => hint !== undefined)).to.equal(true);
    });

    it("gives the line of the file after blank lines and cells of several lines", async () => {
      data.write("t.csv", 'a,text\n1,"two\nlines"\n\n2,x\nbad,y\n');
      data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" } } });
      expect((await problems({ a: null }))[0]?.message).to.contain('line 6 "bad"');
    });

    const refused: [string, Domain, string, string][] = [
      ["interval", { kind: "interval", low: 0, high: 1 }, "1.0000001", "a number between 0 and 1"],
      ["binary", { kind: "binary" }, "2", "0 or 1"],
      ["count", { kind: "count" }, "1.5", "a whole number of 0 or more"],
      ["ordinal", { kind: "ordinal", size: 3 }, "3", "a whole number from 0 to 2"],
      ["categorical", { kind: "categorical", size: 2, levels: ["0", "1"] }, "2", "none of the levels"],
    ];
    for (const [name, domain, cell, expected] of refused) {
      it(`refuses ${cell} as ${name}`, async () => {
        data.write("t.csv", `a\n0\n1\n${cell}\n`);
        data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" } } });
        const [problem, ...others] = await problems({ a: domain });
        expect(others).to.deep.equal([]);
        expect(problem?.message).to.contain(expected).and.to.contain(`line 4 "${cell}"`);
      });
    }

    it("counts levels against the type", async () => {
      data.write("t.csv", "a,b\nx,c\ny,c\nz,c\n");
      data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" }, b: { column: "b" } } });
      const [tooMany, constant] = await problems({ a: { kind: "categorical", size: 2 }, b: null });
      expect(tooMany?.message).to.equal('column "a" (a) has 3 levels ("x", "y", "z"), but its type has 2');
      expect(constant?.message).to.equal('column "b" (b) has 1 level ("c"): a category needs at least 2');
    });

    it("takes one bad cell among numbers for a fault, not for a category", async () => {
      data.write("t.csv", "a\n1\n2\noops\n");
      data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" } } });
      expect((await problems({ a: null }))[0]?.code).to.equal("6013");
    });

    it("checks recorded noise, and the index of a digit", async () => {
      data.write("t.csv", "a,e\n1,10000\n2,0\n");
      data.write("manifest.json", {
        table: "t.csv",
        variables: { a: { column: "a" } },
        noise: { a: { e: { column: "e", items: "mnist/test" } } },
      });
      expect((await problems({ a: null }))[0]?.message).to.contain('0 to 9999): line 2 "10000"');
    });
  });

  describe("bad files", () => {
    it("reports every file and variable in one go", async () => {
      data.write("t.csv", "thicknes,intensity\n1,300\n2,100\n");
      data.write("x.idx", countingImages(3, 28, 27));
      data.write("manifest.json", {
        table: "t.csv",
        variables: { t: { column: "thickness" }, i: { column: "intensity" }, x: { idx: "x.idx" }, y: { idx: "y.idx" } },
      });
      const found = await problems({
        t: positive,
        i: { kind: "interval", low: 64, high: 255 },
        x: { kind: "image", height: 28, width: 28, channels: 1 },
        y: null,
        intensty: null,
      });
      expect(found.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
        '6009 the table has no column "thickness", which t is bound to',
        '6015 column "intensity" (i): 1 cell is outside interval(64, 255) (expected a number between 64 and 255): line 2 "300"',
        "6017 x: all 3 items are image(28, 27), but image(28, 28) was expected",
        "6001 y: no such file",
        '6005 the manifest does not bind the variable "intensty"',
        "6018 x has 3 items, but the table (t.csv) has 2 rows",
      ]);
      expect(found[0]?.hint).to.equal('Did you mean "thicknes"?');
    });

    const files: [string, string | Uint8Array, string, string][] = [
      [
        "a truncated IDX file",
        countingImages(3, 4, 4).subarray(0, 60),
        "6011",
        "the shape 3×4×4 needs 64 bytes, it has 60",
      ],
      ["an IDX file with bytes too many", new Uint8Array([...countingImages(1, 1, 1), 9]), "6011", "too long"],
      ["an IDX header cut short", Uint8Array.of(0, 0, 8, 3, 0, 0), "6011", "truncated: a header of 3 dimensions"],
      ["a foreign file", "\x89PNG....", "6010", "not an IDX file: it starts with c2 89 50 4e"],
      ["an empty file", "", "6010", "it starts with nothing"],
      ["an IDX file of floats without a range", idxOf(13, [1, 1, 2], [0.5, 1.5]), "6080", "holds 32-bit floats"],
      ["an IDX file of integers too short", idxOf(11, [2, 1, 2], [1, 2]), "6011", "2×1×2 needs 24 bytes, it has 20"],
      ["an IDX file of no items", countingImages(0, 4, 4), "6007", "has no items"],
      [
        "an IDX file of one dimension",
        Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5),
        "6008",
        "has the shape 1×1",
      ],
      ["a damaged gzip file", gzipSync(countingImages(9, 9, 9)).subarray(0, 40), "6002", "cut short or damaged"],
    ];
    for (const [name, content, code, message] of files) {
      it(`refuses ${name}`, async () => {
        data.write("x.idx", content);
        data.write("manifest.json", { variables: { x: { idx: "x.idx" } } });
        const [problem] = await problems({ x: null });
        expect(problem?.code).to.equal(code);
        expect(problem?.message).to.contain(message);
      });
    }

    const tables: [string, string | Uint8Array, string, string][] = [
      ["an empty table", "", "6007", "the table is empty"],
      ["a table without rows", "a,b\n", "6007", "a header and no rows"],
      [
        "rows of another length",
        "a,b\n1,2\n3\n4,5,6\n",
        "6006",
        "2 rows have another number of them: line 3 (1), line 4 (3)",
      ],
      ["an unclosed quote", 'a,b\n1,"2\n3,4\n', "6006", "a quote is opened and never closed"],
      ["a column that stands twice", "a,a\n1,2\n", "6009", 'more than one column "a"'],
      ["a spreadsheet", Uint8Array.of(0x50, 0x4b, 3, 4, 0xff, 0xfe), "6003", "a zip archive or a spreadsheet"],
    ];
    for (const [name, content, code, message] of tables) {
      it(`refuses ${name}`, async () => {
        data.write("t.csv", content);
        data.write("manifest.json", { table: "t.csv", variables: { a: { column: "a" } } });
        const [problem, ...others] = await problems({ a: null });
        expect(others).to.deep.equal([]);
        expect(problem?.code).to.equal(code);
        expect(problem?.message).to.contain(message);
      });
    }

    it("refuses channels that a bare image does not have", async () => {
      data.write("x.idx", countingImages(2, 2, 2, 3));
      data.write("manifest.json", { variables: { x: { idx: "x.idx" } } });
      const [problem] = await problems({ x: { kind: "image", height: null, width: null, channels: 1 } });
      expect(problem?.message).to.equal("x: all 2 items are image(2, 2, 3), but an image of 1 channel was expected");
    });

    it("says where a source does not fit the type", async () => {
      data.write("t.csv", "a,b\n1,2\n");
      data.write("manifest.json", {
        table: "t.csv",
        variables: { x: { column: "a" }, v: { columns: ["a", "b"] }, p: { column: "a", levels: ["1", "2"] } },
      });
      const found = await problems({
        x: { kind: "image", height: 2, width: 2, channels: 1 },
        v: { kind: "vector", size: 3 },
        p: positive,
      });
      expect(found.map(({ code }) => code)).to.deep.equal(["6008", "6008", "6008"]);
      expect(found[1]?.message).to.equal("v is vector(3), but bound to 2 columns");
    });
  });

  describe("bad manifests", () => {
    const manifests: [string, string | object, string, string][] = [
      ["text that is not JSON", '{ "variables": { } ', "6004", "the manifest is not JSON"],
      ["an unknown key", { variables: {}, tabel: "t.csv" }, "6005", 'unknown key "tabel"'],
      ["no variables", { table: "t.csv" }, "6005", 'the manifest has no "variables"'],
      ["a binding of an unknown form", { variables: { t: { colum: "a" } } }, "6005", 'not {"colum":"a"}'],
      ["a name that is none", { variables: { "2t": { idx: "a" } } }, "6005", '"2t" is not a name'],
      ["noise without a column", { variables: {}, noise: { t: { e: {} } } }, "6005", "noise.t.e must be"],
      ["a column without a table", { variables: { t: { column: "a" } } }, "6005", "variables.t names a column"],
      ["a list", [], "6005", "must be object"],
    ];
    for (const [name, content, code, message] of manifests) {
      it(`refuses ${name}`, async () => {
        data.write("manifest.json", typeof content === "string" ? content : JSON.stringify(content));
        const [problem, ...others] = await problems({});
        expect(others).to.deep.equal([]);
        expect(problem?.code).to.equal(code);
        expect(problem?.message).to.contain(message);
      });
    }

    it("says that there is none", async () => {
      expect(await problems({})).to.deep.include.members([
        {
          code: "6001",
          file: "manifest.json",
          message: "the manifest: no such file",
          hint: "Check its path.",
        },
      ]);
    });
  });
});
