/**
 * How many units an intervention moves outside what the parents' values were in training. There a learned mechanism
 * extrapolates, so an answer says how often it did.
 */
import type { LoadedModel } from "../loaded-model.js";

export interface OutsideRange {
  readonly variable: string;
  /** The children whose mechanisms read the value. */
  readonly children: readonly string[];
  readonly units: number;
  readonly low: number;
  readonly high: number;
}

/** For each changed scalar with learned children, the number of units outside its training range; none where all are inside. */
export function unitsOutsideRange(
  loaded: LoadedModel,
  changed: readonly string[],
  values: ReadonlyMap<string, Float32Array>,
): OutsideRange[] {
  const found: OutsideRange[] = [];
  for (const variable of changed) {
    const normalisation = loaded.variables.get(variable)?.normalisation;
    const computed = values.get(variable);
    const children = loaded.model.mechanisms
      .filter(({ parents, kind }) => parents.includes(variable) && kind !== "expression" && kind !== "operator")
      .map((mechanism) => mechanism.variable);
    if (!normalisation || !computed || children.length === 0) continue;
    const { low, high } = normalisation;
    let units = 0;
    for (const value of computed) if (value < low || value > high) units++;
    if (units > 0) found.push({ variable, children, units, low, high });
  }
  return found;
}
