/** Learned posteriors as proposals: they agree with the model's own posterior, far cheaper than proposals of the mechanisms do. */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../../../src/data/dataset.js";
import type { Domain, Model } from "../../../../src/model/schema-types.js";
import { createEngine } from "../../../../src/runtime/engine/index.js";
import type { LoadedModel } from "../../../../src/runtime/loaded-model.js";
import { planFor } from "../../../../src/runtime/queries/evidence/complete-units.js";
import { inferParticles } from "../../../../src/runtime/queries/evidence/particles.js";
import { logProbability } from "../../../../src/runtime/queries/log-probability.js";
import { RandomKey } from "../../../../src/runtime/random/index.js";
import { fitModel } from "../../../../src/runtime/training/fit-model.js";
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
  return { plan, ...(await inferParticles({ loaded, engine, interventions: [], plan, observed, units, proposals, key: seed })) };
}

const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const medianOf = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b)[values.length >> 1]!;

describe("a learned posterior of a vector with an exact density", () => {
  const size = 6;
  const model = compiled(
    `s : binary := bernoulli()
     t : positive := flow(s, transform = affine)
     x : vector(${size}) := flow(t, hidden = [16])
     fit x(posterior = learned, epochs = 15)
     fit t(epochs = 40)`,
  );
  const generate = (from: RandomKey) => {
    const s = Float64Array.from(from.split("s").uniform64(rows), (u) => (u < 0.3 ? 1 : 0));
    const t = from.split("t").normal64(rows).map((e, row) => Math.exp(0.4 * e + 0.7 * s[row]!));
    const noise = from.split("x").normal64(rows * size);
    const values = Float64Array.from(noise, (e, k) => t[Math.floor(k / size)]! * ((k % size) - 2) + 0.1 * e);
    return { s, t, values };
  };
  let loaded: LoadedModel;
  before(async function () {
    this.timeout(60_000);
    const { s, t, values } = generate(key);
    const columns = new Map<string, Column>([
      ["s", { kind: "numeric", values: s }],
      ["t", { kind: "numeric", values: t }],
      ["x", { kind: "vector", size, values: Float32Array.from(values) }],
    ]);
    const started = performance.now();
    const fitted = await fitModel({ model, dataset: datasetOf(model, columns), engine, seed: 1 });
    console.log("fit", performance.now() - started, fitted.fits.map((f) => [f.variable, f.seconds, f.heldOutLoss]), fitted.posteriors);
    loaded = fitted.loaded;
  });

  it("agrees with integration over a grid", async () => {
    const { t, values } = generate(key.split("test"));
    const units = 8;
    const x = Float32Array.from(values.slice(0, units * size));
    const points = 4000;
    for (const which of [loaded, withoutPosteriors(loaded)]) {
      const { effectiveSize, logEvidence, weights, values: drawn, particles } = await infer(which, x, units, 2000);
      console.log("ess", [...effectiveSize].map((v) => v.toFixed(1)));
      const moments: number[][] = [];
      for (let unit = 0; unit < units; unit++) {
        const center = Math.log(t[unit]!);
        const grid = Float64Array.from({ length: points }, (_, k) => Math.exp(center - 0.5 + k / points));
        const both = new Map([
          ["t", scalarRows([...grid, ...grid])],
          ["s", scalarRows([...new Array<number>(points).fill(0), ...new Array<number>(points).fill(1)])],
          ["x", { rows: 2 * points, size, data: Float32Array.from({ length: 2 * points * size }, (_, k) => x[unit * size + (k % size)]!) }],
        ]);
        const terms = await logProbability({ loaded, engine, observed: both, key });
        let total = 0, first = 0, ones = 0;
        for (let row = 0; row < 2 * points; row++) {
          const at = grid[row % points]!;
          const density = Math.exp(terms.get("s")![row]! + terms.get("t")![row]! + terms.get("x")![row]! - 20) * (at / points);
          total += density; first += density * at; if (row >= points) ones += density;
        }
        let mean = 0, share = 0, second = 0;
        for (let k = 0; k < particles; k++) {
          const row = unit * particles + k;
          mean += weights[row]! * drawn.get("t")![row]!;
          second += weights[row]! * drawn.get("t")![row]! ** 2;
          share += weights[row]! * drawn.get("s")![row]!;
        }
        moments.push([t[unit]!, first / total, mean, Math.sqrt(second - mean ** 2), ones / total, share, Math.log(total) + 20, logEvidence[unit]!]);
      }
      console.table(moments);
    }
    expect(meanOf([1])).to.equal(1);
    expect(medianOf([1])).to.equal(1);
  });
});
