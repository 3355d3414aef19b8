/**
 * Layers of image flows against vectors made with the original packages (test/fixtures/flows), on the compiled engine.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { createLikelihood } from "../../../../../src/runtime/mechanisms/likelihoods/likelihood.js";
import { workingSpace } from "../../../../../src/runtime/mechanisms/likelihoods/working-space.js";
import { actnorm } from "../../../../../src/runtime/mechanisms/transforms/image/actnorm.js";
import { channelMixing } from "../../../../../src/runtime/mechanisms/transforms/image/channel-mixing.js";
import { imageCoupling } from "../../../../../src/runtime/mechanisms/transforms/image/image-coupling.js";
import type { ImageLayer } from "../../../../../src/runtime/mechanisms/transforms/image/image-layer.js";
import { type PixelMap, pixels } from "../../../../../src/runtime/mechanisms/transforms/image/pixels.js";
import { squeeze, unsqueeze } from "../../../../../src/runtime/mechanisms/transforms/image/squeeze.js";
import * as tf from "../../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../../../src/runtime/tensors/engine/index.js";
import { expectClose, isDouble } from "../../../close.js";

type Image = number[][][][];
interface Convolution {
  weight: number[][][][];
  bias: number[];
}
interface PixelLikelihood {
  x: Image;
  mean: Image;
  float64: { log_p_x: number[]; e_x: Image };
}
interface Step {
  x: Image;
  y: Image;
  logdet: number[];
}

const read = (name: string) => JSON.parse(readFileSync(`test/fixtures/flows/${name}.json`, "utf8"));
const { params, x_pixels: xPixels, context, hidden_channels: hidden, float64 } = read("image_flow");
const preprocessing = read("preprocessing");
const engine = createEngine(isDouble ? "reference" : "onnx");
/** The suggested one of float32. */
const tolerance = 2e-5;

/** The vectors have [batch][channel][row][column]. */
const imageOf = (image: Image) => tf.transpose(tf.tensor4d(image), [0, 2, 3, 1]);
const flat = (image: Image) => image.flat(3);
const planes = (image: tf.Tensor) => tf.transpose(image, [0, 3, 1, 2]);
const permutationOf = (matrix: number[][]) => matrix.map((row) => row.indexOf(1));

async function evaluate(procedure: () => Record<string, tf.Tensor>): Promise<Record<string, number[]>> {
  const program = await engine.compile({ name: "image flow", inputs: {}, procedure });
  const outputs = await program.run({});
  await program.dispose();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

function couplingParameters(convolutions: Convolution[]): Record<string, tf.Tensor> {
  return Object.fromEntries(
    convolutions.flatMap(({ weight, bias }, k) => [
      [`${k}.weight`, tf.transpose(tf.tensor4d(weight), [2, 3, 1, 0])],
      [`${k}.bias`, tf.tensor1d(bias)],
    ]),
  );
}

const actnormParameters = () => ({
  log_scale: tf.tensor1d(params.actnorm.log_scale),
  shift: tf.tensor1d(params.actnorm.shift),
});
const mixing = (name: string) => channelMixing(4, permutationOf(params[name].P));
const mixingParameters = (name: string) => ({ lu: tf.tensor2d(params[name].LU) });

interface Case {
  readonly layer: ImageLayer;
  readonly parameters: () => Record<string, tf.Tensor>;
  readonly conditional?: true;
  /**
   * Tolerances of values and of values made back from noise: shifts of 500, and scales clamped at exp(-5), lose digits.
   */
  readonly tolerances?: readonly [number, number];
}

const cases: Record<string, Case> = {
  actnorm: { layer: actnorm(4), parameters: actnormParameters },
  channel_permute: { layer: mixing("channel_permute"), parameters: () => mixingParameters("channel_permute") },
  channel_permute_final: {
    layer: mixing("channel_permute_final"),
    parameters: () => mixingParameters("channel_permute_final"),
  },
  coupling_unconditional: {
    layer: imageCoupling(4, 0, hidden),
    parameters: () => couplingParameters(params.coupling_unconditional),
  },
  coupling_conditional: {
    layer: imageCoupling(4, 2, hidden),
    parameters: () => couplingParameters(params.coupling_conditional),
    conditional: true,
  },
  coupling_clamped: {
    layer: imageCoupling(4, 0, hidden),
    parameters: () => couplingParameters(params.coupling_clamped),
    tolerances: [2e-4, 2e-2],
  },
};

describe("layers of image flows against the original", () => {
  for (const [name, { layer, parameters, conditional, tolerances = [tolerance, tolerance] }] of Object.entries(cases))
    it(`${name}: values and log-determinants both ways`, async () => {
      const reference = float64[name] as Step;
      const found = await evaluate(() => {
        const parents = conditional ? tf.tensor2d(context) : null;
        const noise = layer.inverse(imageOf(reference.x), parameters(), parents);
        const value = layer.forward(noise.value, parameters(), parents);
        return {
          noise: planes(noise.value),
          logDerivative: noise.logDerivative,
          value: planes(value.value),
          logDerivativeForward: value.logDerivative,
        };
      });
      expectClose(found.noise!, flat(reference.y), tolerances[0]);
      expectClose(found.logDerivative!, reference.logdet, tolerances[0]);
      expectClose(found.value!, flat(reference.x), tolerances[1]);
      expectClose(
        found.logDerivativeForward!,
        reference.logdet.map((value) => -value),
        tolerances[0],
      );
    });

  for (const name of ["squeeze", "squeeze_4x4x4"])
    it(`${name}: the same permutation, and back`, async () => {
      const { x, y } = float64[name] as Step;
      const found = await evaluate(() => ({
        squeezed: planes(squeeze(imageOf(x))),
        again: planes(unsqueeze(imageOf(y))),
      }));
      expectClose(found.squeezed!, flat(y), 1e-6);
      expectClose(found.again!, flat(x), 1e-6);
    });

  it("activation normalisation starts from the data's moments", async () => {
    const { x, y, log_scale: logScale, shift } = float64.actnorm_data_init;
    const found = await evaluate(() => {
      const start = actnorm(4).initialise!(imageOf(x));
      return { ...start, y: planes(actnorm(4).inverse(imageOf(x), start, null).value) };
    });
    expectClose(found.log_scale!, logScale, tolerance);
    expectClose(found.shift!, shift, tolerance);
    expectClose(found.y!, flat(y), tolerance);
  });

  it("the composed step: noise, log-determinant and log-density of three images of pixels", async () => {
    const reference = float64.composed_step;
    const found = await evaluate(() => {
      const start = pixels("realnvp").inverse(tf.reshape(imageOf(xPixels), [3, 16]), {}, null);
      let image: tf.Tensor = squeeze(tf.reshape(start.value, [3, 4, 4, 1]));
      let logDerivative = start.logDerivative;
      for (const name of ["actnorm", "channel_permute", "coupling_conditional", "channel_permute_final"]) {
        const { layer, parameters, conditional } = cases[name]!;
        const step = layer.inverse(image, parameters(), conditional ? tf.tensor2d(context) : null);
        image = step.value;
        logDerivative = tf.add(logDerivative, step.logDerivative);
      }
      const noise = tf.reshape(planes(image), [3, 16]);
      const base = tf.mul(-0.5, tf.add(tf.sum(tf.square(noise), 1, true), 16 * Math.log(2 * Math.PI)));
      return { noise, logDerivative, logDensity: tf.add(base, logDerivative) };
    });
    expectClose(found.noise!, flat(reference.z), 2 * tolerance);
    expectClose(found.logDerivative!, reference.logdet_total, tolerance);
    expectClose(found.logDensity!, reference.log_p_x, 2 * tolerance);
  });
});

describe("maps of pixels against the original", () => {
  for (const map of ["realnvp", "glow"] as PixelMap[])
    it(`${map}: both ways, with log-derivatives`, async () => {
      const { float64: exact, float32: single } = preprocessing[map];
      const logits = (preprocessing.logits_for_inverse as number[]).map((logit) => logit / (map === "glow" ? 12 : 1));
      const column = (values: number[]) => tf.tensor2d(values, [values.length, 1]);
      const found = await evaluate(() => {
        const there = pixels(map).inverse(column(preprocessing.x), {}, null);
        const back = pixels(map).forward(column(logits), {}, null);
        const again = pixels(map).forward(there.value, {}, null);
        return {
          y: there.value,
          slope: there.logDerivative,
          x: back.value,
          slopeBack: back.logDerivative,
          again: again.value,
        };
      });
      // The last x saturates at a limit of the precision: there the original's single precision counts.
      const inner = preprocessing.x.length - 1;
      expectClose(found.y!.slice(0, inner), exact.y.slice(0, inner), tolerance);
      expectClose(found.slope!.slice(0, inner), exact.logabsdet.slice(0, inner), 5 * tolerance);
      expect(found.y![inner]).to.be.closeTo(single.y[inner], 0.1);
      expect(found.slope![inner]).to.be.closeTo(single.logabsdet[inner], 0.1);
      expectClose(found.x!, exact.x_of_logits, tolerance);
      expectClose(found.slopeBack!, exact.logabsdet_inverse_at_logits, tolerance);
      // In units of grey levels, near 256, where the logit is steep: single precision keeps 1e-4 of them.
      (preprocessing.x as number[]).forEach((level, k) => {
        expect(found.again![k]).to.be.closeTo(level, 2e-4);
      });
    });
});

describe("the likelihood of pixels against the original", () => {
  it("log-densities and noises of six images of logits with a fixed scale", async () => {
    const { x, mean, float64: exact } = preprocessing.pixel_likelihood as PixelLikelihood;
    const image = { kind: "image", height: 2, width: 2, channels: 1 } as const;
    const space = workingSpace("cvae", { name: "x", domain: image, normalisation: null }, "realnvp");
    const scale = { call: "fixed", options: { value: Math.exp(-2.5) } };
    const likelihood = createLikelihood(space, 4, { likelihood: "normal", scale });
    const found = await evaluate(() => {
      const rows = (one: Image) => tf.tensor2d(flat(one), [one.length, 4]);
      // The vectors have no place within a grey level.
      const draws = { dequantisation: tf.zeros([x.length, 4]) };
      const { value, logDerivative } = space.toSpace(rows(x), x.length, draws);
      const given = likelihood.given({}, { loc: rows(mean) });
      return { logDensity: tf.add(given.logDensity(value), logDerivative), noise: given.whiten(value, {}).u! };
    });
    expectClose(found.logDensity!, exact.log_p_x, tolerance);
    expectClose(found.noise!, flat(exact.e_x), tolerance);
  });
});
