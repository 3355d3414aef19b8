/**
 * What a question of the command line is asked of: a model that runs, with the types that it was fitted to, and its
 * data.
 */
import type { LoadedDataset } from "../../data/columns/dataset.js";
import { readDataset } from "../../data/dataset/read-dataset.js";
import { type Answer, answerQuery } from "../../runtime/inference/answer-queries.js";
import { rowsOfColumns } from "../../runtime/mechanisms/bound/columns.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import type { Query } from "../../schema/types.js";
import { noteAdvice } from "../print/warning-lines.js";
import { createTerminal, type Terminal } from "../process/terminal.js";
import { requireFile } from "./model-file.js";
import { type EngineOptions, loadRunnable, recordedItems, startEngine, unitNameOf } from "./runnable.js";

export interface QuestionOptions extends EngineOptions {
  readonly do?: readonly string[];
  readonly given?: readonly string[];
  readonly samples: number;
}

export interface Asked {
  readonly loaded: LoadedModel;
  readonly terminal: Terminal;
  readonly data: LoadedDataset | undefined;
  answer(query: Query, particles?: number): Promise<Answer[]>;
}

/** Loads what a question is asked of. Empty cells of the data are missing values. */
export async function ask(path: string, options: QuestionOptions & { readonly data?: string }): Promise<Asked> {
  const terminal = createTerminal(options.quiet ?? false);
  if (options.data !== undefined) requireFile(options.data);
  const { engine } = await startEngine(options);
  const loaded = await loadRunnable(path, options);
  const wanted = loaded.model.variables.filter(({ latent }) => !latent).map(({ name }) => loaded.variables.get(name)!);
  const data =
    options.data === undefined
      ? undefined
      : await readDataset(options.data, wanted, { allowMissingVariables: true, allowMissingValues: true });
  noteAdvice(terminal, data?.advice);
  return {
    loaded,
    terminal,
    data,
    answer: async (query, particles = 1) =>
      answerQuery(
        {
          loaded,
          engine,
          ...(data
            ? {
                observed: rowsOfColumns(data.columns, loaded.variables),
                records: await recordedItems(loaded, data),
                unitName: unitNameOf(data),
              }
            : {}),
          particles,
          samples: options.samples,
          key: RandomKey.fromSeed(options.seed).split("question"),
        },
        query,
      ),
  };
}
