/** What the fits of a model are made from. */

import type { LoadedDataset } from "../../../data/columns/dataset.js";
import type { DataWarning } from "../../../data/warnings/data-warning.js";
import type { Fit, FitDescription, Model } from "../../../schema/types.js";
import type { Engine, HostTensors } from "../../tensors/core/engine.js";
import type { MissingCells } from "../missing/missing-cells.js";
import type { MissingOptions } from "../missing/missing-options.js";
import type { ReportCompletion, RoundReport } from "../missing/round-report.js";
import type { Checkpoints } from "../steps/checkpoint.js";
import type { FitProgress } from "../steps/fit-request.js";

/** An earlier fit that may be taken over. */
export interface EarlierFit {
  readonly description: FitDescription;
  readonly parameters: HostTensors;
}

export interface FitModelRequest {
  readonly model: Model;
  readonly dataset: LoadedDataset;
  readonly engine: Engine;
  readonly seed: number;
  /** Fitting options over those of the model, option by option. */
  readonly fits?: readonly Fit[];
  /** Earlier fits by key. */
  readonly earlier?: ReadonlyMap<string, EarlierFit>;
  /** Where unfinished fits are kept; a run that was killed goes on from there. */
  readonly checkpoints?: Checkpoints;
  readonly onProgress?: (progress: FitProgress) => void;
  /**
   * Variables without a value in some unit that the queries will be asked of: they tell which posteriors are learned.
   */
  readonly askedWithout?: readonly string[];
  /**
   * Called when a mechanism or a posterior is fitted, or taken over, `name` saying which of them; where rows are
   * completed, once more after the last round.
   */
  readonly onFit?: (fit: FitDescription, reused: boolean, name: string) => void;
  /** Called before any fit, where columns are odd: constants, point masses. */
  readonly onWarnings?: (warnings: readonly DataWarning[]) => void;
  /** Called before any fit, where the data lack values. */
  readonly onMissing?: (cells: MissingCells, options: MissingOptions) => void;
  readonly onRound?: (round: RoundReport) => void;
  readonly onCompletion?: ReportCompletion;
}
