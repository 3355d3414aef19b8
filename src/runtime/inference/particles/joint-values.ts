/** The values of variables of classes, all together. */
import { valuesOf } from "../../../model/plans/plan-inference.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";

/** Every joint value of the missing variables, the last one changing fastest. */
export function jointValues(
  { variables }: LoadedModel,
  names: readonly string[],
): { rows: number; values: Map<string, Float32Array> } {
  const sizes = names.map((name) => valuesOf(variables.get(name)!.domain));
  const rows = sizes.reduce((product, size) => product * size, 1);
  let period = rows;
  const values = new Map(
    names.map((name, k) => {
      period /= sizes[k]!;
      const each = period;
      return [name, Float32Array.from({ length: rows }, (_, row) => Math.floor(row / each) % sizes[k]!)] as const;
    }),
  );
  return { rows, values };
}
