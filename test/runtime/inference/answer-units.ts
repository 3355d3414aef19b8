/** The counterfactuals of units in memory, with a key of the test's own. */
import { UnitsAnswer, UnitsSummary } from "../../../src/runtime/inference/units/answer-units.js";
import type { UnitsQuestion } from "../../../src/runtime/inference/units/question.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";

export type AskedUnits = Pick<UnitsQuestion, "loaded" | "engine" | "interventions" | "particles" | "key"> &
  Partial<Pick<UnitsQuestion, "targets" | "proposals" | "wanted" | "method">> & {
    readonly observed: ReadonlyMap<string, Rows>;
  };

export async function answerUnits({ observed, ...asked }: AskedUnits) {
  const rows = [...observed.values()][0]!.rows;
  const question: UnitsQuestion = {
    targets: asked.loaded.model.order,
    proposals: 1024,
    wanted: { sd: false, quantiles: [] },
    allUnits: rows,
    ...asked,
  };
  const units = new UnitsAnswer(question, observed.keys());
  try {
    const part = await units.answer({ firstUnit: 0, rows, observed });
    const summary = new UnitsSummary();
    summary.add(part, rows);
    return { ...part, plan: units.plan, inference: summary.inference };
  } finally {
    await units.dispose();
  }
}
