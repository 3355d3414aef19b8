/**
 * The covariate flows of the paper's full model, composed of our transforms with the original's parameters and
 * constants: t = exp(m + s · spline(e_t)), i = low + range · sigmoid(loc(c) + exp(log_scale(c)) e_i), c = (log t - m) /
 * s.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  encodeForChildren,
  fromUnconstrained,
  logDerivativeToUnconstrained,
  toUnconstrained,
} from "../../../../src/runtime/mechanisms/bound/variables.js";
import { affine } from "../../../../src/runtime/mechanisms/transforms/scalar/affine.js";
import { linearSpline } from "../../../../src/runtime/mechanisms/transforms/scalar/linear-spline.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { expectClose, isDouble, useReferenceBackend } from "../../close.js";
import { reference as fullModel, originals } from "../../full-model-reference.js";

interface Layer {
  weight: number[][];
  bias: number[];
}
type Splines = Record<string, number[]>;
interface Results {
  log_p_t: number[];
  log_p_i_given_t: number[];
  e_t: number[];
  e_i: number[];
  context_t: number[];
  context_i: number[];
  cf_i_under_do_t_plus_1: number[];
  null_t: number[];
  null_i: number[];
}
interface Reference {
  norm: { thickness_log_loc: number; thickness_log_scale: number; intensity_loc: number; intensity_scale: number };
  thickness_spline_linear: Splines;
  intensity_net_layers: Layer[];
  points: { t: number[]; i: number[] };
  edge_points: { t: number[]; i: number[] };
  float64: Results & {
    joint_nll_mean: number;
    joint_nll_grad: { spline: Splines; intensity_net_layers: Layer[] };
    e_i_if_conditioned_on_raw_t: number[];
  };
  float32: Results;
  float64_edge: Results;
  float32_edge: Results;
  variant_without_t_to_i: {
    affine_loc: number;
    affine_scale: number;
    intensity_spline_linear: Splines;
    float64: { log_p_i_given_t: number[]; e_i: number[]; null_i: number[] };
  };
}

const reference = JSON.parse(readFileSync("test/fixtures/flows/covariate_flows.json", "utf8")) as Reference;
const { norm } = reference;
const low = norm.intensity_loc;
const high = norm.intensity_loc + norm.intensity_scale;

const t = {
  name: "t",
  domain: { kind: "positive" },
  normalisation: { mean: norm.thickness_log_loc, sd: norm.thickness_log_scale, low: 1, high: 6 },
} as const;
const i = {
  name: "i",
  domain: { kind: "interval", low, high },
  normalisation: { mean: 0, sd: 1, low, high },
} as const;

/** The original's outer derivatives are 0.999. */
const spline = linearSpline(8, 0.999);
const order = ["unnormalized_widths", "unnormalized_heights", "unnormalized_derivatives", "unnormalized_lambdas"];
const thetaOf = (splines: Splines) => tf.tensor2d([order.flatMap((name) => splines[name]!)]);
const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI);
const standardNormal = (noise: tf.Tensor) => tf.sub(tf.mul(tf.square(noise), -0.5), logSqrtTwoPi);

function invertThickness(values: tf.Tensor, theta: tf.Tensor) {
  const real = toUnconstrained(t, values);
  const standardised = tf.div(tf.sub(real, t.normalisation.mean), t.normalisation.sd);
  const { value: noise, logDerivative } = spline.inverse(standardised, theta);
  const scaling = tf.sub(logDerivativeToUnconstrained(t, real), Math.log(t.normalisation.sd));
  return { noise, logDensity: tf.add(standardNormal(noise), tf.add(logDerivative, scaling)) };
}

function thicknessOf(noise: tf.Tensor, theta: tf.Tensor): tf.Tensor {
  const standardised = spline.forward(noise, theta).value;
  return fromUnconstrained(t, tf.add(tf.mul(standardised, t.normalisation.sd), t.normalisation.mean));
}

type Layers = readonly { readonly weight: tf.Tensor; readonly bias: tf.Tensor }[];
const layersOf = (layers: Layer[]): Layers =>
  layers.map(({ weight, bias }) => ({ weight: tf.tensor2d(weight), bias: tf.tensor1d(bias) }));

/** θ of the intensity's affine map: linear layers without activation. */
function thetaGiven(thickness: tf.Tensor, layers: Layers): tf.Tensor {
  return layers.reduce<tf.Tensor>(
    (input, { weight, bias }) => tf.add(tf.matMul(input as tf.Tensor2D, weight as tf.Tensor2D, false, true), bias),
    encodeForChildren(t, thickness),
  );
}

function invertIntensity(values: tf.Tensor, thickness: tf.Tensor, layers: Layers) {
  return intensityNoiseAt(toUnconstrained(i, values), thickness, layers);
}

/** The noise and density of the value whose unconstrained form is `real`. */
function intensityNoiseAt(real: tf.Tensor, thickness: tf.Tensor, layers: Layers) {
  const { value: noise, logDerivative } = affine.inverse(real, thetaGiven(thickness, layers));
  const jacobian = tf.add(logDerivative, logDerivativeToUnconstrained(i, real));
  return { noise, logDensity: tf.add(standardNormal(noise), jacobian) };
}

function intensityOf(noise: tf.Tensor, thickness: tf.Tensor, layers: Layers): tf.Tensor {
  return fromUnconstrained(i, affine.forward(noise, thetaGiven(thickness, layers)).value);
}

function evaluateAll({ t: thicknesses, i: intensities }: { t: number[]; i: number[] }) {
  const theta = thetaOf(reference.thickness_spline_linear);
  const layers = layersOf(reference.intensity_net_layers);
  const [thickness, intensity] = [column(thicknesses), column(intensities)];
  const own = invertThickness(thickness, theta);
  const given = invertIntensity(intensity, thickness, layers);
  return {
    log_p_t: own.logDensity,
    log_p_i_given_t: given.logDensity,
    e_t: own.noise,
    e_i: given.noise,
    context_t: encodeForChildren(t, thickness),
    context_i: encodeForChildren(i, intensity),
    cf_i_under_do_t_plus_1: intensityOf(given.noise, tf.add(thickness, 1), layers),
    null_t: thicknessOf(own.noise, theta),
    null_i: intensityOf(given.noise, thickness, layers),
  };
}

describe("the covariate flows of the paper's full model against the original packages", () => {
  useReferenceBackend();

  it("log-densities, noises, contexts, counterfactuals, round trips", () => {
    const results = evaluateAll(reference.points);
    for (const [name, tensor] of Object.entries(results)) {
      // Densities pass a logit near its ends, where single precision keeps four digits less.
      expectClose(tensor, reference.float64[name as keyof Results], name.startsWith("log_p") ? 1e-4 : 2e-5);
      if (!isDouble)
        expectClose(tensor, reference.float32[name as keyof Results], name.startsWith("log_p") ? 1e-4 : 2e-5);
    }
  });

  it("conditions on the standardised log thickness, not on the raw one", () => {
    const { e_i } = evaluateAll(reference.points);
    const mistaken = reference.float64.e_i_if_conditioned_on_raw_t;
    const values = e_i.dataSync();
    expect(mistaken.some((value, k) => Math.abs(value - values[k]!) < 0.1)).to.equal(false);
  });

  it("points at and beyond the limits", () => {
    const results = evaluateAll(reference.edge_points);
    // Rows 2, 3, 6 and 7 lie on the limits or beyond, where only the clamp of the logit decides: those are compared
    // below.
    const inside = [0, 1, 4, 5];
    const select = (values: ArrayLike<number>) => inside.map((row) => values[row]!);
    for (const [name, tensor] of Object.entries(results)) {
      const expected = reference.float64_edge[name as keyof Results];
      const tolerance = name === "log_p_i_given_t" || name === "e_i" ? 3e-4 : 2e-5;
      expectClose(select(tensor.dataSync()), select(expected), tolerance);
    }
    expectClose(results.log_p_t, reference.float64_edge.log_p_t, 2e-5);
    expectClose(results.context_i, reference.float64_edge.context_i, 2e-5);
    // The original clamps the logit at -87.3 and +15.9; ours at ±15.9, so that both edges of an interval, which are
    // legal values, are equally far out. Rows 2 and 6 are at the lower edge.
    const above = [0, 1, 3, 4, 5, 7];
    const pick = (values: ArrayLike<number>) => above.map((row) => values[row]!);
    for (const name of ["log_p_i_given_t", "e_i", "null_i", "cf_i_under_do_t_plus_1"] as const)
      expectClose(pick(results[name].dataSync()), pick(reference.float32_edge[name]), 3e-4);
    expectClose(results.null_i, reference.float32_edge.null_i, 3e-4);
    // With the original's logit of the lower edge in its place, those two rows are the original's as well.
    const lowest = Math.log(2 ** -126);
    const rows = [2, 6];
    const atEdge = intensityNoiseAt(
      column(rows.map(() => lowest)),
      column(rows.map((row) => reference.edge_points.t[row]!)),
      layersOf(reference.intensity_net_layers),
    );
    const expectedAt = (name: keyof Results) => rows.map((row) => reference.float32_edge[name][row]!);
    expectClose(atEdge.noise, expectedAt("e_i"), 1e-5);
    expectClose(atEdge.logDensity, expectedAt("log_p_i_given_t"), 1e-5);
    const [lower, upper] = [results.e_i.dataSync()[2]!, results.e_i.dataSync()[3]!];
    const theta = thetaGiven(column([reference.edge_points.t[2]!]), layersOf(reference.intensity_net_layers));
    const centre = affine.inverse(column([0]), theta).value.dataSync()[0]!;
    expect(reference.edge_points.t[2]).to.equal(reference.edge_points.t[3]);
    expect((lower + upper) / 2).to.be.closeTo(centre, 1e-3);
  });

  it("the joint negative log-likelihood and its gradient", () => {
    const layers = layersOf(reference.intensity_net_layers);
    const [thickness, intensity] = [column(reference.points.t), column(reference.points.i)];
    const parameters = [thetaOf(reference.thickness_spline_linear), ...layers.flatMap((layer) => Object.values(layer))];
    const { value, grads } = tf.valueAndGrads((theta, weight0, bias0, weight1, bias1) => {
      const current = [
        { weight: weight0!, bias: bias0! },
        { weight: weight1!, bias: bias1! },
      ];
      const joint = tf.add(
        invertThickness(thickness, theta!).logDensity,
        invertIntensity(intensity, thickness, current).logDensity,
      );
      return tf.neg(tf.mean(joint)) as tf.Scalar;
    })(parameters);
    const expected = reference.float64.joint_nll_grad;
    expectClose(value, [reference.float64.joint_nll_mean], 2e-5);
    expectClose(
      grads[0]!,
      order.flatMap((name) => expected.spline[name]!),
      1e-4,
    );
    expected.intensity_net_layers.forEach(({ weight, bias }, k) => {
      expectClose(grads[1 + 2 * k]!, weight.flat(), 1e-4);
      expectClose(grads[2 + 2 * k]!, bias, 1e-4);
    });
  });

  it("the flows of the full model's training step, and their gradients", () => {
    // The normalisation constants are the same ones.
    expect(fullModel.norm).to.include({
      thickness_log_loc: norm.thickness_log_loc,
      thickness_log_scale: norm.thickness_log_scale,
      intensity_loc: norm.intensity_loc,
      intensity_scale: norm.intensity_scale,
    });
    const splineNames = order.map((name) => `thickness_flow_components.0.${name}`);
    const layerNames = ["0.weight", "0.bias", "1.weight", "1.bias"].map(
      (name) => `intensity_flow_components.context_nn.layers.${name}`,
    );
    const theta = tf.tensor2d([splineNames.flatMap((name) => [...originals.get(name)!])]);
    const layers = layerNames.map((name) =>
      tf.tensor(
        originals.get(name)!,
        name.endsWith("0.weight") ? [1, 1] : name.endsWith("weight") ? [2, 1] : undefined,
      ),
    );
    const [thickness, intensity] = [column(fullModel.inputs.thickness), column(fullModel.inputs.intensity)];
    const termsOf = ([own, weight0, bias0, weight1, bias1]: tf.Tensor[]) => {
      const current = [
        { weight: weight0!, bias: bias0! },
        { weight: weight1!, bias: bias1! },
      ];
      return {
        t: invertThickness(thickness, own!).logDensity,
        i: invertIntensity(intensity, thickness, current).logDensity,
      };
    };
    const { train } = fullModel.float64;
    const terms = termsOf([theta, ...layers]);
    expectClose(terms.t, train.log_p_t, 2e-5);
    expectClose(terms.i, train.log_p_i_given_t, 2e-5);
    const gradients = tf.grads((...varied: tf.Tensor[]) => {
      const { t: own, i: given } = termsOf(varied);
      return tf.neg(tf.sum(tf.add(own, given)));
    })([theta, ...layers]);
    const expected = train.grad_of_loss_sum;
    const spans = splineNames.map((name) => originals.get(name)!.length);
    const pieces = [...tf.split(tf.reshape(gradients[0]!, [-1]), spans), ...gradients.slice(1)];
    [...splineNames, ...layerNames].forEach((name, k) => {
      const own = pieces[k]!.dataSync();
      const { l2, first3 } = expected[name]!;
      expect(Math.hypot(...own), name).to.be.closeTo(l2, 5e-5 * l2);
      expectClose(own.slice(0, first3.length), first3, 5e-5);
    });
  });

  it("the conditional model's intensity: affine, then a spline, then sigmoid and range", () => {
    const variant = reference.variant_without_t_to_i;
    const theta = thetaOf(variant.intensity_spline_linear);
    const affineTheta = tf.tensor2d([[variant.affine_loc, Math.log(variant.affine_scale)]]);
    const real = toUnconstrained(i, column(reference.points.i));
    const unbent = spline.inverse(real, theta);
    const { value: noise, logDerivative } = affine.inverse(unbent.value, affineTheta);
    const jacobian = tf.add(tf.add(logDerivative, unbent.logDerivative), logDerivativeToUnconstrained(i, real));
    expectClose(noise, variant.float64.e_i, 5e-5);
    expectClose(tf.add(standardNormal(noise), jacobian), variant.float64.log_p_i_given_t, 2e-4);
    const back = spline.forward(affine.forward(noise, affineTheta).value, theta).value;
    expectClose(fromUnconstrained(i, back), variant.float64.null_i, 2e-5);
  });
});
