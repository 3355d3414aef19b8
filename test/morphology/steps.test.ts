/** The steps of the image operators, one by one, against definitions written out or drawn by hand. */
import { expect } from "chai";
import { BicubicEnlarger } from "../../src/morphology/bicubic.js";
import { Dilation } from "../../src/morphology/dilate.js";
import { DistanceTransform } from "../../src/morphology/distance-transform.js";
import { extentOf, grow } from "../../src/morphology/extent.js";
import { type Footprint, footprint } from "../../src/morphology/footprint.js";
import { GaussianFilter, plateau, smoothingKernel } from "../../src/morphology/gaussian.js";
import { MedialAxis } from "../../src/morphology/medial-axis.js";
import { fillInversePermutation, MersenneTwister } from "../../src/morphology/mersenne-twister.js";
import { draw, randomInk, readJson, show } from "./reference.js";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function inkExtent(ink: Uint8Array, height: number, width: number) {
  return grow(extentOf(ink, width, { top: 0, bottom: height, left: 0, right: width }), 1, height, width);
}

describe("morphology: random permutation", () => {
  it("is NumPy's RandomState(0).permutation(10)", () => {
    const inverse = new Int32Array(10);
    fillInversePermutation(inverse, 10);
    const permutation = new Int32Array(10);
    inverse.forEach((index, value) => {
      permutation[index] = value;
    });
    expect([...permutation]).to.deep.equal([2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
  });

  it("draws the 10,000th number of MT19937 that the C++ standard gives for seed 5489", () => {
    const generator = new MersenneTwister(5489);
    for (let drawn = 1; drawn < 10000; drawn++) generator.next();
    expect(generator.next()).to.equal(4123659995);
  });
});

describe("morphology: footprints", () => {
  it("have the shapes of the original for radii 0 to 64", () => {
    const { radius: expected } = readJson<{ radius: Record<string, [number, number][]> }>("footprints.json");
    for (const [radius, rows] of Object.entries(expected)) {
      const { first, last } = footprint(Number(radius));
      expect([...first], `radius ${radius}`).to.deep.equal(rows.map((row) => row[0]));
      expect([...last], `radius ${radius}`).to.deep.equal(rows.map((row) => row[1]));
    }
  });
});

describe("morphology: Gaussian and bicubic convolution", () => {
  it("leaves full ink just below white, so that it truncates to 254", () => {
    expect(255 * plateau(smoothingKernel(16))).to.equal(254.99999999999994);
  });

  it("keeps a constant image constant at the borders", () => {
    const [height, width] = [5, 7];
    const filter = new GaussianFilter(smoothingKernel(8), height, width);
    const source = new Float64Array(height * width + 4).fill(3);
    const row = new Float64Array(width + 4);
    for (let line = 0; line < height; line++) {
      filter.downColumns(source, line, 0, width);
      filter.alongRow(0, width, row);
      for (let column = 0; column < width; column++) expect(row[column]).to.be.closeTo(3, 1e-12);
    }
  });

  it("interpolates a ramp exactly away from the border, at (o + 0.5) / factor - 0.5", () => {
    const [height, width, factor] = [6, 6, 4];
    const source = Float64Array.from({ length: height * width }, (_, pixel) => (pixel % width) + 10);
    const target = new Float64Array(source.length * factor * factor);
    new BicubicEnlarger(height, width, factor).enlarge(
      source,
      10,
      15,
      { top: 0, bottom: 24, left: 0, right: 24 },
      target,
    );
    for (let column = 2 * factor; column < 4 * factor; column++) {
      expect(target[8 * width * factor + column]).to.be.closeTo((column + 0.5) / factor - 0.5 + 10, 1e-12);
    }
  });

  it("clips overshoots to the range given", () => {
    const step = Float64Array.from({ length: 36 }, (_, pixel) => (pixel % 6 < 3 ? 0 : 1));
    const target = new Float64Array(36 * 16);
    const enlarger = new BicubicEnlarger(6, 6, 4);
    const whole = { top: 0, bottom: 24, left: 0, right: 24 };
    enlarger.enlarge(step, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, whole, target);
    expect(Math.max(...target)).to.be.above(1.05);
    enlarger.enlarge(step, 0, 1, whole, target);
    expect([Math.min(...target), Math.max(...target)]).to.deep.equal([0, 1]);
  });
});

describe("morphology: distance transform", () => {
  const nearestBackground = (ink: Uint8Array, width: number, pixel: number): number => {
    let nearest = Number.POSITIVE_INFINITY;
    ink.forEach((value, other) => {
      if (value === 1) return;
      const dy = Math.floor(other / width) - Math.floor(pixel / width);
      nearest = Math.min(nearest, dy * dy + ((other % width) - (pixel % width)) ** 2);
    });
    return nearest;
  };

  it("is the squared distance to the nearest background pixel", () => {
    for (const seed of seeds) {
      const [height, width] = [17, 23];
      const ink = randomInk(seed, height, width);
      const squared = new Int32Array(height * width);
      new DistanceTransform(height, width).run(ink, inkExtent(ink, height, width), squared);
      ink.forEach((value, pixel) => {
        if (value === 1) expect(squared[pixel]).to.equal(nearestBackground(ink, width, pixel));
      });
    }
  });
});

describe("morphology: dilation and erosion", () => {
  /** The value under the footprint that decides, by the definition. */
  const decide = (ink: Uint8Array, height: number, width: number, shape: Footprint, pixel: number, value: 0 | 1) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    for (let offset = -shape.radius; offset <= shape.radius; offset++) {
      if (row + offset < 0 || row + offset >= height) continue;
      for (let across = shape.first[offset + shape.radius]!; across <= shape.last[offset + shape.radius]!; across++) {
        if (column + across < 0 || column + across >= width) continue;
        if (ink[(row + offset) * width + column + across] === value) return value;
      }
    }
    return 1 - value;
  };

  for (const radius of [0, 1, 3, 8, 19]) {
    it(`follow the definition, radius ${radius}`, () => {
      const [height, width] = radius < 10 ? [30, 40] : [90, 100];
      const dilation = new Dilation(height, width);
      const result = new Uint8Array(height * width);
      for (const seed of seeds.slice(0, radius < 10 ? 8 : 2)) {
        const ink = randomInk(seed, height, width);
        const extent = inkExtent(ink, height, width);
        dilation.dilate(ink, extent, footprint(radius), result);
        const dilated = ink.map((_, pixel) => decide(ink, height, width, footprint(radius), pixel, 1));
        expect(show(result, width)).to.deep.equal(show(dilated, width));
        dilation.erode(ink, extent, footprint(radius), result);
        const eroded = ink.map((_, pixel) => decide(ink, height, width, footprint(radius), pixel, 0));
        expect(show(result, width)).to.deep.equal(show(eroded, width));
      }
    });
  }
});

describe("morphology: medial axis", () => {
  const skeletonOf = ({ ink, height, width }: { ink: Uint8Array; height: number; width: number }): string[] => {
    const extent = inkExtent(ink, height, width);
    const squared = new Int32Array(ink.length);
    new DistanceTransform(height, width).run(ink, extent, squared);
    const pixels = new Int32Array(ink.length);
    const count = new MedialAxis(height, width).run(ink, squared, extent, pixels);
    const skeleton = new Uint8Array(ink.length);
    for (const pixel of pixels.subarray(0, count)) skeleton[pixel] = 1;
    return show(skeleton, width);
  };

  it("of a bar is its middle with branches into the corners", () => {
    const bar = draw(".........", ".#######.", ".#######.", ".#######.", ".........");
    expect(skeletonOf(bar)).to.deep.equal([".........", ".#.....#.", "..#####..", ".#.....#.", "........."]);
  });

  it("of thin lines is the lines, and keeps lone pixels and holes", () => {
    const lines = ["..........", ".####.....", ".#..#...#.", ".#..#.....", ".####.....", ".........."];
    const skeleton = skeletonOf(draw(...lines));
    expect(skeleton[2]![8]).to.equal("#");
    expect(skeleton.slice(2, 4)).to.deep.equal([".#..#...#.", ".#..#....."]);
  });
});
