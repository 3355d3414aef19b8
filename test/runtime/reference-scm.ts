/**
 * The linear-Gaussian reference as models: once as expressions, once as linear mechanisms, in raw and in standardised
 * units.
 */
import { readFileSync } from "node:fs";
import type { Normalisation } from "../../src/runtime/mechanisms/bound/variables.js";
import type { LoadedModel } from "../../src/runtime/mechanisms/loaded-model.js";
import { bound } from "./bound-models.js";
import { loaded } from "./models.js";

export interface Reference {
  nodes: string[];
  B_rows_child_columns_parent: number[][];
  intercept: number[];
  noise_sd: number[];
  observational: { mean: number[]; cov: number[][] };
  do_x2_1: { do: Record<string, number>; mean: number[]; cov: number[][] };
  do_x2_m05_x4_2: { do: Record<string, number>; mean: number[]; cov: number[][] };
  log_density_points: { x: number[]; log_density: number }[];
  counterfactuals_full_evidence: {
    evidence: Record<string, number>;
    do: Record<string, number>;
    noise: Record<string, number>;
    counterfactual: Record<string, number>;
  }[];
  counterfactuals_partial_evidence: {
    evidence: Record<string, number>;
    do: Record<string, number>;
    log_evidence: number;
    noise_posterior_mean: number[];
    noise_posterior_cov: number[][];
    counterfactual_mean: number[];
    counterfactual_cov: number[][];
  }[];
}

export const reference = JSON.parse(readFileSync("test/fixtures/flows/linear_gaussian_scm.json", "utf8")) as Reference;
export const { nodes } = reference;
const { B_rows_child_columns_parent: weights, intercept, noise_sd: sds } = reference;
const parentsOf = nodes.map((_, child) => nodes.filter((_, parent) => weights[child]![parent] !== 0));
const weightOf = (child: number, parent: string) => weights[child]![nodes.indexOf(parent)]!;

export const expressionText = nodes
  .map((name, child) => {
    const terms = parentsOf[child]!.map((parent) => `${weightOf(child, parent)} * ${parent}`);
    return `${name} := ${[intercept[child], ...terms, "e"].join(" + ")} where e ~ normal(0, ${sds[child]})`;
  })
  .join("\n");

/** Normalisation changes the parameters and must not change the model. */
function linearMechanisms(normalisations: Record<string, Normalisation>): LoadedModel {
  const lines = nodes.map((name, child) => `${name} : real := linear(${parentsOf[child]!.join(", ")})`);
  const scaleOf = (name: string) => normalisations[name] ?? { mean: 0, sd: 1 };
  const parameters: Record<string, number[]> = {};
  nodes.forEach((name, child) => {
    const own = scaleOf(name);
    const parents = parentsOf[child]!;
    const shift = parents.reduce((sum, parent) => sum + weightOf(child, parent) * scaleOf(parent).mean, 0);
    if (parents.length > 0)
      parameters[`${name}/weight`] = parents.map((parent) => (weightOf(child, parent) * scaleOf(parent).sd) / own.sd);
    parameters[`${name}/bias`] = [(intercept[child]! + shift - own.mean) / own.sd];
    parameters[`${name}/log_scale`] = [Math.log(sds[child]! / own.sd)];
  });
  return bound(lines.join("\n"), parameters, normalisations);
}

const standardised = Object.fromEntries(
  nodes.map((name, k) => [
    name,
    {
      mean: reference.observational.mean[k]! + 0.3,
      sd: 1.1 * Math.sqrt(reference.observational.cov[k]![k]!),
      low: -3,
      high: 3,
    },
  ]),
);

export const linearGaussianModels: Record<string, { model: LoadedModel; noise: string; scaled: boolean }> = {
  expressions: { model: loaded(expressionText), noise: "e", scaled: true },
  "linear mechanisms, raw units": { model: linearMechanisms({}), noise: "noise", scaled: false },
  "linear mechanisms, standardised": { model: linearMechanisms(standardised), noise: "noise", scaled: false },
};
