/**
 * 706x and 707x: reasons why a query cannot be answered. They depend on more than a program's text, so they do not have
 * examples.
 */
import type { CatalogueEntry } from "./entry.js";

export const answerCodes = [
  {
    code: "7060",
    title: "Several targets of an expectation",
    explanation: "`expectation`, `probability` and `quantile` are estimated of one expression at a time.",
  },
  {
    code: "7061",
    title: "An expectation of something that is no number",
    explanation: "`expectation`, `probability` and `quantile` are of numbers, not of images or vectors.",
  },
  {
    code: "7062",
    title: "Observed values are missing",
    explanation: "A counterfactual recovers noises from the observed unit, so it needs the values that its plan names.",
  },
  {
    code: "7063",
    title: "Source items were not recorded",
    explanation:
      "A variable made by image operators is recovered by record: the data set must say which item each unit was made from.",
  },
  {
    code: "7064",
    title: "An image that an operator cannot change",
    explanation:
      "An image operator could not reach the asked thickness or intensity from this row's image: the image is empty, or the value is outside what the operator can do.",
  },
  {
    code: "7065",
    title: "An intervention outside its variable's domain",
    explanation:
      "The new value of a variable must be one of its domain in every unit: a grade past the last one, a count below 0 or a share above 1 means nothing to the mechanisms that read it.",
  },
  {
    code: "7067",
    title: "An answer that is no number",
    explanation:
      "Some draws are infinite or undefined: a mechanism or the query leaves its domain under the intervention, such as the logarithm of a number below 0. Or the query takes the difference of two infinite log-densities.",
  },
  {
    code: "7070",
    title: "Evidence that contradicts the model",
    explanation:
      "The model gives an observed value probability zero: it is outside the domain, its class never occurs, or no value of the missing variables that was tried allows it. The message names the unit and the variable. Correct the value, or leave the unit out.",
  },
  {
    code: "7071",
    title: "Missing variables that cannot be found",
    explanation:
      "What is missing of a unit has an observed effect without density (an image operator, an expression without noise), so nothing can be computed about it from that. Observe it, or leave the effect out.",
  },
  {
    code: "7072",
    title: "A density that cannot be computed",
    explanation:
      "A query asks for the density of observed units and there are none, or for one of a variable that has none.",
  },
  {
    code: "7080",
    title: "Numbers that overflow",
    explanation:
      "A mechanism or a query computed numbers beyond 3.4e38, the largest of the single precision that programs compute with, or divided by 0: products and exponentials of large numbers do. Give the variables in a larger unit, or ask for the logarithm.",
  },
  {
    code: "7085",
    title: "The output directory holds another model's artefact",
    explanation:
      "A run replaces an earlier fit of its own model, edited or not. The artefact in `--out` is of a model with another name, or without a variable in common. Name another directory, or add `--overwrite`; on a terminal, scmc asks.",
  },
] as const satisfies readonly CatalogueEntry[];
