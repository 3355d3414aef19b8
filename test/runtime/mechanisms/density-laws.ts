/**
 * Densities against one and against samples, at one value of the parent. Scalars: trapezoids over a fine grid. Discrete
 * variables: the sum over all values. Pairs: a sum over a grid of the plane, and both marginals. The distance between
 * the sample's distribution function and the density's stays below the bound of Dvoretzky, Kiefer, Wolfowitz and
 * Massart, which holds for any distribution, continuous or not, with false alarms of 1e-6.
 */
import { expect } from "chai";
import { pointMassesOf } from "../../../src/algebra/point-masses.js";
import { classesOf, sizeOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import { named } from "../../../src/runtime/tensors/core/names.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import type { Engine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { distanceBound } from "../tensors/random/kolmogorov-smirnov.js";

const draws = 4000;

export async function checkDensity(engine: Engine, model: LoadedModel): Promise<void> {
  const { domain } = model.variables.get("y")!;
  if (domain.kind === "vector") return checkPlane(engine, model);
  if (classesOf(domain) > 0 || domain.kind === "count") return checkMasses(engine, model);
  const points = 40_001;
  const isAboveZero = domain.kind === "positive" || domain.kind === "nonnegative";
  const [low, high] = domain.kind === "interval" ? [domain.low, domain.high] : isAboveZero ? [0, 60] : [-60, 60];
  const grid = Float32Array.from({ length: points }, (_, k) => low + ((high - low) * k) / (points - 1));
  const { density, sample } = await densityAndSample(engine, model, grid, points);
  // At a point mass the "density" is its probability, which is added to the area under the rest.
  const masses = grid.map((value, k) => (pointMassesOf(domain).includes(value) ? density[k]! : 0));
  masses.forEach((mass, k) => {
    if (mass > 0) density[k] = 0;
  });
  expect(masses.filter((mass) => mass > 0)).to.have.length(pointMassesOf(domain).length);
  const cdf = new Float64Array(points);
  cdf[0] = masses[0]!;
  for (let k = 1; k < points; k++)
    cdf[k] = cdf[k - 1]! + 0.5 * (density[k - 1]! + density[k]!) * (grid[k]! - grid[k - 1]!) + masses[k]!;
  expect(cdf[points - 1]).to.be.closeTo(1, 2e-3);
  for (const mass of pointMassesOf(domain)) {
    const share = sample.filter((value) => value === mass).length / draws;
    expect(share).to.be.closeTo(masses[grid.indexOf(mass)]!, distanceBound(draws));
  }
  const cdfAt = (value: number) =>
    cdf[Math.min(points - 1, Math.max(0, Math.round(((value - low) / (high - low)) * (points - 1))))]!;
  // If a sample has a point mass, its distribution function is compared beside the jump.
  const continuous = sample.filter((value) => !pointMassesOf(domain).includes(value));
  const atLow = sample.filter((value) => value === pointMassesOf(domain)[0] && value === low).length;
  const distance = distanceTo(continuous, cdfAt, atLow, sample.length);
  expect(distance).to.be.lessThan(distanceBound(draws) + 1e-3);
}

/** The masses of 0 … top sum to one, the tail of a count beyond it aside. */
async function checkMasses(engine: Engine, model: LoadedModel): Promise<void> {
  const { domain } = model.variables.get("y")!;
  const values = classesOf(domain) || 400;
  const grid = Float32Array.from({ length: values }, (_, k) => k);
  const { density, sample } = await densityAndSample(engine, model, grid, values);
  const cdf: number[] = [];
  for (const mass of density) cdf.push((cdf.at(-1) ?? 0) + mass);
  expect(cdf.at(-1)).to.be.closeTo(1, 2e-5);
  expect(sample.every((value) => Number.isInteger(value) && value >= 0)).to.equal(true);
  if (domain.kind !== "count") expect(Math.max(...sample)).to.be.lessThan(values);
  const counts = new Float64Array(values);
  for (const value of sample) counts[Math.min(value, values - 1)]!++;
  let below = 0;
  let distance = 0;
  counts.forEach((count, value) => {
    below += count / draws;
    distance = Math.max(distance, Math.abs(below - cdf[value]!));
  });
  expect(distance).to.be.lessThan(distanceBound(draws));
}

async function checkPlane(engine: Engine, model: LoadedModel): Promise<void> {
  const side = 201;
  const [low, high] = [-25, 25];
  const step = (high - low) / (side - 1);
  const grid = new Float32Array(2 * side * side);
  for (let k = 0; k < side * side; k++) {
    grid[2 * k] = low + step * Math.floor(k / side);
    grid[2 * k + 1] = low + step * (k % side);
  }
  const { density, sample } = await densityAndSample(engine, model, grid, side * side);
  const marginals = [new Float64Array(side), new Float64Array(side)] as const;
  density.forEach((value, k) => {
    marginals[0][Math.floor(k / side)]! += value * step * step;
    marginals[1][k % side]! += value * step * step;
  });
  marginals.forEach((marginal, element) => {
    const cdf: number[] = [];
    for (const mass of marginal) cdf.push((cdf.at(-1) ?? 0) + mass);
    expect(cdf.at(-1)).to.be.closeTo(1, 5e-3);
    const cdfAt = (value: number) => {
      const position = Math.min(Math.max((value - low) / step + 0.5, 0), side - 1.001);
      const k = Math.floor(position);
      const before = k === 0 ? 0 : cdf[k - 1]!;
      return before + (position - k) * (cdf[k]! - before);
    };
    const own = Float32Array.from({ length: draws }, (_, k) => sample[2 * k + element]!);
    expect(distanceTo(own, cdfAt)).to.be.lessThan(distanceBound(draws) + 2e-3);
  });
}

/** `below` further draws out of `total` are smaller than all of the sample. */
function distanceTo(
  sample: Float32Array,
  cdf: (value: number) => number,
  below = 0,
  total: number = sample.length,
): number {
  let distance = 0;
  Float32Array.from(sample)
    .sort()
    .forEach((value, k) => {
      distance = Math.max(distance, Math.abs(cdf(value) - (below + k + 0.5) / total));
    });
  return distance;
}

async function densityAndSample(engine: Engine, model: LoadedModel, grid: Float32Array, points: number) {
  const mechanism = model.mechanisms.get("y")!;
  const size = sizeOf(model.variables.get("y")!.domain);
  const noise = Object.entries(mechanism.noises).map(
    ([name, spec]) => [name, spec.size, sampleDraws(spec, draws, RandomKey.fromSeed(9))] as const,
  );
  const parent = model.variables.has("p");
  const program = await engine.compile({
    name: "density",
    inputs: {
      grid: { shape: [points, size], dtype: "float32" },
      ...Object.fromEntries(
        noise.map(([name, width]) => [`noise.${name}`, { shape: [draws, width], dtype: "float32" as const }]),
      ),
    },
    constants: parametersOf(model.parameters, "y"),
    procedure(given, parameters) {
      const at = (rows: number): Record<string, tf.Tensor> => (parent ? { p: tf.fill([rows, 1], 2.2) } : {});
      return {
        logDensity: mechanism.logProbability(parameters, given.grid!, at(points), {}),
        sample: mechanism.forward(parameters, named(given, "noise."), at(draws)),
      };
    },
  });
  try {
    const outputs = await program.run({
      grid,
      ...Object.fromEntries(noise.map(([name, , data]) => [`noise.${name}`, data])),
    });
    return {
      density: Float64Array.from(outputs.logDensity!.data as Float32Array, Math.exp),
      sample: outputs.sample!.data as Float32Array,
    };
  } finally {
    await program.dispose();
  }
}
