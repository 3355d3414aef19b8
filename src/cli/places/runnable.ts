/** The parts shared by verbs that run a model: the model ready to run, its engine, its interventions. */
import { failure } from "../../diagnostics/diagnostic.js";
import { readArtefact } from "../../runtime/artefact/artefact.js";
import { boundModel, type LoadedModel, loadUnfitted } from "../../runtime/mechanisms/loaded-model.js";
import { createEngine, type Engine, type EngineDescription } from "../../runtime/tensors/engine/index.js";
import type { Intervention } from "../../schema/types.js";
import { compileDo } from "../options/do-option.js";
import { warningLines } from "../print/warning-lines.js";
import { interventionFile } from "../process/option-files.js";
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

/** Loads the engine and tries its device, so one that does not run is reported before any work is done. */
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
 * Loads a fitted artefact by its directory, or a program or model that has nothing to fit. Warnings of its fits are
 * printed again, since every answer depends on them.
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
 * The interventions of one or several `--do` texts, applied together. Grids are accepted only if the verb answers
 * several worlds.
 */
export function interventionsOf(
  texts: readonly string[] | undefined,
  loaded: LoadedModel,
  worlds: "one" | "grids" = "one",
): Intervention[] {
  // The types that the program left out are known here, so a class may be set by the name of its level.
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
