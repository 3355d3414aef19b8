/**
 * What tells the directory of an artefact from others, without reading weights: verbs check it before any tensor is
 * loaded.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const descriptionFile = "model.json";
export const weightsFile = "weights.safetensors";

export function isArtefact(path: string): boolean {
  return existsSync(join(path, descriptionFile));
}

/**
 * Whether an artefact may be written there: nothing is there, or an artefact, damaged ones included, but no other
 * `model.json`.
 */
export function isArtefactTarget(directory: string): boolean {
  if (!existsSync(directory)) return true;
  if (!isArtefact(directory)) return false;
  const description = readFileSync(join(directory, descriptionFile), "utf8");
  return existsSync(join(directory, weightsFile)) || description.includes('"weightsSha256"');
}
