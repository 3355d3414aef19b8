/**
 * Fits the learned posterior of an image to two kinds of rows: those of the data that have the image and all the causes
 * that it looks at, and units drawn from the fitted model. What is wanted is the model's own posterior, of images of
 * the data: the drawn units have that posterior exactly (where the image's mechanism fits badly, it is not the data's),
 * and the others are the images to be asked of.
 *
 * It is a fit of its own, with a key of its own: neither the image's mechanism nor its key depends on it.
 */

import type { LoadedDataset } from "../../data/columns/dataset.js";
import { isLearned } from "../../model/catalogue/mechanism-kinds.js";
import { serialiseModel } from "../../model/files/serialise.js";
import { posteriorOption } from "../../model/plans/learned-posteriors.js";
import { graphOf, mechanismsByName } from "../../model/plans/plan.js";
import type { Fit, FitDescription, LearnedMechanism, Model } from "../../schema/types.js";
import { sample } from "../inference/programs/sample.js";
import { rowsOfColumn } from "../mechanisms/bound/columns.js";
import type { LoadedModel } from "../mechanisms/loaded-model.js";
import { createPosterior, posteriorName } from "../mechanisms/posteriors/posterior.js";
import type { Engine } from "../tensors/core/engine.js";
import type { Rows } from "../tensors/core/rows.js";
import { RandomKey } from "../tensors/random/random-key.js";
import { drawWeights } from "./steps/balance.js";
import type { FitData } from "./steps/fit-data.js";
import type { FitOptions } from "./steps/fit-options.js";
import { heldOutShare } from "./steps/held-out.js";
import { presentRows } from "./steps/present-rows.js";
import { fitKey } from "./tasks/fit-key.js";
import type { EarlierFit, FitModelRequest } from "./tasks/fit-model-request.js";
import { fitOrTakeOver } from "./tasks/fit-or-take-over.js";

/** Raised when the networks of posteriors change. */
const posteriorVersion = 2;

/** Units drawn from the model, at most. */
const mostDrawn = 20_000;
const fewestSteps = 4000;
const fewestEpochs = 15;

export async function fitPosterior(
  request: FitModelRequest,
  variable: string,
  loaded: LoadedModel,
  fitted: readonly FitDescription[],
): Promise<EarlierFit> {
  const { model, dataset, engine, seed, fits = [] } = request;
  const { variables } = loaded;
  const posterior = createPosterior(model, variables, variable);
  const { causes, fittable } = posterior;
  const data = presentRows(model.name, variable, {
    value: rowsOf(dataset, loaded, variable),
    parents: Object.fromEntries(causes.map((cause) => [cause, rowsOf(dataset, loaded, cause)])),
    ...(dataset.weights ? { weights: dataset.weights } : {}),
  });
  const { kind, options } = mechanismsByName(model).get(variable) as LearnedMechanism;
  const fitOptions = optionsOf([...model.fits, ...fits], variable, data.value.rows + drawnBeside(data));
  const ancestors = graphOf(model).ancestors([variable]);
  const concerned = fitted.filter((fit) => fit.variable === variable || ancestors.has(fit.variable));
  const contentKey = fitKey(
    {
      kind: `posterior ${posteriorVersion} of ${kind}`,
      variable,
      parents: [...causes, ...posterior.targets.keys()],
      options: {
        ...options,
        fits: [...concerned.map(({ key }) => key), statedText(model, ancestors)].map((call) => ({ call, options: {} })),
      },
    },
    [variable, ...causes].map((name) => variables.get(name)!),
    fitOptions,
    data,
    seed,
    await engine.start(),
  );
  const key = RandomKey.fromSeed(seed);
  const drawn = () => withDrawnUnits(data, variable, { loaded, engine, key: key.split(posteriorName(variable)) });
  const task = {
    name: posteriorName(variable),
    variable,
    fittable,
    data,
    prepare: drawn,
    options: fitOptions,
    contentKey,
  };
  return fitOrTakeOver(request, task, key);
}

/** The causes' mechanisms that no fit sets: units are drawn from them too. */
function statedText({ source: _, ...model }: Model, ancestors: ReadonlySet<string>): string {
  const mechanisms = model.mechanisms.filter((one) => ancestors.has(one.variable) && !isLearned(one));
  return serialiseModel({
    ...model,
    name: "",
    variables: [],
    order: [],
    fits: [],
    queries: [],
    assertions: [],
    mechanisms,
  });
}

const drawnBeside = ({ value }: FitData): number => Math.min(mostDrawn, value.rows);

/** The rows of the data, and as many units of the model, up to a number, shuffled by the fit. */
async function withDrawnUnits(
  data: FitData,
  variable: string,
  { loaded, engine, key }: { readonly loaded: LoadedModel; readonly engine: Engine; readonly key: RandomKey },
): Promise<FitData> {
  const rows = drawnBeside(data);
  const targets = [variable, ...Object.keys(data.parents)];
  const { values } = await sample({ loaded, engine, rows, key, targets, noises: false });
  const joined = (name: string, own: Rows): Rows => {
    const all = new Float32Array(own.data.length + rows * own.size);
    all.set(own.data);
    all.set(values.get(name)!, own.data.length);
    return { rows: own.rows + rows, size: own.size, data: all };
  };
  return {
    value: joined(variable, data.value),
    parents: Object.fromEntries(Object.entries(data.parents).map(([name, own]) => [name, joined(name, own)])),
    ...(data.weights ? { weights: withUnitWeights(data.weights, rows) } : {}),
  };
}

/** Weights of mean 1 for the rows of the data, and 1 for each drawn unit. */
function withUnitWeights(weights: Float64Array, drawn: number): Float64Array {
  const all = new Float64Array(weights.length + drawn).fill(1);
  all.set(drawWeights(weights, null)!);
  return all;
}

const rowsOf = (dataset: LoadedDataset, { variables }: LoadedModel, name: string) =>
  rowsOfColumn(dataset.columns.get(name)!, variables.get(name));

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
    gradient: true,
  };
}
