/** 4xxx: the causal graph. */
import type { CatalogueEntry } from "./entry.js";

export const graphCodes = [
  {
    code: "4001",
    title: "A cycle",
    explanation:
      "A variable causes itself, directly or through others. A structural causal model is acyclic: leave out one of the edges, which the related places show.",
    examples: { bad: "t := flow(i)\ni := flow(t)", good: "t := flow()\ni := flow(t)" },
  },
  {
    code: "4002",
    title: "A name given twice",
    explanation: "A parent of a mechanism, or a child after `for`, is named once.",
    examples: { bad: "t := flow()\ni := flow(t, t)", good: "t := flow()\ni := flow(t)" },
  },
  {
    code: "4003",
    title: "An intervention that closes a cycle",
    explanation: "A new right-hand side may add edges; with these the graph must stay acyclic.",
    examples: {
      bad: "t := flow()\ni := flow(t)\nquery q = expectation(i | do(t := i + 1))",
      good: "t := flow()\ni := flow(t)\nquery q = expectation(i | do(t := t + 1))",
    },
  },
  {
    code: "4004",
    title: "An assertion that does not hold",
    explanation:
      "`a -> b` says that a directed path leads from a to b, `a -/> b` that none does, `a independent b given c` that c d-separates them. They are decided on the graph alone.",
    examples: { bad: "t := flow()\ni := flow()\nassert t -> i", good: "t := flow()\ni := flow(t)\nassert t -> i" },
  },
  {
    code: "4005",
    title: "Not a child",
    explanation: "`do(t := 1 for i)` shows the new t to its child i alone, so i must be a child of t.",
    examples: {
      bad: "t := flow()\ni := flow()\nquery q = expectation(i | do(t := 1 for i))",
      good: "t := flow()\ni := flow(t)\nquery q = expectation(i | do(t := 1 for i))",
    },
  },
  {
    code: "4006",
    title: "A query that depends on something unobserved",
    explanation:
      "Latent variables and `<->` are taken into account by assertions. Queries need every cause to be observed; answering them otherwise takes identification, which scmc does not do yet.",
    examples: {
      bad: "latent u\nt := flow(u)\nquery q = expectation(t)",
      good: "u := flow()\nt := flow(u)\nquery q = expectation(t)",
    },
  },
  {
    code: "4007",
    title: "A common cause of one variable, or stated twice",
    explanation: "`x <-> y` states an unobserved common cause of two different variables, once.",
    examples: { bad: "t := flow()\nt <-> t", good: "t := flow()\ni := flow()\nt <-> i" },
  },
  {
    code: "4008",
    severity: "warning",
    title: "A parent that cannot matter",
    explanation: "The expression names the parent, and has the same value whatever the parent is.",
    examples: {
      bad: "t := flow()\ni := 0 * t + e where e ~ normal(0, 1)",
      good: "t := flow()\ni := 2 * t + e where e ~ normal(0, 1)",
    },
  },
  {
    code: "4009",
    severity: "warning",
    title: "An intervention that changes nothing",
    explanation:
      "Nothing that the query asks for depends on the variable, or the variable is set to the value that it has.",
    examples: {
      bad: "t := flow()\ni := flow(t)\nquery q = expectation(t | do(i := 3))",
      good: "t := flow()\ni := flow(t)\nquery q = expectation(i | do(t := 3))",
    },
  },
] as const satisfies readonly CatalogueEntry[];
