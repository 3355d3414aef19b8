/**
 * The main job, `npm run morpho`: makes the synthetic Morpho-MNIST data of the paper, fits the independent, the
 * conditional and the full model, answers do(t := t + 2) for 10,000 test digits, and compares with the true
 * counterfactuals. Writes runs/morpho/{full,conditional,independent}, metrics.json, report.html and
 * counterfactuals.png.
 *
 * Options: --training N and --test N for fewer digits, --runs DIR, --data DIR.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import writeFileAtomic from "write-file-atomic";
import { requireModel } from "../../src/cli/places/model-file.js";
import { loadRunnable } from "../../src/cli/places/runnable.js";
import { renderDiagnostics } from "../../src/cli/print/render.js";
import { createTerminal } from "../../src/cli/process/terminal.js";
import { version } from "../../src/cli/process/version.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { loadMnist } from "../../src/data/images/mnist.js";
import { exitCode, ScmcError } from "../../src/diagnostics/diagnostic.js";
import { causalGraphSvg, type Figure, renderReport, writeGridPng } from "../../src/report/index.js";
import { evaluateLogProbability } from "../../src/runtime/inference/checks/held-out-figures.js";
import { rowsOfColumns } from "../../src/runtime/mechanisms/bound/columns.js";
import type { LoadedModel } from "../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import { makeData, truth as truthProgram } from "./data.js";
import { anchorsOf, readUnits, type Units } from "./errors.js";
import { densityFigures, firstOfEachClass, gridFigure, imageRows, labelsOf } from "./figures.js";
import { type ModelName, type ModelResult, programs, runOne } from "./study.js";
import { anchorsTable, metricsOf, resultsTable, type Summary, tableText } from "./summary.js";

const { values: options } = parseArgs({
  options: {
    training: { type: "string", default: "60000" },
    test: { type: "string", default: "10000" },
    runs: { type: "string", default: "runs/morpho" },
    data: { type: "string", default: "data/morpho" },
    seed: { type: "string", default: "1" },
    particles: { type: "string", default: "32" },
  },
});

const started = performance.now();
const terminal = createTerminal(false);
const phase = (text: string) =>
  terminal.done(`[${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);

/** Log-densities of the true process on the test digits. */
async function trueLogProbability(loaded: LoadedModel, manifest: string) {
  const { columns } = await readDataset(manifest, [...loaded.variables.values()]);
  return evaluateLogProbability({
    loaded,
    engine: createEngine("onnx"),
    observed: rowsOfColumns(columns, loaded.variables),
    key: RandomKey.fromSeed(1),
  });
}

async function writeReport(summary: Summary, figures: Figure[], grid: Figure): Promise<void> {
  const graphs = await Promise.all(
    Object.entries(programs).map(async ([name, file]) => ({
      drawing: causalGraphSvg(await requireModel(file)),
      title: name,
      caption: `The ${name} model, ${file}.`,
    })),
  );
  const texts = await Promise.all(
    [...Object.values(programs), truthProgram].map(async (name) => ({ name, text: await readFile(name, "utf8") })),
  );
  const html = renderReport({
    title: "Morpho-MNIST: counterfactual digits",
    lead: "Three structural causal models of the same digits (Pawlowski, Castro & Glocker 2020, section 4), fitted by scmc and compared with the true process.",
    summary: [resultsTable(summary), anchorsTable(summary)],
    sections: [
      { title: "Counterfactual digits", figures: [grid] },
      { title: "Learned and true densities", text: ["Of the full model, on the test digits."], figures },
      { title: "Causal graphs", figures: graphs },
    ],
    programs: texts,
    made: [
      { label: "command", value: "npm run morpho", code: true },
      { label: "scmc", value: version },
      { label: "seed", value: options.seed },
      { label: "digits", value: `${options.training} for training, ${options.test} for the test` },
      { label: "particles", value: options.particles },
      { label: "minutes", value: ((performance.now() - started) / 60_000).toFixed(1) },
    ],
  });
  await writeFileAtomic(join(options.runs, "report.html"), html);
}

async function main(): Promise<void> {
  phase("data");
  const sizes = { trainingRows: Number(options.training), testRows: Number(options.test) };
  const data = await makeData(options.data, sizes, terminal);
  const truth: Units = await readUnits(data.thicker);
  const original: Units = await readUnits(data.test);
  await mkdir(options.runs, { recursive: true });

  const settings = { seed: Number(options.seed), particles: Number(options.particles), runs: options.runs };
  const results: ModelResult[] = [];
  for (const name of ["full", "conditional", "independent"] as const satisfies readonly ModelName[]) {
    phase(`${name} model`);
    results.push(await runOne(name, data, truth, settings, terminal));
  }

  phase("evaluation and report");
  const trueModel = await loadRunnable(truthProgram, {});
  const summary: Summary = {
    results,
    anchors: await anchorsOf(data, original, truth),
    truth: await trueLogProbability(trueModel, data.test),
    units: sizes.testRows,
  };
  await writeFileAtomic(join(options.runs, "metrics.json"), `${JSON.stringify(metricsOf(summary), null, 2)}\n`);
  const chosen = firstOfEachClass(await labelsOf(data.test, (await loadMnist("test")).labels));
  const rows = imageRows(original, truth, results, chosen);
  await writeFileAtomic(join(options.runs, "counterfactuals.png"), Buffer.from(writeGridPng(rows)));
  const learned = results.find(({ name }) => name === "full")!.run.fitted.loaded;
  await writeReport(summary, await densityFigures(learned, trueModel, original), gridFigure(rows, chosen));
  process.stdout.write(`\n${tableText(resultsTable(summary))}\n${tableText(anchorsTable(summary))}\n`);
  phase(`done: ${join(options.runs, "report.html")}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScmcError)) throw error;
  process.stderr.write(renderDiagnostics(error.diagnostics, new Map()));
  process.exitCode = exitCode.failure;
}
