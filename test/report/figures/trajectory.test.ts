/** Trajectories over the values of a grid: a line a unit, in the order of the values set. */
import { expect } from "chai";
import { trajectoryFigure } from "../../../src/report/index.js";
import { parseXml, pathPoints, withClass } from "../xml.js";

describe("trajectoryFigure", () => {
  const input = {
    title: "i along do(t := …)",
    set: { label: "t, set", values: [3, 1, 2] },
    variable: { label: "i" },
    units: [
      [30, 10, 20],
      [35, 15, 25],
    ],
    mean: [32.5, 12.5, 22.5],
  };
  const linesOf = (text: string) =>
    withClass(parseXml(text), "line")
      .map(({ attributes }) => pathPoints(attributes.d!))
      .filter((points) => points.length === 3);

  it("draws a line for each unit and one for the mean, from the least value set to the greatest", () => {
    const lines = linesOf(String(trajectoryFigure(input)));
    expect(lines).to.have.length(3);
    const increasing = (values: number[]) => values.every((value, k) => k === 0 || value > values[k - 1]!);
    for (const points of lines) {
      expect(increasing(points.map(([x]) => x))).to.equal(true);
      // Less is lower on the page.
      expect(increasing(points.map(([, y]) => -y))).to.equal(true);
    }
  });

  it("is the same for the worlds in any order", () => {
    const turned = {
      ...input,
      set: { label: "t, set", values: [1, 2, 3] },
      units: [
        [10, 20, 30],
        [15, 25, 35],
      ],
      mean: [12.5, 22.5, 32.5],
    };
    expect(String(trajectoryFigure(turned))).to.equal(String(trajectoryFigure(input)));
  });
});
