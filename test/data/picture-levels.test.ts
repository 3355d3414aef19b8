/**
 * The levels, transparency and sizes of pictures: what the manifest says of them, and what is told where it says
 * nothing.
 */
import { expect } from "chai";
import { openDataset, readDataset } from "../../src/data/dataset/read-dataset.js";
import type { ImageDomain } from "../../src/schema/types.js";
import { DataDirectory, problemsOf } from "./data-directory.js";
import { pngFile } from "./png-writer.js";

describe("levels of pictures", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  const grey = (height: number, width: number, value: (at: number) => number, depth: 8 | 16 = 8) =>
    pngFile({
      height,
      width,
      depth,
      colourType: 0,
      values: Array.from({ length: height * width }, (_, at) => value(at)),
    });
  const rgb = (values: readonly number[]) =>
    pngFile({ height: 1, width: values.length / 3, depth: 8, colourType: 2, values });

  /** Rows with these files, and what reading them as an image without a type gives. */
  async function readRows(files: readonly Uint8Array[], binding: object = {}, domain: ImageDomain | null = null) {
    for (const [row, bytes] of files.entries()) data.write(`${row}.png`, bytes);
    data.write("t.csv", `file\n${files.map((_, row) => `${row}.png\n`).join("")}`);
    data.write("manifest.json", { table: "t.csv", variables: { x: { png: "file", ...binding } } });
    const { columns, advice = [] } = await readDataset(data.path("manifest.json"), [{ name: "x", domain }]);
    const column = columns.get("x");
    const pixels = column?.kind === "image" ? [...column.pixels] : [];
    return { pixels, advice: advice.map(({ code, severity, message, hint }) => ({ code, severity, message, hint })) };
  }
  const refused = async (...asked: Parameters<typeof readRows>) =>
    (await problemsOf(() => readRows(...asked), data.root))[0]!;

  it("without a type have the size and channels of most files: the odd one is named", async () => {
    const colour = rgb([1, 2, 3, 4, 5, 6]);
    const plain = grey(1, 2, (at) => at);
    const { message } = await refused([colour, plain, plain]);
    expect(message).to.equal(
      'column "file" (x): 1 picture cannot be taken: line 2 "0.png" (it is 1×2 with 3 channels, not 1×2 with 1 channel)',
    );
    expect((await refused([grey(2, 2, () => 1), plain, plain])).message).to.include('line 2 "0.png" (it is 2×2');
    // The manifest's wish is known before: then the one in colour is right.
    expect((await readRows([colour, plain, plain], { channels: 1 })).pixels).to.have.length(6);
  });

  it("spread 12 bits that are stored in 16 over 0..255 where the manifest says so, and say when few levels are left", async () => {
    const values = [0, 16, 2048, 3472, 3968, 4095];
    const scan = grey(2, 3, (at) => values[at]!, 16);
    const plain = await readRows([scan]);
    // value / 257
    expect(plain.pixels).to.deep.equal([0, 0, 8, 14, 15, 16]);
    expect(plain.advice).to.have.length(1);
    expect(plain.advice[0]).to.include({ code: "6072", severity: "warning" });
    expect(plain.advice[0]?.message).to.equal(
      'column "file" (x): the values of its 16-bit pictures go from 0 to 4,095 of 65,535: 17 grey levels are left of them',
    );
    expect(plain.advice[0]?.hint).to.include('"range": [0, 4095]');
    // 255 · value / 4095: 0.996, 127.53, 216.2, 247.09.
    const spread = await readRows([scan], { range: [0, 4095] });
    expect(spread).to.deep.equal({ pixels: [0, 1, 128, 216, 247, 255], advice: [] });
    // A window: 255 · (value - 1024) / 3072 is 85 at 2048, 203.2 at 3472 and 244.4 at 3968; four values lie within.
    const clipped = await readRows([scan, scan], { range: [1024, 4096] });
    expect(clipped.pixels.slice(0, 6)).to.deep.equal([0, 0, 85, 203, 244, 255]);
    expect(clipped.advice[0]).to.include({ code: "6073", severity: "note" });
    expect(clipped.advice[0]?.message).to.include(
      '4 values in 2 of 2 pictures lie beyond "range": [1024, 4096] and are clipped (first in line 2 "0.png")',
    );
  });

  it("with the range of other bits than theirs are refused, and so is a range that does not go up", async () => {
    const { message } = await refused([grey(1, 2, () => 9)], { range: [0, 4095] });
    expect(message).to.include('line 2 "0.png" (its values end at 255, and "range" at 4095)');
    const range = await refused([], { range: [5, 5] });
    expect(range).to.include({ code: "6005", message: 'variables.x: "range": [5, 5] does not go up' });
  });

  it("of 16 bits that use a band far from 0 are told of the band, those that use all of it of nothing", async () => {
    const band = await readRows([grey(1, 2, (at) => 32_000 + 1_000 * at, 16)]);
    // 32000/257 = 124.5 and 33000/257 = 128.4
    expect(band.advice[0]?.message).to.include("from 32,000 to 33,000 of 65,535: 4 grey levels");
    expect(band.advice[0]?.hint).to.include('"range": [32000, 33000]');
    expect((await readRows([grey(1, 2, (at) => 40_000 * at, 16)])).advice).to.deep.equal([]);
  });

  const inked = (alpha: readonly number[], ink: number) =>
    pngFile({
      height: 1,
      width: alpha.length,
      depth: 8,
      colourType: 4,
      values: alpha.flatMap((value) => [ink, value]),
    });

  it("drawn in the transparency are named, and laid on a background where the manifest states it", async () => {
    const drawing = inked([0, 217, 255, 51], 0);
    const plain = await readRows([drawing, drawing]);
    expect(plain.pixels).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(plain.advice[0]).to.include({ code: "6074", severity: "warning" });
    expect(plain.advice[0]?.message).to.equal(
      'column "file" (x): 2 of 2 pictures have transparent pixels (first line 2 "0.png"), and every colour of every picture is 0: what is drawn is in the transparency, which is not read',
    );
    // alpha · 0 + (1 - alpha) · 255 is 255 - alpha.
    expect(await readRows([drawing], { background: 255 })).to.deep.equal({ pixels: [255, 38, 0, 204], advice: [] });
    // alpha · 200 + (1 - alpha) · 100: 100, 185.1, 200, 120.
    expect((await readRows([inked([0, 217, 255, 51], 200)], { background: 100 })).pixels).to.deep.equal([
      100, 185, 200, 120,
    ]);
  });

  it("with some transparent pixels get a note, opaque ones none, and a type with alpha keeps it", async () => {
    const some = await readRows([inked([255, 255], 7), inked([0, 255], 9)]);
    expect(some.advice).to.have.length(1);
    expect(some.advice[0]).to.include({ code: "6074", severity: "note" });
    expect(some.advice[0]?.message).to.include('1 of 2 pictures has transparent pixels (first line 3 "1.png")');
    expect((await readRows([inked([255, 255], 7)])).advice).to.deep.equal([]);
    const typed = { kind: "image", height: 1, width: 2, channels: 2 } as const;
    const kept = await readRows([inked([0, 9], 7)], {}, typed);
    expect(kept).to.deep.equal({ pixels: [7, 0, 7, 9], advice: [] });
    expect((await refused([inked([0, 9], 7)], { background: 0 }, typed)).message).to.include("2 channels");
  });

  it("in palettes and with one transparent colour are laid on the background too", async () => {
    const size = { width: 2, height: 1 };
    const indexed = { ...size, depth: 1, colourType: 3, values: [0, 1] } as const;
    const icon = pngFile({ ...indexed, palette: [0, 0, 0, 9, 8, 7], transparency: [0] });
    expect((await readRows([icon], { background: 255 })).pixels).to.deep.equal([255, 255, 255, 9, 8, 7]);
    const keyed = pngFile({ ...size, depth: 8, colourType: 0, values: [3, 4], transparency: [0, 3] });
    expect((await readRows([keyed], { background: 50 })).pixels).to.deep.equal([50, 4]);
  });

  it("of another size than the type's, or than most, are refused before they are unpacked", async () => {
    const bomb = pngFile({
      width: 30_000,
      height: 30_000,
      depth: 8,
      colourType: 0,
      values: [],
      packed: Uint8Array.of(1),
    });
    const typed = { kind: "image", height: 28, width: 28, channels: 1 } as const;
    expect((await refused([bomb], {}, typed)).message).to.include("it is 30000×30000 with 1 channel, not 28×28");
    expect((await refused([bomb], { resize: { height: 2, width: 2 } })).message).to.include("at most 256 MiB are read");
    const plain = grey(1, 2, () => 1);
    expect((await refused([bomb, plain, plain])).message).to.include("1 picture cannot be taken: line 2");
  });

  it("give what streams of blocks find over all blocks", async () => {
    await readRows([0, 1, 2].map((row) => grey(1, 2, (at) => 1000 * row + at, 16)));
    const source = await openDataset(data.path("manifest.json"), [{ name: "x", domain: null }]);
    let rows = 0;
    for await (const block of source.blocks(1)) rows += block.rows;
    expect(rows).to.equal(3);
    expect(source.advice()[0]?.message).to.include("go from 0 to 2,001 of 65,535");
  });
});
