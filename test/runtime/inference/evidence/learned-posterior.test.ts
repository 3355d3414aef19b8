/**
 * Learned posteriors as proposals: they agree with the model's own posterior, far cheaper than proposals of the
 * mechanisms do.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../../src/data/columns/dataset.js";
import { readArtefact, writeArtefact } from "../../../../src/runtime/artefact/artefact.js";
import { fitModel } from "../../../../src/runtime/fitting/fit-model.js";
import {
  AdaptiveDraws,
  adaptable,
  adaptationRounds,
} from "../../../../src/runtime/inference/particles/adaptive-draws.js";
import { planFor } from "../../../../src/runtime/inference/particles/complete-units.js";
import { inferParticles } from "../../../../src/runtime/inference/particles/particles.js";
import { effectiveSizeOf, logSumExp, normalised } from "../../../../src/runtime/inference/particles/resample.js";
import { logProbability } from "../../../../src/runtime/inference/programs/log-probability.js";
import type { LoadedModel } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import type { Domain, FitDescription, Model } from "../../../../src/schema/types.js";
import { compiled, scalarRows } from "../../models.js";

const key = RandomKey.fromSeed(41);
const engine = createEngine("onnx", { threads: 1 });
const rows = 3000;

/** The model without its posteriors: the same mechanisms propose. */
const withoutPosteriors = (loaded: LoadedModel): LoadedModel => ({ ...loaded, posteriors: new Map() });

function datasetOf(model: Model, columns: ReadonlyMap<string, Column>): LoadedDataset {
  const domains = new Map<string, Domain>(model.variables.map(({ name, domain }) => [name, domain!]));
  return { rows, ids: Array.from({ length: rows }, (_, row) => String(row)), columns, noise: new Map(), domains };
}

async function infer(loaded: LoadedModel, x: Float32Array, units: number, proposals: number, seed = key) {
  const plan = planFor(loaded, ["x"], loaded.model.order);
  const observed = new Map([["x", x]]);
  return {
    plan,
    ...(await inferParticles({ loaded, engine, interventions: [], plan, observed, units, proposals, key: seed })),
  };
}

interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** The weighted mean over a unit's particles, with the standard error of self-normalised importance sampling. */
function estimate(
  { weights, particles }: Awaited<ReturnType<typeof infer>>,
  values: Float32Array,
  unit: number,
): Estimate {
  let mean = 0;
  for (let k = unit * particles; k < (unit + 1) * particles; k++) mean += weights[k]! * values[k]!;
  let squares = 0;
  for (let k = unit * particles; k < (unit + 1) * particles; k++) squares += (weights[k]! * (values[k]! - mean)) ** 2;
  return { mean, standardError: Math.sqrt(squares) };
}

const medianOf = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b)[values.length >> 1]!;

describe("a learned posterior of a vector, whose density is exact", () => {
  const size = 6;
  const units = 8;
  const proposals = 2000;
  const model = compiled(
    `s : binary := bernoulli()
     t : positive := flow(s, transform = affine)
     x : vector(${size}) := flow(t, hidden = [16])
     fit x(posterior = learned(epochs = 100), epochs = 15)
     fit t(epochs = 40)`,
  );
  const generate = (from: RandomKey) => {
    const s = Float64Array.from(from.split("s").uniform64(rows), (u) => (u < 0.3 ? 1 : 0));
    const t = from
      .split("t")
      .normal64(rows)
      .map((e, row) => Math.exp(0.4 * e + 0.7 * s[row]!));
    const noise = from.split("x").normal64(rows * size);
    return { s, t, x: Float32Array.from(noise, (e, k) => t[Math.floor(k / size)]! * ((k % size) - 2) + 0.1 * e) };
  };
  const test = generate(key.split("test"));
  const x = test.x.slice(0, units * size);
  let loaded: LoadedModel;
  let posteriors: readonly FitDescription[];
  before(async function () {
    this.timeout(60_000);
    const drawn = generate(key);
    const columns = new Map<string, Column>([
      ["s", { kind: "numeric", values: drawn.s }],
      ["t", { kind: "numeric", values: drawn.t }],
      ["x", { kind: "vector", size, values: drawn.x }],
    ]);
    const fitted = await fitModel({ model, dataset: datasetOf(model, columns), engine, seed: 1 });
    loaded = fitted.loaded;
    posteriors = fitted.posteriors;
  });

  /**
   * E(t | x), P(s | x) and log p(x) under the fitted model, by the trapezoid rule over log t, where the density
   * vanishes at the ends.
   */
  async function integrated(unit: number) {
    const points = 4000;
    const at = (k: number) => test.t[unit]! * Math.exp((k % points) / points - 0.5);
    const all = 2 * points;
    const observed = new Map([
      ["t", scalarRows(Float64Array.from({ length: all }, (_, k) => at(k)))],
      ["s", scalarRows(Float64Array.from({ length: all }, (_, k) => Math.floor(k / points)))],
      [
        "x",
        { rows: all, size, data: Float32Array.from({ length: all * size }, (_, k) => x[unit * size + (k % size)]!) },
      ],
    ]);
    const terms = [...(await logProbability({ loaded, engine, observed, key })).values()];
    const largest = Math.max(...terms.map((values) => Math.max(...values)));
    const sums = { total: 0, t: 0, s: 0 };
    for (let k = 0; k < all; k++) {
      const density = (at(k) / points) * Math.exp(terms.reduce((sum, values) => sum + values[k]!, 0) - largest);
      sums.total += density;
      sums.t += density * at(k);
      sums.s += k < points ? 0 : density;
    }
    return { t: sums.t / sums.total, s: sums.s / sums.total, logEvidence: Math.log(sums.total) + largest };
  }

  it("is planned: it proposes, by classes and numbers, what is missing", async () => {
    const { plan } = await infer(loaded, x, units, 10);
    expect(plan).to.deep.include({ method: "importance", proposals: [{ by: "x", variables: ["s", "t"] }] });
    expect(planFor(loaded, ["x", "s"], model.order).proposals).to.deep.equal([{ by: "x", variables: ["t"] }]);
    expect(planFor(loaded, ["x", "t"], model.order).method).to.equal("enumeration");
    const { plan: without } = await infer(withoutPosteriors(loaded), x, units, 10);
    expect(without)
      .to.deep.include({ learnable: ["x"] })
      .and.not.to.have.property("proposals");
  });

  // 8 units with 3 comparisons each: beyond 4 standard errors by chance once in 600 runs, were the seed not fixed.
  it("agrees with integration over a grid within 4 standard errors, and is worth most of its proposals", async () => {
    const found = await infer(loaded, x, units, proposals);
    const { effectiveSize, logEvidence, values } = found;
    expect(Math.min(...effectiveSize)).to.be.greaterThan(0.15 * proposals);
    expect(medianOf(effectiveSize)).to.be.greaterThan(0.4 * proposals);
    for (let unit = 0; unit < units; unit++) {
      const exact = await integrated(unit);
      for (const name of ["s", "t"] as const) {
        const { mean, standardError } = estimate(found, values.get(name)!, unit);
        expect(Math.abs(mean - exact[name]), `${name} of unit ${unit}`).to.be.below(4 * standardError);
      }
      const error = Math.sqrt(1 / effectiveSize[unit]! - 1 / proposals);
      expect(Math.abs(logEvidence[unit]! - exact.logEvidence), `log p(x) of unit ${unit}`).to.be.below(4 * error);
    }
  });

  it("finds a class that the network takes for impossible", async () => {
    const bias = loaded.parameters["x.posterior/s/output.bias"]!;
    const zeros = (name: string) => {
      const tensor = loaded.parameters[`x.posterior/s/${name}`]!;
      return { ...tensor, data: new Float32Array(tensor.data.length) };
    };
    const sure = {
      ...loaded.parameters,
      "x.posterior/s/output.bias": { ...bias, data: Float32Array.of(30, 0) },
      "x.posterior/s/output.weight": zeros("output.weight"),
      "x.posterior/s/skip.weight": zeros("skip.weight"),
    };
    const found = await infer({ ...loaded, parameters: sure }, x, units, proposals);
    for (let unit = 0; unit < units; unit++) {
      const { mean, standardError } = estimate(found, found.values.get("s")!, unit);
      const exact = (await integrated(unit)).s;
      expect(Math.abs(mean - exact), `s of unit ${unit}`).to.be.below(4 * standardError);
    }
  });

  it("is worth ten times what the mechanisms' proposals are", async () => {
    const learned = await infer(loaded, x, units, proposals);
    const prior = await infer(withoutPosteriors(loaded), x, units, proposals);
    expect(medianOf(learned.effectiveSize)).to.be.greaterThan(10 * medianOf(prior.effectiveSize));
  });

  it("is saved and loaded to the same bytes, and refused where a tensor of it is lost", async () => {
    const directory = mkdtempSync(join(tmpdir(), "scmc-posterior-"));
    const provenance = { scmcVersion: "0", engine: "onnx", seed: 1, trainingRows: rows };
    const write = (name: string, content: LoadedModel) =>
      writeArtefact(join(directory, name), { loaded: content, fits: [], posteriors, metrics: {}, provenance });
    await write("one", loaded);
    const again = await readArtefact(join(directory, "one"));
    await write("two", again.loaded);
    for (const file of ["model.json", "weights.safetensors"])
      expect(
        readFileSync(join(directory, "two", file)).equals(readFileSync(join(directory, "one", file))),
        file,
      ).to.equal(true);
    const before = await infer(loaded, x, units, 100);
    const after = await infer(again.loaded, x, units, 100);
    expect([...after.weights]).to.deep.equal([...before.weights]);
    const { "x.posterior/t/output.bias": _, ...rest } = loaded.parameters;
    await write("lost", { ...loaded, parameters: rest });
    const error = await readArtefact(join(directory, "lost")).catch((thrown: Error) => thrown);
    expect((error as Error).message).to.contain(
      "the weights of the posterior of `x` do not fit it: t/output.bias is missing",
    );
    rmSync(directory, { recursive: true });
  });
});

describe("the key of a learned posterior", () => {
  it("is another where a cause's expression is, from which units are drawn", async () => {
    const size = 2;
    const columns = new Map<string, Column>([
      ["t", { kind: "numeric", values: key.split("t").normal64(rows) }],
      ["x", { kind: "vector", size, values: key.split("x").normal(rows * size) }],
    ]);
    const keyWith = async (sd: number) => {
      const model = compiled(
        `t : real := e where e ~ normal(0, ${sd})
         x : vector(${size}) := flow(t, hidden = [2])
         fit x(posterior = learned(epochs = 1), epochs = 1)`,
      );
      const { posteriors } = await fitModel({ model, dataset: datasetOf(model, columns), engine, seed: 1 });
      return posteriors[0]!.key;
    };
    const [one, same, other] = [await keyWith(1), await keyWith(1), await keyWith(2)];
    expect(same).to.equal(one);
    expect(other).not.to.equal(one);
  });
});

describe("adapted draws", () => {
  // x ~ N(A ε, 0.1² I) with ε ~ N(0, I) in two dimensions: the posterior of ε is normal, and p(x) is known.
  const particles = 2000;
  const draws = [{ name: "e", size: 2 }];
  const value = [2, -1];
  const sd = 0.1;
  const logLikelihood = (a: number, b: number) =>
    -0.5 * (((value[0]! - a) / sd) ** 2 + ((value[1]! - a - b) / sd) ** 2) - Math.log(2 * Math.PI * sd * sd);

  function rounds(count: number) {
    const adaptive = new AdaptiveDraws(draws, 1, particles);
    let logWeights = new Float64Array(particles);
    let e = new Float32Array(0);
    for (let round = 0; round <= count; round++) {
      e = key
        .split("rounds")
        .split(round)
        .normal(2 * particles) as Float32Array<ArrayBuffer>;
      const shape = adaptive.shape({ e });
      logWeights = shape.map((log, k) => log + logLikelihood(e[2 * k]!, e[2 * k + 1]!)) as Float64Array<ArrayBuffer>;
      if (round < count) adaptive.update(logWeights);
    }
    return { e, logWeights, weights: normalised(logWeights) };
  }

  it("find a posterior far out, with its evidence, within 4 standard errors", () => {
    const { e, logWeights, weights } = rounds(adaptationRounds);
    const effective = effectiveSizeOf(weights);
    expect(effectiveSizeOf(rounds(0).weights)).to.be.below(10);
    expect(effective).to.be.above(0.4 * particles);
    // Posterior precision I + AᵀA / sd², A = [[1, 0], [1, 1]].
    const p = [1 + 2 / sd ** 2, 1 / sd ** 2, 1 + 1 / sd ** 2] as const;
    const right = [(value[0]! + value[1]!) / sd ** 2, value[1]! / sd ** 2] as const;
    const determinant = p[0] * p[2] - p[1] ** 2;
    const exact = (p[2] * right[0] - p[1] * right[1]) / determinant;
    const mean = weights.reduce((sum, weight, k) => sum + weight * e[2 * k]!, 0);
    expect(Math.abs(mean - exact)).to.be.below((4 * Math.sqrt(p[2] / determinant)) / Math.sqrt(effective));
    // p(x) is normal with covariance A Aᵀ + sd² I.
    const c = [1 + sd ** 2, 1, 2 + sd ** 2] as const;
    const spread = c[0] * c[2] - c[1] ** 2;
    const square = (c[2] * value[0]! ** 2 - 2 * c[1] * value[0]! * value[1]! + c[0] * value[1]! ** 2) / spread;
    const logEvidence = -0.5 * square - 0.5 * Math.log(spread) - Math.log(2 * Math.PI);
    const estimated = logSumExp(logWeights) - Math.log(particles);
    expect(Math.abs(estimated - logEvidence)).to.be.below(4 * Math.sqrt(1 / effective - 1 / particles));
  });

  it("leave out what a few particles cannot tell", () => {
    const all = [
      { name: "a", size: 10 },
      { name: "b", size: 60 },
      { name: "c", size: 2 },
    ];
    expect(adaptable(all, 1000).map(({ name }) => name)).to.deep.equal(["a", "c"]);
    expect(adaptable(all, 50)).to.deep.equal([{ name: "c", size: 2 }]);
  });
});
