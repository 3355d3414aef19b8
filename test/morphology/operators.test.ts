/**
 * The image operators against the original's results: the exact mode must agree within 0.05 grey levels on finished
 * images (it agrees in every pixel), the fast mode within 1.0, with thickness within 0.05 pixels for 95 % of digits.
 */
import { expect } from "chai";
import {
  MorphologyError,
  type MorphologyMode,
  measureIntensity,
  measureThickness,
  setIntensity,
  setThickness,
  setThicknessUntruncated,
} from "../../src/morphology/index.js";
import {
  digit,
  imageAt,
  type MeasuredImage,
  meanDifference,
  quantile,
  readImages,
  readPixels,
  type SetThicknessImage,
  type SynthImage,
  side,
  size,
} from "./reference.js";

const modes: readonly MorphologyMode[] = ["exact", "fast"];

function every<Item>(items: readonly Item[], step: number): { item: Item; position: number }[] {
  return items.map((item, position) => ({ item, position })).filter(({ position }) => position % step === 0);
}

function finish({ index, t, i }: SynthImage, mode: MorphologyMode): Uint8Array {
  return setIntensity(setThickness(digit(index), side, side, t, mode), i);
}

describe("morphology: exact mode against the original", function () {
  this.slow(10000);
  const synth = readImages<SynthImage>("synth.json");
  const finished = readPixels("synth-images-idx3-ubyte");

  it("finished images agree within 0.05 grey levels", () => {
    for (const { item, position } of every(synth, 5)) {
      expect(meanDifference(finish(item, "exact"), imageAt(finished, position)), `image ${position}`).to.be.below(0.05);
    }
  });

  it("finished images agree in every pixel", () => {
    const different = every(synth, 25).filter(
      ({ item, position }) => meanDifference(finish(item, "exact"), imageAt(finished, position)) > 0,
    );
    expect(different).to.deep.equal([]);
  });

  it("set_thickness agrees at five targets, irregular footprint of radius 19 included", () => {
    const expected = readPixels("set_thickness-images-idx3-ubyte");
    readImages<SetThicknessImage>("set_thickness.json").forEach(({ index, results }, position) => {
      results.forEach(({ target }, number) => {
        const found = setThickness(digit(index), side, side, target, "exact");
        const difference = meanDifference(found, imageAt(expected, 5 * position + number));
        expect(difference, `digit ${index}, target ${target}`).to.be.below(0.05);
      });
    });
  });

  it("measures thickness, of digits and of results, and intensity", () => {
    for (const { index, mean_thickness_scale16: thickness, intensity } of readImages<MeasuredImage>("measure.json")) {
      expect(measureThickness(digit(index), side, side, "exact")).to.be.closeTo(thickness, 1e-6);
      // The original measures intensity on the digit itself.
      expect(measureIntensity(digit(index))).to.equal(intensity);
    }
    const results = readPixels("set_thickness-images-idx3-ubyte");
    for (const { item, position } of every(readImages<SetThicknessImage>("set_thickness.json"), 6)) {
      item.results.forEach(({ remeasured_thickness: thickness }, number) => {
        const image = imageAt(results, 5 * position + number);
        expect(measureThickness(image, side, side, "exact")).to.be.closeTo(thickness, 1e-6);
      });
    }
  });

  it("intensity before setting it is the recorded median", () => {
    for (const { item } of every(synth, 50)) {
      expect(measureIntensity(setThickness(digit(item.index), side, side, item.t, "exact"))).to.equal(
        item.median_before,
      );
    }
  });
});

describe("morphology: fast mode against the original", function () {
  this.slow(10000);
  const synth = readImages<SynthImage>("synth.json");
  const finished = readPixels("synth-images-idx3-ubyte");

  it("finished images agree within 1.0 grey level on average", () => {
    const differences = synth.map((item, position) =>
      meanDifference(finish(item, "fast"), imageAt(finished, position)),
    );
    const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    expect(mean).to.be.below(1);
    expect(mean, "far better than required: a step has changed").to.be.below(0.1);
  });

  it("finished images have the thickness of the exact ones within 0.05 pixels for 95 % of the digits", () => {
    const deviations = every(synth, 4).map(({ item, position }) => {
      const found = measureThickness(finish(item, "fast"), side, side, "exact");
      return Math.abs(found - measureThickness(imageAt(finished, position), side, side, "exact"));
    });
    expect(quantile(deviations, 0.95)).to.be.below(0.05);
  });
});

describe("morphology: fast mode against exact mode in images of other sizes", () => {
  /** A stroke and a dot, grey on `background`. */
  const picture = (height: number, width: number, background: number): Uint8Array =>
    Uint8Array.from({ length: height * width }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const isInk = Math.abs(row - height / 2) < 1.6 || Math.hypot(row - 1, column - width / 2) < 1;
      return isInk ? 190 + ((row * 7 + column * 13) % 50) : background;
    });

  for (const [height, width, background] of [
    [3, 4, 0],
    [9, 31, 0],
    [40, 20, 12],
  ] as const) {
    it(`${height} × ${width} pixels on grey level ${background}`, () => {
      const image = picture(height, width, background);
      const exact = measureThickness(image, height, width, "exact");
      expect(measureThickness(image, height, width, "fast")).to.be.closeTo(exact, 0.1);
      const target = exact + 0.81;
      const difference = meanDifference(
        setThickness(image, height, width, target, "fast"),
        setThickness(image, height, width, target, "exact"),
      );
      expect(difference).to.be.below(5);
    });
  }
});

for (const mode of modes) {
  describe(`morphology: edge cases, ${mode} mode`, () => {
    const blank = new Uint8Array(size);

    it("refuses an image without ink", () => {
      for (const level of [0, 7, 255]) {
        const image = new Uint8Array(size).fill(level);
        expect(() => measureThickness(image, side, side, mode)).to.throw(MorphologyError, "no ink");
        expect(() => setThickness(image, side, side, 2, mode)).to.throw(MorphologyError, "no ink");
      }
    });

    it("refuses a target that is not above zero, and an image of another size", () => {
      for (const target of [0, -1, Number.NaN]) {
        expect(() => setThickness(digit(166), side, side, target, mode)).to.throw(MorphologyError, "above 0 pixels");
        expect(() => setIntensity(digit(166), target)).to.throw(MorphologyError, "above 0 grey levels");
      }
      expect(() => measureThickness(digit(166), side, side + 1, mode)).to.throw(
        RangeError,
        "784 pixels is not 28 × 29",
      );
    });

    it("thinning by more than the strokes leaves a blank image, which setting the intensity leaves blank", () => {
      const thinned = setThickness(digit(166), side, side, 0.01, mode);
      const once = setThickness(thinned.some((level) => level > 0) ? thinned : blank, side, side, 0.01, "exact");
      expect(thinned.length).to.equal(size);
      expect(once).to.deep.equal(blank);
      expect(setIntensity(blank, 200)).to.deep.equal(blank);
    });

    it("thickens ink that touches the border, in any size of image", () => {
      const [height, width] = [12, 17];
      const image = new Uint8Array(height * width);
      for (let column = 0; column < width; column++) image[6 * width + column] = 255;
      const thickness = measureThickness(image, height, width, mode);
      expect(thickness).to.be.within(0.8, 1.3);
      const thicker = setThickness(image, height, width, thickness + 2, mode);
      expect(thicker.length).to.equal(height * width);
      expect(measureThickness(thicker, height, width, mode)).to.be.closeTo(thickness + 2, 0.3);
      expect(thicker[6 * width]).to.equal(254);
    });

    it("leaves grey levels untruncated where asked, and truncates them otherwise", () => {
      const levels = setThicknessUntruncated(digit(166), side, side, 3, mode);
      expect(Math.max(...levels)).to.be.within(254.999, 255);
      expect(setThickness(digit(166), side, side, 3, mode)).to.deep.equal(Uint8Array.from(levels, Math.floor));
    });
  });
}

describe("morphology: intensity", () => {
  it("is the median of the upper half of the range, between two levels where their number is even", () => {
    expect(measureIntensity(Uint8Array.of(0, 10, 100, 200, 120))).to.equal(120);
    expect(measureIntensity(Uint8Array.of(0, 10, 101, 200, 120, 104))).to.equal(112);
  });

  it("is scaled, clipped to 255 and truncated", () => {
    expect([...setIntensity(Uint8Array.of(0, 10, 100, 200, 100), 55)]).to.deep.equal([0, 5, 55, 110, 55]);
    expect([...setIntensity(Uint8Array.of(0, 10, 100, 200, 100), 155)]).to.deep.equal([0, 15, 155, 255, 155]);
  });
});
