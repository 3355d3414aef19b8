/**
 * The messages of `scmc run` about rows with missing values: before the fits, after each round of EM, and in the
 * artefact's metrics.
 */
import { takenText } from "../../data/columns/dataset.js";
import type { FittedModel } from "../../runtime/fitting/fit-model.js";
import { completionPlan } from "../../runtime/fitting/missing/complete-rows.js";
import type { MissingCells } from "../../runtime/fitting/missing/missing-cells.js";
import type { MissingOptions } from "../../runtime/fitting/missing/missing-options.js";
import type { RoundReport } from "../../runtime/fitting/missing/round-report.js";
import { smallEffectiveSize } from "../../runtime/inference/units/question.js";
import type { FitDescription } from "../../schema/types.js";
import { counted } from "./check-report.js";

export function missingNote(
  cells: MissingCells,
  { method, rounds }: MissingOptions,
  takenForMissing: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(),
): string {
  const listed = Object.entries(cells.cells).map(([name, count]) => `${name} ${count}`);
  const lines = [`${cells.incompleteRows} of ${cells.rows} rows lack values: ${listed.join(", ")}`];
  for (const [name, texts] of takenForMissing)
    lines.push(`  of ${name} these texts were taken for missing: ${takenText(texts)}`);
  const affected = [...cells.affected.keys()].join(", ");
  const dropped = "  each mechanism is fitted on the rows that have it and its parents";
  if (affected === "")
    lines.push(dropped, "  nothing observed depends on what is missing, so no row is worth completing");
  else if (method === "drop")
    lines.push(
      `${dropped}: right where what is missing depends on the parents alone`,
      `  to complete the others from what they have: --fit "model(missing = em)"`,
    );
  else
    lines.push(
      `  completed by draws from their posterior for the fits of ${affected}: EM of ${counted(rounds, "round")}`,
    );
  return lines.join("\n");
}

export function roundText({
  round,
  rounds,
  completedRows,
  heldOutLoss,
  loss,
  smallestEffectiveSize: size,
  proposals,
}: RoundReport): string {
  const listed = (figures: Readonly<Record<string, number>>) =>
    Object.entries(figures).map(([name, figure]) => `${name} ${figure.toFixed(3)}`);
  const losses = [
    ...(Object.keys(heldOutLoss).length > 0 ? [`held-out loss ${listed(heldOutLoss).join(", ")} nats`] : []),
    ...(Object.keys(loss).length > 0 ? [`loss of exact fits ${listed(loss).join(", ")} nats`] : []),
  ].join("; ");
  const worth = size === null ? "" : `; effective sample size of ${proposals} proposals at least ${size.toFixed(1)}`;
  const line = `round ${round}/${rounds}: ${completedRows} rows completed; ${losses}${worth}`;
  if (size === null || size >= smallEffectiveSize || round < rounds) return line;
  return `${line}\n  warning: some row rests on few proposals; take more: --fit "model(proposals = ${4 * proposals})"`;
}

/** The number of rows that a fit used, and how they were completed. */
export function rowsText({ rows, completion }: FitDescription, total: number): string {
  if (completion)
    return `, on ${rows ?? total} rows in ${counted(completion.rounds.length, "round")} of EM, ${completion.completedRows} of them completed`;
  return rows === undefined ? "" : ` on ${rows} of ${total} rows, on which it and its parents have values`;
}

/** The metrics of missing values; empty if the data have every value, so the metrics are those of a plain fit. */
export function missingMetrics({ loaded, fits, missing }: FittedModel): Record<string, unknown> {
  const { cells, options } = missing;
  if (cells.incompleteRows === 0) return {};
  const completed = fits.filter(({ completion }) => completion !== undefined);
  const rounds = completed[0]?.completion?.rounds.map(({ smallestEffectiveSize }, index) => ({
    round: index + 1,
    heldOutLoss: Object.fromEntries(
      completed.map(({ variable, completion }) => {
        const { heldOutLoss, loss } = completion!.rounds[index]!;
        return [variable, heldOutLoss ?? loss ?? null];
      }),
    ),
    smallestEffectiveSize,
  }));
  const patterns = cells.patterns.map((pattern) => ({
    missing: pattern.missing,
    rows: pattern.units.length,
    ...(rounds && pattern.inferred.length > 0 ? { completedBy: completionPlan(loaded, pattern).method } : {}),
  }));
  const { method } = options;
  const { rows, incompleteRows } = cells;
  return {
    missing: { method, rows, incompleteRows, cells: cells.cells, patterns, ...(rounds ? { rounds } : {}) },
  };
}
