/**
 * Checks of the causal graph: cycles, each edge with its place in the text, and stated common causes.
 */
import type { Span } from "../diagnostics/diagnostic.js";
import type { CausalGraph } from "../model/graph/graph.js";
import type * as ast from "../parser/ast.js";
import type { Context } from "./context.js";
import { reportUnknown } from "./lower.js";

/**
 * Longer cycles are cut in the message; the related places hold every edge but the first, whose place is the main one.
 */
const longestShown = 20;

/** True if the graph does not have a cycle. */
export function reportCycles(
  context: Context,
  graph: CausalGraph,
  parents: ReadonlyMap<string, ReadonlyMap<string, Span>>,
): boolean {
  const cycles = graph.cycles();
  for (const cycle of cycles) {
    const edges = cycle.map((from, index) => {
      const to = cycle[(index + 1) % cycle.length]!;
      return { from, to, span: parents.get(to)!.get(from)! };
    });
    const shown = cycle.length > longestShown ? [...cycle.slice(0, longestShown), "…"] : cycle;
    const path = [...shown, cycle[0]].join(" → ");
    const related = edges
      .slice(1)
      .map(({ from, to, span }) => context.related(`\`${from}\` causes \`${to}\` here`, span));
    context.report("4001", edges[0]!.span, `\`${cycle[0]}\` causes itself: ${path}`, {
      ...(related.length === 0 ? {} : { related }),
      hint: "leave out one of these parents",
    });
  }
  return cycles.length === 0;
}

export function checkConfounded(context: Context, statements: readonly ast.ConfoundedStatement[]): [string, string][] {
  const seen = new Map<string, ast.ConfoundedStatement>();
  const pairs: [string, string][] = [];
  for (const statement of statements) {
    const { left, right, span } = statement;
    for (const { text, span: place } of [left, right]) {
      if (!context.names.variables.has(text)) reportUnknown(context, text, place);
    }
    const key = [left.text, right.text].sort().join(" ");
    const earlier = seen.get(key);
    if (left.text === right.text) {
      context.report("4007", span, `\`${left.text}\` <-> \`${right.text}\` needs two different variables`);
    } else if (earlier !== undefined) {
      const related = [context.related("stated here first", earlier.span)];
      context.report("4007", span, `the common cause of \`${left.text}\` and \`${right.text}\` is stated twice`, {
        related,
      });
    } else {
      seen.set(key, statement);
      pairs.push([left.text, right.text]);
    }
  }
  return pairs;
}
