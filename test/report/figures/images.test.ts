import { expect } from "chai";
import { decode } from "fast-png";
import { encodePng, pngDataUri } from "../../../src/data/images/png-encode.js";
import { drawText, textColumns } from "../../../src/report/figures/bitmap-font.js";
import { chooseImages, differenceImages, type ImageStack, imageGrid, writeGridPng } from "../../../src/report/index.js";
import { parseXml } from "../xml.js";

/** Images of 2 x 3 pixels: 0, 10, 20, … */
function stack(count: number, channels = 1): ImageStack {
  return { height: 2, width: 3, channels, pixels: Uint8Array.from({ length: 6 * channels * count }, (_, k) => 10 * k) };
}

describe("PNG", () => {
  for (const channels of [1, 2, 3, 4]) {
    it(`with ${channels} channel(s) decodes to the same pixels`, () => {
      const picture = stack(1, channels);
      const png = decode(encodePng(picture), { checkCrc: true });
      expect([png.width, png.height, png.channels, png.depth]).to.deep.equal([3, 2, channels, 8]);
      expect([...png.data]).to.deep.equal([...picture.pixels]);
    });
  }

  it("refuses a wrong number of pixels or channels", () => {
    expect(() => encodePng({ ...stack(1), height: 3 })).to.throw(RangeError, "6 bytes");
    expect(() => encodePng({ ...stack(1), channels: 6, width: 0.5 })).to.throw(RangeError);
  });
});

describe("image grids", () => {
  const rows = [
    { label: "original", images: stack(2), captions: ["t = 1", "t = 2"] },
    { label: "counter & factual", note: "do(t := t + 2)", images: stack(2) },
  ];

  it("hold each image as a data URI with an alternative text, enlarged", () => {
    const elements = parseXml(String(imageGrid({ title: "Digits", rows, columns: ["7", "2"], scale: 4 })));
    const images = elements.filter((element) => element.name === "img");
    expect(images.map((image) => image.attributes.alt)).to.deep.equal([
      "original, 7, t = 1",
      "original, 2, t = 2",
      "counter & factual, 7",
      "counter & factual, 2",
    ]);
    expect(images[0]!.attributes).to.include({ width: "12", height: "8" });
    const bytes = Buffer.from(images[1]!.attributes.src!.replace("data:image/png;base64,", ""), "base64");
    expect([...decode(bytes).data]).to.deep.equal([60, 70, 80, 90, 100, 110]);
    const headings = elements.filter((element) => element.name === "th").map((element) => element.attributes.scope);
    expect(headings).to.deep.equal(["col", "col", "row", "row"]);
  });

  it("as PNG hold each pixel as a square, at the right of the labels", () => {
    const scale = 5;
    const png = decode(writeGridPng(rows, { scale, gap: 4, labels: false }));
    expect([png.width, png.height]).to.deep.equal([12 + 2 * 15 + 4 + 12, 12 + 2 * 10 + 4 + 12]);
    const at = (x: number, y: number) => [...png.data.slice((y * png.width + x) * 3, (y * png.width + x) * 3 + 3)];
    expect(at(11, 12)).to.deep.equal([255, 255, 255]);
    // Second image of the second row, its pixel in row 1, column 2.
    const [left, top] = [12 + 15 + 4 + 2 * scale, 12 + 10 + 4 + scale];
    for (const inside of [0, scale - 1]) expect(at(left + inside, top + inside)).to.deep.equal([110, 110, 110]);
    const labelled = decode(writeGridPng(rows, { scale, gap: 4 }));
    expect(labelled.width).to.equal(png.width + 2 * textColumns("counter & factual") + 12);
  });

  it("write letters with the built-in font", () => {
    const dots: string[] = [];
    drawText("I", (row, column) => dots.push(`${row},${column}`));
    expect(dots).to.deep.equal(["0,0", "0,1", "0,2", "1,1", "2,1", "3,1", "4,1", "5,1", "6,0", "6,1", "6,2"]);
    expect(textColumns("I I")).to.equal(3 + 1 + 3 + 1 + 3);
    expect(textColumns("")).to.equal(0);
  });

  it("show differences in colour: orange brighter, blue darker, black equal", () => {
    const one = (values: number[]): ImageStack => ({
      height: 1,
      width: 3,
      channels: 1,
      pixels: Uint8Array.from(values),
    });
    const { channels, pixels } = differenceImages(one([255, 0, 9]), one([0, 255, 9]));
    expect(channels).to.equal(3);
    expect([...pixels]).to.deep.equal([255, 154, 60, 64, 156, 255, 0, 0, 0]);
    expect(() => differenceImages(stack(1), stack(2))).to.throw(RangeError);
  });

  it("choose images by index, in the order given", () => {
    expect([...chooseImages(stack(3), [2, 0]).pixels.subarray(5, 7)]).to.deep.equal([170, 0]);
    expect(pngDataUri(stack(1))).to.match(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  });
});
