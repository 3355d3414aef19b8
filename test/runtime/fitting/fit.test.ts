/** Fitting: what it recovers, when it stops, what it takes over, and that balancing weights are what they claim. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../src/data/columns/dataset.js";
import { ScmcError } from "../../../src/diagnostics/diagnostic.js";
import { checkpointFiles } from "../../../src/runtime/artefact/checkpoint-files.js";
import { fitModel } from "../../../src/runtime/fitting/fit-model.js";
import { balancedWeights, epochOrder } from "../../../src/runtime/fitting/steps/balance.js";
import { createCalibration } from "../../../src/runtime/fitting/steps/calibration.js";
import type { Checkpoints, FitState } from "../../../src/runtime/fitting/steps/checkpoint.js";
import type { EarlierFit } from "../../../src/runtime/fitting/tasks/fit-model-request.js";
import { evaluateLogProbability } from "../../../src/runtime/inference/checks/held-out-figures.js";
import { rowsOfColumn } from "../../../src/runtime/mechanisms/bound/columns.js";
import { parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { HostTensors } from "../../../src/runtime/tensors/core/engine.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import type { Domain, Model } from "../../../src/schema/types.js";
import { compiled, scalarRows } from "../models.js";

const text = "t : positive := flow(transform = spline(bins = 8))\ni : interval(64, 255) := flow(t)";
const rows = 4000;
const key = RandomKey.fromSeed(21);

/** The paper's Eq. 7, by hand. */
function covariates(seedKey: RandomKey): { t: Float64Array; i: Float64Array } {
  const uniform = seedKey.split("t").uniform64(rows * 10);
  const normal = seedKey.split("i").normal64(rows);
  const t = Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < 10; k++) sum -= Math.log(uniform[row * 10 + k]!);
    return 0.5 + sum / 5;
  });
  const i = t.map((value, row) => 64 + 191 / (1 + Math.exp(-(0.5 * normal[row]! + 2 * value - 5))));
  return { t, i };
}

function datasetOf(model: Model, values: Record<string, Float64Array>): LoadedDataset {
  const columns = new Map<string, Column>();
  const domains = new Map<string, Domain>();
  for (const { name, domain } of model.variables) {
    columns.set(name, { kind: "numeric", values: values[name]! });
    domains.set(name, domain ?? { kind: "real" });
  }
  return { rows, ids: Array.from({ length: rows }, (_, row) => String(row)), columns, noise: new Map(), domains };
}

describe("fitting", () => {
  const model = compiled(text);
  const dataset = datasetOf(model, covariates(key));
  const engine = createEngine("onnx");

  it("reaches the true log-density of the paper's covariates, and takes an equal fit over", async () => {
    const fitted = await fitModel({ model, dataset, engine, seed: 1 });
    const test = covariates(key.split("test"));
    const observed = new Map(Object.entries(test).map(([name, values]) => [name, scalarRows(values)]));
    const figures = await evaluateLogProbability({ loaded: fitted.loaded, engine, observed, key });
    const logGamma10 = Math.log(362_880);
    const truth = { t: 0, i: 0 };
    test.t.forEach((t, row) => {
      const e = t - 0.5;
      truth.t += (10 * Math.log(5) + 9 * Math.log(e) - 5 * e - logGamma10) / rows;
      const p = (test.i[row]! - 64) / 191;
      const noise = (Math.log(p) - Math.log1p(-p) - 2 * t + 5) / 0.5;
      const density = -0.5 * noise * noise - 0.5 * Math.log(2 * Math.PI) - Math.log(0.5 * 191 * p * (1 - p));
      truth.i += density / rows;
    });
    // The model is fitted on 3,600 rows: its excess loss is a few parameters over twice that many rows, below 0.01
    // nats.
    expect(figures.t!.mean).to.be.closeTo(truth.t, 0.02);
    expect(figures.i!.mean).to.be.closeTo(truth.i, 0.03);

    const earlier = new Map<string, EarlierFit>(
      fitted.fits.map((description) => [description.key, { description, parameters: {} }]),
    );
    const reusedFits: string[] = [];
    await fitModel({
      model,
      dataset,
      engine,
      seed: 1,
      earlier,
      onFit: ({ variable }, reused) => reused && reusedFits.push(variable),
    });
    expect(reusedFits).to.deep.equal(["t", "i"]);
  });

  it("gives the same parameters for the same seed, others for another", async () => {
    const short = compiled(`${text}\nfit t(epochs = 2)\nfit i(epochs = 2)`);
    const parametersAt = async (seed: number) =>
      (await fitModel({ model: short, dataset, engine, seed })).loaded.parameters;
    const [first, again, other] = [await parametersAt(5), await parametersAt(5), await parametersAt(6)];
    for (const name of Object.keys(first)) expect([...again[name]!.data]).to.deep.equal([...first[name]!.data]);
    expect([...other["i/output.weight"]!.data]).to.not.deep.equal([...first["i/output.weight"]!.data]);
  });

  it("goes on from a checkpoint to the very parameters of a fit that was never stopped", async () => {
    const short = compiled("t : positive := flow(transform = spline(bins = 8))\nfit t(epochs = 6)");
    const data = datasetOf(short, { t: covariates(key).t });
    const directory = mkdtempSync(join(tmpdir(), "scmc-checkpoint-"));
    const stopAfter = 3;
    const keep = checkpointFiles(directory);
    // Stops in the fourth epoch, as a loss that is not a number would.
    let state: FitState | undefined;
    let keyOfFit = "";
    const recording: Checkpoints = (variable, fit) => ({
      ...keep(variable, fit),
      save: async (current) => {
        state = current;
        keyOfFit = fit;
        return keep(variable, fit).save(current);
      },
    });
    await fitModel({
      model: short,
      dataset: data,
      engine,
      seed: 1,
      checkpoints: recording,
      onProgress: ({ epoch, step, steps }) => {
        if (epoch === stopAfter && step > (steps * stopAfter) / 6) throw new ScmcError([]);
      },
    }).then(
      () => expect.fail("was not stopped"),
      (error: unknown) => expect(error).to.be.instanceOf(ScmcError),
    );
    expect(state?.epoch).to.equal(stopAfter);
    // The file carries the seconds of the first part.
    await keep("t", keyOfFit).save({ ...state!, seconds: 1000 });
    const resumed = await fitModel({ model: short, dataset: data, engine, seed: 1, checkpoints: keep });
    expect(resumed.fits[0]!.seconds).to.be.greaterThan(1000);
    const whole = await fitModel({ model: short, dataset: data, engine, seed: 1 });
    for (const [name, { data: values }] of Object.entries(whole.loaded.parameters))
      expect([...resumed.loaded.parameters[name]!.data]).to.deep.equal([...values]);
    // A finished fit stays until the artefact is written, and is not made again.
    const again = await fitModel({
      model: short,
      dataset: data,
      engine,
      seed: 1,
      checkpoints: keep,
      onProgress: () => expect.fail("was fitted again"),
    });
    expect(again.loaded.parameters["t/theta"]!.data).to.deep.equal(whole.loaded.parameters["t/theta"]!.data);
    rmSync(directory, { recursive: true });
  });

  it("stops where the loss is not a number, naming mechanism, step and batch", async () => {
    const wild = compiled(`${text}\nfit i(rate = 1e30)`);
    const error = await fitModel({ model: wild, dataset, engine, seed: 1 }).catch((thrown: Error) => thrown);
    expect(error).to.be.an("error");
    expect((error as Error).message).to.match(/loss of `i` became (NaN|Infinity) at step \d+ \(epoch \d+, batch \d+\)/);
  });

  it("takes options over the program's one by one, and another key for them", async () => {
    const short = compiled(`${text}\nfit t(epochs = 2, batch = 100)\nfit i(epochs = 2)`);
    const over = [{ variable: "t", options: { batch: 500, weight_decay: 0.5, clip: 1 } }];
    const plain = await fitModel({ model: short, dataset, engine, seed: 1 });
    const overridden = await fitModel({ model: short, dataset, engine, seed: 1, fits: over });
    const [t, i] = overridden.fits;
    expect(t!.options).to.deep.include({ epochs: 2, batch: 500, weightDecay: 0.5, clip: 1, rate: 5e-3 });
    expect(t!.key).not.to.equal(plain.fits[0]!.key);
    expect(i!.key).to.equal(plain.fits[1]!.key);
    expect(overridden.loaded.model).to.deep.equal(plain.loaded.model);
  });

  it("keeps an epoch that is not clearly worse than the best, and stops after `patience` without a better one", async () => {
    const patient = compiled(
      "t : positive := flow(transform = spline(bins = 8))\nfit t(epochs = 500, patience = 2, rate = 0.5)",
    );
    const heldOut: number[] = [];
    const { fits } = await fitModel({
      model: patient,
      dataset: datasetOf(patient, { t: covariates(key).t }),
      engine,
      seed: 1,
      onProgress: ({ heldOutLoss }) => heldOutLoss !== null && heldOut.push(heldOutLoss),
    });
    expect(fits[0]!.epochs).to.be.lessThan(500);
    // A standard error of a mean over 400 rows whose losses differ by less than one nat is below 0.05.
    expect(fits[0]!.heldOutLoss).to.be.at.most(Math.min(...heldOut) + 0.05);
  });
});

/** A parent p and images that are the brighter the farther p is from 0. */
function structured(model: Model): LoadedDataset {
  const p = key.split("p").normal64(rows);
  const noise = key.split("pixels").uniform(rows * 16);
  const pixels = Uint8Array.from(noise, (u, k) => Math.min(255, 40 * Math.abs(p[Math.floor(k / 16)]!) + 60 * u));
  const { ids, columns, domains, ...rest } = datasetOf(model, { p, x: p });
  const size = { height: 4, width: 4, channels: 1 };
  return {
    ...rest,
    ids,
    columns: new Map([...columns, ["x", { kind: "image", ...size, pixels }]]),
    domains: new Map([...domains, ["x", { kind: "image", ...size }]]),
  };
}

describe("running averages", () => {
  const engine = createEngine("onnx");
  const mechanism =
    "x : image(4, 4) := cvae(p, latent = 2, architecture = convolutional(channels = [3, 4], features = 6, hidden = 8))";
  const fitted = async (fit: string, checkpoints?: Checkpoints) => {
    const model = compiled(`p : real := linear()\n${mechanism}\nfit x(${fit})`);
    return fitModel({ model, dataset: structured(model), engine, seed: 1, ...(checkpoints ? { checkpoints } : {}) });
  };
  const names = ["encoder.1.norm", "decoder.0.norm", "decoder.up.0.norm"];
  const averagesOf = ({ loaded }: Awaited<ReturnType<typeof fitted>>, statistic: string) =>
    names.flatMap((name) => [...loaded.parameters[`x/${name}.${statistic}`]!.data]);

  it("are fitted, kept in checkpoints and no part of the count of parameters", async () => {
    const directory = mkdtempSync(join(tmpdir(), "scmc-checkpoint-"));
    const whole = await fitted("epochs = 3, batch = 64", checkpointFiles(directory));
    const again = await fitted("epochs = 3, batch = 64", checkpointFiles(directory));
    rmSync(directory, { recursive: true });
    for (const [name, { data }] of Object.entries(whole.loaded.parameters))
      expect([...again.loaded.parameters[name]!.data], name).to.deep.equal([...data]);
    expect(averagesOf(whole, "running_mean").every((value) => value !== 0)).to.equal(true);
    expect(averagesOf(whole, "running_variance").every((value) => value > 0 && value !== 1)).to.equal(true);
    const { parameters, buffers } = whole.loaded.mechanisms.get("x")!;
    const count = Object.values(parameters).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(whole.fits.find(({ variable }) => variable === "x")!.parameters).to.equal(count);
    expect(Object.keys(buffers!)).to.have.lengthOf(10);
  });

  it("are of natural rows where training rows are weighted", async () => {
    const options = "epochs = 2, batch = 64, balance = parents";
    const { loaded } = await fitted(options);
    const { parameters } = loaded;
    const x = loaded.mechanisms.get("x")!;
    const { columns } = structured(loaded.model);
    const natural = await createCalibration(
      x,
      { value: rowsOfColumn(columns.get("x")!, undefined), parents: { p: rowsOfColumn(columns.get("p")!, undefined) } },
      Int32Array.from({ length: rows }, (_, row) => row),
      64,
      engine,
      key,
    );
    const own = parametersOf(parameters, "x");
    // Other rows and draws, 1,280 each: averages of both agree within a few of their standard errors.
    const other = await natural.calibrated(own);
    await natural.dispose();
    const relative = (from: HostTensors) =>
      Object.keys(x.buffers!)
        .filter((name) => name.endsWith("variance"))
        .flatMap((name) => [...other[name]!.data].map((value, k) => Math.abs(from[name]!.data[k]! / value - 1)));
    expect(Math.max(...relative(own))).to.be.below(0.25);
    // Rare parents are bright: with their weights, the averages would be of other images.
    const weights = balancedWeights(
      [rowsOfColumn(columns.get("p")!, undefined)],
      Int32Array.from({ length: rows }, (_, k) => k),
    );
    const heavy = epochOrder(rows, weights, key.permutation(rows), 0.5);
    const weighted = await createCalibration(
      x,
      { value: rowsOfColumn(columns.get("x")!, undefined), parents: { p: rowsOfColumn(columns.get("p")!, undefined) } },
      heavy,
      64,
      engine,
      key,
    );
    const misled = await weighted.calibrated(own);
    await weighted.dispose();
    expect(Math.max(...relative(misled))).to.be.above(0.25);
  });
});

describe("values on the edges of an interval", () => {
  it("are as far out on one side as on the other", async () => {
    const model = compiled(
      "lo : interval(0, 1) := flow(transform = affine)\nhi : interval(0, 1) := flow(transform = affine)",
    );
    const lo = key
      .split("edges")
      .uniform64(rows)
      .map((u, row) => (row % 200 === 0 ? 0 : 0.2 + 0.6 * u));
    const hi = lo.map((value) => 1 - value);
    const { loaded } = await fitModel({
      model,
      dataset: datasetOf(model, { lo, hi }),
      engine: createEngine("onnx"),
      seed: 1,
    });
    const { mean, sd } = loaded.variables.get("lo")!.normalisation!;
    const mirrored = loaded.variables.get("hi")!.normalisation!;
    expect(mirrored.mean).to.be.closeTo(-mean, 1e-6);
    expect(mirrored.sd).to.be.closeTo(sd, 1e-6);
    // Half a per cent of the rows on an edge leaves the rest where it is: a spread of 0.6 in logits becomes at most
    // twice as wide.
    expect(sd).to.be.lessThan(1.5);
  });
});

describe("balance = parents", () => {
  const parent = scalarRows(covariates(key).t);
  const all = Int32Array.from({ length: rows }, (_, row) => row);

  it("weights rare values of the parent more, capped at ten times the average, with mean one", () => {
    const weights = balancedWeights([parent], all);
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / rows;
    expect(mean).to.be.closeTo(1, 1e-9);
    expect(Math.max(...weights)).to.be.at.most(10);
    // With one row in a thousand far out, the uncapped weight would be above ten.
    const lonely = scalarRows([...new Float64Array(rows - 1).map((_, row) => row / rows), 1000]);
    expect(Math.max(...balancedWeights([lonely], all))).to.equal(10);
    const thick = all.filter((row) => parent.data[row]! > 4.5);
    const usual = all.filter((row) => Math.abs(parent.data[row]! - 2.5) < 0.1);
    const meanOver = (chosen: Int32Array) => chosen.reduce((sum, row) => sum + weights[row]!, 0) / chosen.length;
    expect(meanOver(thick)).to.be.greaterThan(3 * meanOver(usual));
  });

  it("is a function of the parent alone", () => {
    const doubled = scalarRows([...parent.data, ...parent.data]);
    const weights = balancedWeights(
      [doubled],
      Int32Array.from({ length: 2 * rows }, (_, row) => row),
    )!;
    for (let row = 0; row < rows; row++) expect(weights[row]).to.equal(weights[rows + row]);
  });

  it("an epoch draws each row its weight's whole number of times, up to one", () => {
    const weights = balancedWeights([parent], all);
    const counts = new Int32Array(rows);
    for (const row of epochOrder(rows, weights, key.permutation(rows), 0.4)) counts[row]!++;
    weights.forEach((weight, row) => {
      expect(counts[row]).to.be.within(Math.floor(weight), Math.ceil(weight));
    });
  });
});
