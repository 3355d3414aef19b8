/** What `fit model(…)` and the command line say about rows that lack values, over the defaults. */
import type { Fit } from "../../../schema/types.js";

export interface MissingOptions {
  /** Leave rows out of the fits that they lack values for, or complete them by Monte Carlo EM. */
  readonly method: "drop" | "em";
  readonly rounds: number;
  /** Proposals a row, where its missing values are found by importance sampling. */
  readonly proposals: number;
}

const usualRounds = 10;
const usualProposals = 1024;

/**
 * Of several entries, the later ones override the earlier, option by option. Who asks for rounds or proposals asks for
 * EM.
 */
export function missingOptionsOf(fits: readonly Fit[]): MissingOptions {
  const entries = fits.filter(({ variable }) => variable === undefined).map(({ options }) => options);
  const asked = entries.flatMap(({ missing, rounds, proposals }) => {
    if (missing !== undefined) return [missing];
    return rounds === undefined && proposals === undefined ? [] : ["em"];
  });
  const given = Object.assign({}, ...entries);
  return {
    method: asked.at(-1) === "em" ? "em" : "drop",
    rounds: Number(given.rounds ?? usualRounds),
    proposals: Number(given.proposals ?? usualProposals),
  };
}
