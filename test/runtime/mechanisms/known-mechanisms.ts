/** Mechanisms of `y` with a parent `p` whose log-probabilities are known in closed form: what a fit should find. */
import { logGamma, normalCdf } from "../../../src/runtime/mechanisms/distributions/special-functions.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import type { RandomKey } from "../../../src/runtime/tensors/random/index.js";

export interface Drawn {
  readonly values: ReadonlyMap<string, Rows>;
  /** The log-probability of y given p, by unit. */
  readonly logProbability: Float64Array;
}

export interface Known {
  readonly text: string;
  /** The number of epochs of 36 steps that the fit needs to come close, a second or two. */
  readonly epochs: number;
  /** E[y | do(p)], of y's first element; absent if the laws of the density test enough. */
  readonly mean?: (p: number) => number;
  draw(key: RandomKey, rows: number): Drawn;
}

/** One unit's y from uniforms and normals, and its log-probability. */
type Unit = (p: number, uniform: number, normals: readonly [number, number]) => { y: number[]; logProbability: number };

function given(text: string, unit: Unit, epochs = 20, mean?: (p: number) => number): Known {
  return {
    text: `p : real := flow()\n${text}`,
    epochs,
    ...(mean ? { mean } : {}),
    draw(key, rows) {
      const p = key.split("p").normal(rows);
      const uniform = key.split("uniform").uniform64(rows);
      const normals = key.split("normals").normal64(2 * rows);
      const units = Array.from(p, (value, k) => unit(value, uniform[k]!, [normals[2 * k]!, normals[2 * k + 1]!]));
      const size = units[0]!.y.length;
      return {
        values: new Map<string, Rows>([
          ["p", { rows, size: 1, data: p }],
          ["y", { rows, size, data: Float32Array.from(units.flatMap(({ y }) => y)) }],
        ]),
        logProbability: Float64Array.from(units, ({ logProbability }) => logProbability),
      };
    },
  };
}

function chosen(probabilities: readonly number[], uniform: number) {
  let sum = 0;
  const y = probabilities.findIndex((probability, k) => {
    sum += probability;
    return uniform < sum || k === probabilities.length - 1;
  });
  return { y: [y], logProbability: Math.log(probabilities[y]!) };
}

function softmax(logits: readonly number[]): number[] {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logNormal = (z: number, sd: number) => -0.5 * z * z - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);

const bernoulli: Unit = (p, uniform) => {
  const one = sigmoid(2 * Math.sin(2 * p));
  return chosen([1 - one, one], uniform);
};
const classes: Unit = (p, uniform) => chosen(softmax([0.5 * p, 1 - p * p, -0.4]), uniform);
const linearClasses: Unit = (p, uniform) => chosen(softmax([0.5 * p, 0.3 - p, -0.4]), uniform);

/** P(y < j) = s(c_j - 0.9 p). */
const cumulative: Unit = (p, uniform) => {
  const below = [-1, 0.2, 1.5].map((cut) => sigmoid(cut - 0.9 * p));
  return chosen([below[0]!, below[1]! - below[0]!, below[2]! - below[1]!, 1 - below[2]!], uniform);
};

const poisson: Unit = (p, uniform) => {
  const rate = Math.exp(0.8 + 0.5 * p);
  const masses = Array.from({ length: 60 }, (_, k) => Math.exp(k * Math.log(rate) - rate - logGamma(k + 1)));
  return chosen(masses, uniform);
};

const additive =
  (mean: (p: number) => number, sd: number): Unit =>
  (p, _, [z]) => ({ y: [mean(p) + sd * z], logProbability: logNormal(z, sd) });

/** Two narrow humps that move with p. */
const bimodal: Unit = (p, uniform, [z]) => {
  const y = 0.5 * p + (uniform < 0.35 ? -1.2 : 1) + 0.4 * z;
  const hump = (weight: number, centre: number) => Math.log(weight) + logNormal((y - 0.5 * p - centre) / 0.4, 0.4);
  const [left, right] = [hump(0.35, -1.2), hump(0.65, 1)];
  const larger = Math.max(left, right);
  return { y: [y], logProbability: larger + Math.log(Math.exp(left - larger) + Math.exp(right - larger)) };
};

const bimodalMean = (p: number) => 0.5 * p - 0.35 * 1.2 + 0.65;

/** Three humps far apart, of which p moves the middle one: positions on a logit scale in (0, 10). */
const humps: Unit = (p, uniform, [z]) => {
  const centres = [-2, 0.5 * p, 2.5];
  const weights = [0.3, 0.3, 0.4];
  const sd = 0.25;
  const logit = centres[uniform < 0.3 ? 0 : uniform < 0.6 ? 1 : 2]! + sd * z;
  const terms = centres.map((centre, k) => Math.log(weights[k]!) + logNormal((logit - centre) / sd, sd));
  const largest = Math.max(...terms);
  const logDensity = largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
  const share = sigmoid(logit);
  return { y: [10 * share], logProbability: logDensity - Math.log(10 * share * (1 - share)) };
};

/** log y is linear in p: y positive, with the Jacobian 1 / y. */
const lognormal: Unit = (p, _, [z]) => {
  const logY = 1 + 0.6 * p + 0.3 * z;
  return { y: [Math.exp(logY)], logProbability: logNormal(z, 0.3) - logY };
};

/** The logit of y's place in (0, 10) is normal, about a line or a curve in p. */
const logitNormal =
  (centre: (p: number) => number): Unit =>
  (p, _, [z]) => {
    const share = sigmoid(centre(p) + 0.6 * z);
    return { y: [10 * share], logProbability: logNormal(z, 0.6) - Math.log(10 * share * (1 - share)) };
  };
const line = (p: number) => 0.3 + 0.5 * p;
const bend = (p: number) => Math.tanh(2 * p) + 0.2 * p * p;

/** log y is normal about the bend. */
const bentLognormal: Unit = (p, _, [z]) => {
  const logY = bend(p) + 0.3 * z;
  return { y: [Math.exp(logY)], logProbability: logNormal(z, 0.3) - logY };
};

/**
 * 0 with a probability whose logit is 0.4 - p, else a number whose logarithm is normal about a line or a curve in p.
 */
const partlyZero =
  (centre: (p: number) => number): Unit =>
  (p, uniform, [z]) => {
    const zero = sigmoid(0.4 - p);
    if (uniform < zero) return { y: [0], logProbability: Math.log(zero) };
    const logY = centre(p) + 0.3 * z;
    return { y: [Math.exp(logY)], logProbability: Math.log1p(-zero) + logNormal(z, 0.3) - logY };
  };
const partlyZeroMean = (centre: (p: number) => number) => (p: number) =>
  (1 - sigmoid(0.4 - p)) * Math.exp(centre(p) + 0.3 ** 2 / 2);

const logistic: Unit = (p, uniform) => {
  const one = sigmoid(0.8 * p - 0.3);
  return chosen([1 - one, one], uniform);
};

/**
 * Two independent pixels, each the grey level that a normal logit falls in: v = 256 (s(l) - α) / (1 - α) with α = 0.05,
 * cut off at the ends. The masses are of the very cells; the flow states a bound of them, which is close where a cell
 * is narrow.
 */
const pixelPair: Unit = (p, _, normals) => {
  const alpha = 0.05;
  const levels = normals.map((z, k) => {
    const centre = k === 0 ? -0.5 + 0.6 * p : 0.4 - 0.5 * p;
    const edge = (v: number) => {
      const share = alpha + ((1 - alpha) * v) / 256;
      return normalCdf((Math.log(share / (1 - share)) - centre) / 0.5);
    };
    const place = (256 * (sigmoid(centre + 0.5 * z) - alpha)) / (1 - alpha);
    const level = Math.min(255, Math.max(0, Math.floor(place)));
    const mass = (level === 255 ? 1 : edge(level + 1)) - (level === 0 ? 0 : edge(level));
    return { level, logMass: Math.log(mass) };
  });
  return {
    y: levels.map(({ level }) => level),
    logProbability: levels.reduce((sum, { logMass }) => sum + logMass, 0),
  };
};

/** A bent pair: the second element is a parabola of the first, and both move with p. */
const banana: Unit = (p, _, [z1, z2]) => {
  const first = 0.5 * p + z1;
  const second = 0.3 * first * first - p + 0.5 * z2;
  return { y: [first, second], logProbability: logNormal(z1, 1) + logNormal(z2, 0.5) };
};

export const known: Readonly<Record<string, Known>> = {
  "bernoulli, a wave": given("y : binary := bernoulli(p)", bernoulli, 20, (p) => sigmoid(2 * Math.sin(2 * p))),
  "categorical, three classes": given("y : categorical(3) := categorical(p)", classes),
  "glm, categorical": given("y : categorical(3) := glm(p)", linearClasses),
  "glm, ordinal": given("y : ordinal(4) := glm(p)", cumulative),
  "flow, ordinal": given("y : ordinal(4) := flow(p, transform = [spline(bins = 5), affine])", cumulative, 10),
  "glm, count": given("y : count := glm(p)", poisson, 20, (p) => Math.exp(0.8 + 0.5 * p)),
  "flow, count": given("y : count := flow(p, transform = [spline(bins = 6), affine])", poisson, 10),
  "flow, real, bimodal": given("y : real := flow(p, transform = [spline(bins = 8), affine])", bimodal, 40, bimodalMean),
  "flow, real, bimodal by gaussianisation": given(
    "y : real := flow(p, transform = gaussianisation(components = 3))",
    bimodal,
    20,
    bimodalMean,
  ),
  "flow, interval, three humps by gaussianisation": given(
    "y : interval(0, 10) := flow(p, transform = gaussianisation(components = 4))",
    humps,
    30,
  ),
  "flow, real, bimodal by a quadratic spline": given(
    "y : real := flow(p, transform = [spline(bins = 8, order = quadratic), affine])",
    bimodal,
    40,
    bimodalMean,
  ),
  "flow, real, affine": given(
    "y : real := flow(p, transform = affine)",
    additive((p) => 3 - 2 * p, 0.5),
    20,
    (p) => 3 - 2 * p,
  ),
  "flow, interval, affine": given("y : interval(0, 10) := flow(p)", logitNormal(line)),
  "flow, positive": given("y : positive := flow(p)", lognormal),
  "categorical, ordinal": given("y : ordinal(3) := categorical(p)", classes),
  "glm, binary": given("y : binary := glm(p)", logistic, 20, (p) => sigmoid(0.8 * p - 0.3)),
  "glm, positive": given("y : positive := glm(p)", lognormal),
  "glm, interval": given("y : interval(0, 10) := glm(p)", logitNormal(line)),
  "linear, interval": given("y : interval(0, 10) := linear(p)", logitNormal(line)),
  "anm, positive": given("y : positive := anm(p)", bentLognormal, 60),
  "anm, interval": given("y : interval(0, 10) := anm(p)", logitNormal(bend), 60),
  "glm, real": given(
    "y : real := glm(p)",
    additive((p) => 3 - 2 * p, 0.5),
    20,
    (p) => 3 - 2 * p,
  ),
  "linear, real": given(
    "y : real := linear(p)",
    additive((p) => 3 - 2 * p, 0.5),
    20,
    (p) => 3 - 2 * p,
  ),
  "linear, positive": given("y : positive := linear(p)", lognormal),
  "flow, nonnegative": given("y : nonnegative := flow(p)", partlyZero(line), 30, partlyZeroMean(line)),
  "linear, nonnegative": given("y : nonnegative := linear(p)", partlyZero(line), 20, partlyZeroMean(line)),
  "glm, nonnegative": given("y : nonnegative := glm(p)", partlyZero(line), 20, partlyZeroMean(line)),
  "anm, nonnegative": given("y : nonnegative := anm(p)", partlyZero(bend), 60),
  "anm, real": given("y : real := anm(p)", additive(bend, 0.3), 60, bend),
  "flow, vector, coupling": given(
    "y : vector(2) := flow(p, transform = [affine, coupling(layers = 3, hidden = [32])])",
    banana,
    60,
  ),
  "flow, image, coupling": given(
    "y : image(2, 1) := flow(p, transform = coupling(layers = 2, hidden = [8]))",
    pixelPair,
    60,
  ),
  "flow, vector, autoregressive": given(
    "y : vector(2) := flow(p, transform = autoregressive(layers = 2, hidden = [24]))",
    banana,
    60,
  ),
};
