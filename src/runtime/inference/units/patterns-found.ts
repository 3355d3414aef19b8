/** How the units with missing values were completed, pattern by pattern, over all blocks of units. */
import type { InferencePlan } from "../../../schema/types.js";

export interface PatternReport {
  readonly plan: InferencePlan;
  readonly units: number;
  /** Whether the answer is exact, without draws. */
  readonly closedForm: boolean;
  /**
   * Of importance sampling: the smallest and the median effective number of its proposals, and the unit of the
   * smallest.
   */
  readonly effectiveSize: { readonly smallest: number; readonly median: number; readonly unit: string } | null;
  readonly proposals: number;
}

/** The same of the units of one pattern in one block. */
export interface BlockReport extends Pick<PatternReport, "plan" | "units" | "closedForm" | "proposals"> {
  /** Effective numbers of proposals, by unit; empty where nothing was weighed. */
  readonly sizes: readonly { readonly size: number; readonly unit: string }[];
}

/** One report a pattern, in the order in which the patterns were met. */
export function mergedReports(blocks: readonly BlockReport[]): PatternReport[] {
  const merged = new Map<string, BlockReport[]>();
  for (const one of blocks) {
    const pattern = JSON.stringify([one.plan.observed, one.closedForm]);
    merged.set(pattern, [...(merged.get(pattern) ?? []), one]);
  }
  return [...merged.values()].map((parts) => {
    const [{ plan, closedForm, proposals }] = parts as [BlockReport, ...BlockReport[]];
    const sizes = parts.flatMap((part) => part.sizes).sort((a, b) => a.size - b.size);
    const [least] = sizes;
    return {
      plan,
      units: parts.reduce((sum, { units }) => sum + units, 0),
      closedForm,
      proposals,
      effectiveSize:
        least === undefined ? null : { smallest: least.size, median: sizes[sizes.length >> 1]!.size, unit: least.unit },
    };
  });
}
