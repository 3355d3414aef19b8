/** The report of one run: the causal graph, the figures on test data, and each counterfactual query beside what was observed. */
import type { Column, LoadedDataset } from "../data/dataset.js";
import { levelsIn, printIntervention } from "../model/print-expression.js";
import type { FitDescription, Model, QueryExpression } from "../model/schema-types.js";
import {
  type Cell,
  causalGraphSvg,
  chooseImages,
  densityFigure,
  type Figure,
  imageGrid,
  planTable,
  renderReport,
  type Section,
  sampledCurve,
  type Table,
} from "../report/index.js";
import { columnOfValues } from "../runtime/columns.js";
import type { LogProbabilityFigure, ReconstructionFigure } from "../runtime/evaluation.js";
import { boundModel, type LoadedModel } from "../runtime/loaded-model.js";
import type { Answer, CounterfactualQueryAnswer } from "../runtime/queries/answer-queries.js";
import type { Estimate } from "../runtime/queries/expectation.js";
import { worldTitle } from "./describe-answer.js";
import { boundDomain } from "./runnable.js";

export interface RunReportInput {
  readonly loaded: LoadedModel;
  readonly fits: readonly FitDescription[];
  readonly logProbability: Readonly<Record<string, LogProbabilityFigure>>;
  readonly reconstruction: Readonly<Record<string, ReconstructionFigure>>;
  readonly answers: readonly Answer[];
  readonly test: LoadedDataset | undefined;
  readonly made: readonly { readonly label: string; readonly value: string | number }[];
}

const shownUnits = 10;

export function runReport(input: RunReportInput): string {
  const { loaded, answers, made } = input;
  const { model } = loaded;
  const counterfactuals = answers.filter((answer) => answer.kind === "counterfactual");
  return renderReport({
    title: model.name || "model",
    summary: [variablesTable(input), ...numbersTable(input)],
    sections: [
      {
        title: "Causal graph",
        figures: [{ drawing: causalGraphSvg(model), caption: "Variables, their mechanisms and exogenous noises." }],
      },
      ...counterfactuals.map((answer) => counterfactualSection(input, answer)),
    ],
    made: [...made],
  });
}

function variablesTable({ loaded, fits, logProbability, reconstruction }: RunReportInput): Table {
  const fitOf = new Map(fits.map((fit) => [fit.variable, fit]));
  return {
    title: "Variables",
    note: "Mean log-probability of a test unit's value given its parents, natural logarithms, per unit of the variable; a bound is the ELBO. An implicit mechanism has none, and its held-out loss is the mean absolute error of reconstructions.",
    columns: ["variable", "what it is", "mechanism", { label: "log p", decimals: 3 }, "held-out loss", "parameters"],
    rows: loaded.model.variables.map(({ name, doc }) => {
      const figure = logProbability[name];
      const mechanism = loaded.model.mechanisms.find(({ variable }) => variable === name)!;
      return [
        name,
        doc,
        `${mechanism.kind}(${mechanism.parents.join(", ")})`,
        figure
          ? {
              value: figure.mean,
              note: `± ${figure.standardError.toFixed(3)}${figure.kind === "bound" ? ", bound" : ""}${bitsNote(figure)}${tighterBound(figure)}`,
            }
          : reconstructionCell(reconstruction[name]),
        fitOf.get(name)?.heldOutLoss ?? null,
        fitOf.get(name)?.parameters ?? null,
      ];
    }),
  };
}

function reconstructionCell(figure: ReconstructionFigure | undefined): Cell {
  if (!figure) return null;
  return { value: null, note: `reconstructed to ± ${figure.mean.toPrecision(3)} on average` };
}

function tighterBound({ importanceWeighted }: LogProbabilityFigure): string {
  if (importanceWeighted === undefined) return "";
  const { mean, standardError, draws, units } = importanceWeighted;
  return `; importance-weighted bound of ${draws} draws ${mean.toFixed(3)} ± ${standardError.toFixed(3)} on ${units} units`;
}

function bitsNote({ bitsPerDimension }: LogProbabilityFigure): string {
  return bitsPerDimension === undefined ? "" : `; ${bitsPerDimension.toFixed(3)} bits per dimension`;
}

function numbersTable({ loaded, answers }: RunReportInput): Table[] {
  const rows = answers.flatMap((answer) => {
    if (answer.kind === "estimate")
      return [[worldTitle(loaded, answer.name, answer.setting), { value: answer.value, note: precisionNote(answer) }]];
    return answer.kind === "unanswered" ? [[answer.name, `not answered: ${answer.reason}`]] : [];
  });
  return rows.length === 0 ? [] : [{ title: "Queries", columns: ["query", "answer"], rows }];
}

function precisionNote({ precision, standardError }: Estimate): string {
  if (precision === "exact") return "exact";
  return `± ${standardError.toPrecision(2)}${precision === "bound" ? ", bound" : ""}`;
}

function counterfactualSection({ loaded, test }: RunReportInput, answer: CounterfactualQueryAnswer): Section {
  // Worlds of a grid bear the query's name and their number.
  const text = queryText(
    boundModel(loaded),
    answer.setting === undefined ? answer.name : answer.name.replace(/\.\d+$/, ""),
  );
  const columns = answer.units === "observed" ? test?.columns : undefined;
  const total = answer.units === "observed" ? test!.rows : 1;
  return {
    title: `Query ${worldTitle(loaded, answer.name, answer.setting)}`,
    text: answer.outside.map(
      ({ variable, units, children }) =>
        `${units} of ${total} units have ${variable} outside its training range, where ${children.join(", ")} extrapolates.`,
    ),
    tables: [planTable(answer.name, text, answer.plan)],
    figures: answer.targets.flatMap((name) => {
      const observed = columns?.get(name);
      return observed === undefined ? [] : targetFigure(loaded, observed, answer, name);
    }),
  };
}

function targetFigure(
  loaded: LoadedModel,
  observed: Column,
  answer: CounterfactualQueryAnswer,
  name: string,
): Figure[] {
  const values = answer.values.get(name);
  const doc = loaded.model.variables.find((variable) => variable.name === name)?.doc || name;
  if (!values) return [];
  if (observed.kind === "numeric")
    return [
      {
        drawing: densityFigure({
          title: `${name}: observed and counterfactual`,
          variable: { label: doc },
          data: { label: "observed", values: observed.values.filter((value) => !Number.isNaN(value)) },
          curves: [sampledCurve("counterfactual", "learned", values)],
        }),
        caption: `${name}, ${doc}: observed, and under the query's intervention.`,
      },
    ];
  const column = columnOfValues(boundDomain(loaded, name), values);
  if (observed.kind !== "image" || column.kind !== "image") return [];
  const size = observed.height * observed.width * observed.channels;
  const units = Array.from({ length: Math.min(shownUnits, observed.pixels.length / size) }, (_, unit) => unit);
  return [
    {
      drawing: imageGrid({
        title: `${name}: observed and counterfactual`,
        rows: [
          { label: "observed", images: chooseImages(observed, units) },
          { label: "counterfactual", images: chooseImages(column, units) },
        ],
        columns: units.map(String),
      }),
      caption: `${name}, ${doc}: the first test units and their counterfactuals, means over particles.`,
      wide: true,
    },
  ];
}

/** The query as one would write it. */
function queryText(model: Model, name: string): string {
  const expression: QueryExpression | undefined = model.queries.find((query) => query.name === name)?.expression;
  if (expression?.kind !== "counterfactual") return "";
  const targets = expression.of.map((target) => (target.kind === "variable" ? target.name : "…")).join(", ");
  const evidence = expression.evidence.map(({ variable, value }) => `${variable} = ${JSON.stringify(value)}`);
  const action = `do(${expression.interventions.map((one) => printIntervention(one, levelsIn(model))).join(", ")})`;
  return `counterfactual(${targets} | ${[...evidence, action].join(", ")})`;
}
