/**
 * Measures the wall time from the start to a counterfactual error on Morpho-MNIST: `node dist/bench/time-to-error.js
 * [PROGRAM] [EPOCHS,…]`. Each number of epochs is a separate fit, from reading 60,000 digits to fitted mechanisms; the
 * error is that of `npm run morpho`, on its 10,000 test digits. Prints the first fit that reaches the paper's error
 * (17.6), and the first that reaches half of it. Needs data/morpho, which `npm run morpho` makes.
 */

import { readFile } from "node:fs/promises";
import { makeData } from "../scripts/morpho/data.js";
import { errorOf, readUnits } from "../scripts/morpho/errors.js";
import { createTerminal } from "../src/cli/process/terminal.js";
import { compile } from "../src/compiler/compile.js";
import { readDataset } from "../src/data/dataset/read-dataset.js";
import { fitModel } from "../src/runtime/fitting/fit-model.js";
import { counterfactual } from "../src/runtime/inference/programs/counterfactual.js";
import { rowsOfColumns } from "../src/runtime/mechanisms/bound/columns.js";
import { createEngine } from "../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../src/runtime/tensors/random/index.js";

const program = process.argv[2] ?? "graphs/morpho.scm";
const epochs = (process.argv[3] ?? "1,2,4,8,16,60").split(",").map(Number);
const targets = [17.6, 8.8];
const particles = 32;

const terminal = createTerminal(true);
const data = await makeData("data/morpho", { trainingRows: 60_000, testRows: 10_000 }, terminal);
const truth = await readUnits(data.thicker);
const text = await readFile(program, "utf8");
const engine = createEngine("onnx");
const left = [...targets];

for (const count of epochs) {
  const { model } = compile({ text, file: program });
  if (!model) throw new Error(`${program} does not compile`);
  const started = performance.now();
  const dataset = await readDataset(data.training, model.variables);
  const { loaded } = await fitModel({
    model,
    dataset,
    engine,
    seed: 1,
    fits: [{ variable: "x", options: { epochs: count, patience: count } }],
  });
  const seconds = (performance.now() - started) / 1000;
  const test = await readDataset(data.test, [...loaded.variables.values()]);
  const { values } = await counterfactual({
    loaded,
    engine,
    observed: rowsOfColumns(test.columns, loaded.variables),
    interventions: model.queries.flatMap(({ name, expression }) =>
      name === "thicker" && expression.kind === "counterfactual" ? expression.interventions : [],
    ),
    targets: ["x"],
    particles,
    key: RandomKey.fromSeed(2),
  });
  const pixels = Uint8Array.from(values.get("x")!, (value) => Math.round(Math.min(Math.max(value, 0), 255)));
  const { all } = errorOf(pixels, truth);
  const reached = left.filter((target) => all <= target);
  for (const target of reached) left.splice(left.indexOf(target), 1);
  const note = reached.map((target) => `; the first below ${target}`).join("");
  console.log(
    `${count} epochs: ${seconds.toFixed(1)} s from reading the data to the fit, error ${all.toFixed(2)}${note}`,
  );
}
for (const target of left) console.log(`no fit reached ${target}`);
