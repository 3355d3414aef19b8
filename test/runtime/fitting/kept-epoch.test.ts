/** The epoch that a fit keeps: the last, unless it is clearly worse. */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { fitModel } from "../../../src/runtime/fitting/fit-model.js";
import type { Best } from "../../../src/runtime/fitting/steps/checkpoint.js";
import { betterOf } from "../../../src/runtime/fitting/steps/kept-epoch.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { compiled } from "../models.js";

const heldOut = 200;
const parametersOf = (epoch: number) => ({
  epoch: { shape: [1], dtype: "float32" as const, data: Float32Array.of(epoch) },
});

describe("the epoch that is kept", () => {
  const least = new Float32Array(heldOut).fill(1);
  const first: Best = { epoch: 1, loss: 1, parameters: parametersOf(1), least: { epoch: 1, losses: least } };
  /** Losses whose mean excess is that many of its own standard errors. */
  const excess = (errors: number) => {
    const share = errors / Math.sqrt(heldOut - 1);
    return least.map((loss, row) => loss + share + (row % 2 === 0 ? 1 : -1));
  };

  it("is a later one that is worse by chance", () => {
    expect(betterOf(first, 2, excess(1.9), parametersOf(2)).epoch).to.equal(2);
  });

  it("is the earlier one where the later is clearly worse, and what is least is remembered", () => {
    const kept = betterOf(first, 2, excess(2.1), parametersOf(2));
    expect(kept.epoch).to.equal(1);
    expect(kept.parameters).to.deep.equal(parametersOf(1));
    const better = betterOf(
      kept,
      3,
      least.map((loss) => loss - 0.1),
      parametersOf(3),
    );
    expect([better.epoch, better.least.epoch]).to.deep.equal([3, 3]);
  });
});

describe("a linear fit", () => {
  const rows = 2000;
  const model = compiled("b := linear()\nc := linear(b)");

  function line(seed: number) {
    const key = RandomKey.fromSeed(seed).split("training");
    const a = key.split("a").normal64(rows);
    const b = key
      .split("b")
      .normal64(rows)
      .map((e, row) => 1 + 0.8 * a[row]! + 0.6 * e);
    const c = key
      .split("c")
      .normal64(rows)
      .map((e, row) => -0.5 + 1.2 * b[row]! + 0.8 * e);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / rows;
    const [middle, level] = [mean(b), mean(c)];
    const squares = b.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    const products = b.reduce((sum, value, row) => sum + (value - middle) * (c[row]! - level), 0);
    return { b, c, slope: products / squares, standardError: 0.8 / Math.sqrt(squares) };
  }

  it("is the one of least squares within 1.5 of its standard errors, whatever the data", async () => {
    // A tenth of the rows is held out, which alone makes 0.33 of a standard error: 1.5 of them is beyond 5e-6.
    for (let seed = 30; seed < 40; seed++) {
      const { b, c, slope, standardError } = line(seed);
      const columns = new Map<string, Column>([
        ["b", { kind: "numeric", values: b }],
        ["c", { kind: "numeric", values: c }],
      ]);
      const dataset: LoadedDataset = {
        rows,
        ids: Array.from({ length: rows }, (_, row) => String(row)),
        columns,
        noise: new Map(),
        domains: new Map([...columns.keys()].map((name) => [name, { kind: "real" }])),
      };
      const { loaded } = await fitModel({
        model,
        dataset,
        engine: createEngine("onnx"),
        seed: 1,
        fits: [{ variable: "b", options: { epochs: 1 } }],
      });
      const sd = (name: string) => loaded.variables.get(name)!.normalisation!.sd;
      const found = (loaded.parameters["c/weight"]!.data[0]! * sd("c")) / sd("b");
      expect(Math.abs(found - slope) / standardError, `seed ${seed}`).to.be.lessThan(1.5);
    }
  }).timeout(60_000);
});
