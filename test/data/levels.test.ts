/** Levels and what is missing are read alike whatever names them, and come back from what was written. */
import { expect } from "chai";
import fc from "fast-check";
import { type Column, missingIn, takenText } from "../../src/data/columns/dataset.js";
import { openSink } from "../../src/data/dataset/open-sink.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { rowsOfColumn } from "../../src/runtime/mechanisms/bound/columns.js";
import type { Domain } from "../../src/schema/types.js";
import { DataDirectory } from "./data-directory.js";

/** Ways to say which texts are the levels: by the type, by the manifest, or by the column itself. */
const bindings: readonly { texts: readonly string[]; domain: Domain | null; levels?: readonly string[] }[] = [
  { texts: ["0", "1"], domain: { kind: "binary" } },
  { texts: ["False", "True"], domain: { kind: "binary" } },
  { texts: ["true", "false"], domain: { kind: "binary", levels: ["true", "false"] } },
  { texts: ["no", "yes"], domain: { kind: "binary" }, levels: ["no", "yes"] },
  { texts: ["2", "1"], domain: { kind: "binary" }, levels: ["2", "1"] },
  { texts: ["no", "yes"], domain: { kind: "binary", levels: ["no", "yes"] } },
  { texts: ["0", "1", "2"], domain: { kind: "ordinal", size: 3 } },
  { texts: ["1", "2", "3"], domain: { kind: "ordinal", size: 3 }, levels: ["1", "2", "3"] },
  { texts: ["lo", "mid", "hi"], domain: { kind: "ordinal", size: 3, levels: ["lo", "mid", "hi"] } },
  { texts: ["b", "a", 'c, "d"'], domain: { kind: "categorical", size: 3 }, levels: ["b", "a", 'c, "d"'] },
  { texts: ["None", "NA", "x"], domain: null, levels: ["None", "NA", "x"] },
];

describe("levels of a data set", () => {
  const data = new DataDirectory();
  after(() => data.remove());

  it("count the same missing cells, have the same codes and are written as they were read: type × binding × gaps × format", async () => {
    const cases = fc.record({
      binding: fc.constantFrom(...bindings),
      cells: fc.array(fc.oneof(fc.nat(2), fc.constant(null)), { minLength: 3, maxLength: 12 }),
      format: fc.constantFrom("csv", "csv.gz", "parquet"),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ binding: { texts, domain, levels }, cells, format }) => {
        // Every level occurs, so that a column names its own; gaps are where the draw says.
        const codes = [...texts.keys(), ...cells.map((cell) => (cell === null ? null : cell % texts.length))];
        const written = codes.map((code) => (code === null ? "" : `"${texts[code]!.replaceAll('"', '""')}"`));
        const name = `case${number++}`;
        data.write(`${name}.csv`, `row,s\n${written.map((text, row) => `${row},${text}\n`).join("")}`);
        const manifest = data.write(`${name}.json`, {
          table: `${name}.csv`,
          variables: { s: { column: "s", ...(levels ? { levels } : {}) } },
        });
        const read = await readDataset(manifest, [{ name: "s", domain }], { allowMissingValues: true });
        const column = read.columns.get("s")!;
        expect(missingIn(column)).to.equal(codes.filter((code) => code === null).length);
        expect(codesOf(column)).to.deep.equal(codes);

        const out = data.path(`${name}.${format === "csv" ? "again.csv" : format === "csv.gz" ? "csv.gz" : "parquet"}`);
        const sink = await openSink(out, { table: "csv", images: "idx" });
        await sink.write({ ...read, firstRow: 0, ids: null });
        await sink.finish();
        const again = data.write(`${name}.again.json`, {
          table: out,
          variables: { s: { column: "s", ...(levels ? { levels } : {}) } },
        });
        const back = await readDataset(again, [{ name: "s", domain }], { allowMissingValues: true });
        expect(codesOf(back.columns.get("s")!)).to.deep.equal(codes);
        expect(back.domains.get("s")).to.deep.equal(read.domains.get("s"));
      }),
      { numRuns: 40, seed: 11 },
    );
  }).timeout(20_000);

  it("are read alike as texts and as numbers where cells are missing", async () => {
    // images/01: as texts through "levels", missing cells were taken for the value -1.
    data.write("t.csv", "n,t\n1,yes\n0,no\n,\n0,no\nNA,NA\n1,yes\n");
    const manifest = data.write("m.json", {
      table: "t.csv",
      variables: { n: { column: "n" }, t: { column: "t", levels: ["no", "yes"] } },
    });
    const wanted = ["n", "t"].map((name) => ({ name, domain: { kind: "binary" as const } }));
    const { columns } = await readDataset(manifest, wanted, { allowMissingValues: true });
    const [numbers, texts] = ["n", "t"].map((name) => [...rowsOfColumn(columns.get(name)!, undefined).data]);
    expect(texts).to.deep.equal(numbers);
    expect(texts).to.deep.equal([1, 0, Number.NaN, 0, Number.NaN, 1]);
  });

  it("take truth values in any spelling once the type has them, and 0 and 1", async () => {
    data.write("t.csv", "b\nTRUE\nfalse\n1\n0\nTrue\n");
    const manifest = data.write("m.json", { table: "t.csv", variables: { b: { column: "b" } } });
    const { columns, domains } = await readDataset(manifest, [{ name: "b", domain: { kind: "binary" } }]);
    expect(domains.get("b")).to.deep.equal({ kind: "binary", levels: ["FALSE", "TRUE"] });
    expect(codesOf(columns.get("b")!)).to.deep.equal([1, 0, 1, 0, 1]);
  });

  it("say which texts were taken for missing, and advise on labels without a type", async () => {
    data.write("t.csv", "who,s,b\nu1,None,1\nu2,low,2\nu3,high,NA\nu4,,4\nu5,None,5\n");
    // images/10, and the labels of a one-dimensional IDX file.
    data.write("labels", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 5, 7, 0, 9, 1, 1));
    const manifest = data.write("m.json", {
      table: "t.csv",
      id: "who",
      variables: { s: { column: "s" }, b: { column: "b" }, y: { idx: "labels" } },
    });
    const wanted = ["s", "b", "y"].map((name) => ({ name, domain: null }));
    const read = await readDataset(manifest, wanted, { allowMissingValues: true });
    expect([...read.takenForMissing!].map(([name, texts]) => [name, takenText(texts)])).to.deep.equal([
      ["s", '"None" 2'],
      ["b", '"NA" 1'],
    ]);
    expect(read.advice!.map(({ code, hint }) => `${code} ${hint}`)).to.deep.equal([
      "6056 If they name classes, write `y : categorical(10)`.",
    ]);
    // Ids keep the name of their column, in a table and when it reads back.
    const out = data.path("ids");
    const sink = await openSink(out, { table: "csv", images: "idx" });
    await sink.write({ ...read, firstRow: 0 });
    await sink.finish();
    const again = await readDataset(`${out}/manifest.json`, wanted.slice(0, 2), { allowMissingValues: true });
    expect([again.idName, [...again.ids]]).to.deep.equal(["who", ["u1", "u2", "u3", "u4", "u5"]]);
    expect(codesOf(again.columns.get("s")!)).to.deep.equal(codesOf(read.columns.get("s")!));
  });

  it("that a type without texts refuses come with the line to write", async () => {
    const hintOf = async (cells: string, domain: Domain) => {
      data.write("t.csv", `x,sex\n${cells}`);
      data.write("manifest.json", { table: "t.csv", variables: { sex: { column: "sex" } } });
      return (await data.problems([{ name: "sex", domain }]))[0]?.hint;
    };
    expect(await hintOf("0,1\n1,2\n", { kind: "binary" })).to.contain('"levels": ["1", "2"]');
    expect(await hintOf("0,1\n1,5\n", { kind: "ordinal", size: 5 })).to.contain('"levels": ["1", "2", "3", "4", "5"]');
    expect(await hintOf("0,f\n1,m\n", { kind: "binary" })).to.contain('"levels": ["f", "m"]');
    expect(await hintOf("0,0\n1,1\n2,7\n", { kind: "binary" })).to.not.contain("levels");
  });
});

/** Codes as programs take them, null for what is missing. */
function codesOf(column: Column): (number | null)[] {
  return [...rowsOfColumn(column, undefined).data].map((code) => (Number.isNaN(code) ? null : code));
}
