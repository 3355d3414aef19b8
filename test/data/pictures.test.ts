/** Images from PNG files: what is decoded, cropped and resized, and which files are refused. */
import { readdirSync } from "node:fs";
import { expect } from "chai";
import { encode } from "fast-png";
import { openDatasetDirectory } from "../../src/data/dataset/dataset-sink.js";
import { openDataset, readDataset } from "../../src/data/dataset/read-dataset.js";
import { cropPicture, resizePicture } from "../../src/data/images/resize-picture.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

const image = { kind: "image", height: null, width: null, channels: 1 } as const;

describe("pictures", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  const grey = (height: number, width: number, value: (at: number) => number, depth: 8 | 16 = 8) => {
    const pixels = (depth === 8 ? new Uint8Array(height * width) : new Uint16Array(height * width)).map((_, at) =>
      value(at),
    );
    return encode({ height, width, channels: 1, depth, data: pixels });
  };

  it("are read by the names in a column, in 8 bits, without transparency", async () => {
    data.write(
      "scans/a.png",
      grey(2, 2, (at) => at),
    );
    data.write(
      "scans/b.png",
      grey(2, 2, (at) => at * 257, 16),
    );
    const withAlpha = { height: 2, width: 2, channels: 2, data: Uint8Array.of(9, 255, 8, 255, 7, 0, 6, 255) };
    data.write("scans/c.png", encode(withAlpha));
    data.write("t.csv", "file\na.png\nb.png\nc.png\n");
    data.write("manifest.json", { table: "t.csv", variables: { x: { png: "file", directory: "scans" } } });
    const { columns, domains } = await readDataset(data.path("manifest.json"), [{ name: "x", domain: image }]);
    expect(domains.get("x")).to.deep.equal({ kind: "image", height: 2, width: 2, channels: 1 });
    const pixels = Uint8Array.of(0, 1, 2, 3, 0, 1, 2, 3, 9, 8, 7, 6);
    expect(columns.get("x")).to.deep.equal({ kind: "image", height: 2, width: 2, channels: 1, pixels });
  });

  const rgb = (values: readonly number[]) =>
    encode({ height: 1, width: values.length / 3, channels: 3, data: Uint8Array.from(values) });

  async function take(binding: object, channels = 1) {
    data.write("manifest.json", { table: "t.csv", variables: { x: { png: "file", ...binding } } });
    const domain = { kind: "image", height: 1, width: 2, channels } as const;
    return readDataset(data.path("manifest.json"), [{ name: "x", domain }]);
  }

  it("have the channels of the type, each of them, unless the manifest turns them grey", async () => {
    data.write("a.png", rgb([255, 0, 0, 10, 20, 200]));
    data.write("b.png", encode({ height: 1, width: 2, channels: 1, data: Uint8Array.of(7, 9) }));
    data.write("t.csv", "file\na.png\nb.png\n");
    const [problem] = await problemsOf(() => take({}), data.root);
    expect(problem?.message).to.equal(
      'column "file" (x): 1 picture cannot be taken: line 2 "a.png" (it is 1×2 with 3 channels, not 1×2 with 1 channel)',
    );
    expect(problem?.hint).to.include('"channels": 1');
    // 0.299 · 255 = 76.2; 2.99 + 11.74 + 22.8 = 37.5 (37.53).
    expect((await take({ channels: 1 })).columns.get("x")).to.deep.include({ pixels: Uint8Array.of(76, 38, 7, 9) });
    const all = Uint8Array.of(255, 0, 0, 10, 20, 200, 7, 7, 7, 9, 9, 9);
    expect((await take({ channels: 3 }, 3)).columns.get("x")).to.deep.include({ pixels: all });
    const [other] = await problemsOf(() => take({ channels: 3 }), data.root);
    expect(other?.code).to.equal("6017");
  });

  it("are refused with damaged data, and called by their name where they are of another kind", async () => {
    const bytes = Buffer.from(rgb([1, 2, 3, 4, 5, 6]));
    const at = bytes.indexOf("IDAT") + 8;
    bytes[at] = bytes[at]! ^ 1;
    data.write("a.png", bytes);
    data.write("b.png", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16));
    data.write("c.png", "II*\0");
    data.write("t.csv", "file\na.png\nb.png\nc.png\n");
    const [problem] = await problemsOf(() => take({}, 3), data.root);
    expect(problem?.message).to.match(/line 2 "a.png" \(not a readable PNG file: the checksum \(CRC\)/);
    expect(problem?.message)
      .to.include("it is a JPEG picture, not PNG")
      .and.to.include("it is a TIFF picture, not PNG");
  });

  it("are cropped and resized to one size", async () => {
    data.write(
      "a.png",
      grey(4, 4, (at) => 10 * at),
    );
    data.write(
      "b.png",
      grey(5, 6, () => 30),
    );
    data.write("t.csv", "file\na.png\nb.png\n");
    const crop = { top: 1, left: 2, height: 2, width: 2 };
    const binding = { png: "file", crop, resize: { height: 1, width: 1 } };
    data.write("manifest.json", { table: "t.csv", variables: { x: { ...binding } } });
    const { columns } = await readDataset(data.path("manifest.json"), [{ name: "x", domain: null }]);
    // The mean of 60, 70, 100 and 110.
    expect(columns.get("x")).to.deep.include({ height: 1, width: 1, pixels: Uint8Array.of(85, 30) });
  });

  it("keep constants and means when they shrink or grow, and are linear between centres", () => {
    const flat = { height: 7, width: 5, channels: 3, pixels: new Uint8Array(105).fill(77) };
    for (const [height, width] of [
      [3, 2],
      [14, 10],
      [7, 5],
    ] as const)
      expect(new Set(resizePicture(flat, height, width).pixels)).to.deep.equal(new Set([77]));
    const ramp = { height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 100) };
    // Centres at 0.25, 0.75, 1.25, 1.75 of pixels centred at 0.5 and 1.5.
    expect([...resizePicture(ramp, 1, 4).pixels]).to.deep.equal([0, 25, 75, 100]);
    expect([...cropPicture(ramp, 0, 1, 1, 1).pixels]).to.deep.equal([100]);
  });

  it("that are absent, no PNG, too small, or of another size are reported with their rows", async () => {
    data.write(
      "a.png",
      grey(3, 3, () => 1),
    );
    data.write("b.png", "no picture");
    data.write(
      "c.png",
      grey(2, 3, () => 1),
    );
    data.write("t.csv", "file\na.png\nb.png\nc.png\nd.png\n");
    data.write("manifest.json", { table: "t.csv", variables: { x: { png: "file" } } });
    const read = () => readDataset(data.path("manifest.json"), [{ name: "x", domain: image }]);
    const [problem] = await problemsOf(read, data.root);
    expect(problem?.code).to.equal("6025");
    expect(problem?.message).to.match(
      /^column "file" \(x\): 3 pictures cannot be taken: line 3 "b.png" \(not a readable PNG/,
    );
    expect(problem?.message).to.include('line 4 "c.png" (it is 2×3 with 1 channel, not 3×3 with 1 channel)');
    expect(problem?.message).to.include('line 5 "d.png" (the picture: no such file)');
  });

  it("of more than four channels cannot be written as PNG, which is said, and nothing is left", async () => {
    const problems = await problemsOf(async () => {
      const sink = await openDatasetDirectory(data.path("set"), { table: "csv", images: "png" });
      const x = { kind: "image", height: 1, width: 1, channels: 5, pixels: new Uint8Array(5) } as const;
      try {
        await sink.write({ firstRow: 0, rows: 1, ids: null, noise: new Map(), columns: new Map([["x", x]]) });
      } catch (error) {
        await sink.abort();
        throw error;
      }
    }, data.root);
    expect(problems.map(({ code }) => code)).to.deep.equal(["6075"]);
    expect(readdirSync(data.root)).to.deep.equal([]);
  });

  for (const images of ["idx", "idx.gz", "png"] as const)
    it(`come back from a directory of ${images}, block by block, and are replaced whole`, async () => {
      const pixels = Uint8Array.from({ length: 5 * 6 }, (_, at) => 7 * at);
      const write = async (table: "csv" | "csv.gz" | "parquet", overwrite: boolean, finish = true) => {
        const sink = await openDatasetDirectory(data.path("set"), { table, images, overwrite });
        for (const [firstRow, rows] of [
          [0, 3],
          [3, 2],
        ] as const)
          await sink.write({
            firstRow,
            rows,
            ids: null,
            noise: new Map([["n.e", { kind: "numeric", values: Float32Array.from({ length: rows }, () => 0.1) }]]),
            columns: new Map([
              ["n", { kind: "numeric", values: Float64Array.from({ length: rows }, (_, row) => firstRow + row) }],
              [
                "x",
                {
                  kind: "image",
                  height: 2,
                  width: 3,
                  channels: 1,
                  pixels: pixels.slice(firstRow * 6, (firstRow + rows) * 6),
                },
              ],
            ]),
          });
        await (finish ? sink.finish() : sink.abort());
      };
      await write("csv.gz", false);
      await write("parquet", true);
      await write("csv", true, false);
      const source = await openDataset(data.path("set/manifest.json"), [
        { name: "n", domain: null },
        { name: "x", domain: { kind: "image", height: 2, width: 3, channels: 1 } },
      ]);
      const read: number[] = [];
      for await (const block of source.blocks(2)) {
        const column = block.columns.get("x");
        if (column?.kind === "image") read.push(...column.pixels);
        expect(block.ids?.at(0)).to.equal(String(block.firstRow));
        expect(block.noise.get("n.e")).to.deep.include({ values: new Float32Array(block.rows).fill(0.1) });
      }
      expect(read).to.deep.equal([...pixels]);
    });
});
