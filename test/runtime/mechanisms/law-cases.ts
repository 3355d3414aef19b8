/**
 * One small model for every kind of mechanism and domain that runs: the laws are about `y` given its parent `p`, if it
 * has one.
 */
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import { loaded } from "../models.js";

const log = { mean: 0.9, sd: 0.3, low: 1, high: 6 };
// A moderate spread in logit space: mass piled up at the edges of the interval would need a finer grid.
const logit = { mean: 0.5, sd: 0.8, low: 70, high: 250 };
const counts = { mean: 4, sd: 3, low: 0, high: 12 };
const elements = { mean: 0.4, sd: 1.5, low: -3, high: 4 };

function withParent(text: string): LoadedModel {
  return loaded(`p : positive := flow()\n${text}`, { p: log, y: normalisationFor(text) });
}

function root(text: string): LoadedModel {
  return loaded(text, { y: normalisationFor(text) });
}

function normalisationFor(text: string) {
  if (text.includes("interval")) return logit;
  if (text.includes("positive") || text.includes("nonnegative")) return log;
  if (text.includes("count")) return counts;
  return text.includes("vector") ? elements : { mean: 0.3, sd: 1.2, low: 0.5, high: 3.5 };
}

export const lawCases: Record<string, LoadedModel> = {
  "flow, root, positive, linear spline": root("y : positive := flow(transform = spline(bins = 8))"),
  "flow, root, real, quadratic spline": root("y : real := flow(transform = spline(bins = 6, order = quadratic))"),
  "flow, conditional affine, interval": withParent("y : interval(64, 255) := flow(p)"),
  "flow, conditional list": withParent("y : real := flow(p, transform = [spline(bins = 5), affine])"),
  "flow, gaussianisation, root": root("y : real := flow(transform = gaussianisation(components = 3))"),
  "flow, gaussianisation in a list, interval": withParent(
    "y : interval(64, 255) := flow(p, transform = [gaussianisation(components = 2), affine])",
  ),
  "flow, positive, affine": withParent("y : positive := flow(p)"),
  "flow, positive, quadratic spline and gaussianisation, root": root(
    "y : positive := flow(transform = [spline(bins = 4, order = quadratic), gaussianisation(components = 2)])",
  ),
  "flow, interval, linear and quadratic splines": withParent(
    "y : interval(64, 255) := flow(p, transform = [spline(bins = 4), spline(bins = 3, order = quadratic)])",
  ),
  "flow, ordinal, root": root("y : ordinal(5) := flow()"),
  "flow, ordinal, conditional": withParent("y : ordinal(4) := flow(p, transform = [spline(bins = 5), affine])"),
  "flow, ordinal, quadratic spline and gaussianisation": withParent(
    "y : ordinal(4) := flow(p, transform = [spline(bins = 4, order = quadratic), gaussianisation(components = 2)])",
  ),
  "flow, count, quadratic spline and gaussianisation, root": root(
    "y : count := flow(transform = [spline(bins = 4, order = quadratic), gaussianisation(components = 2)])",
  ),
  "flow, count, root": root("y : count := flow()"),
  "flow, count, conditional": withParent("y : count := flow(p, hidden = [4])"),
  "flow, vector, coupling, root": root(
    "y : vector(2) := flow(transform = [affine, coupling(layers = 3, hidden = [6])])",
  ),
  "flow, vector, coupling, conditional": withParent(
    "y : vector(2) := flow(p, transform = [spline(bins = 4), coupling(layers = 2, hidden = [6])], hidden = [4])",
  ),
  "flow, vector, autoregressive, conditional": withParent(
    "y : vector(2) := flow(p, transform = [autoregressive(layers = 2, hidden = [6, 6]), affine])",
  ),
  "flow, vector, gaussianisation, quadratic spline, coupling": root(
    "y : vector(2) := flow(transform = [gaussianisation(components = 2), spline(bins = 4, order = quadratic), coupling(layers = 2, hidden = [4])])",
  ),
  "flow, vector of five, coupling and autoregressive": withParent(
    "y : vector(5) := flow(p, transform = [coupling(layers = 5, hidden = [6]), autoregressive(layers = 2, hidden = [6])])",
  ),
  "flow, image, multi-scale, conditional": withParent(
    "y : image(4, 4) := flow(p, transform = multiscale(levels = 2, steps = 1, hidden = 3))",
  ),
  "flow, image of colours, multi-scale, glow's pixels": root(
    "y : image(2, 2, 3) := flow(transform = [multiscale(levels = 1, steps = 2, hidden = 4), pixels(map = glow)])",
  ),
  "flow, image, coupling": withParent("y : image(3, 1) := flow(p, transform = coupling(layers = 2, hidden = [4]))"),
  "flow, image, element-wise transforms below a multi-scale one": withParent(
    "y : image(2, 2) := flow(p, transform = [gaussianisation(components = 2), spline(bins = 4, order = quadratic), multiscale(levels = 1, steps = 1, hidden = 3), pixels(map = realnvp)], hidden = [4])",
  ),
  "flow, image, affine, linear spline, coupling, root": root(
    "y : image(2, 1) := flow(transform = [affine, spline(bins = 4), coupling(layers = 1, hidden = [4])])",
  ),
  "expression, threshold of uniform noise": withParent(
    "y : binary := if(u < p / (1 + p), 1, 0) where u ~ uniform(0, 1)",
  ),
  "expression, cells of normal noise": withParent(
    "y : ordinal(3) := if(e < 0.5 - p, 0, if(e < 1 - 0.5 * p, 1, 2)) where e ~ normal(0.5, 2)",
  ),
  "expression, cells of laplace noise, the same value twice": withParent(
    "y : binary := if(e < -1, 1, if(e > p, 1, 0)) where e ~ laplace(0, 2)",
  ),
  "expression, cells of gumbel and exponential noise by a condition": withParent(
    "y : binary := if(p > 2, if(g > 0.7, 1, 0), 1 - if(2 * x > p, 1, 0)) where g ~ gumbel(0, 1), x ~ exponential(0.7)",
  ),
  "expression, cells of lognormal and logistic noise": withParent(
    "y : binary := if(p > 2, if(g > p, 1, 0), if(l > p, 0, 1)) where g ~ lognormal(1, 0.5), l ~ logistic(1, 0.5)",
  ),
  "expression, a noise for each branch": withParent(
    "y : real := if(p > 2, p + e, 2 * f) where e ~ normal(0, 1), f ~ logistic(0, 1)",
  ),
  "table, root, ordinal": root("y : ordinal(3) := categorical(table = [0.2, 0.3, 0.5])"),
  "flow, nonnegative, root": root("y : nonnegative := flow(transform = spline(bins = 8))"),
  "flow, nonnegative": withParent("y : nonnegative := flow(p, hidden = [4])"),
  "flow, nonnegative, linear spline and affine": withParent(
    "y : nonnegative := flow(p, transform = [spline(bins = 4), affine], hidden = [4])",
  ),
  "flow, nonnegative, quadratic spline and gaussianisation": withParent(
    "y : nonnegative := flow(p, transform = [spline(bins = 4, order = quadratic), gaussianisation(components = 2)], hidden = [4])",
  ),
  "flow, interval with both edges": withParent("y : interval(64, 255, edges = both) := flow(p, hidden = [4])"),
  "flow, interval with its low edge, root": root("y : interval(64, 255, edges = low) := flow()"),
  "linear, nonnegative": withParent("y : nonnegative := linear(p)"),
  "linear, nonnegative, root": root("y : nonnegative := linear()"),
  "linear, interval with its high edge": withParent("y : interval(64, 255, edges = high) := linear(p)"),
  "linear, interval with both edges": withParent("y : interval(64, 255, edges = both) := linear(p)"),
  "anm, nonnegative": withParent("y : nonnegative := anm(p, hidden = [4])"),
  "anm, interval with both edges": withParent("y : interval(64, 255, edges = both) := anm(p, hidden = [4])"),
  "glm, nonnegative": withParent("y : nonnegative := glm(p)"),
  "glm, interval with both edges": withParent("y : interval(64, 255, edges = both) := glm(p)"),
  "linear, root, real": root("y : real := linear()"),
  "linear, positive": withParent("y : positive := linear(p)"),
  "linear, interval": withParent("y : interval(64, 255) := linear(p)"),
  "anm, real, root": root("y : real := anm()"),
  "anm, real": withParent("y : real := anm(p, hidden = [4])"),
  "anm, positive": withParent("y : positive := anm(p, hidden = [4])"),
  "anm, interval": withParent("y : interval(64, 255) := anm(p, hidden = [5])"),
  "glm, real": withParent("y : real := glm(p)"),
  "glm, positive": withParent("y : positive := glm(p)"),
  "glm, interval": withParent("y : interval(64, 255) := glm(p)"),
  "glm, binary": withParent("y : binary := glm(p)"),
  "glm, categorical": withParent("y : categorical(3) := glm(p)"),
  "glm, ordinal": withParent("y : ordinal(5) := glm(p)"),
  "glm, ordinal of two, root": root("y : ordinal(2) := glm()"),
  "glm, count": withParent("y : count := glm(p)"),
  "glm, count, root": root("y : count := glm()"),
  "bernoulli, root": root("y : binary := bernoulli()"),
  "bernoulli, conditional": withParent("y : binary := bernoulli(p, hidden = [4])"),
  "categorical, root": root('y : categorical("red", "green", "blue") := categorical()'),
  "categorical, conditional": withParent("y : categorical(4) := categorical(p)"),
  "categorical, ordinal": withParent("y : ordinal(3) := categorical(p, hidden = [4])"),
  "expression, gamma": root("y : positive := 0.5 + e where e ~ gamma(10, 5)"),
  "expression, sigmoid of a parent": withParent(
    "y : interval(64, 255) := 191 * sigmoid(0.5 * e + 2 * p - 5) + 64 where e ~ normal(0, 1)",
  ),
  "cvae, image": withParent("y : image(3, 4) := cvae(p, latent = 2, hidden = [8, 6])"),
  "cvae, image of colours, shared scale, root": root(
    "y : image(2, 2, 3) := cvae(latent = 2, hidden = [5], likelihood = laplace, scale = shared)",
  ),
  "cvae, image, fixed scale": withParent(
    "y : image(3, 4) := cvae(p, latent = 2, hidden = [8], likelihood = normal, scale = fixed(value = 0.1))",
  ),
  "cvae, image, low rank": withParent(
    "y : image(2, 3) := cvae(p, latent = 2, hidden = [6], likelihood = low_rank(rank = 2))",
  ),
  "cvae, image, convolutional, the paper's likelihood": withParent(
    "y : image(4, 8) := cvae(p, latent = 2, architecture = convolutional(channels = [2, 3], features = 4, hidden = 5), likelihood = normal, scale = fixed, pixels = realnvp)",
  ),
  "cvae, image of colours, convolutional": root(
    "y : image(4, 4, 2) := cvae(latent = 2, architecture = convolutional(channels = [3], features = 4, hidden = 5))",
  ),
  "cvae, image, deep": withParent(
    "y : image(4, 8) := cvae(p, latent = 2, architecture = deep(channels = [2, 3], blocks = 2, features = 4), pixels = realnvp)",
  ),
  "cvae, image, patches": withParent(
    "y : image(4, 6) := cvae(p, latent = 2, architecture = patch(side = 2, width = 5, blocks = 1, features = 6), scale = shared)",
  ),
  "cvae, image of colours, patches, low rank": root(
    "y : image(2, 4, 2) := cvae(latent = 2, architecture = patch(side = 2, width = 5, blocks = 1, features = 6), likelihood = low_rank(rank = 2))",
  ),
  "cvae, vector of one, normal": withParent("y : vector(1) := cvae(p, latent = 1, hidden = [5], likelihood = normal)"),
  "cvae, vector of one, multivariate": root(
    "y : vector(1) := cvae(latent = 1, hidden = [5], likelihood = multivariate)",
  ),
  "cvae, vector of two": withParent("y : vector(2) := cvae(p, latent = 1, hidden = [5])"),
  "cvae, vector of two, multivariate": withParent(
    "y : vector(2) := cvae(p, latent = 1, hidden = [5], likelihood = multivariate)",
  ),
  "cvae, vector of two, low rank": withParent(
    "y : vector(2) := cvae(p, latent = 1, hidden = [5], likelihood = low_rank(rank = 1))",
  ),
  "cvae, vector of five, laplace, shared scale": root(
    "y : vector(5) := cvae(latent = 2, hidden = [6], likelihood = laplace, scale = shared)",
  ),
  "hvae, image": withParent("y : image(3, 4) := hvae(p, latent = 2, levels = 3, hidden = [8, 6])"),
  "hvae, vector": withParent("y : vector(3) := hvae(p, latent = 2, levels = 2, likelihood = normal, hidden = [6])"),
  "hvae, vector, root": root("y : vector(2) := hvae(latent = 1, levels = 2, hidden = [5])"),
  "hvae, vector of two, multivariate": withParent(
    "y : vector(2) := hvae(p, latent = 1, levels = 2, likelihood = multivariate, hidden = [5])",
  ),
  "hvae, image, the paper's likelihood": withParent(
    "y : image(2, 3) := hvae(p, latent = 2, levels = 2, hidden = [5], likelihood = normal, scale = fixed, pixels = realnvp)",
  ),
  "ali, image": withParent("y : image(3, 4) := ali(p, latent = 2, hidden = [8, 6])"),
  "ali, vector, root": root("y : vector(2) := ali(latent = 2, hidden = [5], cycle = 0)"),
  "ali, vector": withParent("y : vector(3) := ali(p, latent = 3, hidden = [6])"),
};
