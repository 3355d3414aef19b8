/**
 * Where a fit stands at the end of an epoch, and where such states are kept. An epoch's rows and draws depend on the key and the
 * epoch's number alone, so a fit that goes on from a checkpoint ends with the very parameters of one that was never stopped.
 */
import type { HostTensors } from "../engine/engine.js";

export interface FitState {
  /** Epochs done. */
  readonly epoch: number;
  /** Parameters and moments, as the training program carries them. */
  readonly state: HostTensors;
  /** The epoch with the least held-out loss so far. */
  readonly best: { readonly loss: number; readonly epoch: number; readonly parameters: HostTensors };
}

/** The checkpoint of one fit, named by the fit's key: another fit's is never taken. */
export interface CheckpointStore {
  /** Null where there is none, or where it is of another fit. */
  load(): Promise<FitState | null>;
  /** Replaces the checkpoint atomically; returns where it is. */
  save(state: FitState): Promise<string>;
  remove(): Promise<void>;
}

export type Checkpoints = (variable: string, key: string) => CheckpointStore;
