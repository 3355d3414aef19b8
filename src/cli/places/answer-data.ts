/** Writes answers of queries as data sets. */
import { join } from "node:path";
import { isLevelDomain, levelNames } from "../../algebra/levels.js";
import type { Column, Dataset } from "../../data/columns/dataset.js";
import { writeDataset } from "../../data/dataset/write-dataset.js";
import type { DrawnUnits } from "../../runtime/inference/answer.js";
import type { Spread } from "../../runtime/inference/particles/aggregate.js";
import { type ParticleError, toDigitsOf } from "../../runtime/inference/units/particle-error.js";
import type { Answer, CounterfactualAnswer } from "../../runtime/inference/whole-answer.js";
import { columnOfValues } from "../../runtime/mechanisms/bound/columns.js";
import { boundDomain, columnVariable } from "../../runtime/mechanisms/bound-domain.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";

/** Writes the values of counterfactual and sample queries as data sets, `directory/NAME` each. */
export async function writeAnswers(
  directory: string,
  loaded: LoadedModel,
  answers: readonly Answer[],
  test: Dataset | undefined,
): Promise<void> {
  for (const answer of answers) {
    const dataset = answerDataset(loaded, answer, test);
    if (dataset) await writeDataset(join(directory, answer.name), dataset);
  }
}

export function answerDataset(loaded: LoadedModel, answer: Answer, test: Dataset | undefined): Dataset | undefined {
  if (answer.kind === "sample") {
    const columns = drawnColumns(loaded, answer);
    return {
      rows: answer.rows,
      ids: Array.from({ length: answer.rows }, (_, row) => String(row)),
      columns,
      noise: new Map(),
    };
  }
  if (answer.kind !== "counterfactual") return undefined;
  const observed = answer.units === "observed" ? test : undefined;
  const columns = counterfactualColumns(loaded, answer, observed);
  const rows = observed?.rows ?? 1;
  const idName = observed?.idName;
  return {
    rows,
    ids: observed?.ids ?? ["evidence"],
    ...(idName === undefined ? {} : { idName }),
    columns,
    noise: new Map(),
  };
}

/** The columns of drawn units. */
export function drawnColumns(
  loaded: LoadedModel,
  { targets, values }: Pick<DrawnUnits, "targets" | "values">,
): Map<string, Column> {
  return new Map(targets.map((name) => [name, columnOfValues(columnVariable(loaded, name), values.get(name)!)]));
}

/**
 * The columns of a counterfactual. Copied variables are the cells that were read; the answer gives cells that were
 * missing and everything else.
 */
export function counterfactualColumns(
  loaded: LoadedModel,
  answer: Pick<CounterfactualAnswer, "plan" | "values" | "probabilities" | "spread" | "targets" | "errors">,
  observed: Pick<Dataset, "columns"> | undefined,
): Map<string, Column> {
  const changed = new Set([...answer.plan.replace, ...answer.plan.recompute]);
  const columns = new Map<string, Column>();
  for (const name of answer.targets) {
    const read = changed.has(name) ? undefined : observed?.columns.get(name);
    const values = answer.values.get(name);
    if (read && isWhole(read)) columns.set(name, read);
    else if (values) {
      const found = columnOfValues(columnVariable(loaded, name), values);
      columns.set(name, read ? completed(read, found) : withoutIdleDigits(found, answer.errors?.get(name)));
    }
  }
  for (const [name, column] of probabilityColumns(loaded, answer.probabilities)) columns.set(name, column);
  for (const [name, spread] of answer.spread) spreadColumns(loaded, name, spread, columns);
  return columns;
}

/** The mean over a unit's particles, rounded to the digits that its error supports. */
function withoutIdleDigits(column: Column, error: ParticleError | undefined): Column {
  if (column.kind !== "numeric" || error?.kind !== "number") return column;
  return { ...column, values: column.values.map((value) => toDigitsOf(value, error.standardError)) };
}

/** The cells that were read; cells that were missing are filled from `found`. */
function completed(read: Column, found: Column): Column {
  if (read.kind === "category" && found.kind === "category")
    return { ...found, codes: read.codes.map((code, row) => (code < 0 ? found.codes[row]! : code)) };
  if (read.kind === "numeric" && found.kind === "numeric")
    return {
      ...found,
      values: Float64Array.from(read.values, (value, row) => (Number.isNaN(value) ? found.values[row]! : value)),
    };
  return found;
}

function isWhole(column: Column): boolean {
  switch (column.kind) {
    case "numeric":
    case "vector":
      return !column.values.some((value) => Number.isNaN(value));
    case "category":
      return !column.codes.some((code) => code < 0);
    case "image":
      return true;
  }
}

/** `t.sd` and `t.q0.05`: standard deviation and quantiles over particles; images have them per pixel. */
function spreadColumns(loaded: LoadedModel, name: string, spread: Spread, columns: Map<string, Column>): void {
  const { domain, origin = 0 } = columnVariable(loaded, name);
  // A quantile is a value of the variable; a standard deviation is a difference of values.
  const add = (suffix: string, values: Float32Array, origin = 0) => {
    const variable = { domain: domain.kind === "image" ? domain : ({ kind: "real" } as const), origin };
    columns.set(`${name}.${suffix}`, columnOfValues(variable, values));
  };
  if (domain.kind === "vector") {
    if (spread.sd) columns.set(`${name}.sd`, columnOfValues({ domain }, spread.sd));
    for (const [level, values] of spread.quantiles)
      columns.set(`${name}.q${level}`, columnOfValues({ domain }, values));
    return;
  }
  if (spread.sd) add("sd", spread.sd);
  for (const [level, values] of spread.quantiles) add(`q${level}`, values, origin);
}

/** `y.p.LEVEL`: the share of particles in each class, for every computed variable with classes. */
function probabilityColumns(
  loaded: LoadedModel,
  probabilities: ReadonlyMap<string, Float32Array>,
): Map<string, Column> {
  const columns = new Map<string, Column>();
  for (const [name, shares] of probabilities) {
    const domain = boundDomain(loaded, name);
    if (!isLevelDomain(domain)) continue;
    const levels = levelNames(domain);
    levels.forEach((level, code) => {
      const values = Float32Array.from(
        { length: shares.length / levels.length },
        (_, unit) => shares[unit * levels.length + code]!,
      );
      columns.set(`${name}.p.${level}`, { kind: "numeric", values });
    });
  }
  return columns;
}
