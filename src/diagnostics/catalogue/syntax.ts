/** 1xxx: the text is not a program. */
import type { CatalogueEntry } from "./entry.js";

export const syntaxCodes = [
  {
    code: "1001",
    title: "Unexpected text",
    explanation:
      "The statement cannot be read beyond this place; the message says what could stand here. Each statement reports its first such place.",
    examples: { bad: "t : positive flow()", good: "t : positive := flow()" },
  },
  {
    code: "1002",
    title: "A bracket is never closed",
    explanation:
      "The bracket opens here, and its statement ends before it is closed. A statement ends where the next line begins one.",
    examples: { bad: "t := flow(\ni := flow()", good: "t := flow()\ni := flow()" },
  },
  {
    code: "1003",
    title: "A bracket closes nothing",
    explanation: "There is no bracket of the same kind for this one to close.",
    examples: { bad: "t := flow())", good: "t := flow()" },
  },
  {
    code: "1004",
    title: "Nested too deeply",
    explanation:
      "Brackets may be nested 64 deep, powers may stand in 64 exponents, and sums and products inside one another may reach a depth of 400. Name a part of the expression with `let`, or give it a variable.",
    examples: {
      bad: `t := ${"(".repeat(65)}1${")".repeat(65)}`,
      good: `t := ${"(".repeat(64)}1${")".repeat(64)}`,
    },
  },
  {
    code: "1005",
    title: "A string is never closed",
    explanation: 'A string begins and ends with `"` on one line.',
    examples: { bad: 't : real "thickness := flow()', good: 't : real "thickness" := flow()' },
  },
  {
    code: "1006",
    title: "A character without meaning",
    explanation:
      "Programs are made of names, numbers, strings, operators and comments; other characters may stand in strings and comments only. Dashes and quotation marks of a word processor are common causes.",
    examples: { bad: "t := 2 \u2212 1", good: "t := 2 - 1" },
  },
  {
    code: "1007",
    title: "Neither a number nor a name, or too large a number",
    explanation: "A number is digits with at most one point and an exponent, within the range of double precision.",
    examples: { bad: "t := flow()\ni := 3t", good: "t := flow()\ni := 3 * t" },
  },
  {
    code: "1008",
    title: "A reserved word as a name",
    explanation:
      "Words that begin statements or join their parts cannot be names of variables, noises or constants. They stay legal as names of options.",
    examples: { bad: "model := flow()", good: "model_ := flow()" },
  },
  {
    code: "1009",
    title: "An assignment without `:=`",
    explanation:
      "`:=` is a structural assignment: a cause-effect relation, not an equation. `=` names options, queries, constants and evidence; `~` draws noise inside a `where`.",
    examples: { bad: "t = flow()", good: "t := flow()" },
  },
  {
    code: "1010",
    title: "Comparisons do not chain",
    explanation: "`a < b < c` has no meaning here; compare two values at a time.",
    examples: {
      bad: "t := flow()\ni := if(1 < t < 2, 1, 0)",
      good: "t := flow()\ni := if(1 < t, if(t < 2, 1, 0), 0)",
    },
  },
  {
    code: "1011",
    title: "Not in the language yet",
    explanation: "`require`, `import` and `param` are reserved for later versions of the language.",
    examples: { bad: "t := flow()\nimport other", good: "t := flow()" },
  },
  {
    code: "1012",
    title: "A grid where it has no place",
    explanation:
      "A list in a `do` asks the query once for each value, each in a world of its own. It stands in a query of its own, not in arithmetic; it is one list of values; and it makes no more than 1,000 worlds.",
    examples: {
      bad: "t := flow()\ni := flow(t)\nquery q = expectation(i | do(t := [1, 2])) - expectation(i)",
      good: "t := flow()\ni := flow(t)\nquery q = expectation(i | do(t := [1, 2]))",
    },
  },
  {
    code: "1013",
    title: "A language version that is not known",
    explanation:
      "`scm 1` on the first line states the version that a program is written in. A program for a newer version needs a newer scmc.",
    examples: { bad: "scm 2\nt := flow()", good: "scm 1\nt := flow()" },
  },
] as const satisfies readonly CatalogueEntry[];
