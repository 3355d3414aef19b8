/**
 * The rows that a mechanism is fitted to where values are missing: those with its variable and all its parents. What
 * the fit estimates, p(x | pa), is the same on these rows as on all where missingness depends on the parents alone
 * (missing at random given the parents); where it depends on x itself, it is not, and the fit is biased.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import { hasMissing, isMissingAt } from "../../inference/particles/patterns.js";
import { chosenRows, type Rows } from "../../tensors/core/rows.js";
import type { FitData } from "./fit-data.js";

/** The weights of some rows of a fit, as a part of its data. */
export function chosenWeights({ weights }: Pick<FitData, "weights">, rows: Int32Array): Pick<FitData, "weights"> {
  return weights ? { weights: Float64Array.from(rows, (row) => weights[row]!) } : {};
}

export function presentRows(model: string, variable: string, data: FitData): FitData {
  const partial = [data.value, ...Object.values(data.parents)].filter(hasMissing);
  if (partial.length === 0) return data;
  const all = Int32Array.from({ length: data.value.rows }, (_, row) => row);
  const present = all.filter((row) => !partial.some((rows) => isMissingAt(rows, row)));
  if (present.length < 2) {
    const names = [variable, ...Object.keys(data.parents)].map((name) => `\`${name}\``).join(", ");
    throw failure(
      "7052",
      model,
      `\`${variable}\` cannot be fitted: ${present.length} rows have values of all of ${names}`,
      "Fill in missing values, or bind data with more complete rows.",
    );
  }
  const chosen = (rows: Rows): Rows => chosenRows(rows, present);
  return {
    value: chosen(data.value),
    parents: Object.fromEntries(Object.entries(data.parents).map(([name, rows]) => [name, chosen(rows)])),
    ...chosenWeights(data, present),
  };
}
