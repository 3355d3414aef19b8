/** What one fit is made from, and what it tells while it goes on. */

import type { BoundVariable } from "../../mechanisms/bound/variables.js";
import type { Fittable } from "../../mechanisms/contract/mechanism.js";
import type { Engine, HostTensors } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import type { CheckpointStore } from "./checkpoint.js";
import type { FitData } from "./fit-data.js";
import type { FitOptions } from "./fit-options.js";

export interface FitProgress {
  readonly variable: string;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly heldOutLoss: number | null;
  /** Of EM, where rows that lack values are completed. */
  readonly round?: number;
  readonly rounds?: number;
}

export interface FitRequest {
  readonly mechanism: Fittable;
  /** As they are bound: for what the rows cannot tell of them. */
  readonly parents?: readonly BoundVariable[];
  readonly data: FitData;
  readonly options: FitOptions;
  readonly engine: Engine;
  readonly key: RandomKey;
  /** Parameters to go on from, in place of fresh ones. */
  readonly from?: HostTensors;
  /** The rows in another order than that of `key`: the first ones are held out. */
  readonly split?: Int32Array;
  /**
   * The rows of `data` with their missing values drawn anew: each epoch takes the next of them. The first one is
   * `data`.
   */
  readonly completions?: readonly FitData[];
  readonly onProgress?: (progress: FitProgress) => void;
  /** Where to keep the state, so that a killed fit goes on from its last checkpoint. */
  readonly checkpoint?: CheckpointStore;
}
