/**
 * The rule for replacing an artefact. `scmc run` replaces an earlier fit of its own model without asking, even if the
 * model was edited. It replaces another model's fit only with `--overwrite` or after a yes on the terminal. Another
 * model is one with another name or without a variable in common. The rule protects fits, which take long, from a
 * mistyped `--out`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { failure } from "../../diagnostics/diagnostic.js";
import { descriptionFile, isArtefact } from "../../runtime/artefact/artefact-directory.js";
import type { Model } from "../../schema/types.js";

export async function requireOwnArtefact(directory: string, model: Model, overwrite: boolean): Promise<void> {
  if (overwrite || !isArtefact(directory)) return;
  const kept = await keptModel(directory);
  if (kept === undefined || isSameModel(kept, model)) return;
  const holds = `${directory} holds the fitted artefact of another model, ${nameOf(kept)} of ${listOf(kept.variables)}`;
  if (process.stdin.isTTY && process.stderr.isTTY && (await isAgreed(`${holds}. Replace it? [y/N] `))) return;
  throw failure(
    "7085",
    directory,
    `the directory holds the fitted artefact of another model, ${nameOf(kept)} of ${listOf(kept.variables)}; it is left as it is`,
    "Name another --out, or replace it with --overwrite.",
  );
}

interface KeptModel {
  readonly name: string;
  readonly variables: readonly string[];
}

/** Undefined if the file is damaged: the model cannot be told, and the artefact cannot be used. */
async function keptModel(directory: string): Promise<KeptModel | undefined> {
  try {
    const { model } = JSON.parse(await readFile(join(directory, descriptionFile), "utf8")) as { model: Model };
    return { name: model.name, variables: model.variables.map(({ name }) => name) };
  } catch {
    return undefined;
  }
}

function isSameModel(kept: KeptModel, { name, variables }: Model): boolean {
  return kept.name === name && variables.some((variable) => kept.variables.includes(variable.name));
}

const nameOf = ({ name }: KeptModel) => (name === "" ? "one without a name" : `\`${name}\``);

const listOf = (names: readonly string[]) =>
  names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;

async function isAgreed(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(question)).trim());
  } finally {
    lines.close();
  }
}
