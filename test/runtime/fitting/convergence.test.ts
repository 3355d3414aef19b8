/**
 * Warnings of a fit that has not converged: by the gradient if it has few parameters, by the late fall of the loss if
 * it has many.
 */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { fitModel } from "../../../src/runtime/fitting/fit-model.js";
import { lateFallOf, steepest } from "../../../src/runtime/fitting/steps/convergence.js";
import type { HostTensors } from "../../../src/runtime/tensors/core/engine.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import type { Domain } from "../../../src/schema/types.js";
import { compiled } from "../models.js";

const rows = 4000;
const key = RandomKey.fromSeed(5);
const engine = createEngine("onnx");
const x = key.split("x").normal64(rows);
const noise = key.split("y").normal64(rows);
const y = x.map((value, row) => 40 + 3 * Math.sin(2 * value) + 0.5 * noise[row]!);

async function warningsOf(text: string): Promise<(readonly [string, string])[]> {
  const model = compiled(text);
  const columns = new Map<string, Column>(
    Object.entries({ x, y }).map(([name, values]) => [name, { kind: "numeric", values }]),
  );
  const domains = new Map<string, Domain>([...columns.keys()].map((name) => [name, { kind: "real" }]));
  const ids = Array.from({ length: rows }, (_, row) => String(row));
  const dataset: LoadedDataset = { rows, ids, columns, noise: new Map(), domains };
  const { fits } = await fitModel({ model, dataset, engine, seed: 3 });
  return fits.flatMap(({ warnings = [] }) => warnings.map(({ code, message }) => [code, message] as const));
}

describe("the convergence of a fit", () => {
  it("is not doubted after the default schedule", async () => {
    expect(await warningsOf("x := flow()\ny := anm(x)")).to.deep.equal([]);
  });

  it("is denied after a few epochs, with the distance in standard errors", async () => {
    const [[code, message], ...others] = (await warningsOf("x := linear()\ny := anm(x)\nfit y(epochs = 2)")) as [
      [string, string],
    ];
    expect(others).to.deep.equal([]);
    expect(code).to.equal("7038");
    expect(message).to.match(
      /^the fit of `y` has not converged: the gradient over its training rows is \d+ standard errors/,
    );
  });

  it("is judged by the steepest parameter, in standard errors over blocks", () => {
    const block = (a: number, b: number): HostTensors => ({
      "gradient.w": { shape: [2], dtype: "float32", data: Float32Array.of(a, b) },
    });
    // a: mean 2, standard error 1/√3 · ... of 1, 2, 3: sd 1, error 1/√3; b: mean 0.
    expect(steepest([block(1, -1), block(2, 0), block(3, 1)])).to.be.closeTo(2 * Math.sqrt(3), 1e-6);
    expect(steepest([block(0, 0), block(0, 0)])).to.equal(0);
  });

  it("of a large network is judged by what the last fifth of the epochs gained", () => {
    const flat = [90, 50, 20, 12, 10.5, 10.2, 10.1, 10.05, 10.02, 10.01, 10];
    const falling = [90, 50, 40, 35, 30, 26, 22, 18, 14, 12, 10];
    expect(lateFallOf({ curve: flat, epochs: 10 })).to.equal(undefined);
    // From 14 to 10 of the 40 after the first epoch.
    expect(lateFallOf({ curve: falling, epochs: 10 })).to.equal(
      "its held-out loss still fell from 14.000 to 10.000 in the last fifth of the epochs, 10 % of all that it gained after the first",
    );
    // A loss that rises again has gone too far, not too short.
    expect(lateFallOf({ curve: [90, 10, 5, 4, 6, 8, 10, 12, 14, 16, 20], epochs: 10 })).to.equal(undefined);
    // One that ended early had stopped gaining.
    expect(lateFallOf({ curve: falling, epochs: 40 })).to.equal(undefined);
    expect(lateFallOf({ curve: [9, 5], epochs: 1 })).to.include("went through its rows once");
  });
});
