/** The study's one table, its text form for the terminal, and its figures as `metrics.json`. */

import type { Cell, Table } from "../../src/report/index.js";
import type { LogProbabilityFigure } from "../../src/runtime/inference/checks/held-out-figures.js";
import type { Anchors } from "./errors.js";
import { type ModelResult, paper } from "./study.js";

export interface Summary {
  readonly results: readonly ModelResult[];
  readonly anchors: Anchors;
  readonly truth: Readonly<Record<string, LogProbabilityFigure>>;
  readonly units: number;
}

const titles = { full: "full", conditional: "conditional", independent: "independent" } as const;

export function resultsTable({ results, truth, units }: Summary): Table {
  const rows = results.map((result): Cell[] => {
    const { t, i, x } = result.run.metrics.logProbability;
    const published = paper[result.name];
    return [
      titles[result.name],
      t!.mean,
      i!.mean,
      { value: x!.mean, note: "bound" },
      { value: result.error.all, strong: result.name === "full" },
      result.error.thick,
      published.error,
      result.nullError,
    ];
  });
  return {
    title: "Three models of the same digits",
    note: `Means over ${units} test digits; natural logarithms, per unit of the variable. Counterfactual error: mean absolute difference of grey levels to the true counterfactual under do(t := t + 2), all 784 pixels. x of the independent model, which no query moves, is fitted for half the epochs.`,
    columns: [
      "model",
      { label: "log p(t)", decimals: 3 },
      { label: "log p(i | parents)", decimals: 3 },
      { label: "log p(x | parents)", decimals: 0 },
      { label: "counterfactual error", decimals: 2 },
      { label: "… where t + 2 > 5 px", decimals: 2 },
      { label: "paper", decimals: 1 },
      { label: "largest error of do(t := t)" },
    ],
    rows: [...rows, ["true process", truth.t!.mean, truth.i!.mean, null, 0, 0, null, null]],
  };
}

export function anchorsTable({ anchors }: Summary): Table {
  const row = (label: string, { all, thick }: Anchors["unchanged"]): Cell[] => [label, all, thick];
  return {
    title: "What an error of that size means",
    note: "The same digits and the same error, for answers that need no model.",
    columns: ["answer", { label: "error", decimals: 2 }, { label: "… where t + 2 > 5 px", decimals: 2 }],
    rows: [
      row("the image unchanged", anchors.unchanged),
      row("the intensity alone rescaled", anchors.intensityRescaled),
      row("perfect thickness, old intensity", anchors.thickerOldIntensity),
    ],
  };
}

export function metricsOf(summary: Summary): unknown {
  return {
    testUnits: summary.units,
    models: Object.fromEntries(
      summary.results.map(({ name, run, error, nullError }) => [
        name,
        {
          logProbability: run.metrics.logProbability,
          counterfactualError: error,
          paperCounterfactualError: paper[name].error,
          nullInterventionError: nullError,
          queries: run.metrics.queries,
          fits: run.fitted.fits,
        },
      ]),
    ),
    trueProcess: { logProbability: summary.truth },
    anchors: summary.anchors,
  };
}

/** A table in plain text, columns aligned. */
export function tableText({ title, columns, rows }: Table): string {
  const labels = columns.map((column) => (typeof column === "string" ? column : column.label));
  const text = (cell: Cell, column: number): string => {
    const value = cell !== null && typeof cell === "object" ? cell.value : cell;
    if (value === null) return "-";
    if (typeof value === "string") return value;
    const spec = columns[column];
    const decimals = typeof spec === "string" ? undefined : spec?.decimals;
    return decimals === undefined ? value.toPrecision(3) : value.toFixed(decimals);
  };
  const cells = [labels, ...rows.map((row) => row.map(text))];
  const widths = labels.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join("  ")
      .trimEnd();
  return [
    title,
    line(cells[0]!),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...cells.slice(1).map(line),
    "",
  ].join("\n");
}
