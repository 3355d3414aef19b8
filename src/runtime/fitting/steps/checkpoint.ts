/**
 * Where a fit stands at the end of an epoch, and where such states are kept. An epoch's rows and draws depend on the
 * key and the epoch's number alone, so a fit that goes on from a checkpoint ends with the very parameters of one that
 * was never stopped.
 */
import type { HostTensors } from "../../tensors/core/engine.js";

export interface FitState {
  /** Epochs done. */
  readonly epoch: number;
  /** That they took, of all parts of a fit that was stopped and went on. */
  readonly seconds: number;
  /** Parameters and moments, as the training program carries them. */
  readonly state: HostTensors;
  readonly best: Best;
}

/**
 * What is kept: the latest epoch whose held-out loss is within two standard errors (of the paired difference) of the
 * least so far. The least itself would be the point of the path that happens to suit the held-out rows, and less fitted
 * than the last epochs.
 */
export interface Best {
  readonly epoch: number;
  readonly loss: number;
  readonly parameters: HostTensors;
  readonly least: { readonly epoch: number; readonly losses: Float32Array };
}

/** The checkpoint of one fit, named by the fit's key: another fit's is never taken. */
export interface CheckpointStore {
  /** Null where there is none, or where it is of another fit. */
  load(): Promise<FitState | null>;
  /** Replaces the checkpoint atomically; returns where it is. */
  save(state: FitState): Promise<string>;
}

export type Checkpoints = (variable: string, key: string) => CheckpointStore;
