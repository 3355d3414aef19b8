/** Checks a directory for results before the work starts, so a fit that cannot be saved never starts. */
import { accessSync, constants } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { isArtefactTarget } from "../../runtime/artefact/artefact-directory.js";
import { statusAt } from "../process/path-status.js";

const artefactFile = "model.json";

/**
 * Throws unless results can be written there. The directory need not exist; its nearest existing ancestor must be a
 * writable directory.
 */
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

/**
 * Throws if the path is a directory, or an existing file and `overwrite` is false. `option` is the option that names
 * it.
 */
export function requireFileTarget(file: string, overwrite: boolean, option = "--out"): void {
  requireWritable(dirname(file));
  const status = statusAt(file);
  if (status === undefined) return;
  if (status.isDirectory())
    throw failure("7104", file, "cannot be written: it is a directory", `Name another file with ${option}.`);
  if (!overwrite)
    throw failure("6021", file, "the file exists already; it is left as it is", "Choose another name, or --overwrite.");
}

/** Throws if something other than a fitted artefact exists there; an artefact may be replaced. */
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

/** Throws unless the directory, named by an option, holds an artefact to read. */
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
