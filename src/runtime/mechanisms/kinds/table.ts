/**
 * A given table: p(x = k | pa) by the row of the parents' levels, as a Gumbel-max with φ = log p, like the learned
 * `bernoulli` and `categorical`. Nothing is fitted. A class of probability 0 has a φ so low that no noise lifts it, and
 * log-probability -Infinity.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import { levelCount, rowCount, rowStrides } from "../../../model/catalogue/given-table.js";
import type { TableMechanism } from "../../../schema/types.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { BoundVariable } from "../bound/variables.js";
import type { Mechanism } from "../contract/mechanism.js";
import { createGumbelMax, indicator } from "./gumbel-max.js";

/** In the place of log 0: finite, so that differences of two of them are numbers, and far below any Gumbel draw. */
const never = -1e30;

export function createTable(
  { variable, parents, probabilities }: TableMechanism,
  variables: ReadonlyMap<string, BoundVariable>,
): Mechanism {
  const levelsOf = (name: string): number => {
    const levels = levelCount(variables.get(name)!.domain);
    if (levels !== undefined) return levels;
    throw failure(
      "5025",
      "model",
      `the levels of \`${name}\` are not stated, and the table of \`${variable}\` is in their order`,
    );
  };
  const classes = levelsOf(variable);
  const counts = parents.map(levelsOf);
  const rows = rowCount(counts);
  const strides = rowStrides(counts);
  const logs = probabilities.map((row) => row.map((p) => (p > 0 ? Math.log(p) : never)));

  /** φ, `[batch or 1, classes]`. */
  function logits(_parameters: Tensors, parentValues: Tensors): tf.Tensor {
    const table = tf.tensor2d(logs, [rows, classes], "float32");
    if (parents.length === 0) return table;
    const places = parents.map((parent, index) => tf.mul(parentValues[parent]!, strides[index]!));
    const place = places.reduce((sum, one) => tf.add(sum, one));
    // A level that an intervention pushed outside is refused by its own check, for which the program must end.
    const row = tf.reshape(tf.cast(tf.clipByValue(place, 0, rows - 1), "int32"), [-1]);
    return tf.gather(table, row, 0);
  }

  function logProbability(parameters: Tensors, value: tf.Tensor, parentValues: Tensors): tf.Tensor {
    const own = tf.sum(tf.mul(indicator(value, classes), logits(parameters, parentValues)), 1);
    return tf.where(tf.less(own, never / 2), tf.fill(own.shape, Number.NEGATIVE_INFINITY), own);
  }

  return {
    ...createGumbelMax({ variable, kind: "table", classes, parameters: {}, logits }),
    logProbability,
    loss() {
      throw failure("7017", "model", `\`${variable}\` has given probabilities: it has nothing to fit`);
    },
  };
}
