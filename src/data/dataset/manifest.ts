/** Reads a data manifest and checks it against schema/manifest.schema.json, with messages about the manifest. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { type Diagnostic, type Position, ScmcError } from "../../diagnostics/diagnostic.js";
import { nearest } from "../../diagnostics/did-you-mean.js";
import { normalName } from "../../diagnostics/names.js";
import type { Manifest } from "../../schema/types.js";
import { type Notation, pointNotation } from "../columns/number-notation.js";
import { decodeText, readBytes } from "../files/read-bytes.js";
import { isTableFile, manifestOfTable } from "./table-manifest.js";

export interface LoadedManifest {
  readonly file: string;
  readonly manifest: Manifest;
  /** The path of a file that the manifest names. */
  readonly path: (relative: string) => string;
  /** True if the file is the table itself: its columns have the variables' names. */
  readonly isTable?: boolean;
}

/** Reads a manifest, or a table by itself; every `--data` and `--test` comes here. */
export async function readManifest(file: string): Promise<LoadedManifest> {
  if (await isTableFile(file)) return { file, manifest: await manifestOfTable(file), path: () => file, isTable: true };
  const text = decodeText(await readBytes(file, "the manifest"), file, "the manifest");
  const manifest = checkManifest(parseJson(text, file), file);
  return { file, manifest, path: (relative) => joinAsNamed(file, relative) };
}

/** The value as a manifest; throws every problem found in it. */
export function checkManifest(value: unknown, file: string): Manifest {
  const validate = validator();
  if (!validate(value)) throw new ScmcError(describe(validate.errors ?? [], file));
  const problems = needsTable(value).map((message) =>
    manifestProblem(file, message, 'Add "table": "FILE.csv" to the manifest.'),
  );
  for (const [name, binding] of Object.entries(value.variables))
    if ("range" in binding && binding.range !== undefined && !(binding.range[0]! < binding.range[1]!))
      problems.push(
        manifestProblem(
          file,
          `variables.${name}: "range": [${binding.range.join(", ")}] does not go up`,
          "The first value becomes 0 and the second 255.",
        ),
      );
  for (const place of likeSigns(value))
    problems.push(
      manifestProblem(file, `${place} has the same sign for decimals and between thousands`, "The two must differ."),
    );
  if (problems.length > 0) throw new ScmcError(problems);
  return withNormalNames(value, file);
}

/** Names in normal form, as programs have them. */
function withNormalNames(manifest: Manifest, file: string): Manifest {
  const { noise } = manifest;
  return {
    ...manifest,
    variables: normalKeys(manifest.variables, "variables", file),
    ...(noise === undefined
      ? {}
      : {
          noise: normalKeys(
            Object.fromEntries(Object.entries(noise).map(([key, own]) => [key, normalKeys(own, `noise.${key}`, file)])),
            "noise",
            file,
          ),
        }),
  };
}

function normalKeys<T>(record: Readonly<Record<string, T>>, place: string, file: string): Record<string, T> {
  const entries = Object.entries(record).map(([key, value]) => [normalName(key), value] as const);
  const names = entries.map(([name]) => name);
  const twice = names.find((name, place) => names.indexOf(name) < place);
  if (twice !== undefined)
    throw new ScmcError(
      manifestProblem(file, `${place} names ${JSON.stringify(twice)} twice, in two spellings of its letters`),
    );
  // `fromEntries` defines properties, so a name may be `__proto__`.
  return Object.fromEntries(entries);
}

let compiled: ValidateFunction<Manifest> | undefined;

function validator(): ValidateFunction<Manifest> {
  if (compiled === undefined) {
    const schema = JSON.parse(
      readFileSync(new URL("../../../../schema/manifest.schema.json", import.meta.url), "utf8"),
    );
    compiled = new Ajv2020({ allErrors: true, verbose: true }).compile<Manifest>(schema);
  }
  return compiled;
}

function needsTable(manifest: Manifest): string[] {
  if (manifest.table !== undefined) return [];
  const names = Object.entries(manifest.variables)
    .filter(([, binding]) => !("idx" in binding))
    .map(([name]) => `variables.${name}`);
  for (const [variable, noises] of Object.entries(manifest.noise ?? {})) {
    for (const name of Object.keys(noises)) names.push(`noise.${variable}.${name}`);
  }
  if (manifest.id !== undefined) names.push("id");
  if (manifest.weights !== undefined) names.push("weights");
  return names.map((name) => `${name} names a column, but the manifest has no table`);
}

function likeSigns(manifest: Manifest): string[] {
  const same = ({ decimal, thousands }: Notation) => decimal === thousands;
  const columns = Object.entries(manifest.variables)
    .filter(([, binding]) => ("column" in binding || "columns" in binding) && same(notationOf(manifest, binding)))
    .map(([name]) => `variables.${name}`);
  return same(notationOf(manifest)) ? ["the manifest", ...columns] : columns;
}

/** The notation of a binding's numbers; if it is not stated, the table's. */
export function notationOf(manifest: Manifest, binding: Partial<Notation> = {}): Notation {
  const thousands = binding.thousands ?? manifest.thousands;
  const decimal = binding.decimal ?? manifest.decimal ?? pointNotation.decimal;
  return decimal === "." && thousands === undefined
    ? pointNotation
    : { decimal, ...(thousands === undefined ? {} : { thousands }) };
}

/**
 * One message for each part of the manifest that is wrong; a binding's alternatives are reported once, in our own
 * words.
 */
function describe(errors: readonly ErrorObject[], file: string): Diagnostic[] {
  const byPlace = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const parts = error.instancePath.split("/").slice(1);
    const depth = parts[0] === "variables" ? 2 : parts[0] === "noise" ? 3 : 1;
    const place = parts.slice(0, depth).join(".");
    byPlace.set(place, [...(byPlace.get(place) ?? []), error]);
  }
  return [...byPlace].flatMap(([place, group]) => describePlace(place, group, file));
}

function describePlace(place: string, errors: readonly ErrorObject[], file: string): Diagnostic[] {
  const names = errors.filter((error) => error.keyword === "propertyNames");
  if (names.length > 0) {
    return names.map((error) =>
      manifestProblem(
        file,
        `${place}: ${JSON.stringify(error.params.propertyName)} is not a name`,
        "Names are letters, digits and underscores of any script, and do not start with a digit.",
      ),
    );
  }
  if (/^variables\.[^.]+$/.test(place)) {
    return [
      manifestProblem(
        file,
        `${place} must be { "column": NAME }, { "column": NAME, "levels": [TEXT, …] }, { "columns": [NAME, …] } (each may have "decimal" and "thousands"), { "idx": FILE, "range": [LOW, HIGH] } or { "png": NAME, "directory": …, "channels": 1 or 3, "range": [LOW, HIGH], "background": 0 to 255, "crop": …, "resize": … }, not ${shown(errors)}`,
        "`levels` needs at least two texts, all different; no other keys are known.",
      ),
    ];
  }
  if (/^noise\.[^.]+\.[^.]+$/.test(place)) {
    return [
      manifestProblem(
        file,
        `${place} must be { "column": NAME } or { "column": NAME, "items": "mnist/train" or "mnist/test" }, not ${shown(errors)}`,
      ),
    ];
  }
  return errors.map((error) => describeOther(place, error, file));
}

function describeOther(place: string, error: ErrorObject, file: string): Diagnostic {
  const where = place === "" ? "the manifest" : place;
  if (error.keyword === "additionalProperties") {
    const key = String(error.params.additionalProperty);
    const meant = nearest(key, Object.keys(error.parentSchema?.properties ?? {}));
    return manifestProblem(
      file,
      `${where} has an unknown key ${JSON.stringify(key)}`,
      meant === undefined
        ? 'It may have "table", "id", "weights", "decimal", "thousands", "variables" and "noise".'
        : `Did you mean "${meant}"?`,
    );
  }
  if (error.keyword === "required") {
    return manifestProblem(
      file,
      `${where} has no ${JSON.stringify(error.params.missingProperty)}`,
      'Bind each variable, e.g. "variables": { "t": { "column": "thickness" } }.',
    );
  }
  return manifestProblem(file, `${where} ${error.message ?? "is wrong"}`);
}

function shown(errors: readonly ErrorObject[]): string {
  const outermost = errors.reduce((a, b) => (b.instancePath.length < a.instancePath.length ? b : a));
  const text = JSON.stringify(outermost.data) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function manifestProblem(file: string, message: string, hint?: string): Diagnostic {
  return { code: "6005", severity: "error", file, message, ...(hint === undefined ? {} : { hint }) };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Newer Nodes quote the text after a comma, including line ends, and then leave out the position.
    const message = (error instanceof Error ? error.message : String(error)).replace(/, "[\s\S]*$/, "");
    const offset = /position (\d+)/.exec(message)?.[1];
    const at = offset === undefined ? firstUnexpected(message, text) : Number(offset);
    throw new ScmcError({
      code: "6004",
      severity: "error",
      file,
      message: `the manifest is not JSON: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      span: { start: position(text, at), end: position(text, Math.min(text.length, at + 1)) },
      hint: /^\s*[{[]/.test(text)
        ? "JSON wants double quotes, no comments, and no comma after the last item."
        : "A manifest is a JSON file that says where the data are. A table can be named itself if its name ends with .csv, .tsv, .txt or .parquet, .gz behind it or not, and `scmc init TABLE` writes a manifest for one.",
    });
  }
}

/**
 * The position of `unexpected token 'i'`, whose message lacks it for short texts: the first such character, or the end.
 */
function firstUnexpected(message: string, text: string): number {
  const token = /token '(.)'/.exec(message)?.[1];
  return token === undefined ? text.length : Math.max(0, text.indexOf(token));
}

function position(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lines = before.split("\n");
  return { offset, line: lines.length, column: lines[lines.length - 1]!.length + 1 };
}

/** A path for messages: a manifest named by a relative path gives relative paths. */
function joinAsNamed(manifest: string, relative: string): string {
  if (isAbsolute(relative)) return relative;
  const directory = dirname(manifest);
  return directory === "." ? relative : `${directory.replace(/\/$/, "")}/${relative}`;
}
