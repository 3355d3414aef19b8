/** 5xxx: mechanisms, their noise, and the requirements that queries place on them. */
import type { CatalogueEntry } from "./entry.js";

export const mechanismCodes = [
  {
    code: "5001",
    title: "A mechanism inside an expression",
    explanation:
      "A learned mechanism or an image operator is the whole right-hand side of an assignment. Give it a variable of its own and use that.",
    examples: { bad: "t := 2 * flow()", good: "s := flow()\nt := 2 * s" },
  },
  {
    code: "5002",
    title: "An argument that is no bare name",
    explanation: "The positional arguments of a mechanism are its parents; how they matter is learned.",
    examples: { bad: "t := flow()\ni := flow(2 * t)", good: "t := flow()\ni := flow(t)" },
  },
  {
    code: "5003",
    title: "Noise that depends on a variable",
    explanation:
      "Exogenous noise has no causes in the model, so its parameters are constants. Scale and shift it in the expression.",
    examples: {
      bad: "t : real := flow()\ni := e where e ~ normal(t, 1)",
      good: "t : real := flow()\ni := t + e where e ~ normal(0, 1)",
    },
  },
  {
    code: "5004",
    title: "A distribution with parameters that it cannot have",
    explanation: "The number of parameters is wrong, or one of them is out of range; the message says which.",
    examples: { bad: "t := e where e ~ normal(0, -1)", good: "t := e where e ~ normal(0, 1)" },
  },
  {
    code: "5005",
    title: "Noise that cannot be told apart",
    explanation:
      "The noise is recovered from one observed value, so there is one noise, or one for each branch of an `if` on parents, and it must be possible to bring it into one place. Polynomials of second degree and ratios of linear forms are brought there.",
    examples: {
      bad: "t := e + log(e) where e ~ gamma(1, 1)",
      good: "t := 1 + log(e) where e ~ gamma(1, 1)",
    },
  },
  {
    code: "5006",
    title: "A function that is not one-to-one in the noise",
    explanation: "Two values of the noise give the same value, so it cannot be recovered.",
    examples: { bad: "t := abs(e) where e ~ normal(0, 1)", good: "t := exp(e) where e ~ normal(0, 1)" },
  },
  {
    code: "5007",
    title: "A coefficient of the noise that may be 0",
    explanation: "Where it is 0, the value does not depend on the noise, and the noise cannot be recovered.",
    examples: {
      bad: "r : real := flow()\nt := r * e where e ~ normal(0, 1)",
      good: "r : positive := flow()\nt := r * e where e ~ normal(0, 1)",
    },
  },
  {
    code: "5008",
    title: "A condition that holds the noise",
    explanation:
      "Which branch was taken could not be told from the value. Conditions are on parents; a binary, ordinal or categorical variable may also compare the noise itself with parents: `if(u < 0.2 + 0.7 * z, 1, 0)`.",
    examples: {
      bad: "t := if(e > 0, e, 2 * e) where e ~ normal(0, 1)",
      good: "b := flow()\nt := if(b > 0, e, 2 * e) where e ~ normal(0, 1)",
    },
  },
  {
    code: "5009",
    title: "Discrete and continuous mixed up",
    explanation:
      "Discrete noise gives discrete variables, continuous noise continuous ones. A discrete variable compares continuous noise with a threshold, `if(u < 0.3, 1, 0)`, which cuts uniform, normal, logistic, laplace, gumbel, exponential and lognormal noise.",
    examples: { bad: "b : real := e where e ~ bernoulli(0.5)", good: "b : binary := e where e ~ bernoulli(0.5)" },
  },
  {
    code: "5010",
    title: "A `where` after a learned mechanism",
    explanation: "A learned mechanism has exogenous noise of its own.",
    examples: { bad: "t := flow() where e ~ normal(0, 1)", good: "t := flow()" },
  },
  {
    code: "5011",
    title: "An option that needs parents",
    explanation:
      "`balance = parents` draws training rows by weights that depend on the parents; a root has none, and balancing it would distort its density.",
    examples: {
      bad: "t := flow()\nfit t(balance = parents)",
      good: "t := flow()\ni := flow(t)\nfit i(balance = parents)",
    },
  },
  {
    code: "5012",
    title: "Nothing to fit",
    explanation: "Expressions and image operators are given, not learned.",
    examples: { bad: "t := 2\nfit t(epochs = 3)", good: "t := flow()\nfit t(epochs = 3)" },
  },
  {
    code: "5013",
    title: "Noise that cannot be recovered",
    explanation:
      "A counterfactual keeps the noise of what it recomputes, which must be recovered from the observed unit first; this mechanism has no way to do so.",
  },
  {
    code: "5014",
    title: "A variable without a density",
    explanation: "A deterministic variable, a recorded item and an implicit mechanism have no density.",
    examples: {
      bad: "t := 2\nquery q = density(t)",
      good: "t := 2 + e where e ~ normal(0, 1)\nquery q = density(t)",
    },
  },
  {
    code: "5015",
    title: "An image where a number belongs, or the reverse",
    explanation:
      "Image operators are applied to recorded items (`e ~ mnist()`) or to one another, and recorded items to nothing else.",
    examples: {
      bad: "x : image(28, 28) := set_thickness(e, 2) where e ~ normal(0, 1)",
      good: "x : image(28, 28) := set_thickness(e, 2) where e ~ mnist()",
    },
  },
  {
    code: "5016",
    severity: "warning",
    title: "An option equal to its default",
    explanation:
      "The option may be left out. Written down, it stays as it is when a default changes in a later version.",
    examples: { bad: "t := flow(hidden = [16, 16])", good: "t := flow()" },
  },
  {
    code: "5017",
    title: "An inverse that grows too large",
    explanation:
      "The inverses of odd powers and of ratios hold their argument more than once, so deep nests of them grow quickly.",
    examples: {
      bad: `t := ${"(1 + ".repeat(20)}e${")^3".repeat(20)} where e ~ normal(0, 1)`,
      good: "t := (1 + e)^3 where e ~ normal(0, 1)",
    },
  },
  {
    code: "5024",
    title: "A table of another shape",
    explanation:
      "A given table has a row for each combination of the parents' levels, the last parent changing fastest, written one after the other or in lists nested by parent. A row of `bernoulli` is the probability of 1, one of `categorical` a list of one probability for each level.",
    examples: {
      bad: "c : binary := bernoulli(table = [0.5])\ns : binary := bernoulli(c, table = [[0.5, 0.5], [0.9, 0.1]])",
      good: "c : binary := bernoulli(table = [0.5])\ns : binary := bernoulli(c, table = [0.5, 0.1])",
    },
  },
  {
    code: "5025",
    title: "A table over levels that are not stated",
    explanation:
      "A given table is in the order of the levels of its variable and of its parents, so their types state the levels: binary, categorical or ordinal.",
    examples: {
      bad: "c := flow()\ns : binary := bernoulli(c, table = [0.5, 0.1])",
      good: "c : binary := bernoulli(table = [0.5])\ns : binary := bernoulli(c, table = [0.5, 0.1])",
    },
  },
  {
    code: "5026",
    title: "Probabilities that are none",
    explanation:
      "A probability lies in [0, 1], and the row of a table sums to 1 within 1e-6; it is then divided by its sum. Fractions are written as they are, `1/3`.",
    examples: {
      bad: "c : categorical(3) := categorical(table = [0.333, 0.333, 0.333])",
      good: "c : categorical(3) := categorical(table = [1/3, 1/3, 1/3])",
    },
  },
  {
    code: "5027",
    title: "A table over levels that only the data name",
    explanation:
      "`categorical(3)` takes the names of its levels from the data, in an order that a given table cannot know. State the names in the order of the table.",
  },
] as const satisfies readonly CatalogueEntry[];
