/**
 * The programs that inspection shows are those that run: every program that a fit, an evaluation and the queries
 * compile is found by name, with the same hash.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadInspectable } from "../../src/cli/places/inspectable.js";
import { compile } from "../../src/compiler/compile.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { fitModel } from "../../src/runtime/fitting/fit-model.js";
import { evaluateLogProbability } from "../../src/runtime/inference/checks/held-out-figures.js";
import { sample } from "../../src/runtime/inference/programs/sample.js";
import { allAnswers } from "../../src/runtime/inference/whole-answer.js";
import { type NamedProgram, programsOf } from "../../src/runtime/inspection/programs.js";
import { rowsOfColumns } from "../../src/runtime/mechanisms/bound/columns.js";
import { hashGraph } from "../../src/runtime/tensors/engine/graph/text.js";
import { createEngine, type Engine } from "../../src/runtime/tensors/engine/index.js";
import { loopGraph, programGraph } from "../../src/runtime/tensors/engine/onnx/onnx-engine.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { Intervention, Model } from "../../src/schema/types.js";
import { directoryWith } from "../cli/support.js";
import { program, study } from "../cli/tiny-study.js";

/** An engine that notes the hash of whatever it compiles. */
function recording(hashes: Set<string>): Engine {
  const engine = createEngine("onnx", { threads: 1 });
  return {
    name: engine.name,
    start: () => engine.start(),
    compile: (spec) => {
      hashes.add(hashGraph(programGraph(spec)));
      return engine.compile(spec);
    },
    compileLoop: (spec) => {
      hashes.add(hashGraph(loopGraph(spec)));
      return engine.compileLoop(spec);
    },
  };
}

function hashOf({ build }: NamedProgram): string {
  const built = build();
  return hashGraph(built.kind === "loop" ? loopGraph(built.spec) : programGraph(built.spec));
}

function writeModel(directory: string, model: Model): string {
  const file = join(directory, "written.scm.json");
  writeFileSync(file, serialiseModel(model));
  return file;
}

const queries = `
query thicker = counterfactual(t, i, x | do(t := t + 1))
query effect  = expectation(i + t | do(t := 2)) - expectation(i)
`;

function modelOf(text: string): Model {
  const { model, diagnostics } = compile({ text, file: "tiny.scm" });
  expect(diagnostics).to.deep.equal([]);
  return model!;
}

describe("the programs of a model", () => {
  it("are those that run, with the same hashes", async () => {
    const directory = directoryWith(study());
    const model = modelOf(program + queries);
    const dataset = await readDataset(`${directory}/data.json`, model.variables);
    const hashes = new Set<string>();
    const engine = recording(hashes);
    const { loaded } = await fitModel({ model, dataset, engine, seed: 1 });
    const rows = dataset.rows;
    const key = RandomKey.fromSeed(1);
    const observed = rowsOfColumns(dataset.columns, loaded.variables);
    await evaluateLogProbability({ loaded, engine, observed, key });
    await sample({ loaded, engine, rows, key });
    const units = { rows, variables: [...observed.keys()], blocks: () => [{ firstUnit: 0, rows, observed }] };
    await allAnswers({ loaded, engine, seed: 1 }, units, () => ({ particles: 8, samples: 60 }));

    const usual = programsOf({ loaded, trainingRows: rows, particles: 8 });
    const asked = programsOf({ loaded, trainingRows: rows, particles: 8, batch: rows });
    const trained = usual.filter(({ name }) => /\.(train|held_out_loss|gradient|importance_bound)$/.test(name));
    const wholeSample = asked.filter(({ name }) => /^(sample|log_probability|query\..*)$/.test(name));
    const known = new Map([...trained, ...wholeSample].map((one) => [hashOf(one), one.name]));
    for (const name of known.values())
      expect(hashes.has([...known].find(([, n]) => n === name)![0]), name).to.equal(true);
    expect([...hashes].filter((hash) => !known.has(hash))).to.deep.equal([]);
    expect(known.size).to.equal(3 * 2 + 2 + 1 + 2 + 1 + 4);
  });

  it("what is initialised from rows is a program too", async () => {
    const directory = directoryWith(study());
    const model = modelOf("t : positive := flow()\nx : image(4, 4) := flow(t)\nfit t(epochs = 1)\nfit x(epochs = 1)\n");
    const dataset = await readDataset(`${directory}/data.json`, model.variables);
    const hashes = new Set<string>();
    await fitModel({ model, dataset, engine: recording(hashes), seed: 3 });
    const { loaded, trainingRows } = await loadInspectable(writeModel(directory, model), `${directory}/data.json`, 3);
    const programs = programsOf({ loaded, trainingRows, particles: 1 });
    expect(hashes.has(hashOf(programs.find(({ name }) => name === "x.initialise")!))).to.equal(true);
    expect(programs.map(({ name }) => name)).to.not.include("t.initialise");
  });

  it("sampling is under the intervention of the command line, and there is a counterfactual", () => {
    const model = modelOf("t : real := 1 + e where e ~ normal(0, 1)\ni : real := t + e where e ~ normal(0, 1)");
    const variables = new Map(
      model.variables.map(({ name, domain }) => [name, { name, domain: domain!, normalisation: null }]),
    );
    const loaded = {
      model,
      stated: model,
      variables,
      mechanisms: new Map(),
      operators: new Map(),
      posteriors: new Map(),
      parameters: {},
    };
    const natural = programsOf({ loaded, trainingRows: null, particles: 1 }).map(({ name }) => name);
    const intervention: Intervention = { variable: "t", expression: { kind: "constant", value: 3 }, noises: [] };
    const shifted = programsOf({
      loaded,
      trainingRows: null,
      particles: 1,
      interventions: [intervention],
    }).map(({ name }) => name);
    expect(natural).to.not.include("counterfactual");
    expect(shifted).to.include("counterfactual");
  });
});
