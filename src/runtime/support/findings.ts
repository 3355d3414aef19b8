/**
 * From tallies to what is said: shares over the stated thresholds, one finding for each cause, children that share it
 * together.
 */
import type { LoadedModel } from "../mechanisms/loaded-model.js";
import type { SupportFinding } from "./finding.js";
import { levelText } from "./level-text.js";
import type { Tally } from "./tally.js";
import { alwaysSpokenShare, calibrationRows, fewRows, spokenErrors, spokenRatio, spokenShare } from "./thresholds.js";
import { messageOf } from "./words.js";

export interface FindingContext {
  readonly of: "units" | "draws";
  /** Whether the draws are weighted, so that there is a share of them but no count. */
  readonly weighted?: boolean;
  readonly world?: string;
  /**
   * Whether the question only selects among units as they are: then they are compared with training rows of the same
   * classes.
   */
  readonly isObservational?: boolean;
}

type Bare = SupportFinding extends infer Finding ? (Finding extends unknown ? Omit<Finding, "message"> : never) : never;

export function findingsOf(loaded: LoadedModel, tallies: readonly Tally[], context: FindingContext): SupportFinding[] {
  const found = tallies.flatMap((tally) => bareFindings(loaded, tally, context));
  const merged: Bare[] = [];
  for (const one of found) {
    const index = merged.findIndex((other) => isSame(one, other));
    if (index < 0) merged.push(one);
    else merged[index] = { ...merged[index]!, mechanisms: [...merged[index]!.mechanisms, ...one.mechanisms] };
  }
  return merged.map((one) => ({ ...one, message: messageOf(one, context.weighted ?? false) }));
}

/** All but the mechanisms. */
function isSame(a: Bare, b: Bare): boolean {
  return JSON.stringify({ ...a, mechanisms: [] }) === JSON.stringify({ ...b, mechanisms: [] });
}

function bareFindings(loaded: LoadedModel, tally: Tally, { of, world, isObservational }: FindingContext): Bare[] {
  const { support, rows, weight } = tally;
  if (rows === 0 || weight === 0) return [];
  const common = (variables: readonly string[], sum: number) => ({
    mechanisms: loaded.mechanisms.has(support.variable) ? [support.variable] : [],
    variables,
    share: sum / weight,
    of,
    total: rows,
    ...(world === undefined ? {} : { world }),
  });
  const isSpoken = (sum: number, ordinary = 0) => sum > 0 && sum / weight >= spokenShare + spokenRatio * ordinary;
  const found: Bare[] = [];
  for (const parent of support.parents) {
    for (const [code, sum] of tally.levels.get(parent.name) ?? [])
      if (isSpoken(sum, (parent.levels?.[code] ?? 0) / Math.max(1, support.rows)))
        found.push({
          ...common([parent.name], sum),
          kind: "level",
          level: levelText(loaded, parent.name, code),
          rows: parent.levels?.[code] ?? 0,
        });
    const outside = tally.outside.get(parent.name) ?? 0;
    if (!isSpoken(outside)) continue;
    const [low, high] = [parent.low!, parent.high!];
    if (low === high) found.push({ ...common([parent.name], outside), kind: "constant", value: low });
    else found.push({ ...common([parent.name], outside), kind: "range", low, high });
  }
  const combined = combinationFinding(loaded, tally, common, isSpoken);
  if (combined) found.push(combined);
  const sparse = sparseFinding(tally, isObservational ?? false);
  if (sparse)
    found.push({
      ...common(
        support.parents.map(({ name }) => name),
        tally.sparse,
      ),
      kind: "sparse",
      sparseRows: sparse.ordinary,
    });
  return found;
}

function combinationFinding(
  loaded: LoadedModel,
  { support, combinations }: Tally,
  common: (variables: readonly string[], sum: number) => Omit<Bare, "kind">,
  isSpoken: (sum: number, ordinary?: number) => boolean,
): Bare | undefined {
  const sum = [...combinations.values()].reduce((total, one) => total + one, 0);
  const rowsOf = new Map(support.combinations?.map(({ codes, rows }) => [codes.join(), rows]));
  const rare = [...rowsOf.values()].filter((rows) => rows < fewRows).reduce((total, rows) => total + rows, 0);
  if (!isSpoken(sum, rare / Math.max(1, support.rows))) return undefined;
  const [[key]] = [...combinations].sort((a, b) => b[1] - a[1]) as [[string, number]];
  const classes = support.parents.filter(({ levels }) => levels !== null).map(({ name }) => name);
  const codes = key.split(",").map(Number);
  return {
    ...common(classes, sum),
    kind: "combination",
    combination: classes.map((name, k) => `${name} = ${levelText(loaded, name, codes[k]!)}`).join(", "),
    rows: rowsOf.get(key) ?? 0,
    others: combinations.size - 1,
  };
}

/** Undefined where units are by themselves no more often than training rows are. */
function sparseFinding(
  { support, sparse, weight, classes }: Tally,
  isObservational: boolean,
): { readonly ordinary: number } | undefined {
  const share = sparse / weight;
  const own = ofOwnClasses(support, classes, weight);
  const ordinary = isObservational ? Math.max(support.sparseRows, own.share) : support.sparseRows;
  if (sparse === 0 || share < spokenShare + spokenRatio * ordinary) return undefined;
  const isMore = share >= own.share + spokenErrors * own.error;
  return isMore || share >= alwaysSpokenShare ? { ordinary } : undefined;
}

/** The share of training rows by themselves, were their classes those of the units, and its standard error. */
function ofOwnClasses(support: Tally["support"], classes: Tally["classes"], weight: number) {
  let [share, variance] = [0, 0];
  for (const { codes, rows, sparseRows } of support.combinations ?? []) {
    const part = (classes.get(codes.join()) ?? 0) / weight;
    const counted = rows * Math.min(1, calibrationRows / support.rows);
    // One more of each, so that none among few does not pass for none ever.
    const smoothed = (sparseRows * counted + 1) / (counted + 2);
    share += part * sparseRows;
    variance += (part ** 2 * smoothed * (1 - smoothed)) / counted;
  }
  return { share, error: Math.sqrt(variance) };
}
