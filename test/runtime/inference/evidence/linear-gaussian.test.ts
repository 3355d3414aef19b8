/**
 * Partial evidence on the linear-Gaussian reference: exactly, and by importance sampling within its standard errors.
 */
import { expect } from "chai";
import { normalPosterior } from "../../../../src/runtime/inference/exact/gaussian-posterior.js";
import { gaussianUnit } from "../../../../src/runtime/inference/exact/gaussian-unit.js";
import type { LoadedModel } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { interventions, scalarRows } from "../../models.js";
import { linearGaussianModels, nodes, reference } from "../../reference-scm.js";
import { answerUnits } from "../answer-units.js";

const engine = createEngine("onnx");
const cases = reference.counterfactuals_partial_evidence;
const doText = (values: Record<string, number>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} := ${value}`)
    .join(", ");

async function answer(model: LoadedModel, index: number, particles: number, method?: "importance") {
  const { evidence, do: set } = cases[index]!;
  return answerUnits({
    loaded: model,
    engine,
    observed: new Map(Object.entries(evidence).map(([name, value]) => [name, scalarRows([value])])),
    interventions: interventions(doText(set), model),
    targets: nodes,
    particles,
    proposals: 50_000,
    wanted: { sd: true, quantiles: [] },
    key: RandomKey.fromSeed(5),
    ...(method ? { method } : {}),
  });
}

for (const [title, { model, noise, scaled }] of Object.entries(linearGaussianModels))
  describe(`partial evidence: ${title}`, () => {
    for (const [index, unit] of cases.entries()) {
      it(`case ${index + 1}: the posterior of the noises and the evidence's probability`, () => {
        const gaussian = gaussianUnit(model, (name) => (name in unit.evidence ? [unit.evidence[name]!] : undefined));
        const posterior = normalPosterior(gaussian.dimension, gaussian.equations);
        expect(posterior.logEvidence).to.be.closeTo(unit.log_evidence, 1e-4);
        // Noises are standard normal here, in the order of the nodes.
        const sd = nodes.map((_, k) => reference.noise_sd[k]!);
        const form = (k: number) => ({ constant: 0, coefficients: new Map([[k, sd[k]!]]) });
        expect(gaussian.dimension).to.equal(nodes.length, `${noise} ${scaled}`);
        nodes.forEach((_, i) => {
          expect(posterior.expectation(form(i))).to.be.closeTo(unit.noise_posterior_mean[i]!, 1e-4);
          nodes.forEach((_, j) => {
            expect(posterior.covariance(form(i), form(j))).to.be.closeTo(unit.noise_posterior_cov[i]![j]!, 1e-4);
          });
        });
      });

      it(`case ${index + 1}: the counterfactual in closed form`, async () => {
        const { values, spread, inference } = await answer(model, index, 4);
        expect(inference.map(({ closedForm }) => closedForm)).to.deep.equal([true]);
        nodes.forEach((name, k) => {
          expect(values.get(name)![0]).to.be.closeTo(unit.counterfactual_mean[k]!, 1e-4, name);
          const variance = (spread.get(name)?.sd?.[0] ?? 0) ** 2;
          expect(variance).to.be.closeTo(unit.counterfactual_cov[k]![k]!, 1e-4, name);
        });
      });

      it(`case ${index + 1}: 20,000 of 50,000 importance-sampled completions, within 3 standard errors`, async () => {
        const particles = 20_000;
        const { values, inference } = await answer(model, index, particles, "importance");
        const effective = inference[0]?.effectiveSize?.smallest ?? particles;
        nodes.forEach((name, k) => {
          const variance = unit.counterfactual_cov[k]![k]!;
          const error = Math.sqrt(variance * (1 / effective + 1 / particles));
          expect(Math.abs(values.get(name)![0]! - unit.counterfactual_mean[k]!)).to.be.at.most(3 * error + 1e-5, name);
        });
      });
    }
  });
