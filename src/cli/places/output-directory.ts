/** Checks a directory for results before the work starts, so that nobody waits for a fit that cannot be kept. */
import { accessSync, constants } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { isArtefactTarget } from "../../runtime/artefact/artefact-directory.js";
import { statusAt } from "../process/path-status.js";

const artefactFile = "model.json";

/** The directory need not exist; the nearest existing one above it must be a directory in which to write. */
export function requireWritable(directory: string): void {
  let existing = resolve(directory);
  let status = statusAt(existing);
  while (status === undefined) {
    existing = dirname(existing);
    status = statusAt(existing);
  }
  const advice = "Name another directory with --out.";
  if (!status.isDirectory())
    throw failure(
      "7104",
      directory,
      `cannot be written: ${existing === resolve(directory) ? "it" : existing} is a file`,
      advice,
    );
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch {
    throw failure("7104", directory, `cannot be written: no permission in ${existing}`, advice);
  }
}

/** A file is replaced only where that was asked for, and a directory never. `option` is the one that names it. */
export function requireFileTarget(file: string, overwrite: boolean, option = "--out"): void {
  requireWritable(dirname(file));
  const status = statusAt(file);
  if (status === undefined) return;
  if (status.isDirectory())
    throw failure("7104", file, "cannot be written: it is a directory", `Name another file with ${option}.`);
  if (!overwrite)
    throw failure("6021", file, "the file exists already; it is left as it is", "Choose another name, or --overwrite.");
}

/** A fitted artefact may be replaced; nothing else that exists is. */
export function requireArtefactTarget(directory: string): void {
  requireWritable(directory);
  if (!isArtefactTarget(directory))
    throw failure(
      "7041",
      directory,
      "the directory exists and is not a fitted artefact; it is left as it is",
      "Name another --out.",
    );
}

/** For options that name an artefact to read. */
export function requireArtefact(directory: string): void {
  if (exists(join(directory, artefactFile))) return;
  const what = exists(directory) ? `there is no ${artefactFile} in it` : "there is no such directory";
  throw failure(
    "7046",
    directory,
    `not a fitted artefact: ${what}`,
    "Name the directory that `scmc run … --out DIR` wrote.",
  );
}

function exists(path: string): boolean {
  return statusAt(path) !== undefined;
}
