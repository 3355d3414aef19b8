/**
 * Densities of vectors and images by importance sampling: they integrate to one and give samples their frequencies,
 * element by element (false alarms 1e-6). For a bound, the exponential of the log-weight at a drawn latent is an
 * unbiased estimate of the density. Parameters are nearer to where training starts than elsewhere: the wildest random
 * models have tails that no proposal covers. Images whose density is of real grey levels, and of cells of logits, have
 * one or two pixels here: more would need other proposals.
 */
import { expect } from "chai";
import { sizeOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import { distributions } from "../../../src/runtime/mechanisms/distributions/index.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import { named } from "../../../src/runtime/tensors/core/names.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { nearerTheStart } from "../models.js";
import { crossed, crossedCases } from "./crossed-cases.js";
import { expectMean } from "./importance.js";
import { lawCases } from "./law-cases.js";

const engine = createEngine("onnx", { threads: 1 });
const rows = 40_000;
const key = RandomKey.fromSeed(18);

interface Proposal {
  readonly name: "student_t" | "uniform";
  readonly parameters: readonly number[];
}
const ofVectors: Proposal = { name: "student_t", parameters: [3, 0.4, 2.5] };
/** Grey levels, and what a likelihood on the real line leaves beyond them. */
const ofGreyLevels: Proposal = { name: "student_t", parameters: [3, 128, 80] };
/** All that the map of logits reaches. */
const ofLogits: Proposal = { name: "uniform", parameters: [-13.4736, 256] };

/** Weights of the proposals, and samples, `[rows, size]` each. */
async function weighed(model: LoadedModel, proposal: Proposal) {
  const mechanism = model.mechanisms.get("y")!;
  const size = sizeOf(model.variables.get("y")!.domain);
  const distribution = distributions[proposal.name];
  const value = Float32Array.from(distribution.sample(key.split("value"), rows * size, proposal.parameters));
  const inputs: Record<string, Float32Array> = { value };
  for (const [name, spec] of Object.entries(mechanism.noises))
    inputs[`noise.${name}`] = sampleDraws(spec, rows, key.split(`noise ${name}`));
  // The place within a grey level is in the value already.
  for (const [name, spec] of Object.entries(mechanism.draws))
    inputs[`draw.${name}`] =
      name === "dequantisation" ? new Float32Array(rows * spec.size) : sampleDraws(spec, rows, key.split(name));
  const program = await engine.compile({
    name: "importance",
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => [
        name,
        { shape: [rows, data.length / rows], dtype: "float32" as const },
      ]),
    ),
    constants: parametersOf(model.parameters, "y"),
    procedure(given, parameters) {
      const parents: Record<string, tf.Tensor> = model.variables.has("p") ? { p: tf.fill([rows, 1], 2.2) } : {};
      const score = mechanism.logWeight ?? mechanism.logProbability;
      return {
        logWeight: tf.sub(
          score(parameters, given.value!, parents, named(given, "draw.")),
          tf.sum(distribution.logDensity(given.value!, proposal.parameters), 1),
        ),
        sample: mechanism.forward(parameters, named(given, "noise."), parents),
      };
    },
  });
  const { logWeight, sample } = await program.run(inputs);
  await program.dispose();
  return { size, value, sample: sample!.data, weights: Float64Array.from(logWeight!.data, Math.exp) };
}

function check(
  title: string,
  model: LoadedModel,
  proposal: Proposal,
  precision = kindOf(model) === "bound" ? 0.06 : 0.03,
): void {
  it(title, async () => {
    const { size, value, sample, weights } = await weighed(nearerTheStart(model, 0.1), proposal);
    expectMean(weights, () => 1, null, "the density's integral", precision);
    for (let element = 0; element < size; element++) {
      const sorted = Float32Array.from({ length: rows }, (_, row) => sample[row * size + element]!).sort();
      for (const level of [0.1, 0.5, 0.9]) {
        const cut = sorted[Math.floor(level * rows)]!;
        // Samples of images may be whole grey levels: the share below the cut is then below the level.
        const share = sorted.findIndex((one) => one >= cut) / rows;
        if (share === 0) continue;
        const isBelow = (row: number) => Number(value[row * size + element]! < cut);
        expectMean(weights, isBelow, share, `P(y${element} < ${cut})`, precision);
      }
    }
  });
}

const kindOf = (model: LoadedModel) => model.mechanisms.get("y")!.density;
const domainOf = (model: LoadedModel) => model.variables.get("y")!.domain;

describe("densities of vectors by importance sampling", () => {
  for (const [title, model] of Object.entries({ ...lawCases, ...crossedCases })) {
    const domain = domainOf(model);
    if (domain.kind !== "vector" || kindOf(model) === "none") continue;
    // An untrained ladder's posterior is far from the truth: of three elements, single draws from it weigh too
    // unequally.
    if (model.mechanisms.get("y")!.kind === "hvae" && sizeOf(domain) > 2) continue;
    check(title, model, ofVectors, sizeOf(domain) > 3 ? 0.1 : undefined);
  }
});

describe("densities of images by importance sampling", () => {
  const amortised = { ...crossed("cvae", "image(1, 1)", ["dense"]), ...crossed("hvae", "image(1, 1)") };
  for (const [title, model] of Object.entries(amortised))
    check(title, model, title.includes("realnvp") ? ofLogits : ofGreyLevels);
  const flows = Object.entries(lawCases).filter(
    ([, model]) =>
      model.mechanisms.get("y")!.kind === "flow" && domainOf(model).kind === "image" && sizeOf(domainOf(model)) < 5,
  );
  it("has flows", () => expect(flows.length).to.be.at.least(3));
  for (const [title, model] of flows) check(title, model, ofLogits, 0.05);
});
