import { expect } from "chai";
import { rangeOf, tickLabel, ticks } from "../../../src/report/figures/axis.js";
import { contourLines, densityGrid, levelEnclosing } from "../../../src/report/figures/contour.js";
import { histogram, kernelDensity } from "../../../src/report/figures/histogram.js";
import { densityFigure, jointFigure, trainingFigure } from "../../../src/report/index.js";
import { parseXml, pathPoints, withClass, type XmlElement } from "../xml.js";

describe("axes", () => {
  it("have round ticks inside the range", () => {
    expect(ticks({ low: 0.5, high: 5 }, 6)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(ticks({ low: 64, high: 255 }, 6)).to.deep.equal([100, 150, 200, 250]);
    expect(ticks({ low: 0, high: 0.7 }, 5)).to.deep.equal([0, 0.2, 0.4, 0.6]);
    expect(ticks({ low: 1, high: 1 }, 5)).to.deep.equal([]);
  });

  it("label numbers with a true minus sign and without noise", () => {
    expect(tickLabel(-0.1 - 0.2)).to.equal("−0.3");
    expect(tickLabel(2_000_000)).to.equal("2e6");
    expect(rangeOf([Number.NaN, 3, 3])).to.deep.equal({ low: 2.5, high: 3.5 });
  });
});

describe("histograms and kernel densities", () => {
  it("count samples per unit", () => {
    const { edges, densities } = histogram([0, 0.5, 1, 1.5, 2], { low: 0, high: 2 }, 2);
    expect([...edges]).to.deep.equal([0, 1, 2]);
    expect([...densities].map((value) => value.toFixed(6))).to.deep.equal(["0.400000", "0.600000"]);
  });

  it("integrate to one, with reflection at a bound too, and stay level there", () => {
    const uniform = Array.from({ length: 2000 }, (_, k) => (k + 0.5) / 2000);
    const { x, y } = kernelDensity(uniform, { low: 0, high: 1 });
    const step = x[1]! - x[0]!;
    const area = y.reduce((sum, value, at) => sum + value * step * (at === 0 || at === y.length - 1 ? 0.5 : 1), 0);
    expect(area).to.be.closeTo(1, 1e-3);
    for (const value of y) expect(value).to.be.closeTo(1, 0.02);
  });
});

describe("contours", () => {
  it("of a round Gaussian are circles of the radius that encloses the share", () => {
    const [xs, ys]: [number[], number[]] = [[], []];
    const rings = 400;
    for (let ring = 0; ring < rings; ring++) {
      const radius = Math.sqrt(-2 * Math.log(1 - (ring + 0.5) / rings));
      for (let k = 0; k < 200; k++) {
        const angle = (2 * Math.PI * (k + (ring % 7) / 7)) / 200;
        xs.push(radius * Math.cos(angle));
        ys.push(radius * Math.sin(angle));
      }
    }
    const range = { low: -4, high: 4 };
    const grid = densityGrid(xs, ys, range, range);
    // The smoothing widens the variance by that of its kernel.
    const sd = Math.sqrt(1 + (1.6 * (8 / 71)) ** 2);
    for (const share of [0.5, 0.9]) {
      const lines = contourLines(grid, levelEnclosing(grid, share));
      expect(lines).to.have.length(1);
      expect(lines[0]![0]).to.deep.equal(lines[0]!.at(-1));
      for (const [x, y] of lines[0]!) {
        expect(Math.hypot(x, y)).to.be.closeTo(sd * Math.sqrt(-2 * Math.log(1 - share)), 0.06);
      }
    }
  });
});

/** Pixel of a value, from the labels of two ticks. */
function xPixel(elements: readonly XmlElement[], value: number): number {
  const labels = withClass(elements, "tick").filter((element) => !element.attributes.class!.includes("end"));
  const [first, second] = labels.map((element) => [Number(element.text), Number(element.attributes.x)] as const);
  return first![1] + ((value - first![0]) * (second![1] - first![1])) / (second![0] - first![0]);
}

describe("charts", () => {
  it("put a curve's points where the axes say, and name axis, unit and series", () => {
    const figure = densityFigure({
      title: "Density of t",
      variable: { label: "thickness", unit: "px" },
      range: { low: 0, high: 4 },
      data: { label: "data", values: [1, 1, 3, 3], bins: 4 },
      curves: [
        { label: "learned", role: "learned", x: [-1, 0, 1, 2, 4, 5], y: [9, 0, 0.5, 0.25, 0, 9] },
        { label: "true <truth>", role: "true", x: [0, 4], y: [0.1, 0.1] },
      ],
    });
    const elements = parseXml(String(figure));
    const texts = elements.filter((element) => element.name === "text").map((element) => element.text);
    expect(texts).to.include.members(["thickness (px)", "density (per px)", "data", "learned", "true <truth>"]);
    const learned = withClass(withClass(elements, "line"), "learned").at(-1)!;
    const points = pathPoints(learned.attributes.d!);
    expect(points.map(([x]) => x)).to.deep.equal(
      [0, 1, 2, 4].map((value) => Math.round(100 * xPixel(elements, value)) / 100),
    );
    const [zero, half, quarter] = points.map(([, y]) => y);
    expect((zero! - half!) / (zero! - quarter!)).to.be.closeTo(2, 1e-3);
    const bars = withClass(withClass(elements, "area"), "data").at(-1)!.attributes.d!;
    expect(bars.match(/Z/g)).to.have.length(2);
  });

  it("draw samples of two variables as points and contours", () => {
    const xs = Float64Array.from({ length: 500 }, (_, k) => Math.sin(k));
    const ys = Float64Array.from({ length: 500 }, (_, k) => Math.cos(1.3 * k));
    const figure = jointFigure({
      title: "t and i",
      x: { label: "t", range: { low: -2, high: 2 } },
      y: { label: "i", unit: "grey level", range: { low: -0.5, high: 2 } },
      layers: [
        { label: "data", role: "data", draw: "points", x: xs, y: ys },
        { label: "learned", role: "learned", draw: "contours", x: xs, y: ys },
      ],
    });
    const elements = parseXml(String(figure));
    const points = withClass(elements, "points").at(-1)!.attributes.d!.match(/M/g)!;
    expect(points).to.have.length(ys.filter((y) => y >= -0.5).length);
    expect(withClass(elements, "thin")[0]!.attributes.d).to.match(/^M/);
  });

  it("break a training curve where the loss is not finite", () => {
    const figure = trainingFigure({
      title: "Loss",
      lossLabel: "loss (nats)",
      series: [{ label: "x", role: "learned", losses: [3, 2, Number.NaN, 1, 0.5] }],
    });
    const path = withClass(parseXml(String(figure)), "learned").at(-1)!.attributes.d!;
    expect(path).to.match(/^M[^M]*L[^M]*M[^M]*L[^M]*$/);
  });
});
