/** A fit, or an earlier one with the same key in its place. */
import type { FitDescription } from "../../../schema/types.js";
import type { BoundVariable } from "../../mechanisms/bound/variables.js";
import type { Fittable } from "../../mechanisms/contract/mechanism.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import type { FitData } from "../steps/fit-data.js";
import { type FitResult, fitMechanism } from "../steps/fit-mechanism.js";
import type { FitOptions } from "../steps/fit-options.js";
import type { EarlierFit, FitModelRequest } from "./fit-model-request.js";

export interface FitTask {
  /** Of its random numbers and its checkpoint; the variable's own but for a posterior. */
  readonly name: string;
  readonly variable: string;
  readonly fittable: Fittable;
  readonly parents?: readonly BoundVariable[];
  readonly data: FitData;
  /** Where more rows than those of the data set are fitted to: all of them, made when they are needed. */
  readonly prepare?: () => Promise<FitData>;
  readonly options: FitOptions;
  readonly contentKey: string;
}

/** The random numbers of one fit of a run. */
export const keyOfFit = (key: RandomKey, name: string): RandomKey => key.split("fit").split(name);

export async function fitOrTakeOver(
  { dataset, engine, earlier, checkpoints, onProgress, onFit }: FitModelRequest,
  { name, variable, fittable, parents, data, prepare, options, contentKey }: FitTask,
  key: RandomKey,
): Promise<EarlierFit> {
  const found = earlier?.get(contentKey);
  if (found) {
    onFit?.(found.description, true, name);
    return found;
  }
  const result = await fitMechanism({
    mechanism: fittable,
    ...(parents ? { parents } : {}),
    data: prepare ? await prepare() : data,
    options,
    engine,
    key: keyOfFit(key, name),
    ...(onProgress ? { onProgress } : {}),
    ...(checkpoints ? { checkpoint: checkpoints(name, contentKey) } : {}),
  });
  const description: FitDescription = {
    variable,
    key: contentKey,
    ...outcomeOf(result, options),
    ...(data.value.rows < dataset.rows ? { rows: data.value.rows } : {}),
    epochs: result.epochs,
    steps: result.steps,
    seconds: result.seconds,
    parameters: Object.keys(fittable.parameters).reduce((sum, one) => sum + result.parameters[one]!.data.length, 0),
  };
  onFit?.(description, false, name);
  return { description, parameters: result.parameters };
}

/**
 * How a fit was made and what came of it, as its description has it; options of steps are not among those of a closed
 * form.
 */
export function outcomeOf(
  { method, heldOutLoss, loss, warnings }: FitResult,
  { gradient: _, ...options }: FitOptions,
): Pick<FitDescription, "method" | "options" | "heldOutLoss" | "loss" | "warnings"> {
  return {
    method,
    options: method === "gradient" ? options : { balance: options.balance },
    heldOutLoss,
    ...(loss === null ? {} : { loss }),
    ...(warnings.length > 0 ? { warnings: warnings.map((warning) => ({ ...warning })) } : {}),
  };
}
