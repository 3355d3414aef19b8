/**
 * Fits the learned posterior of an image to the rows that have the image and all the causes that it looks at. It is a fit of its own, with
 * a key of its own: neither the image's mechanism nor its key depends on it.
 */
import type { LoadedDataset } from "../../data/dataset.js";
import { posteriorOption } from "../../model/inference/learned-posteriors.js";
import { mechanismsByName } from "../../model/plan.js";
import type { Fit, LearnedMechanism } from "../../model/schema-types.js";
import { rowsOfColumn } from "../columns.js";
import { createPosterior, posteriorName } from "../posteriors/posterior.js";
import { RandomKey } from "../random/random-key.js";
import type { BoundVariable } from "../variables.js";
import { fitKey } from "./fit-key.js";
import { heldOutShare } from "./fit-mechanism.js";
import type { EarlierFit, FitModelRequest } from "./fit-model.js";
import type { FitOptions } from "./fit-options.js";
import { fitOrTakeOver } from "./fit-or-take-over.js";
import { presentRows } from "./present-rows.js";

/** Raised when the networks of posteriors change. */
const posteriorVersion = 1;

const fewestSteps = 4000;
const fewestEpochs = 15;

export async function fitPosterior(
  request: FitModelRequest,
  variable: string,
  variables: ReadonlyMap<string, BoundVariable>,
): Promise<EarlierFit> {
  const { model, dataset, engine, seed, fits = [] } = request;
  const posterior = createPosterior(model, variables, variable);
  const { causes, fittable } = posterior;
  const data = presentRows(model.name, variable, {
    value: rowsOf(dataset, variable),
    parents: Object.fromEntries(causes.map((cause) => [cause, rowsOf(dataset, cause)])),
  });
  const { kind, options } = mechanismsByName(model).get(variable) as LearnedMechanism;
  const fitOptions = optionsOf([...model.fits, ...fits], variable, data.value.rows);
  const key = fitKey(
    {
      kind: `posterior ${posteriorVersion} of ${kind}`,
      variable,
      parents: [...causes, ...posterior.targets.keys()],
      options,
    },
    [variable, ...causes].map((name) => variables.get(name)!),
    fitOptions,
    data,
    seed,
    await engine.start(),
  );
  const fitted = { name: posteriorName(variable), variable, fittable, data, options: fitOptions, contentKey: key };
  return fitOrTakeOver(request, fitted, RandomKey.fromSeed(seed));
}

const rowsOf = (dataset: LoadedDataset, name: string) => rowsOfColumn(dataset.columns.get(name)!);

function optionsOf(fits: readonly Fit[], variable: string, rows: number): FitOptions {
  const option = posteriorOption(fits, variable);
  const given = typeof option === "object" && !Array.isArray(option) ? option.options.epochs : undefined;
  const batch = 256;
  const stepsPerEpoch = Math.max(1, Math.floor((rows * (1 - heldOutShare)) / batch));
  const epochs = Number(given ?? Math.max(fewestEpochs, Math.ceil(fewestSteps / stepsPerEpoch)));
  return {
    epochs,
    batch,
    rate: 1e-3,
    patience: Math.max(5, Math.ceil(epochs / 5)),
    balance: "none",
    weightDecay: 1e-3,
    clip: 10,
    schedule: "cosine",
    warmup: null,
    particles: 1,
  };
}
