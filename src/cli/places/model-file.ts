/** Reads the model that a verb is given: a program, a compiled model, or the directory of a fitted artefact. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { type CompileOptions, compile } from "../../compiler/compile.js";
import { type Diagnostic, failure, ScmcError } from "../../diagnostics/diagnostic.js";
import { reasonOf } from "../../diagnostics/system-reasons.js";
import { parseModel } from "../../model/files/load.js";
import type { Model } from "../../schema/types.js";
import { renderDiagnostics } from "../print/render.js";
import { statusAt } from "../process/path-status.js";
import { SourceError } from "../process/source-error.js";
import { standardInput, standardInputName } from "./inputs.js";
import { requireArtefact } from "./output-directory.js";

export interface Compiled {
  readonly model?: Model;
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
  /** The file's name in messages. */
  readonly file: string;
}

export function isDirectory(path: string): boolean {
  return statusAt(path)?.isDirectory() ?? false;
}

export async function readSource(file: string): Promise<string> {
  if (file === standardInput) return textOf(process.stdin);
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw failure("7101", file, `cannot be read: ${reasonOf(error) ?? error.message}`);
  });
}

/** Throws a usage error if a file named on the command line does not exist, whichever verb reads it. */
export function requireFile(file: string): void {
  const reason = isDirectory(file)
    ? "it is a directory"
    : statusAt(file) === undefined
      ? "there is no such file"
      : undefined;
  if (reason !== undefined) throw failure("7101", file, `cannot be read: ${reason}`);
}

/** Compiles a program or checks a compiled model, and returns the problems. */
export async function readModelFile(path: string, options: CompileOptions = {}): Promise<Compiled> {
  const text = await readSource(path);
  const file = path === standardInput ? standardInputName : path;
  if (!file.endsWith(".json")) return { ...compile({ text, file }, options), text, file };
  try {
    return { model: parseModel(text, file), diagnostics: [], text, file };
  } catch (error) {
    if (error instanceof ScmcError) return { diagnostics: error.diagnostics, text, file };
    throw error;
  }
}

/** The model of a program or model file; prints warnings, and throws if there are errors. */
export async function requireModel(path: string): Promise<Model> {
  const { model, diagnostics, text, file } = await readModelFile(path);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const sources = new Map([[file, text]]);
  if (!model || errors.length > 0) throw new SourceError(diagnostics, sources);
  if (diagnostics.length > 0) process.stderr.write(renderDiagnostics(diagnostics, sources));
  return model;
}

/** Like `requireModel`, but also accepts a fitted artefact's directory, whose weights are not read. */
export async function requireDescribedModel(path: string): Promise<Model> {
  return (await requireDescribed(path)).model;
}

/** Like `requireDescribedModel`, with the posteriors that an artefact has learned. */
export async function requireDescribed(path: string): Promise<{ model: Model; posteriors?: readonly string[] }> {
  if (!isDirectory(path)) return { model: await requireModel(path) };
  requireArtefact(path);
  const file = join(path, "model.json");
  const { checkDescription } = await import("../../runtime/artefact/check-description.js");
  const { model, posteriors = [] } = checkDescription(await readSource(file), file);
  return { model: parseModel(JSON.stringify(model), file), posteriors: posteriors.map(({ variable }) => variable) };
}
