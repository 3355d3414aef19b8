/** What the verbs that run a model share: the model ready to run, its engine, its interventions, its recorded items. */
import type { Column, Dataset } from "../../data/columns/dataset.js";
import { digitSize, loadMnist, type Mnist, type MnistSplit } from "../../data/images/mnist.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { readArtefact } from "../../runtime/artefact/artefact.js";
import type { OperatorRecord, OperatorRecords } from "../../runtime/inference/programs/operators.js";
import { boundModel, type LoadedModel, loadUnfitted } from "../../runtime/mechanisms/loaded-model.js";
import { createEngine, type Engine, type EngineDescription } from "../../runtime/tensors/engine/index.js";
import type { Intervention } from "../../schema/types.js";
import { compileDo } from "../options/do-option.js";
import { warningLines } from "../print/warning-lines.js";
import { interventionFile } from "../process/exit-status.js";
import { createTerminal } from "../process/terminal.js";
import { isDirectory, requireModel } from "./model-file.js";

export interface EngineOptions {
  readonly seed: number;
  readonly engine: string;
  readonly device?: string;
  readonly threads?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface StartedEngine {
  readonly engine: Engine;
  readonly description: EngineDescription;
}

/** The engine, loaded and its device tried: what does not run is reported before any work is done. */
export async function startEngine(
  options: Pick<EngineOptions, "engine" | "device" | "threads"> & { readonly profile?: string },
): Promise<StartedEngine> {
  const { engine: name, device, threads, profile } = options;
  const engine = createEngine(name, {
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
    ...(profile === undefined ? {} : { profile }),
  });
  return { engine, description: await engine.start() };
}

/**
 * A fitted artefact by its directory, or a program or model without anything to fit. What its fits were warned of is
 * told again, since every answer leans on them.
 */
export async function loadRunnable(
  path: string,
  { quiet = false }: { readonly quiet?: boolean },
): Promise<LoadedModel> {
  if (!isDirectory(path)) return loadUnfitted(await requireModel(path), path);
  const { loaded, description } = await readArtefact(path);
  const warnings = description.fits.flatMap(({ warnings: ofFit = [] }) => ofFit);
  if (warnings.length > 0) createTerminal(quiet).note(warningLines(warnings));
  return loaded;
}

/**
 * The interventions of one or several `--do` texts, which hold together. Grids only where several worlds are answered.
 */
export function interventionsOf(
  texts: readonly string[] | undefined,
  loaded: LoadedModel,
  worlds: "one" | "grids" = "one",
): Intervention[] {
  // Types that the program left out are known by now: a class may be set by the name of its level.
  const interventions = compileDo(texts, boundModel(loaded));
  const grid = interventions.find((intervention) => intervention.grid !== undefined);
  if (grid && worlds === "one")
    throw failure(
      "1012",
      interventionFile,
      `\`${grid.variable}\` is set to a grid of values, and this asks for one world`,
      "Ask once for each value, or use `scmc counterfactual` or a query.",
    );
  return interventions;
}

/** The digits that operator variables start from, in file order: one per row, then again from the first. */
export async function freshItems(
  { operators, model }: LoadedModel,
  split: string | undefined,
): Promise<(firstRow: number, rows: number) => { records: OperatorRecords; noise: Map<string, Column> }> {
  if (split !== undefined && operators.size === 0)
    throw failure("7102", model.name, "--split: the model draws nothing from mnist()", "Leave the option out.");
  const sources: { variable: string; key: string; split: MnistSplit; images: Uint8Array; count: number }[] = [];
  for (const [variable, { noises }] of operators)
    for (const item of noises) {
      const chosen = split ?? item.split ?? "train";
      if (chosen !== "train" && chosen !== "test")
        throw failure("7102", model.name, `there is no MNIST split "${chosen}"`, "Use --split train or --split test.");
      const { images, rows } = await loadMnist(chosen);
      sources.push({ variable, key: `${variable}.${item.name}`, split: chosen, images, count: rows });
    }
  return (firstRow, rows) => {
    const records = new Map<string, OperatorRecord>();
    const noise = new Map<string, Column>();
    for (const source of sources) {
      const indices = Float64Array.from({ length: rows }, (_, row) => (firstRow + row) % source.count);
      records.set(source.variable, recordOf(source.images, indices));
      noise.set(source.key, { kind: "numeric", values: indices, items: `mnist/${source.split}` });
    }
    return { records, noise };
  };
}

/** What messages call a unit of a data set: by its id, as the answers do. */
export function unitNameOf({ ids }: Pick<Dataset, "ids">): (unit: number) => string {
  return (unit) => `unit ${ids[unit]}`;
}

/** The digits that a data set says its units were made from. */
export async function recordedItems(
  { operators }: LoadedModel,
  dataset: Pick<Dataset, "noise">,
): Promise<OperatorRecords> {
  const records = new Map<string, OperatorRecord>();
  for (const [variable, { noises }] of operators)
    for (const { name } of noises) {
      const column = dataset.noise.get(`${variable}.${name}`);
      if (column?.kind !== "numeric" || !column.items) continue;
      const mnist = await digitsOf(column.items === "mnist/test" ? "test" : "train");
      records.set(variable, recordOf(mnist.images, column.values));
    }
  return records;
}

/** Read once, however many blocks ask. */
const digits = new Map<MnistSplit, Promise<Mnist>>();

function digitsOf(split: MnistSplit): Promise<Mnist> {
  const loading = digits.get(split) ?? loadMnist(split);
  digits.set(split, loading);
  return loading;
}

function recordOf(digits: Uint8Array, indices: Float64Array | Float32Array): OperatorRecord {
  const size = digitSize * digitSize;
  const images = new Uint8Array(indices.length * size);
  indices.forEach((index, row) => {
    images.set(digits.subarray(index * size, (index + 1) * size), row * size);
  });
  return { rows: indices.length, height: digitSize, width: digitSize, images };
}
