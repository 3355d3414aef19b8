/**
 * The report of one run: the causal graph, the figures on test data, and each counterfactual query beside what was
 * observed.
 */

import type { LoadedDataset } from "../../data/columns/dataset.js";
import type { DataWarning } from "../../data/warnings/data-warning.js";
import { mechanismsByName } from "../../model/plans/plan.js";
import { type Cell, causalGraphSvg, renderReport, type Table } from "../../report/index.js";
import type { LogProbabilityFigure, ReconstructionFigure } from "../../runtime/inference/checks/held-out-figures.js";
import type { Answer } from "../../runtime/inference/whole-answer.js";
import { constantOf } from "../../runtime/mechanisms/bound/variables.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import type { FitDescription } from "../../schema/types.js";
import { byQuery, counterfactualSection } from "./counterfactual-section.js";
import { reasonText, worldTitle } from "./describe-answer.js";
import { doubtLine, estimateNote, limitText } from "./estimate-text.js";

export interface RunReportInput {
  readonly loaded: LoadedModel;
  readonly fits: readonly FitDescription[];
  readonly warnings: readonly Omit<DataWarning, "code">[];
  readonly logProbability: Readonly<Record<string, LogProbabilityFigure>>;
  readonly reconstruction: Readonly<Record<string, ReconstructionFigure>>;
  readonly answers: readonly Answer[];
  readonly test: LoadedDataset | undefined;
  readonly made: readonly { readonly label: string; readonly value: string | number }[];
}

export function runReport(input: RunReportInput): string {
  const { loaded, answers, made } = input;
  const { model } = loaded;
  const counterfactuals = answers.filter((answer) => answer.kind === "counterfactual");
  return renderReport({
    title: model.name || "model",
    summary: [...warningsTable(input), variablesTable(input), ...numbersTable(input)],
    sections: [
      {
        title: "Causal graph",
        figures: [{ drawing: causalGraphSvg(model), caption: "Variables, their mechanisms and exogenous noises." }],
      },
      ...byQuery(counterfactuals).map((worlds) => counterfactualSection(input, worlds)),
    ],
    made: [...made],
  });
}

function warningsTable({ warnings }: RunReportInput): Table[] {
  if (warnings.length === 0) return [];
  const rows = warnings.map(({ variable, message, hint }) => [variable, `${message}. ${hint}`]);
  return [{ title: "Warnings about the training data and the fits", columns: ["variable", "warning"], rows }];
}

function variablesTable({ loaded, fits, logProbability, reconstruction }: RunReportInput): Table {
  const fitOf = new Map(fits.map((fit) => [fit.variable, fit]));
  return {
    title: "Variables",
    note: "Mean log-probability of a test unit's value given its parents, natural logarithms, per unit of the variable; a bound is the ELBO. An implicit mechanism has none, and its held-out loss is the mean absolute error of reconstructions.",
    columns: ["variable", "what it is", "mechanism", { label: "log p", decimals: 3 }, "held-out loss", "parameters"],
    rows: loaded.model.variables.map(({ name, doc }) => {
      const figure = logProbability[name];
      const mechanism = mechanismsByName(loaded.model).get(name)!;
      return [
        name,
        doc,
        `${mechanism.kind}(${mechanism.parents.join(", ")})`,
        figure ? figureCell(figure) : reconstructionCell(reconstruction[name]),
        constantOf(loaded.variables.get(name)!) === null ? (fitOf.get(name)?.heldOutLoss ?? null) : null,
        fitOf.get(name)?.parameters ?? null,
      ];
    }),
  };
}

function figureCell(figure: LogProbabilityFigure): Cell {
  if (figure.constant !== undefined) return { value: null, note: `none: one value in every row, ${figure.constant}` };
  const bound = figure.kind === "bound" ? ", bound" : "";
  return {
    value: figure.mean,
    note: `± ${figure.standardError.toFixed(3)} (standard error)${bound}${bitsNote(figure)}${tighterBound(figure)}`,
  };
}

function reconstructionCell(figure: ReconstructionFigure | undefined): Cell {
  if (!figure) return null;
  return { value: null, note: `reconstructed to within ${figure.mean.toPrecision(3)} on average` };
}

function tighterBound({ importanceWeighted }: LogProbabilityFigure): string {
  if (importanceWeighted === undefined) return "";
  const { mean, standardError, draws, units } = importanceWeighted;
  return `; importance-weighted bound of ${draws} draws ${mean.toFixed(3)} ± ${standardError.toFixed(3)} (standard error over ${units} units)`;
}

function bitsNote({ bitsPerDimension }: LogProbabilityFigure): string {
  return bitsPerDimension === undefined ? "" : `; ${bitsPerDimension.toFixed(3)} bits per dimension`;
}

function numbersTable({ loaded, answers }: RunReportInput): Table[] {
  const rows = answers.flatMap((answer) => {
    if (answer.kind === "estimate")
      return [
        [
          worldTitle(loaded, answer.name, answer.setting),
          {
            value: limitText(answer.interval) ?? answer.value,
            note: [
              estimateNote(answer),
              ...(answer.doubts ?? []).map((doubt) => doubtLine(doubt).trim()),
              ...answer.support.map(({ message }) => message),
            ].join("; "),
          },
        ],
      ];
    return answer.kind === "unanswered" ? [[answer.name, `not answered: ${reasonText(answer, "--test")}`]] : [];
  });
  return rows.length === 0 ? [] : [{ title: "Queries", columns: ["query", "answer"], rows }];
}
