/** The options of `scmc counterfactual`. */
import type { OutputOptions } from "../places/output.js";
import type { EngineOptions } from "../places/runnable.js";

export interface CounterfactualOptions extends EngineOptions, OutputOptions {
  readonly data?: string;
  /** Variables that the data does not have. */
  readonly missing?: readonly string[];
  /** Instead of data: what is known of one unit. */
  readonly given?: readonly string[];
  readonly do: readonly string[];
  readonly particles: number;
  /** Proposals a unit where missing values are found by importance sampling. */
  readonly proposals?: number;
  /** Standard deviations and quantiles over particles, beside the means. */
  readonly sd?: boolean;
  readonly quantiles?: readonly number[];
  readonly batch?: number;
}
