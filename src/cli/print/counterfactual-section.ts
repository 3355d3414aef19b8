/**
 * A counterfactual query in the report: its plan, and each target beside what was observed. The worlds of a grid are
 * shown together, as trajectories.
 */

import { evaluate } from "../../algebra/evaluate.js";
import { levelsIn, printIntervention } from "../../algebra/print-expression.js";
import type { Numbers } from "../../data/columns/column-cells.js";
import type { Column, LoadedDataset } from "../../data/columns/dataset.js";
import {
  chooseImages,
  densityFigure,
  type Figure,
  imageGrid,
  planTable,
  type Section,
  sampledCurve,
  trajectoryFigure,
} from "../../report/index.js";
import type { CounterfactualAnswer } from "../../runtime/inference/whole-answer.js";
import { columnOfValues, wholeValues } from "../../runtime/mechanisms/bound/columns.js";
import { boundDomain, columnVariable } from "../../runtime/mechanisms/bound-domain.js";
import { boundModel, type LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import type { Model, QueryExpression } from "../../schema/types.js";
import { settingText } from "./describe-answer.js";

/** The answers to one query: a single answer, or one for each world of its grid. */
export type Worlds = readonly [CounterfactualAnswer, ...CounterfactualAnswer[]];

const shownUnits = 10;

/** The title of an answer; a world of a grid has the query's name and its number. */
function queryName({ name, setting }: CounterfactualAnswer): string {
  return setting === undefined ? name : name.replace(/\.\d+$/, "");
}

export function byQuery(answers: readonly CounterfactualAnswer[]): Worlds[] {
  const queries = new Map<string, [CounterfactualAnswer, ...CounterfactualAnswer[]]>();
  for (const answer of answers) {
    const worlds = queries.get(queryName(answer));
    if (worlds) worlds.push(answer);
    else queries.set(queryName(answer), [answer]);
  }
  return [...queries.values()];
}

export function counterfactualSection(
  { loaded, test }: { readonly loaded: LoadedModel; readonly test: LoadedDataset | undefined },
  worlds: Worlds,
): Section {
  const [first] = worlds;
  const name = queryName(first);
  const columns = first.units === "observed" ? test?.columns : undefined;
  return {
    title: `Query ${name}`,
    text: worlds.flatMap(({ support, setting }) =>
      support.map(({ message }) => `${setting === undefined ? "" : `${settingText(loaded, setting)}: `}${message}.`),
    ),
    tables: [planTable(name, queryText(boundModel(loaded), name), first.plan)],
    figures: first.targets.flatMap((target) => {
      const observed = columns?.get(target);
      return observed === undefined ? [] : targetFigure(loaded, observed, worlds, target);
    }),
  };
}

function targetFigure(loaded: LoadedModel, observed: Column, worlds: Worlds, name: string): Figure[] {
  const found = worlds.flatMap((world) => {
    const values = world.values.get(name);
    return values ? [{ world, values: wholeValues(loaded.variables.get(name), values), computed: values }] : [];
  });
  if (found.length < worlds.length) return [];
  const { doc } = loaded.model.variables.find((variable) => variable.name === name)!;
  if (observed.kind === "image") return imageFigure(loaded, observed, found, name, doc);
  if (observed.kind !== "numeric") return [];
  const trajectories = numberTrajectories(loaded, found, name, doc);
  return trajectories ? [trajectories] : numberFigure(loaded, observed.values, found, name, doc);
}

function captioned(name: string, doc: string): string {
  return doc === "" ? name : `${name}, ${doc}`;
}

interface WorldValues {
  readonly world: CounterfactualAnswer;
  /** The values in the variable's own unit. */
  readonly values: Numbers;
  /** The values as programs compute them. */
  readonly computed: Float32Array;
}

/** Means over particles, also for classes, because the modal class does not say how probable it is. */
function meanValues({ world, values }: WorldValues, name: string): Numbers {
  const shares = world.probabilities.get(name);
  if (shares === undefined) return values;
  const classes = shares.length / values.length;
  return values.map((_, row) =>
    shares.subarray(row * classes, (row + 1) * classes).reduce((sum, share, code) => sum + share * code, 0),
  );
}

/** Trajectories over the numbers that another variable is set to; nothing if `name` is that variable. */
function numberTrajectories(
  loaded: LoadedModel,
  worlds: readonly WorldValues[],
  name: string,
  doc: string,
): Figure | undefined {
  const settings = worlds.map(({ world }) => Object.entries(world.setting ?? {}));
  const [variable] = settings[0]![0] ?? [];
  const set = settings.map(([only, ...others]) =>
    others.length === 0 && only !== undefined ? evaluate(only[1], {}) : Number.NaN,
  );
  if (variable === undefined || variable === name || !set.every(Number.isFinite)) return undefined;
  const { kind } = boundDomain(loaded, variable);
  if (kind === "categorical" || kind === "binary") return undefined;
  const means = worlds.map((one) => meanValues(one, name));
  const rows = means[0]!.length;
  const unit = (row: number) => means.map((values) => values[row]!);
  return {
    drawing: trajectoryFigure({
      title: `${name} along do(${variable} := …)`,
      set: { label: `${variable}, set`, values: set },
      variable: { label: doc || name },
      units: Array.from({ length: Math.min(shownUnits, rows) }, (_, row) => unit(row)),
      mean: means.map((values) => Array.from(values).reduce((sum, value) => sum + value, 0) / rows),
    }),
    caption: `${captioned(name, doc)}: the first test units along the values that ${variable} is set to, and the mean of all units.`,
  };
}

function numberFigure(
  loaded: LoadedModel,
  observed: ArrayLike<number>,
  worlds: readonly WorldValues[],
  name: string,
  doc: string,
): Figure[] {
  // A variable set to a single value does not have a density to draw.
  const spread = worlds.filter(({ values }) => values.some((value) => value !== values[0]));
  return spread.map(({ world: { setting }, values }) => ({
    drawing: densityFigure({
      title: `${name}: observed and counterfactual`,
      variable: { label: doc || name },
      data: { label: "observed", values: Array.from(observed).filter((value) => !Number.isNaN(value)) },
      curves: [sampledCurve("counterfactual", "learned", values)],
    }),
    caption: `${captioned(name, doc)}: observed, and under ${setting === undefined ? "the query's intervention" : settingText(loaded, setting)}.`,
  }));
}

function imageFigure(
  loaded: LoadedModel,
  observed: Extract<Column, { kind: "image" }>,
  worlds: readonly WorldValues[],
  name: string,
  doc: string,
): Figure[] {
  const size = observed.height * observed.width * observed.channels;
  const units = Array.from({ length: Math.min(shownUnits, observed.pixels.length / size) }, (_, unit) => unit);
  const rows = worlds.flatMap(({ world: { setting }, computed }) => {
    const column = columnOfValues(columnVariable(loaded, name), computed);
    const label = setting === undefined ? "counterfactual" : settingText(loaded, setting);
    return column.kind === "image" ? [{ label, images: chooseImages(column, units) }] : [];
  });
  return [
    {
      drawing: imageGrid({
        title: `${name}: observed and counterfactual`,
        rows: [{ label: "observed", images: chooseImages(observed, units) }, ...rows],
        columns: units.map(String),
      }),
      caption: `${captioned(name, doc)}: the first test units and their counterfactuals, means over particles.`,
      wide: true,
    },
  ];
}

/** The query in the language's notation. */
function queryText(model: Model, name: string): string {
  const expression: QueryExpression | undefined = model.queries.find((query) => query.name === name)?.expression;
  if (expression?.kind !== "counterfactual") return "";
  const targets = expression.of.map((target) => (target.kind === "variable" ? target.name : "…")).join(", ");
  const evidence = expression.evidence.map(({ variable, value }) => `${variable} = ${JSON.stringify(value)}`);
  const action = `do(${expression.interventions.map((one) => printIntervention(one, levelsIn(model))).join(", ")})`;
  return `counterfactual(${targets} | ${[...evidence, action].join(", ")})`;
}
