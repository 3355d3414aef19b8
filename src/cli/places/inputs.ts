/**
 * The files that arguments of the command line stand for: a file as it is named, all programs below a directory, the
 * matches of a pattern that no shell has expanded (`*`, `?`, `**`), and `-` for standard input.
 */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { statusAt } from "../process/path-status.js";

export const standardInput = "-";
/** The name of standard input in messages. */
export const standardInputName = "<stdin>";

/** The files in the order of the arguments, each once; the files of a directory are sorted by name. */
export function expandInputs(inputs: readonly string[]): string[] {
  return [...new Set(inputs.flatMap(expandInput))];
}

function expandInput(input: string): string[] {
  if (input === standardInput) return [input];
  const status = statusAt(input);
  if (status?.isDirectory()) return programsIn(input);
  if (status !== undefined || !/[*?]/.test(input)) return [input];
  return matchesOf(input);
}

function programsIn(directory: string): string[] {
  const files = walk(directory).filter((file) => file.endsWith(".scm"));
  if (files.length > 0) return files;
  throw failure("7105", directory, "there is no program in this directory", "Programs are files named *.scm.");
}

function matchesOf(pattern: string): string[] {
  const segments = pattern.split(/[\\/]/);
  const firstPattern = segments.findIndex((segment) => /[*?]/.test(segment));
  const root = segments.slice(0, firstPattern).join("/");
  const matcher = new RegExp(`^${segments.map(segmentPattern).join("")}$`);
  const start = root === "" ? (pattern.startsWith("/") ? "/" : ".") : root;
  const isRoot = statusAt(start)?.isDirectory() ?? false;
  const files = isRoot ? walk(start).filter((file) => matcher.test(file)) : [];
  if (files.length > 0) return files;
  throw failure("7105", pattern, "no file matches this pattern", "`*` matches within a name, `**` across directories.");
}

function segmentPattern(segment: string, index: number, all: readonly string[]): string {
  const isLast = index === all.length - 1;
  if (segment === "**") return isLast ? ".*" : "(?:[^/]+/)*";
  const text = segment
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return isLast ? text : `${text}/`;
}

/** All files below a directory, except hidden ones and installed packages. */
function walk(directory: string): string[] {
  const entries: Dirent[] = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    const path = directory === "." ? entry.name : join(directory, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
