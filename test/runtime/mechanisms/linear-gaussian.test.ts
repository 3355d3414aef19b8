/**
 * A linear-Gaussian model in closed form, once as expressions, once as linear mechanisms, in raw and in standardised
 * units.
 */
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../src/runtime/inference/programs/log-probability.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import { named } from "../../../src/runtime/tensors/core/names.js";
import { createEngine, type HostData } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions, scalarRows } from "../models.js";
import { linearGaussianModels, nodes, reference } from "../reference-scm.js";
import { presentEngines } from "../tensors/engine/present-engines.js";
import { normalBound } from "../tensors/random/kolmogorov-smirnov.js";

const { noise_sd: sds } = reference;

for (const engineName of presentEngines)
  describe(`the linear-Gaussian reference on the ${engineName} engine`, () => {
    const engine = createEngine(engineName);
    for (const [title, { model, noise, scaled }] of Object.entries(linearGaussianModels)) {
      it(`${title}: log-densities`, async () => {
        const points = reference.log_density_points;
        const observed = new Map(nodes.map((name, k) => [name, scalarRows(points.map(({ x }) => x[k]!))]));
        const terms = await logProbability({ loaded: model, engine, observed, key: RandomKey.fromSeed(1) });
        points.forEach(({ log_density }, row) => {
          const sum = nodes.reduce((total, name) => total + terms.get(name)![row]!, 0);
          expect(sum).to.be.closeTo(log_density, 2e-5 * Math.abs(log_density));
        });
      });

      for (const [index, unit] of reference.counterfactuals_full_evidence.entries())
        it(`${title}: counterfactual ${index + 1} and its noises`, async () => {
          const observed = new Map(nodes.map((name) => [name, scalarRows([unit.evidence[name]!])]));
          // One of the units has no intervention: the world as it is.
          const text = Object.entries(unit.do).map(([name, value]) => `${name} := ${value}`);
          if (text.length === 0) text.push("x1 := x1");
          const { values } = await counterfactual({
            loaded: model,
            engine,
            observed,
            interventions: interventions(text.join(", "), model),
            particles: 1,
            key: RandomKey.fromSeed(1),
          });
          for (const name of nodes) expect(values.get(name)![0]).to.be.closeTo(unit.counterfactual[name]!, 1e-4, name);
          const noises = await abductAll(model, unit.evidence);
          nodes.forEach((name, k) => {
            const recovered = noises[`${name}.${noise}`]! * (scaled ? 1 : sds[k]!);
            expect(recovered).to.be.closeTo(unit.noise[name]!, 1e-4, name);
          });
        });
    }

    async function abductAll(model: LoadedModel, evidence: Record<string, number>): Promise<Record<string, number>> {
      const program = await engine.compile({
        name: "abduct",
        inputs: Object.fromEntries(
          nodes.map((name) => [`value.${name}`, { shape: [1, 1], dtype: "float32" as const }]),
        ),
        constants: model.parameters,
        procedure(given, constants) {
          const values = named(given, "value.");
          return Object.fromEntries(
            nodes.flatMap((name) =>
              Object.entries(
                model.mechanisms.get(name)!.abduct(parametersOf(constants, name), values[name]!, values, {}, 1),
              ).map(([source, tensor]) => [`${name}.${source}`, tensor]),
            ),
          );
        },
      });
      const inputs: Record<string, HostData> = {};
      for (const name of nodes) inputs[`value.${name}`] = Float32Array.of(evidence[name]!);
      const outputs = await program.run(inputs);
      await program.dispose();
      return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0]!]));
    }
  });

describe("samples of the linear-Gaussian reference", () => {
  for (const [title, { model }] of Object.entries(linearGaussianModels))
    it(`${title}: means within the bound of a false-alarm rate of 1e-6`, async () => {
      const rows = 4000;
      const engine = createEngine("onnx");
      const { values } = await sample({ loaded: model, engine, rows, key: RandomKey.fromSeed(8) });
      nodes.forEach((name, k) => {
        const mean = values.get(name)!.reduce((sum, value) => sum + value, 0) / rows;
        const standardError = Math.sqrt(reference.observational.cov[k]![k]! / rows);
        expect(Math.abs(mean - reference.observational.mean[k]!)).to.be.lessThan(normalBound * standardError);
      });
    });
});

describe("interventions on the linear-Gaussian reference", () => {
  const engine = createEngine("onnx", { threads: 1 });
  const rows = 40_000;
  for (const [title, { model }] of Object.entries(linearGaussianModels))
    for (const { do: set, mean, cov } of [
      { do: {}, ...reference.observational },
      reference.do_x2_1,
      reference.do_x2_m05_x4_2,
    ]) {
      const text = Object.entries(set).map(([name, value]) => `${name} := ${value}`);
      it(`${title}: means and covariances under do(${text.join(", ")}) (false alarms 1e-6)`, async () => {
        const given = text.length === 0 ? {} : { interventions: interventions(text.join(", "), model) };
        const { values } = await sample({ loaded: model, engine, rows, key: RandomKey.fromSeed(18), ...given });
        const drawn = nodes.map((name, k) => Float64Array.from(values.get(name)!, (value) => value - mean[k]!));
        const average = (of: (row: number) => number) => drawn[0]!.reduce((sum, _, row) => sum + of(row), 0) / rows;
        nodes.forEach((_, i) => {
          const [own, variance] = [drawn[i]!, cov[i]![i]!];
          expect(Math.abs(average((row) => own[row]!))).to.be.at.most(normalBound * Math.sqrt(variance / rows) + 1e-6);
          nodes.forEach((_, j) => {
            // Var(x y) of two centred normals.
            const spread = variance * cov[j]![j]! + cov[i]![j]! ** 2;
            const found = average((row) => own[row]! * drawn[j]![row]!);
            expect(Math.abs(found - cov[i]![j]!)).to.be.at.most(normalBound * Math.sqrt(spread / rows) + 1e-6);
          });
        });
      });
    }
});
