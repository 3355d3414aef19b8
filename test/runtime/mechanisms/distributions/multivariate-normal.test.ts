/**
 * Gaussian heads against vectors of the original packages, and the laws of their affine maps on the compiled engine.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  fullNormal,
  independentNormal,
  type LowRankNormal,
  lowerFactor,
  lowRankCovariance,
  lowRankNormal,
  type MultivariateNormal,
} from "../../../../src/runtime/mechanisms/distributions/multivariate-normal.js";
import { choleskyFactor, diagonalOf } from "../../../../src/runtime/mechanisms/distributions/triangular.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { expectClose, isDouble } from "../../close.js";

interface Vector {
  /** `<head>.weight` as [out][in] and `<head>.bias`. */
  heads: Record<string, number[] | number[][]>;
  rank: number;
  float64: Record<string, number[] | number[][] | number[][][]>;
}

const reference = JSON.parse(readFileSync("test/fixtures/flows/gaussian_heads.json", "utf8")) as {
  h: number[][];
  value: number[][];
  full: Vector;
  low_rank: Vector;
  independent: Vector;
};
const engine = createEngine(isDouble ? "reference" : "onnx");
const rows = reference.value.length;
const n = reference.value[0]!.length;
/** Single precision through a handful of products. */
const tolerance = 2e-5;

function headOf({ heads }: Vector, name: string): tf.Tensor {
  const weight = tf.tensor2d(heads[`${name}.weight`] as number[][]);
  return tf.add(
    tf.matMul(tf.tensor2d(reference.h), weight, false, true),
    tf.tensor1d(heads[`${name}.bias`] as number[]),
  );
}

/** Numbers of a noise: of the low rank, those of the elements and of the factors, side by side. */
const noiseSize = (title: string) => (title === "low_rank" ? n + reference.low_rank.rank : n);

function sideBySide(normal: LowRankNormal, rank: number): MultivariateNormal {
  const draw = tf.reshape(tf.tensor1d([...RandomKey.fromSeed(4).normal(rows * rank)]), [rows, rank]);
  return {
    colour: (noise) =>
      normal.colour({ elements: tf.slice(noise, [0, 0], [-1, n]), factors: tf.slice(noise, [0, n], [-1, rank]) }),
    whiten(value) {
      const { elements, factors } = normal.whiten(value, draw);
      return tf.concat([elements, factors], 1);
    },
    logDensity: normal.logDensity,
  };
}

function normals(): Record<string, MultivariateNormal> {
  const { full, low_rank: lowRank, independent } = reference;
  const factor = tf.reshape(headOf(lowRank, "factor_head"), [rows, n, lowRank.rank]);
  const logVariance = headOf(lowRank, "logdiag_head");
  const loc = headOf(lowRank, "mean_head");
  return {
    full: fullNormal(headOf(full, "mean_head"), lowerFactor(headOf(full, "lower_head"), headOf(full, "logdiag_head"))),
    low_rank: sideBySide(lowRankNormal(loc, factor, logVariance), lowRank.rank),
    "low_rank, by its Cholesky factor": fullNormal(loc, choleskyFactor(lowRankCovariance(factor, logVariance))),
    independent: independentNormal(headOf(independent, "mean_head"), tf.mul(0.5, headOf(independent, "logvar_head"))),
  };
}

async function evaluate(procedure: () => Record<string, tf.Tensor>): Promise<Record<string, number[]>> {
  const program = await engine.compile({ name: "heads", inputs: {}, procedure });
  const outputs = await program.run({});
  await program.dispose();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

describe("Gaussian heads", () => {
  const expectedOf = (title: string) => reference[title.split(",")[0] as "full"].float64;
  for (const title of ["full", "low_rank", "low_rank, by its Cholesky factor", "independent"]) {
    it(`${title}: the original's log-densities; colour undoes whiten`, async () => {
      const found = await evaluate(() => {
        const normal = normals()[title]!;
        const value = tf.tensor2d(reference.value);
        return { logDensity: normal.logDensity(value), again: normal.colour(normal.whiten(value)) };
      });
      expectClose(found.logDensity!, expectedOf(title).log_prob as number[], tolerance);
      expectClose(found.again!, reference.value.flat(), tolerance);
    });

    it(`${title}: A Aᵀ is the original's covariance`, async () => {
      const { scale_tril: lower, scale } = expectedOf(title) as { scale_tril?: number[][][]; scale?: number[][] };
      const found = await evaluate(() => {
        const normal = normals()[title]!;
        // The columns of A: images of the unit vectors, less the location.
        const columns = Array.from({ length: noiseSize(title) }, (_, k) => {
          const size = noiseSize(title);
          const unit = tf.tile(tf.reshape(tf.oneHot(tf.tensor1d([k], "int32"), size), [1, size]), [rows, 1]);
          return tf.sub(normal.colour(tf.cast(unit, "float32")), normal.colour(tf.zeros([rows, size])));
        });
        const map = tf.stack(columns, 2) as tf.Tensor3D;
        return { covariance: tf.matMul(map, map, false, true) };
      });
      const factors = lower ?? scale!.map((row) => row.map((sd, k) => row.map((_, column) => (column === k ? sd : 0))));
      const expected = factors.flatMap((factor) =>
        factor.flatMap((row) => factor.map((other) => row.reduce((sum, entry, k) => sum + entry * other[k]!, 0))),
      );
      expectClose(found.covariance!, expected, 5 * tolerance);
    });
  }

  for (const title of ["full", "low_rank, by its Cholesky factor"])
    it(`${title}: the original's whitened noise`, async () => {
      const { white } = await evaluate(() => ({ white: normals()[title]!.whiten(tf.tensor2d(reference.value)) }));
      expectClose(white!, (expectedOf(title).whitened as number[][]).flat(), 5 * tolerance);
    });

  it("low rank: factors are drawn from their exact posterior, by Bayes' rule in densities", async () => {
    const { rank } = reference.low_rank;
    const draw = RandomKey.fromSeed(7).normal(rows * rank);
    const found = await evaluate(() => {
      const factor = tf.reshape(headOf(reference.low_rank, "factor_head"), [rows, n, rank]);
      const logVariance = headOf(reference.low_rank, "logdiag_head");
      const normal = lowRankNormal(headOf(reference.low_rank, "mean_head"), factor, logVariance);
      const value = tf.tensor2d(reference.value);
      const drawn = tf.reshape(tf.tensor1d([...draw]), [rows, rank]);
      const { elements, factors } = normal.whiten(value, drawn);
      const scaled = tf.mul(factor, tf.expandDims(tf.exp(tf.mul(-0.5, logVariance)), 2)) as tf.Tensor3D;
      const precision = tf.add(tf.matMul(scaled, scaled, true, false), tf.eye(rank));
      return {
        squares: tf.add(tf.sum(tf.square(elements), 1), tf.sum(tf.square(factors), 1)),
        logVariance: tf.sum(logVariance, 1),
        logPrecision: tf.mul(2, tf.sum(tf.log(diagonalOf(choleskyFactor(precision))), 1)),
        logDensity: normal.logDensity(value),
      };
    });
    for (let row = 0; row < rows; row++) {
      const drawn = draw.slice(row * rank, (row + 1) * rank).reduce((sum, value) => sum + value ** 2, 0);
      // log p(x, e) = log p(x) + log q(e | x); the constants of e cancel.
      const joint = -0.5 * (found.squares![row]! + found.logVariance![row]! + n * Math.log(2 * Math.PI));
      const posterior = 0.5 * (found.logPrecision![row]! - drawn);
      expect(joint).to.be.closeTo(found.logDensity![row]! + posterior, 1e-3);
    }
  });

  it("low rank: a variance beyond single precision leaves a finite log-density and finite gradients", async () => {
    const found = await evaluate(() => {
      const density = (logVariance: tf.Tensor, factor: tf.Tensor) =>
        lowRankNormal(tf.zeros([1, 2]), factor as tf.Tensor3D, logVariance).logDensity(tf.tensor2d([[3, -40]]));
      const [logVariance, factor] = [tf.tensor2d([[180, -2]]), tf.tensor3d([[[0.5], [-30]]])];
      const gradients = tf.grads((...heads: tf.Tensor[]) => tf.sum(density(heads[0]!, heads[1]!)))([
        logVariance,
        factor,
      ]);
      return { logDensity: density(logVariance, factor), variance: gradients[0]!, factor: gradients[1]! };
    });
    // The first element says nothing; the second is normal with variance exp(-2) + 900.
    const variance = Math.exp(-2) + 900;
    const expected = -Math.log(2 * Math.PI) - 0.5 * (180 + Math.log(variance) + 1600 / variance);
    expect(found.logDensity![0]).to.be.closeTo(expected, 1e-2);
    for (const gradient of [found.variance!, found.factor!]) expect(gradient.every(Number.isFinite)).to.equal(true);
  });

  it("gradients of the log-density reach every head's parameters, at 37 elements and rank 5", async () => {
    const [batch, size, rank] = [3, 37, 5];
    const key = RandomKey.fromSeed(2);
    const draw = (name: string, count: number, sd = 0.3) =>
      tf.mul(tf.tensor1d([...key.split(name).normal(batch * count)]), sd);
    const found = await evaluate(() => {
      const value = tf.reshape(draw("value", size, 1), [batch, size]);
      const full = tf.grads((loc: tf.Tensor, entries: tf.Tensor, logDiagonal: tf.Tensor) =>
        tf.sum(fullNormal(loc, lowerFactor(entries, logDiagonal)).logDensity(value)),
      )([
        tf.reshape(draw("loc", size), [batch, size]),
        tf.reshape(draw("entries", (size * (size - 1)) / 2), [batch, -1]),
        tf.reshape(draw("diagonal", size), [batch, size]),
      ]);
      const lowRank = tf.grads((loc: tf.Tensor, factor: tf.Tensor, logVariance: tf.Tensor) =>
        tf.sum(lowRankNormal(loc, factor, logVariance).logDensity(value)),
      )([
        tf.reshape(draw("loc", size), [batch, size]),
        tf.reshape(draw("factor", size * rank), [batch, size, rank]),
        tf.reshape(draw("variance", size), [batch, size]),
      ]);
      return Object.fromEntries([...full, ...lowRank].map((gradient, k) => [`${k}`, gradient]));
    });
    for (const gradient of Object.values(found)) {
      expect(gradient.every((value) => Number.isFinite(value) && value !== 0)).to.equal(true);
    }
  });
});
