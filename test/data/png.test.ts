/**
 * Reading PNG files: every depth, colour type, interlacing and filter gives the samples that were written; damaged
 * files are refused.
 */
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { decode } from "fast-png";
import { readPngFile } from "../../src/data/images/png-chunks.js";
import { encodePng } from "../../src/data/images/png-encode.js";
import { readPngPixels } from "../../src/data/images/png-pixels.js";
import { chunk, type PngParts, pngFile, samplesAPixel } from "./png-writer.js";

const read = (bytes: Uint8Array) => readPngPixels(readPngFile(bytes));
const depthsOf = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] } as const;
const kinds = ([0, 2, 3, 4, 6] as const).flatMap((colourType) =>
  depthsOf[colourType].map((depth) => ({ colourType, depth })),
);
/** Colours that tell their index. */
const palette = Array.from({ length: 3 * 256 }, (_, at) => (7 * at + 5) % 256);

describe("PNG files", () => {
  for (const { colourType, depth } of kinds)
    it(`of colour type ${colourType} and ${depth} bits give the samples that they hold`, () => {
      const sizes = fc.record({
        width: fc.integer({ min: 1, max: 19 }),
        height: fc.integer({ min: 1, max: 19 }),
        interlaced: fc.boolean(),
        filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
        seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
      });
      fc.assert(
        fc.property(sizes, ({ width, height, interlaced, filters, seed }) => {
          const samples = samplesAPixel[colourType];
          let state = seed;
          const values = Array.from({ length: width * height * samples }, () => {
            state = (state * 48271) % 2147483647;
            return state % 2 ** depth;
          });
          const parts: PngParts = { width, height, depth, colourType, values, interlaced, filters };
          const isPalette = colourType === 3;
          const found = read(pngFile(isPalette ? { ...parts, palette: palette.slice(0, 3 * 2 ** depth) } : parts));
          const shown = isPalette ? values.flatMap((index) => palette.slice(3 * index, 3 * index + 3)) : values;
          expect([found.height, found.width, found.channels]).to.deep.equal([height, width, isPalette ? 3 : samples]);
          expect(found.largest).to.equal(isPalette ? 255 : 2 ** depth - 1);
          expect([...found.values]).to.deep.equal(shown);
        }),
        { numRuns: 25 },
      );
    });

  it("of another program, interlaced with 4 bits, give the samples that a decoder apart finds", () => {
    const { values: found, largest, width } = read(readFileSync("test/fixtures/pictures/interlaced-4-bits.png"));
    const values = [...found];
    const sum = values.reduce((total, value) => total + value, 0);
    const weighted = values.reduce(
      (total, value, at) => total + ((at % width) + 1) * (Math.floor(at / width) + 1) * value,
      0,
    );
    // The first row, the sum, and the sum weighted by (row + 1)(column + 1), from a decoder in Python with the 8×8
    // table of passes.
    const first = [
      3, 13, 2, 3, 4, 9, 12, 10, 9, 4, 4, 1, 11, 2, 8, 2, 12, 7, 11, 5, 3, 2, 11, 14, 1, 4, 8, 0, 8, 5, 9, 4,
    ];
    expect(values.slice(0, width)).to.deep.equal(first);
    expect([largest, sum, weighted]).to.deep.equal([15, 7567, 2_048_368]);
  });

  it("have the alpha of a palette's entries, opaque for those without any, and of one transparent colour", () => {
    const indexed = { width: 3, height: 1, depth: 2, colourType: 3, values: [2, 0, 1] } as const;
    const found = read(pngFile({ ...indexed, palette: [1, 2, 3, 4, 5, 6, 7, 8, 9], transparency: [0, 128] }));
    expect([...found.values]).to.deep.equal([7, 8, 9, 255, 1, 2, 3, 0, 4, 5, 6, 128]);
    const grey = { width: 3, height: 1, depth: 16, colourType: 0, values: [258, 2, 65535] } as const;
    const keyed = read(pngFile({ ...grey, transparency: [1, 2] }));
    expect([...keyed.values]).to.deep.equal([258, 0, 2, 65535, 65535, 65535]);
    const rgb = { width: 2, height: 1, depth: 8, colourType: 2, values: [1, 2, 3, 1, 2, 4] } as const;
    const colours = read(pngFile({ ...rgb, transparency: [0, 1, 0, 2, 0, 4] }));
    expect([...colours.values]).to.deep.equal([1, 2, 3, 255, 1, 2, 4, 0]);
  });

  it("that are written here are read by another decoder, and back", () => {
    for (const channels of [1, 2, 3, 4]) {
      const pixels = Uint8Array.from({ length: 6 * channels }, (_, at) => 9 * at);
      const bytes = encodePng({ height: 2, width: 3, channels, pixels });
      expect([...decode(bytes, { checkCrc: true }).data]).to.deep.equal([...pixels]);
      expect([...read(bytes).values]).to.deep.equal([...pixels]);
    }
  });

  const whole = { width: 2, height: 2, depth: 8, colourType: 0, values: [1, 2, 3, 4] } as const;
  const good = pngFile(whole);
  const changed = (at: number, bits = 1) => {
    const bytes = Buffer.from(good);
    bytes[at] = bytes[at]! ^ bits;
    return bytes;
  };
  const withChunk = (type: string, data: Uint8Array, after: string) => {
    const at = good.indexOf(after) - 4;
    const end = at + 12 + good.readUInt32BE(at);
    return Buffer.concat([good.subarray(0, end), chunk(type, data), good.subarray(end)]);
  };
  // The sum is the last four bytes of a zlib stream.
  const wrongSum = deflateSync(Uint8Array.of(0, 1, 2, 0, 3, 4));
  wrongSum[wrongSum.length - 1]! ^= 1;
  const twoBits = { ...whole, depth: 2, colourType: 3, values: [0, 1, 2, 3] } as const;
  const faults: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["a changed checksum", changed(good.indexOf("IDAT") + 5), /checksum \(CRC\) of its chunk IDAT/],
    ["a changed header", changed(19), /checksum \(CRC\) of its chunk IHDR/],
    ["a changed sum of the pixels", pngFile({ ...whole, packed: wrongSum }), /do not unpack/],
    ["another signature", changed(0), /does not begin as one/],
    ["half a file", good.subarray(0, 50), /cut short/],
    ["no end", good.subarray(0, -12), /cut short/],
    ["no palette", pngFile(twoBits), /palette \(PLTE\) is missing/],
    [
      "a palette that is too short",
      pngFile({ ...twoBits, palette: [1, 2, 3, 4, 5, 6] }),
      /colour 2, and its palette has 2/,
    ],
    ["a palette of half a colour", pngFile({ ...twoBits, palette: [1, 2, 3, 4] }), /4 bytes, not three/],
    ["more alpha than colours", pngFile({ ...twoBits, palette: [1, 2, 3], transparency: [1, 2] }), /do not fit/],
    ["depths that do not exist", pngFile({ ...whole, depth: 3 }), /3 bits of the colour type 0/],
    ["no pixels", pngFile({ ...whole, height: 0 }), /0×2 pixels/],
    ["too few rows", pngFile({ ...whole, packed: deflateSync(Uint8Array.of(0, 1, 2)) }), /fewer pixels/],
    ["too many rows", pngFile({ ...whole, packed: deflateSync(new Uint8Array(7)) }), /more pixels/],
    ["an unknown filter", pngFile({ ...whole, filters: [5] }), /filter 5/],
    ["an unknown critical chunk", withChunk("CgBI", new Uint8Array(4), "IHDR"), /chunk "CgBI"/],
    [
      "pixels in two places",
      Buffer.concat([
        withChunk("tEXt", Buffer.from("a\0b"), "IDAT").subarray(0, -12),
        chunk("IDAT", new Uint8Array(1)),
        chunk("IEND", new Uint8Array()),
      ]),
      /not in one piece/,
    ],
  ];
  for (const [what, bytes, message] of faults)
    it(`with ${what} are refused`, () => {
      expect(() => read(bytes)).to.throw(message);
    });

  it("with chunks that are not needed are read", () => {
    expect([...read(withChunk("tEXt", Buffer.from("a\0b"), "IHDR")).values]).to.deep.equal(whole.values);
  });

  it("are refused by their size before anything is unpacked", () => {
    // 900 MB of pixels: unpacked, they would take seconds.
    const bomb = pngFile({ ...whole, width: 30_000, height: 30_000, packed: new Uint8Array() });
    expect(() => read(bomb)).to.throw("its 30000×30000 pixels unpack to 859 MiB, and at most 256 MiB are read");
  });
});
