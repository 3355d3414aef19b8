/**
 * d-separation (Pearl 1988) by the "Bayes ball" search (Shachter 1998), in time linear in the graph, and the truth of a
 * model's assertions. A pair stated with `<->` has an unobserved common cause, which is added as a vertex of its own.
 */

import type { Assertion, Mechanism } from "../../schema/types.js";
import type { CausalGraph } from "../graph/graph.js";
import { StoredGraph } from "../graph/stored-graph.js";
import { graphOf } from "./plan.js";

export function graphWithCommonCauses({
  mechanisms,
  confounded,
}: {
  readonly mechanisms: readonly Mechanism[];
  readonly confounded: readonly (readonly [string, string])[];
}): CausalGraph {
  if (confounded.length === 0) return graphOf({ mechanisms });
  const causes = new Map<string, string[]>();
  confounded.forEach((pair, index) => {
    // Names of variables do not contain such characters.
    for (const name of pair) {
      const known = causes.get(name);
      if (known === undefined) causes.set(name, [`<-> ${index}`]);
      else known.push(`<-> ${index}`);
    }
  });
  return new StoredGraph([
    ...confounded.map((_, index) => [`<-> ${index}`, []] as const),
    ...mechanisms.map(({ variable, parents }) => [variable, [...parents, ...(causes.get(variable) ?? [])]] as const),
  ]);
}

export function areSeparated(graph: CausalGraph, left: string, right: string, given: readonly string[]): boolean {
  const conditioned = new Set(given);
  if (conditioned.has(left) || conditioned.has(right)) return true;
  if (left === right) return false;
  const opensColliders = new Set([...given, ...graph.ancestors(given)]);
  const seen = new Set<string>();
  const open: { readonly name: string; readonly from: "child" | "parent" }[] = [{ name: left, from: "child" }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { name, from } = visit;
    const mark = `${from} ${name}`;
    if (seen.has(mark)) continue;
    seen.add(mark);
    if (name === right) return false;
    const blocked = conditioned.has(name);
    const upwards = from === "child" ? !blocked : opensColliders.has(name);
    if (upwards) for (const parent of graph.parents(name)) open.push({ name: parent, from: "child" });
    if (!blocked) for (const child of graph.children(name)) open.push({ name: child, from: "parent" });
  }
  return true;
}

/** A short reason why the assertion does not hold; undefined if it holds. */
export function whyFalse(assertion: Assertion, graph: CausalGraph): string | undefined {
  switch (assertion.kind) {
    case "cause": {
      const { from, to } = assertion;
      return graph.ancestors([to]).has(from) ? undefined : `no directed path leads from \`${from}\` to \`${to}\``;
    }
    case "not_cause": {
      const { from, to } = assertion;
      const path = directedPath(graph, from, to);
      return path === undefined ? undefined : `${path.join(" → ")} is a directed path`;
    }
    case "independent": {
      const { left, right, given } = assertion;
      if (areSeparated(graph, left, right, given)) return undefined;
      const condition = given.length === 0 ? "" : ` given ${given.map((name) => `\`${name}\``).join(", ")}`;
      return `\`${left}\` and \`${right}\` are connected${condition}`;
    }
  }
}

function directedPath(graph: CausalGraph, from: string, to: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const open = [from];
  for (let index = 0; index < open.length; index++) {
    for (const child of graph.children(open[index]!)) {
      if (cameFrom.has(child)) continue;
      cameFrom.set(child, open[index]!);
      if (child === to) {
        const path = [to];
        while (path[0] !== from) path.unshift(cameFrom.get(path[0]!)!);
        return path;
      }
      open.push(child);
    }
  }
  return undefined;
}
