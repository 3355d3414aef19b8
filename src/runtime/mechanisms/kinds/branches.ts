/**
 * Expressions whose value reveals different noises in different branches, or only the cell of a noise: `if(z == 1, e,
 * f)`, `if(u < p(z), 1, 0)`. log p(value | pa) sums over the branches that can have given the value; abduction takes
 * the noise of an inverse from the value, draws that of a cell from its distribution within the cell, and leaves all
 * others their prior.
 */
import type { Branch, ExpressionMechanism, Noise } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import { type Environment, evaluate } from "../../tensors/core/expressions.js";
import * as tf from "../../tensors/core/tfjs.js";
import { repeatRows } from "../contract/context.js";
import { type DrawSpec, standard } from "../contract/mechanism.js";
import { distributions } from "../distributions/index.js";
import { logisticScaleOf } from "../distributions/logistic-scale.js";
import { drawWithin, farAway, logisticNoise, logMassOf } from "./logistic-cells.js";

type Cell = Extract<Branch, { kind: "cell" }>;
type BranchedMechanism = ExpressionMechanism & { readonly branches: readonly Branch[] };

/** In the place of log 0 until all branches are summed. */
const never = -1e30;
/** The mass of a cell that ends where the distribution does is of this order or below. */
const emptyCell = -0.5 * farAway;
/** A draw keeps clear of the thresholds by more than their rounding in single precision. */
const clearance = 2 ** -22;

const within = (noise: string): string => `within ${noise}`;
const choice = (noise: string): string => `choice ${noise}`;

/** The draws of abduction: each noise's prior, and for noises with cells a place within one of them. */
export function branchDraws({ branches, noises }: BranchedMechanism, priors: Record<string, DrawSpec>) {
  const draws: Record<string, DrawSpec> = { ...priors };
  for (const { name } of noises) {
    const cells = cellsOf(branches, name).length;
    if (cells === 0) continue;
    draws[within(name)] = logisticNoise;
    if (cells > 1) draws[choice(name)] = { size: cells, distribution: "gumbel", parameters: standard };
  }
  return draws;
}

function cellsOf(branches: readonly Branch[], noise: string): Cell[] {
  return branches.filter((branch) => branch.kind === "cell").filter((branch) => branch.noise === noise);
}

/** `[rows]`. */
export function branchLogProbability(mechanism: BranchedMechanism, value: tf.Tensor, parents: Tensors): tf.Tensor {
  const terms = mechanism.branches.map((branch) => termOf(mechanism, branch, value, parents));
  const total = tf.logSumExp(tf.concat(terms, 1), 1);
  return tf.where(tf.less(total, 0.5 * never), tf.fill(total.shape, Number.NEGATIVE_INFINITY), total);
}

/** log of what the branch adds to the density at the value, `[rows, 1]`. */
function termOf({ noises }: BranchedMechanism, branch: Branch, value: tf.Tensor, parents: Tensors): tf.Tensor {
  const environment = environmentOf(value, parents);
  const rows = value.shape[0]!;
  const isTaken = tf.notEqual(perRow(evaluate(branch.when, environment), rows), 0);
  const impossible = tf.fill([rows, 1], never);
  if (branch.kind === "inverse") {
    const { distribution, parameters } = noiseOf(noises, branch.noise);
    const solved = perRow(evaluate(branch.expression, environment), rows);
    const logDensity = distributions[distribution].logDensity(solved, parameters);
    const total = perRow(tf.add(logDensity, evaluate(branch.logDerivative, environment)), rows);
    const isPossible = tf.logicalAnd(isTaken, tf.greater(total, never));
    return tf.where(isPossible, total, impossible);
  }
  const isGiven = tf.logicalAnd(isTaken, tf.equal(perRow(evaluate(branch.value, environment), rows), value));
  if (branch.kind === "constant") return tf.where(isGiven, tf.zerosLike(impossible), impossible);
  const mass = logMassOf(...edgesOf(noises, branch, environment, rows));
  return tf.where(tf.logicalAnd(isGiven, tf.greater(mass, emptyCell)), mass, impossible);
}

/** All noises given the value: `[rows of the draws, 1]` each. */
export function abductBranches(
  { branches, noises }: BranchedMechanism,
  ofUnits: tf.Tensor,
  parentsOfUnits: Tensors,
  draws: Tensors,
  particles: number,
): Tensors {
  const value = repeatRows(ofUnits, particles);
  const rows = value.shape[0]!;
  const parents = Object.fromEntries(
    Object.entries(parentsOfUnits).map(([name, parent]) => [name, repeatRows(parent, particles)]),
  );
  const environment = environmentOf(value, parents);
  const found: Record<string, tf.Tensor> = {};
  for (const noise of noises) {
    let own = draws[noise.name]!;
    for (const branch of branches) {
      if (branch.kind !== "inverse" || branch.noise !== noise.name) continue;
      const isTaken = tf.notEqual(perRow(evaluate(branch.when, environment), rows), 0);
      own = tf.where(isTaken, perRow(evaluate(branch.expression, environment), rows), own);
    }
    const cells = cellsOf(branches, noise.name);
    if (cells.length > 0) own = drawOfCell(noises, noise.name, cells, environment, own, draws);
    found[noise.name] = own;
  }
  return found;
}

/** A cell by its mass among those that give the value, and the noise within it; `prior` where none does. */
function drawOfCell(
  noises: readonly Noise[],
  name: string,
  cells: readonly Cell[],
  environment: Environment,
  prior: tf.Tensor,
  draws: Tensors,
): tf.Tensor {
  const rows = prior.shape[0]!;
  const { distribution, parameters } = noiseOf(noises, name);
  const scale = logisticScaleOf(distribution)!;
  const edges = cells.map((cell) => edgesOf(noises, cell, environment, rows));
  const masses = cells.map((cell, index) => {
    const isTaken = tf.notEqual(perRow(evaluate(cell.when, environment), rows), 0);
    const isGiven = tf.logicalAnd(
      isTaken,
      tf.equal(perRow(evaluate(cell.value, environment), rows), environment.value!),
    );
    return tf.where(isGiven, logMassOf(...edges[index]!), tf.fill([rows, 1], never));
  });
  const mass = tf.concat(masses, 1);
  const largest = tf.max(mass, 1, true);
  const chosen =
    cells.length === 1
      ? tf.onesLike(mass)
      : tf.cast(tf.oneHot(tf.argMax(tf.add(mass, draws[choice(name)]!), 1), cells.length), "float32");
  const pick = (side: 0 | 1) =>
    tf.sum(
      tf.mul(
        chosen,
        tf.concat(
          edges.map((one) => one[side]),
          1,
        ),
      ),
      1,
      true,
    );
  const [low, high] = [pick(0), pick(1)];
  const drawn = scale.fromLogit(drawWithin(low, high, draws[within(name)]!), parameters);
  const clear = (at: tf.Tensor, sign: 1 | -1) => tf.add(at, tf.mul(sign * clearance, tf.abs(at)));
  const inside = tf.maximum(
    tf.minimum(drawn, clear(scale.fromLogit(high, parameters), -1)),
    clear(scale.fromLogit(low, parameters), 1),
  );
  return tf.where(tf.greater(largest, 0.5 * never), inside, prior);
}

/** Both thresholds of a cell on the logistic scale, `[rows, 1]` each. */
function edgesOf(
  noises: readonly Noise[],
  { noise, low, high }: Cell,
  environment: Environment,
  rows: number,
): [tf.Tensor, tf.Tensor] {
  const { distribution, parameters } = noiseOf(noises, noise);
  const scale = logisticScaleOf(distribution);
  if (scale === undefined) throw new Error(`${distribution} noise has no thresholds`);
  const at = (edge: Cell["low"], sign: number): tf.Tensor => {
    if (edge === null) return tf.fill([rows, 1], sign * farAway);
    const logit = scale.toLogit(perRow(evaluate(edge, environment), rows), parameters);
    return tf.clipByValue(logit, -farAway, farAway);
  };
  return [at(low, -1), at(high, 1)];
}

function noiseOf(noises: readonly Noise[], name: string) {
  const found = noises.find((noise) => noise.name === name);
  if (found === undefined || found.distribution === "mnist") throw new Error(`there is no noise ${name} of numbers`);
  return { distribution: found.distribution, parameters: found.parameters };
}

function environmentOf(value: tf.Tensor, parents: Tensors): Environment {
  return { variables: new Map(Object.entries(parents)), noises: new Map(), value };
}

function perRow(result: tf.Tensor, rows: number): tf.Tensor {
  return result.shape.length === 2 && result.shape[0] === rows ? result : tf.add(tf.zeros([rows, 1]), result);
}
