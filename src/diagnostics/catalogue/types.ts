/** 3xxx: types, shapes, domains and arguments. */
import type { CatalogueEntry } from "./entry.js";

export const typeCodes = [
  {
    code: "3001",
    title: "A type with the wrong number of arguments",
    explanation: "The hint shows how the type is written.",
    examples: { bad: "i : interval(255) := flow()", good: "i : interval(0, 255) := flow()" },
  },
  {
    code: "3002",
    title: "An empty interval",
    explanation: "`interval(low, high)` needs low < high.",
    examples: { bad: "i : interval(255, 64) := flow()", good: "i : interval(64, 255) := flow()" },
  },
  {
    code: "3003",
    title: "A size or level that cannot be",
    explanation:
      "Sizes are whole numbers: at least 1 for vectors and images, at least 2 levels for categorical and ordinal variables, which are all different.",
    examples: { bad: "x : image(0, 28) := cvae()", good: "x : image(28, 28) := cvae()" },
  },
  {
    code: "3004",
    title: "A mechanism that does not fit the variable's type",
    explanation: "Each mechanism gives values of certain types; the hint lists those that give this one.",
    examples: { bad: "t : positive := cvae()", good: "t : positive := flow()" },
  },
  {
    code: "3005",
    title: "An image or vector among numbers",
    explanation: "Expressions are of numbers. Images are made by learned mechanisms and image operators.",
    examples: { bad: "x : image(8, 8) := cvae()\nt := x + 1", good: "x : image(8, 8) := cvae()\nt := flow(x)" },
  },
  {
    code: "3006",
    title: "An expression that leaves its variable's domain",
    explanation:
      "The range of the expression, worked out from the domains of the parents and the support of the noise, is not inside the variable's domain.",
    examples: {
      bad: "t : positive := e where e ~ normal(0, 1)",
      good: "t : positive := exp(e) where e ~ normal(0, 1)",
    },
  },
  {
    code: "3007",
    title: "A function outside its domain",
    explanation:
      "The argument can have values for which the function has none: the logarithm of a number that can be negative, a division by one that can be 0.",
    examples: {
      bad: "r : real := flow()\nt := log(r) + e where e ~ normal(0, 1)",
      good: "r : positive := flow()\nt := log(r) + e where e ~ normal(0, 1)",
    },
  },
  {
    code: "3008",
    title: "The wrong number of arguments",
    explanation: "The hint shows how the function is written.",
    examples: {
      bad: "t := exp(1, e) where e ~ normal(0, 1)",
      good: "t := exp(e) where e ~ normal(0, 1)",
    },
  },
  {
    code: "3009",
    title: "An option with a value that it cannot have",
    explanation: "The message says what the option takes.",
    examples: { bad: "x : image(8, 8) := cvae(latent = 0.5)", good: "x : image(8, 8) := cvae(latent = 4)" },
  },
  {
    code: "3010",
    title: "A value outside the variable's domain",
    explanation: "A `do` may set a variable to values of its domain only, the ends of an interval included.",
    examples: {
      bad: "i : interval(0, 1) := flow()\nquery q = expectation(i | do(i := 2))",
      good: "i : interval(0, 1) := flow()\nquery q = expectation(i | do(i := 1))",
    },
  },
  {
    code: "3011",
    title: "Evidence that can never be observed",
    explanation: "The value lies outside the variable's domain.",
    examples: {
      bad: "t : positive := flow()\nquery q = expectation(t | t = -1)",
      good: "t : positive := flow()\nquery q = expectation(t | t = 1)",
    },
  },
  {
    code: "3012",
    title: "Not a constant",
    explanation:
      "Arguments of types, parameters of noise and values of evidence are constant expressions: numbers, `let` names and functions of them, with a finite value.",
    examples: { bad: "t := flow()\nlet k = t\ni := flow()", good: "t := flow()\nlet k = 1\ni := flow()" },
  },
  {
    code: "3013",
    title: "A text or list in an expression",
    explanation:
      "Expressions are of numbers. A level of a categorical variable is compared with `==`; lists are values of options.",
    examples: { bad: 't := "F"', good: "t := 1" },
  },
  {
    code: "3014",
    title: "A categorical variable as a number",
    explanation: "The codes of categories have no order and no distances, so arithmetic with them means nothing.",
    examples: {
      bad: 's : categorical("F", "M") := categorical()\nt := s + e where e ~ normal(0, 1)',
      good: 's : categorical("F", "M") := categorical()\nt := if(s == "F", 1, 0) + e where e ~ normal(0, 1)',
    },
  },
  {
    code: "3015",
    title: "A condition and a number mixed up",
    explanation:
      "A comparison is true or false and stands as the first argument of `if`; everywhere else numbers are needed.",
    examples: {
      bad: "t := flow()\ni := (t > 1) + e where e ~ normal(0, 1)",
      good: "t := flow()\ni := if(t > 1, 1, 0) + e where e ~ normal(0, 1)",
    },
  },
  {
    code: "3016",
    title: "An expression for an image or vector",
    explanation: "An expression gives one number.",
    examples: { bad: "x : image(8, 8) := 0", good: "x : image(8, 8) := cvae()" },
  },
  {
    code: "3018",
    title: "Arithmetic over something that is no number",
    explanation:
      "`sample` and `counterfactual` give tables and pictures; sums and differences need a number on each side.",
    examples: {
      bad: "t := flow()\nquery q = sample(t) - 1",
      good: "t := flow()\nquery q = expectation(t) - 1",
    },
  },
  {
    code: "3019",
    title: "Sizes that differ",
    explanation: "The recorded items have a size of their own, which the type must state or leave out.",
    examples: {
      bad: "x : image(32, 32) := set_thickness(e, 3) where e ~ mnist()",
      good: "x : image(28, 28) := set_thickness(e, 3) where e ~ mnist()",
    },
  },
  {
    code: "3020",
    title: "An option that a type does not have",
    explanation:
      "Types have positional arguments. The one option is `edges` of an interval, which says which edges have a probability of their own.",
    examples: {
      bad: "y : positive(edges = low) := flow()",
      good: "y : nonnegative := flow()",
    },
  },
  {
    code: "3021",
    title: "Edges that cannot be",
    explanation:
      "`interval(a, b, edges = both)` gives both edges a probability of their own, `low` and `high` one of them. An interval whose values are never on its edges has no such option.",
    examples: {
      bad: "y : interval(0, 1, edges = left) := flow()",
      good: "y : interval(0, 1, edges = low) := flow()",
    },
  },
] as const satisfies readonly CatalogueEntry[];
