/**
 * A model whose programs can be built: a fitted artefact, a model bound to data (with its initial parameters), or a
 * model that needs no data to be built.
 */

import { readDataset } from "../../data/dataset/read-dataset.js";
import { assertNever } from "../../diagnostics/assert-never.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import { readArtefact } from "../../runtime/artefact/artefact.js";
import { bindVariables, requireObserved } from "../../runtime/fitting/fit-model.js";
import { initialState, parametersIn } from "../../runtime/fitting/steps/training-state.js";
import type { BoundVariable } from "../../runtime/mechanisms/bound/variables.js";
import { type LoadedModel, loadModel, loadUnfitted } from "../../runtime/mechanisms/loaded-model.js";
import type { HostTensor } from "../../runtime/tensors/engine/index.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import type { Model, Variable } from "../../schema/types.js";
import { isDirectory, requireFile, requireModel } from "./model-file.js";

export interface Inspectable {
  readonly loaded: LoadedModel;
  /** Null if nothing is fitted. */
  readonly trainingRows: number | null;
  readonly weights: "fitted" | "initial" | "none";
}

export async function loadInspectable(path: string, data: string | undefined, seed: number): Promise<Inspectable> {
  if (isDirectory(path)) return ofArtefact(path, data);
  const model = await requireModel(path);
  if (!model.mechanisms.some(isLearned))
    return { loaded: loadUnfitted(model, path), trainingRows: null, weights: "none" };
  requireObserved(model);
  if (data === undefined) {
    const variables = requireBound(model, path);
    return { loaded: withInitialParameters(model, variables, seed), trainingRows: manyRows, weights: "initial" };
  }
  requireFile(data);
  const dataset = await readDataset(data, model.variables);
  const loaded = withInitialParameters(model, bindVariables(model, dataset), seed);
  return { loaded, trainingRows: dataset.rows, weights: "initial" };
}

/** The number of rows without data, so large that a batch has the size asked for. */
const manyRows = Number.MAX_SAFE_INTEGER;

async function ofArtefact(path: string, data: string | undefined): Promise<Inspectable> {
  if (data !== undefined)
    throw failure(
      "7108",
      "--data",
      `${path} is a fitted artefact, which is bound to its training data`,
      "Leave it out.",
    );
  const { loaded, description } = await readArtefact(path);
  const isFitted = description.fits.length > 0;
  return {
    loaded,
    trainingRows: isFitted ? description.provenance.trainingRows : null,
    weights: isFitted ? "fitted" : "none",
  };
}

/** The parameters that a fit with this seed draws; those that it then sets from the first rows stay as drawn. */
function withInitialParameters(model: Model, variables: ReadonlyMap<string, BoundVariable>, seed: number): LoadedModel {
  const { mechanisms } = loadModel(model, variables, {});
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, mechanism] of mechanisms) {
    const key = RandomKey.fromSeed(seed).split("fit").split(variable).split("initial");
    for (const [name, tensor] of Object.entries(parametersIn(initialState(mechanism, key))))
      parameters[`${variable}/${name}`] = tensor;
  }
  return loadModel(model, variables, parameters);
}

/** The properties of a variable that only data can tell; empty if its type tells them all. */
function unknownOf({ domain }: Variable): string {
  if (domain === null) return "its type";
  switch (domain.kind) {
    case "binary":
    case "categorical":
    case "ordinal":
      return "";
    case "image":
      return domain.height === null || domain.width === null ? "its size" : "";
    case "real":
    case "positive":
    case "nonnegative":
    case "interval":
    case "count":
    case "vector":
      return "its normalising constants";
    default:
      return assertNever(domain);
  }
}

function requireBound(model: Model, path: string): Map<string, BoundVariable> {
  const unknown = model.variables.map((variable) => ({ name: variable.name, what: unknownOf(variable) }));
  const missing = unknown.filter(({ what }) => what !== "").map(({ name, what }) => `\`${name}\` (${what})`);
  if (missing.length > 0)
    throw failure(
      "7121",
      path,
      `the programs depend on what only data can say: ${missing.join(", ")}`,
      "Name the training data with --data MANIFEST, or a fitted artefact in place of the program.",
    );
  return new Map(model.variables.map(({ name, domain }) => [name, { name, domain: domain!, normalisation: null }]));
}
