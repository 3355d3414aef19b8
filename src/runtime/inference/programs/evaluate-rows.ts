/** An expression of variables at every row of a sample: `[rows]`. */

import type { Numbers } from "../../../data/columns/column-cells.js";
import type { Expression } from "../../../schema/types.js";
import { splitTarget } from "../../mechanisms/bound/centred-model.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine, ProgramSpec } from "../../tensors/core/engine.js";
import { evaluate } from "../../tensors/core/expressions.js";
import * as tf from "../../tensors/core/tfjs.js";

/** In the expression's own unit; `values` are less their variables' origins. */
export async function evaluateRows(
  { loaded, engine }: { readonly loaded: Pick<LoadedModel, "variables">; readonly engine: Engine },
  expression: Expression,
  values: ReadonlyMap<string, Float32Array>,
  rows: number,
): Promise<Numbers> {
  const { rest, offset } = splitTarget(expression, loaded.variables);
  const computed = await restAtRows(engine, rest, values, rows);
  return offset === 0 ? computed : Float64Array.from(computed, (value) => value + offset);
}

async function restAtRows(
  engine: Engine,
  expression: Expression,
  values: ReadonlyMap<string, Float32Array>,
  rows: number,
): Promise<Float32Array> {
  if (expression.kind === "variable") return values.get(expression.name)!;
  // An expression without variables needs no program.
  if (values.size === 0) return new Float32Array(rows).fill(constantValue(expression));
  const program = await engine.compile(expressionProgram(expression, [...values.keys()], rows));
  try {
    const { result } = await program.run(Object.fromEntries(values));
    return result!.data as Float32Array;
  } finally {
    await program.dispose();
  }
}

/** A query's expression at `rows` sampled units. */
export function expressionProgram(expression: Expression, names: readonly string[], rows: number): ProgramSpec {
  return {
    name: "expression",
    inputs: Object.fromEntries(names.map((name) => [name, { shape: [rows, 1], dtype: "float32" as const }])),
    procedure: (given) => ({
      result: evaluate(expression, { variables: new Map(Object.entries(given)), noises: new Map() }),
    }),
  };
}

function constantValue(expression: Expression): number {
  return tf.tidy(() => evaluate(expression, { variables: new Map(), noises: new Map() }).dataSync()[0]!);
}
