/** 8xxx: files that hold a compiled model. Problems of meaning have the same codes as in programs. */
import type { CatalogueEntry } from "./entry.js";

export const modelFileCodes = [
  {
    code: "8001",
    title: "Not a JSON file",
    explanation: "A model file is JSON text. `scmc compile PROGRAM.scm` writes one.",
  },
  {
    code: "8002",
    title: "Not of the form of a model",
    explanation:
      "The file does not follow schema/model.schema.json; the message begins with a JSON pointer to the place. A file of a newer format needs a newer scmc.",
  },
  {
    code: "8004",
    title: "Parts of a model that contradict one another",
    explanation:
      "Mechanisms stand in the order of the variables, `order` is a topological order of all of them, and an expression uses only what its mechanism declares.",
  },
  {
    code: "8005",
    title: "A procedure or plan that does not follow from the model",
    explanation:
      "Procedures, plans and kinds of abduction may be written down, and then must equal the derived ones. `procedures`, `order` and each `plan` may be left out.",
  },
  {
    code: "8006",
    title: "An inverse that is none",
    explanation:
      "The stated inverse of an expression, or its log-derivative, was tried at a few points and does not fit the expression.",
  },
] as const satisfies readonly CatalogueEntry[];
