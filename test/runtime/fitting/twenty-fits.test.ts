/**
 * Twenty fits on simulated tables beside values computed apart: counts, means, group means and least squares on the
 * very rows. An exact fit differs by less than a tenth of a standard error (here: hardly at all), or the case asserts
 * the warning that stands in its place.
 */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { type FittedModel, fitModel } from "../../../src/runtime/fitting/fit-model.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import type { Domain } from "../../../src/schema/types.js";
import { compiled } from "../models.js";

const engine = createEngine("onnx");

async function fitTo(text: string, values: Record<string, ArrayLike<number>>, seed = 1): Promise<FittedModel> {
  const model = compiled(text);
  const rows = Object.values(values)[0]!.length;
  const columns = new Map<string, Column>();
  const domains = new Map<string, Domain>();
  for (const { name, domain } of model.variables) {
    columns.set(name, { kind: "numeric", values: Float64Array.from(values[name]!) });
    domains.set(name, domain ?? { kind: "real" });
  }
  const ids = Array.from({ length: rows }, (_, row) => String(row));
  const dataset: LoadedDataset = { rows, ids, columns, noise: new Map(), domains };
  return fitModel({ model, dataset, engine, seed });
}

const key = RandomKey.fromSeed(7);
const normal = (name: string, rows: number) => key.split(name).normal64(rows);
const parameter = ({ loaded }: FittedModel, name: string) => [...loaded.parameters[name]!.data];
const codesOf = ({ fits }: FittedModel, variable: string) =>
  (fits.find((one) => one.variable === variable)!.warnings ?? []).map(({ code }) => code);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Slope and its standard error by the textbook's sums. */
function slopeOf(x: Float64Array, y: Float64Array) {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const slope = x.reduce((sum, value, row) => sum + (value - mx) * (y[row]! - my), 0) / sxx;
  const rest = y.reduce((sum, value, row) => sum + (value - my - slope * (x[row]! - mx)) ** 2, 0);
  return { slope, sd: Math.sqrt(rest / x.length), error: Math.sqrt(rest / x.length / sxx) };
}

describe("twenty fits", () => {
  // 1 to 6: the share of a binary root is the frequency, also where it is rare.
  for (const ones of [1, 5, 20, 100, 500, 999])
    it(`bernoulli: ${ones} of 1000`, async () => {
      const fitted = await fitTo("b : binary := bernoulli()", {
        b: Array.from({ length: 1000 }, (_, k) => (k < ones ? 1 : 0)),
      });
      expect(sigmoid(parameter(fitted, "b/theta")[0]!)).to.be.closeTo(ones / 1000, 1e-7);
    });

  // 7 to 12: slope and residual standard deviation of y = 2 x + noise at scales and offsets.
  for (const [scale, offset] of [
    [1, 0],
    [1e-9, 0],
    [1e6, 0],
    [1e12, 0],
    [10, 1e8],
    [600, 1.7e9],
  ] as const)
    it(`linear: scale ${scale}, offset ${offset}`, async () => {
      const x = normal("x", 400).map((value) => offset + scale * value);
      const noise = normal("noise", 400);
      const y = x.map((value, row) => 2 * (value - offset) + scale * noise[row]!);
      const expected = slopeOf(
        x.map((value) => value - offset),
        y,
      );
      const fitted = await fitTo("x : real := linear()\ny : real := linear(x)", { x, y });
      const unit = (name: string) => fitted.loaded.variables.get(name)!.normalisation!.sd;
      const slope = (parameter(fitted, "y/weight")[0]! * unit("y")) / unit("x");
      expect(Math.abs(slope - expected.slope)).to.be.below(0.001 * expected.error);
      const sd = Math.exp(parameter(fitted, "y/log_scale")[0]!) * unit("y");
      expect(sd / expected.sd).to.be.closeTo(1, 1e-5);
    });

  it("13. linear of a rare level is the mean of its rows", async () => {
    const k = Array.from({ length: 1500 }, (_, row) => (row < 3 ? 2 : row % 2));
    const noise = normal("rare", 1500);
    const y = k.map((level, row) => [0, 1, 10][level]! + 0.5 * noise[row]!);
    const fitted = await fitTo("k : categorical(3) := categorical()\ny : real := linear(k)", { k, y });
    const { mean, sd } = fitted.loaded.variables.get("y")!.normalisation!;
    const [weights, bias] = [parameter(fitted, "y/weight"), parameter(fitted, "y/bias")[0]!];
    expect(mean + sd * (weights[2]! + bias)).to.be.closeTo((y[0]! + y[1]! + y[2]!) / 3, 1e-5);
  });

  it("14. a logistic regression on a binary parent gives both frequencies", async () => {
    // 6 of 900 and 13 of 14: a saturated model's maximum is the frequencies.
    const c = Array.from({ length: 914 }, (_, row) => (row < 14 ? 1 : 0));
    const d = c.map((_, row) => (row < 13 || (row >= 20 && row < 26) ? 1 : 0));
    const fitted = await fitTo("c : binary := bernoulli()\nd : binary := glm(c)", { c, d });
    const [weight, bias] = [parameter(fitted, "d/weight")[0]!, parameter(fitted, "d/bias")[0]!];
    expect(sigmoid(bias + weight)).to.be.closeTo(13 / 14, 1e-6);
    expect(sigmoid(bias - weight)).to.be.closeTo(6 / 900, 1e-7);
  });

  it("15. an ordinal variable's cut points give the cumulative frequencies", async () => {
    const o = Array.from({ length: 1000 }, (_, row) => (row < 2 ? 0 : row < 700 ? 1 : row < 995 ? 2 : 3));
    const raw = parameter(await fitTo("o : ordinal(4) := glm()", { o }), "o/cut_points");
    let cut = raw[0]!;
    for (const [j, share] of [0.002, 0.7, 0.995].entries()) {
      if (j > 0) cut += Math.log1p(Math.exp(raw[j]!));
      expect(sigmoid(cut)).to.be.closeTo(share, 1e-6);
    }
  });

  it("16. a Poisson regression on a binary parent gives both means", async () => {
    const b = Array.from({ length: 300 }, (_, row) => (row < 30 ? 1 : 0));
    const n = b.map((value, row) => (value === 1 ? row % 3 : row % 7 === 0 ? 1 : 0));
    const mean = (of: number) =>
      n.filter((_, row) => b[row] === of).reduce((sum, x) => sum + x, 0) / (of === 1 ? 30 : 270);
    const fitted = await fitTo("b : binary := bernoulli()\nn : count := glm(b)", { b, n });
    const [weight, bias] = [parameter(fitted, "n/weight")[0]!, parameter(fitted, "n/bias")[0]!];
    expect(Math.exp(bias + weight)).to.be.closeTo(mean(1), 1e-5);
    expect(Math.exp(bias - weight)).to.be.closeTo(mean(0), 1e-6);
  });

  it("17. z = 1 + 2 x is named, with the parent that carries both effects", async () => {
    const x = normal("collinear", 200);
    const z = x.map((value) => 1 + 2 * value);
    const y = x.map((value, row) => value + normal("more", 200)[row]!);
    const fitted = await fitTo("x : real := linear()\nz : real := linear()\ny : real := linear(x, z)", { x, z, y });
    expect(codesOf(fitted, "y")).to.deep.equal(["7032"]);
    expect(fitted.fits[2]!.warnings![0]!.message).to.contain("z = 1 + 2 x");
    expect(parameter(fitted, "y/weight")[1]).to.equal(0);
  });

  it("18. a separated outcome is named, and its probabilities are finite", async () => {
    const x = normal("separated", 100);
    const fitted = await fitTo("x : real := linear()\ny : binary := glm(x)", {
      x,
      y: x.map((value) => (value > 0 ? 1 : 0)),
    });
    expect(codesOf(fitted, "y")).to.deep.equal(["7033"]);
    expect(Math.abs(parameter(fitted, "y/weight")[0]!)).to.be.below(50);
  });

  it("19. three rows are warned of, two are refused", async () => {
    const three = await fitTo("x : real := linear()\ny : real := linear(x)", { x: [1, 2, 3], y: [2, 3, 5] });
    expect(codesOf(three, "y")).to.deep.equal(["7034"]);
    const refused = await fitTo("x : real := linear()", { x: [1, 2] }).catch((error: Error) => error.message);
    expect(refused).to.contain("cannot be fitted to 2 rows");
  });

  it("20. a network over two binary parents has the table's frequencies, the same for every seed", async () => {
    const cells = [
      [0, 0, 7, 900],
      [0, 1, 30, 60],
      [1, 0, 28, 30],
      [1, 1, 1, 8],
    ] as const;
    const rows = cells.flatMap(([a, b, ones, all]) => Array.from({ length: all }, (_, k) => [a, b, k < ones ? 1 : 0]));
    const column = (k: number) => rows.map((row) => row[k]!);
    const text = "a : binary := bernoulli()\nb : binary := bernoulli()\nc : binary := bernoulli(a, b)";
    const [one, two] = [1, 2].map((seed) => fitTo(text, { a: column(0), b: column(1), c: column(2) }, seed));
    for (const fitted of [await one!, await two!])
      for (const [a, b, ones, all] of cells)
        expect(probability(fitted, [2 * a - 1, 2 * b - 1])).to.be.closeTo(ones / all, 1e-4);
  });
});

/** The network by hand: tanh layers and a linear map beside them. */
function probability(fitted: FittedModel, context: readonly number[]): number {
  const own = (name: string) => parameter(fitted, `c/${name}`);
  const layer = (input: readonly number[], weight: readonly number[], bias: readonly number[]) =>
    bias.map((start, j) => input.reduce((sum, value, i) => sum + value * weight[i * bias.length + j]!, start));
  let hidden: readonly number[] = context;
  for (const k of [0, 1])
    hidden = layer(hidden, own(`conditioner.${k}.weight`), own(`conditioner.${k}.bias`)).map(Math.tanh);
  const [curved] = layer(hidden, own("output.weight"), own("output.bias"));
  const [straight] = layer(context, own("skip.weight"), [0]);
  return sigmoid(curved! + straight!);
}
