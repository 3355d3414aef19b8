/** Whether rows are completed in a fit, and with what: the request of its rounds. */
import { isLearned } from "../../../model/catalogue/mechanism-kinds.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { requireCompletable } from "../missing/complete-rows.js";
import type { MissingCells } from "../missing/missing-cells.js";
import type { MissingOptions } from "../missing/missing-options.js";
import type { EarlierFit, FitModelRequest } from "../tasks/fit-model-request.js";
import { keyAfterRounds, type RoundsRequest, roundsKey } from "./rounds.js";

/** Undefined where no row is to be completed; `earlier` where an earlier run completed them in the same way. */
export async function roundsOf(
  { model, dataset, engine, seed, fits = [], earlier, checkpoints, onProgress, onRound, onCompletion }: FitModelRequest,
  { variables, mechanisms, ...unfitted }: LoadedModel,
  columns: ReadonlyMap<string, Rows>,
  cells: MissingCells,
  options: MissingOptions,
  key: RandomKey,
): Promise<{ request: RoundsRequest; earlier: Map<string, EarlierFit> | undefined } | undefined> {
  const affected = model.mechanisms.filter(isLearned).filter(({ variable }) => cells.affected.has(variable));
  if (options.method === "drop" || affected.length === 0) return undefined;
  requireCompletable({ ...unfitted, variables, mechanisms }, cells.patterns);
  const parts = {
    model,
    variables,
    mechanisms,
    columns,
    cells,
    ...(dataset.weights ? { weights: dataset.weights } : {}),
    affected,
    options,
    fits: [...model.fits, ...fits],
    engine,
    ...(checkpoints ? { checkpoints } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(onRound ? { onRound } : {}),
    ...(onCompletion ? { onCompletion } : {}),
  };
  const contentKey = await roundsKey(parts, seed);
  const found = affected.map(({ variable }) => [variable, earlier?.get(keyAfterRounds(contentKey, variable))] as const);
  const isWhole = found.every((entry): entry is readonly [string, EarlierFit] => entry[1] !== undefined);
  return {
    request: { ...parts, key, contentKey, rowName: (row) => `row ${dataset.ids.at(row)}` },
    earlier: isWhole ? new Map(found) : undefined,
  };
}
