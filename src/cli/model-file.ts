/** Reads what a verb calls its model: a program, a compiled model, or the directory of a fitted artefact. */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { compile } from "../compiler/compile.js";
import { type Diagnostic, failure, ScmcError } from "../diagnostics/diagnostic.js";
import { parseModel } from "../model/load.js";
import type { Model } from "../model/schema-types.js";
import { renderDiagnostics } from "./render.js";

export interface Compiled {
  readonly model?: Model;
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export async function readSource(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw failure("7101", file, `cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
  });
}

/** Compiles a program, or checks a compiled model; problems are returned. */
export async function readModelFile(file: string): Promise<Compiled> {
  const text = await readSource(file);
  if (!file.endsWith(".json")) return { ...compile({ text, file }), text };
  try {
    return { model: parseModel(text, file), diagnostics: [], text };
  } catch (error) {
    if (error instanceof ScmcError) return { diagnostics: error.diagnostics, text };
    throw error;
  }
}

/** The model of a file; prints warnings, and throws where there are errors. */
export async function requireModel(file: string): Promise<Model> {
  const { model, diagnostics, text } = await readModelFile(file);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (!model || errors.length > 0) throw new SourceError(diagnostics, new Map([[file, text]]));
  if (diagnostics.length > 0) process.stderr.write(renderDiagnostics(diagnostics, new Map([[file, text]])));
  return model;
}

/** Diagnostics together with the texts that their spans refer to. */
export class SourceError extends ScmcError {
  constructor(
    diagnostics: readonly Diagnostic[],
    readonly sources: ReadonlyMap<string, string>,
  ) {
    super(diagnostics);
  }
}
