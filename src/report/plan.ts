/** The three steps of a query's plan (abduct, act, predict) in words, for the report. */
import type { Abduction, QueryPlan } from "../schema/types.js";
import type { Table } from "./table.js";

const methods: Readonly<Record<Abduction, string>> = {
  exact: "exact inverse",
  amortised: "approximate posterior, then exact inverse",
  implicit: "encoder",
  posterior_sample: "sample from the posterior",
  record: "recorded with the sample",
  deterministic: "no noise",
  none: "not possible",
};

/** `query` is the query as written in the program. */
export function planTable(name: string, query: string, plan: QueryPlan): Table {
  const abduct = plan.abduct.map(({ noiseOf, method, given }) => {
    return `noise of ${noiseOf}: ${methods[method]}${given.length > 0 ? `, given ${given.join(", ")}` : ""}`;
  });
  return {
    title: name,
    note: query,
    columns: ["step", "what is done"],
    rows: [
      ["1. abduction", abduct.length > 0 ? abduct.join("; ") : "nothing to recover"],
      ["2. action", plan.replace.length > 0 ? `replace the assignment of ${plan.replace.join(", ")}` : "none"],
      ["3. prediction", plan.recompute.length > 0 ? `recompute ${plan.recompute.join(", ")}` : "nothing to recompute"],
      ["copied as observed", plan.copy.length > 0 ? plan.copy.join(", ") : "none"],
    ],
  };
}
