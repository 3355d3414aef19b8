/**
 * A fitted artefact on disk: a directory with `model.json` and `weights.safetensors`. It is written beside its place
 * and renamed, so it is whole or absent; it is checked on every load, and weights that belong to another model are
 * refused by their hash.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openFresh } from "../../data/files/fresh-directory.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { jsonText } from "../../model/files/json-text.js";
import { parseModel } from "../../model/files/load.js";
import type { ArtefactDescription, Domain, FitDescription, Model } from "../../schema/types.js";
import type { EarlierFit } from "../fitting/tasks/fit-model-request.js";
import type { BoundVariable } from "../mechanisms/bound/variables.js";
import { fittedSpecs } from "../mechanisms/contract/mechanism.js";
import { type LoadedModel, loadModel, parametersOf } from "../mechanisms/loaded-model.js";
import { posteriorName } from "../mechanisms/posteriors/posterior.js";
import type { HostTensors } from "../tensors/core/engine.js";
import { descriptionFile, isArtefact, isArtefactTarget, weightsFile } from "./artefact-directory.js";
import { checkDescription } from "./check-description.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";

export interface Artefact {
  readonly loaded: LoadedModel;
  readonly description: ArtefactDescription;
}

export interface ArtefactContent {
  readonly loaded: LoadedModel;
  readonly fits: readonly FitDescription[];
  /** Fits of learned posteriors; none where it is left out. */
  readonly posteriors?: readonly FitDescription[];
  /** What is odd about the training data. */
  readonly warnings?: ArtefactDescription["warnings"];
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly provenance: Omit<ArtefactDescription["provenance"], "weightsSha256">;
  /** Writes further files into the directory, before it takes its place: answers of queries, a report. */
  readonly writeMore?: (directory: string) => Promise<void>;
}

/** Replaces `directory` by the artefact. A directory that holds something else is refused. */
export async function writeArtefact(directory: string, content: ArtefactContent): Promise<void> {
  const { loaded, fits, posteriors = [], warnings = [], metrics, provenance, writeMore } = content;
  if (!isArtefactTarget(directory))
    throw failure("7041", directory, "the directory exists and is not a fitted artefact", "Name another --out.");
  const weights = encodeSafetensors(loaded.parameters);
  const description: ArtefactDescription = {
    formatVersion: 1,
    model: loaded.stated,
    variables: [...loaded.variables.values()].map(({ name, domain, normalisation, origin }) => ({
      name,
      domain: { ...domain },
      normalisation: normalisation && { ...normalisation },
      ...(origin === undefined ? {} : { origin }),
    })),
    fits: [...fits],
    ...(loaded.support ? { support: loaded.support } : {}),
    ...(posteriors.length > 0 ? { posteriors: [...posteriors] } : {}),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
    metrics: { ...metrics },
    provenance: { ...provenance, weightsSha256: sha256(weights) },
  };
  const files = new Map<string, string | Uint8Array>([
    [weightsFile, weights],
    [descriptionFile, `${numbersOnOneLine(jsonText(description, 2))}\n`],
  ]);
  await replaceDirectory(resolve(directory), files, writeMore);
}

/**
 * Lists of numbers in indented JSON, each on one line. Line breaks within texts are escaped in JSON, so none is
 * touched.
 */
function numbersOnOneLine(json: string): string {
  return json.replace(/\[\n[-+.\deE,\s]*\]/g, (list) => list.replace(/\s+/g, "").replaceAll(",", ", "));
}

/** What a run writes; anything else in the directory is the user's and stays. */
const ours = new Set([descriptionFile, weightsFile, "report.html", "queries"]);

/** Writes the files beside their place and renames; where anything fails, what was there before is still there. */
async function replaceDirectory(
  target: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  writeMore?: (directory: string) => Promise<void>,
): Promise<void> {
  const fresh = await openFresh(target, existsSync(target), (name) => !ours.has(name));
  try {
    await writeMore?.(fresh.path);
    for (const [name, data] of files) await writeFile(join(fresh.path, name), data);
  } catch (error) {
    await fresh.abort();
    throw error;
  }
  await fresh.commit();
}

/** Loads and checks an artefact. Throws where a file is missing, damaged, or of another model. */
export async function readArtefact(directory: string): Promise<Artefact> {
  const file = join(directory, descriptionFile);
  const text = await readText(file, directory);
  const description = checkDescription(text, file);
  const model: Model = parseModel(JSON.stringify(description.model), file);
  const weightsPath = join(directory, weightsFile);
  const bytes = await readFile(weightsPath).catch(() => {
    throw failure(
      "7042",
      weightsPath,
      "the weights are missing",
      "Fit the model again, or restore the file from a copy.",
    );
  });
  const parameters = decodeSafetensors(bytes, weightsPath);
  if (sha256(bytes) !== description.provenance.weightsSha256)
    throw failure(
      "7043",
      weightsPath,
      `these weights are not the ones that ${descriptionFile} describes`,
      "They belong to another model or were changed; restore both files together, or fit again.",
    );
  const variables = new Map<string, BoundVariable>();
  for (const { name, domain, normalisation, origin } of description.variables)
    variables.set(name, {
      name,
      domain: domain as unknown as Domain,
      normalisation,
      ...(origin === undefined ? {} : { origin }),
    });
  const missing = model.order.filter((name) => !variables.has(name));
  if (missing.length > 0)
    throw failure("7044", file, `no bound domain for ${missing.join(", ")}`, "The artefact is incomplete; fit again.");
  const loaded = loadModel(model, variables, parameters, description.support);
  const lost = description.posteriors?.find((fit) => !loaded.posteriors.has(fit.variable));
  if (lost)
    throw failure(
      "7045",
      weightsPath,
      `there are no weights of the posterior of \`${lost.variable}\`, which ${descriptionFile} describes`,
      "They belong to another model; fit again.",
    );
  checkShapes(loaded, weightsPath);
  return { loaded, description };
}

/** The fits of an artefact by key, for reuse; none where there is no artefact. */
export async function earlierFits(directory: string): Promise<Map<string, EarlierFit>> {
  const fits = new Map<string, EarlierFit>();
  if (!isArtefact(directory)) return fits;
  const { loaded, description } = await readArtefact(directory);
  for (const fit of description.fits)
    fits.set(fit.key, { description: fit, parameters: parametersOf(loaded.parameters, fit.variable) });
  for (const fit of description.posteriors ?? [])
    fits.set(fit.key, { description: fit, parameters: parametersOf(loaded.parameters, posteriorName(fit.variable)) });
  return fits;
}

function checkShapes({ mechanisms, posteriors, parameters }: LoadedModel, file: string): void {
  for (const [variable, mechanism] of mechanisms) {
    checkTensors(parametersOf(parameters, variable), mechanism, `\`${variable}\` do not fit its mechanism`, file);
    const posterior = posteriors.get(variable)?.fittable;
    const found = parametersOf(parameters, posteriorName(variable));
    if (posterior) checkTensors(found, posterior, `the posterior of \`${variable}\` do not fit it`, file);
  }
}

function checkTensors(found: HostTensors, fitted: Parameters<typeof fittedSpecs>[0], misfit: string, file: string) {
  for (const [name, { shape }] of Object.entries(fittedSpecs(fitted)))
    if (found[name]?.shape.join() !== shape.join())
      throw failure(
        "7045",
        file,
        `the weights of ${misfit}: ${name} is ${found[name] ? `[${found[name].shape}]` : "missing"}, expected [${shape}]`,
        "They belong to another model; fit again.",
      );
}

async function readText(file: string, directory: string): Promise<string> {
  return readFile(file, "utf8").catch(() => {
    throw failure(
      "7046",
      directory,
      `not a fitted artefact: there is no ${descriptionFile} in it`,
      "Name the directory that `scmc run … --out DIR` wrote.",
    );
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
