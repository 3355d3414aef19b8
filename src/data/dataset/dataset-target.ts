/**
 * The rule for where a data set may be written: only a data set of scmc is ever replaced. Failures of the file system
 * become messages.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { reasonOf } from "../../diagnostics/system-reasons.js";
import { readManifest } from "./manifest.js";

/** A failure of the file system as a message; any other error unchanged. */
export function writeFailure(directory: string, error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return failure("6022", directory, `cannot write here: ${reason}`, "Choose another directory.");
}

/**
 * True if a data set of scmc is to be replaced; throws if anything else is in the way. `files` are the names that will
 * be written, if they are known.
 */
export async function checkDatasetTarget(
  directory: string,
  overwrite: boolean,
  files: Iterable<string> = [],
): Promise<boolean> {
  const info = await stat(directory).catch(() => undefined);
  if (info === undefined) return false;
  if (!info.isDirectory()) {
    throw failure("6020", directory, "there is a file of this name already", "Choose another name for the directory.");
  }
  const entries = await readdir(directory);
  if (entries.length === 0) return false;
  if (!entries.includes("manifest.json")) {
    throw failure(
      "6020",
      directory,
      `the directory is not a data set of scmc (it has no manifest.json, but ${entries.length} other ${entries.length === 1 ? "entry" : "entries"}); it is left as it is`,
      "Choose a new directory, or empty this one.",
    );
  }
  const ours = new Set([...(await manifestFiles(directory)), ...files]);
  const foreign = entries.find((entry) => !ours.has(entry));
  if (foreign !== undefined) {
    throw failure(
      "6020",
      directory,
      `the directory holds "${foreign}", which is no part of its data set; it is left as it is`,
      "Choose a new directory, or move that file away.",
    );
  }
  if (!overwrite) {
    throw failure(
      "6021",
      directory,
      "there is a data set here already",
      "Choose a new directory, or allow overwriting (--overwrite).",
    );
  }
  return true;
}

async function manifestFiles(directory: string): Promise<string[]> {
  const { manifest } = await readManifest(join(directory, "manifest.json"));
  const images = Object.values(manifest.variables).map((binding) => {
    if ("idx" in binding) return binding.idx;
    return "png" in binding ? binding.directory : undefined;
  });
  return ["manifest.json", manifest.table, ...images].filter((name) => name !== undefined);
}
