/**
 * A program on its whole way: checked, compiled, formatted, written, read back, planned, drawn and evaluated. An
 * exception on the way is a fault of ours, and so is a model that is compiled and then refused.
 */

import { evaluate } from "../../src/algebra/evaluate.js";
import { compile } from "../../src/compiler/compile.js";
import { writePlan } from "../../src/compiler/describe-plan.js";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { format } from "../../src/parser/format.js";
import { causalGraphDot, causalGraphMermaid, causalGraphSvg } from "../../src/report/causal-graph.js";
import type { Model } from "../../src/schema/types.js";

export interface Journey {
  readonly model: Model | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Larger graphs have no use for a picture, and laying them out takes long. */
const largestDrawing = 2000;

export function wholeWay(text: string): Journey {
  const { model, diagnostics } = compile({ text, file: "test.scm" }, { pedantic: true });
  format(text, "test.scm");
  if (model !== undefined) follow(model);
  return { model, diagnostics };
}

export function follow(model: Model): void {
  const read = parseModel(serialiseModel(model), "test.scm.json");
  for (const query of read.queries) writePlan(read, query);
  causalGraphDot(read);
  causalGraphMermaid(read);
  if (read.variables.length <= largestDrawing) String(causalGraphSvg(read));
  for (const mechanism of read.mechanisms) {
    if (mechanism.kind !== "expression") continue;
    const variables = new Map(mechanism.parents.map((name) => [name, 0.5]));
    evaluate(mechanism.expression, { variables, noises: new Map(mechanism.noises.map(({ name }) => [name, 0.5])) });
    if (mechanism.inverse === null) continue;
    evaluate(mechanism.inverse.expression, { variables, value: 0.5 });
    evaluate(mechanism.inverse.logDerivative, { variables, value: 0.5 });
  }
}
