/** 2xxx: names that are missing, taken or misspelt. */
import type { CatalogueEntry } from "./entry.js";

export const nameCodes = [
  {
    code: "2001",
    title: "A name that is not defined",
    explanation:
      "Every name is a variable (`t := …`), a constant (`let k = …`) or a noise of the same assignment (`where e ~ …`). Variables and constants may be defined anywhere in the file.",
    examples: { bad: "t := flow()\ni := flow(s)", good: "t := flow()\ni := flow(t)" },
  },
  {
    code: "2002",
    title: "A variable defined twice",
    explanation: "A variable has one mechanism. The first definition counts; rename or remove the other.",
    examples: { bad: "t := flow()\nt := flow()", good: "t := flow()\ni := flow()" },
  },
  {
    code: "2003",
    title: "A function that does not exist",
    explanation:
      "A name before `(` is a function, a mechanism, an image operator or, after `~`, a distribution. Distributions stand after `~` only, queries after `query NAME =`.",
    examples: {
      bad: "t : positive := expp(e) where e ~ normal(0, 1)",
      good: "t : positive := exp(e) where e ~ normal(0, 1)",
    },
  },
  {
    code: "2004",
    title: "A distribution that does not exist",
    explanation: "The distributions are listed in the language reference.",
    examples: { bad: "t := e where e ~ gaussian(0, 1)", good: "t := e where e ~ normal(0, 1)" },
  },
  {
    code: "2005",
    title: "A noise with the name of a variable or constant",
    explanation: "Inside the assignment the name would mean two things. Rename the noise.",
    examples: {
      bad: "e := flow()\nt := e where e ~ normal(0, 1)",
      good: "s := flow()\nt := e where e ~ normal(0, 1)",
    },
  },
  {
    code: "2006",
    title: "A noise drawn twice",
    explanation: "Each draw of a `where` has a name of its own.",
    examples: {
      bad: "t := e where e ~ normal(0, 1), e ~ normal(0, 2)",
      good: "t := e where e ~ normal(0, 1)",
    },
  },
  {
    code: "2007",
    title: "A constant defined twice, or with a variable's name",
    explanation: "Variables and constants share their names. The first definition counts.",
    examples: { bad: "let k = 2\nk := flow()", good: "let k = 2\nt := flow()" },
  },
  {
    code: "2008",
    title: "An option that does not exist",
    explanation: "Options are checked against the mechanism; none is ever ignored.",
    examples: { bad: "t := flow(bins = 8)", good: "t := flow(transform = spline(bins = 8))" },
  },
  {
    code: "2009",
    title: "An option given twice",
    explanation: "Which of the two holds would be a guess.",
    examples: { bad: "t := flow(hidden = [8], hidden = [16])", good: "t := flow(hidden = [16])" },
  },
  {
    code: "2010",
    title: "Two queries of one name",
    explanation: "Results are filed under the names of the queries.",
    examples: {
      bad: "t := flow()\nquery q = expectation(t)\nquery q = sample(t)",
      good: "t := flow()\nquery q = expectation(t)\nquery r = sample(t)",
    },
  },
  {
    code: "2011",
    title: "A model named twice",
    explanation: "A file holds one model.",
    examples: { bad: "model a\nmodel b\nt := flow()", good: "model a\nt := flow()" },
  },
  {
    code: "2012",
    title: "A noise that is not used",
    explanation: "A noise that cancels out or is never used would be drawn, and recovered, in vain.",
    examples: { bad: "t := 2 where e ~ normal(0, 1)", good: "t := 2 + e where e ~ normal(0, 1)" },
  },
  {
    code: "2013",
    title: "Constants in a circle",
    explanation: "The value of a constant may depend on other constants, and never on itself.",
    examples: { bad: "let a = b\nlet b = a\nt := flow()", good: "let a = b\nlet b = 1\nt := flow()" },
  },
  {
    code: "2014",
    title: "A variable where a quantity is needed, or a constant where a variable is",
    explanation:
      "The parents of a learned mechanism and the targets of a query are variables. Arithmetic over queries takes quantities such as `expectation(t)`, not variables.",
    examples: { bad: "let k = 1\nt := flow(k)", good: "let k = 1\nt := flow()" },
  },
  {
    code: "2015",
    title: "Two `fit` statements for one variable",
    explanation: "Put all options of a variable into one `fit`.",
    examples: {
      bad: "t := flow()\nfit t(epochs = 3)\nfit t(batch = 64)",
      good: "t := flow()\nfit t(epochs = 3, batch = 64)",
    },
  },
  {
    code: "2016",
    title: "A variable set twice in one `do`",
    explanation:
      "The assignments of a `do` hold together, so each variable is set once, or once for each of its children: `t := 1 for y, t := 0 for m`. Beside these, one assignment without `for` is for the rest.",
    examples: {
      bad: "t := flow()\nquery q = expectation(t | do(t := 1, t := 2))",
      good: "t := flow()\nquery q = expectation(t | do(t := 1))",
    },
  },
  {
    code: "2017",
    title: "Evidence on a variable twice",
    explanation: "A variable is observed to have one value.",
    examples: {
      bad: "t := flow()\nquery q = expectation(t | t = 1, t = 2)",
      good: "t := flow()\nquery q = expectation(t | t = 1)",
    },
  },
  {
    code: "2019",
    title: "A type that does not exist",
    explanation: "The types are real, positive, interval, binary, categorical, ordinal, count, vector and image.",
    examples: { bad: "t : number := flow()", good: "t : real := flow()" },
  },
  {
    code: "2020",
    severity: "warning",
    title: "A constant that is not used",
    explanation: "No type, expression, option or query names it.",
    examples: { bad: "let k = 2\nt := flow()", good: "let k = 2\nt := flow(hidden = [k])" },
  },
  {
    code: "2021",
    severity: "warning",
    title: "A variable that is not used",
    explanation: "The program has queries, and none of them, no assertion and no other variable names this one.",
    examples: {
      bad: "t := flow()\ni := flow()\nquery q = expectation(t)",
      good: "t := flow()\ni := flow()\nquery q = expectation(t)\nquery r = expectation(i)",
    },
  },
  {
    code: "2022",
    title: "A child that would see two values",
    explanation:
      "A variable may be set differently for different children, `do(t := 1 for y, t := 0 for m)`. Each child stands after one `for`.",
    examples: {
      bad: "t := flow()\nm := flow(t)\ny := flow(t, m)\nquery q = expectation(y | do(t := 1 for y, t := 0 for y, m))",
      good: "t := flow()\nm := flow(t)\ny := flow(t, m)\nquery q = expectation(y | do(t := 1 for y, t := 0 for m))",
    },
  },
  {
    code: "2023",
    title: "A grid beside another assignment of the variable",
    explanation:
      "The worlds of a grid are told apart by what the variable is set to, which would be ambiguous where its children see different values. Ask once for each value.",
    examples: {
      bad: "t := flow()\nm := flow(t)\ny := flow(t, m)\nquery q = counterfactual(y | do(t := [1, 2] for y, t := 0 for m))",
      good: "t := flow()\nm := flow(t)\ny := flow(t, m)\nquery q = counterfactual(y | do(t := 1 for y, t := 0 for m))",
    },
  },
  {
    code: "2030",
    severity: "warning",
    always: true,
    title: "Names that look the same",
    explanation:
      "Two names differ in letters that look alike, such as a Latin and a Cyrillic a, and a reader cannot tell which of them is meant.",
    examples: { bad: "a := flow()\n\u0430 := flow(a)", good: "a := flow()\nb := flow(a)" },
  },
  {
    code: "2031",
    severity: "warning",
    always: true,
    title: "A name that mixes alphabets",
    explanation:
      "A word of a name has Latin and Cyrillic letters, which no language mixes: one of them was probably typed or copied by mistake.",
    examples: { bad: "\u0430ge := flow()", good: "age := flow()" },
  },
] as const satisfies readonly CatalogueEntry[];
