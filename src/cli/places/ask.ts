/** The model that a question of the command line is asked about, ready to run, with the types that it was fitted to. */
import type { Session } from "../../runtime/inference/answer.js";
import type { EngineDescription } from "../../runtime/tensors/engine/index.js";
import { createTerminal, type Terminal } from "../process/terminal.js";
import { requireFile } from "./model-file.js";
import { type EngineOptions, loadRunnable, startEngine } from "./runnable.js";

export interface QuestionOptions extends EngineOptions {
  readonly do?: readonly string[];
  readonly given?: readonly string[];
  readonly samples: number;
}

export interface Asked {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly engine: EngineDescription;
}

/** Loads what a question needs; a missing device or data file is reported before any work is done. */
export async function ask(path: string, options: EngineOptions & { readonly data?: string }): Promise<Asked> {
  const terminal = createTerminal(options.quiet ?? false);
  const { engine, description } = await startEngine(options);
  if (options.data !== undefined) requireFile(options.data);
  const loaded = await loadRunnable(path, options);
  return { session: { loaded, engine, seed: options.seed }, terminal, engine: description };
}
