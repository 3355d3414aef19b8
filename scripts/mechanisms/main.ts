/**
 * `npm run study:mechanisms`: every kind of image mechanism on Morpho-MNIST, fitted by one line of the language, in one
 * table. Resumable: a row whose program, data and version are unchanged is not fitted again, and a killed fit goes on
 * from its checkpoint.
 *
 * Writes runs/mechanisms/NAME, runs/mechanisms/table.md and a picture of counterfactual digits. Options: --rows a,b for
 * some rows,
 * --training N, --test N, --epochs N for all rows.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import writeFileAtomic from "write-file-atomic";
import { createTerminal } from "../../src/cli/process/terminal.js";
import { runModel } from "../../src/cli/verbs/run.js";
import { compile } from "../../src/compiler/compile.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { writeGridPng } from "../../src/report/index.js";
import { isArtefact } from "../../src/runtime/artefact/artefact-directory.js";
import { rowsOfColumns } from "../../src/runtime/mechanisms/bound/columns.js";
import { makeData } from "../morpho/data.js";
import { type ErrorFigure, errorOf, readUnits, type Units } from "../morpho/errors.js";
import { bitsPerDimension, reconstructionError } from "./measure.js";
import { programOf, type Row, rows } from "./rows.js";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string" },
    training: { type: "string", default: "60000" },
    test: { type: "string", default: "10000" },
    epochs: { type: "string" },
    data: { type: "string", default: "data/morpho" },
    runs: { type: "string", default: "runs/mechanisms" },
  },
});

interface Result {
  readonly row: Row;
  readonly parameters: number;
  readonly seconds: number;
  /** ELBO or log-likelihood of the density, nats; null for an implicit mechanism. */
  readonly bound: number | null;
  readonly bits: number | null;
  readonly reconstruction: number;
  readonly error: ErrorFigure;
  readonly answer: Uint8Array;
}

const terminal = createTerminal(false);

async function measure(row: Row, manifests: { training: string; test: string }, truth: Units): Promise<Result> {
  const { model } = compile({ text: programOf(row), file: `${row.name}.scm` });
  if (!model) throw new Error(`${row.name}: the program does not compile`);
  const out = join(options.runs, row.name);
  const run = await runModel(
    model,
    {
      data: manifests.training,
      test: manifests.test,
      out,
      reuse: rows.map(({ name }) => join(options.runs, name)).filter((other) => other !== out && isArtefact(other)),
      particles: row.particles ?? 32,
      samples: 1000,
      seed: 1,
      engine: "onnx",
      ...(options.epochs === undefined ? {} : { fit: [`x(epochs = ${options.epochs})`] }),
    },
    terminal,
  );
  const { loaded } = run.fitted;
  const dataset = await readDataset(manifests.test, [...loaded.variables.values()]);
  const observed = rowsOfColumns(dataset.columns, loaded.variables);
  const answer = await readDataset(join(out, "queries", "thicker", "manifest.json"), [loaded.variables.get("x")!]);
  const pixels = answer.columns.get("x")!;
  if (pixels.kind !== "image") throw new Error("x is no image");
  const fit = run.fitted.fits.find(({ variable }) => variable === "x")!;
  return {
    row,
    parameters: fit.parameters,
    seconds: fit.seconds,
    bound: run.metrics.logProbability.x?.mean ?? null,
    bits: await bitsPerDimension(loaded, observed),
    reconstruction: await reconstructionError(loaded, observed),
    error: errorOf(pixels.pixels, truth),
    answer: pixels.pixels,
  };
}

function tableOf(results: readonly Result[]): string {
  const number = (value: number | null, digits: number) => (value === null ? "-" : value.toFixed(digits));
  const header = [
    "`x := …`",
    "fit",
    "parameters",
    "minutes",
    "log p(x), nats",
    "bits per pixel, at most",
    "reconstruction",
    "counterfactual error",
    "where t > 5",
  ];
  const lines = results.map(({ row, parameters, seconds, bound, bits, reconstruction, error }) => [
    `\`${row.mechanism}\``,
    `\`${row.fit}\``,
    `${(parameters / 1e6).toFixed(2)} M`,
    (seconds / 60).toFixed(1),
    bound === null ? "-" : `≥ ${bound.toFixed(0)}`,
    number(bits, 3),
    reconstruction.toFixed(2),
    error.all.toFixed(2),
    error.thick.toFixed(2),
  ]);
  return [header, header.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

async function main(): Promise<void> {
  const chosen = options.rows?.split(",");
  const unknown = chosen?.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined)
    throw new Error(`there is no row ${unknown}; there are ${rows.map(({ name }) => name).join(", ")}`);
  await mkdir(options.runs, { recursive: true });
  const sizes = { trainingRows: Number(options.training), testRows: Number(options.test) };
  const data = await makeData(options.data, sizes, terminal);
  const truth = await readUnits(data.thicker);
  const observed = await readUnits(data.test);
  const results: Result[] = [];
  for (const row of rows.filter(({ name }) => chosen?.includes(name) ?? true)) {
    terminal.done(`row ${row.name}: x := ${row.mechanism}`);
    results.push(await measure(row, data, truth));
    await writeFileAtomic(join(options.runs, "table.md"), `${tableOf(results)}\n`);
  }
  const shown = 12;
  const line = (label: string, pixels: Uint8Array) => ({
    label,
    images: { height: 28, width: 28, channels: 1, pixels: pixels.subarray(0, shown * 784) },
  });
  const grid = [
    line("observed", observed.x),
    line("true, t + 2", truth.x),
    ...results.map(({ row, answer }) => line(row.name, answer)),
  ];
  await writeFileAtomic(join(options.runs, "counterfactuals.png"), Buffer.from(writeGridPng(grid)));
  process.stdout.write(`${tableOf(results)}\n`);
}

await main();
