/** Checks the text of an artefact's `model.json` against its schema. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { failure } from "../../diagnostics/diagnostic.js";
import type { ArtefactDescription } from "../../model/schema-types.js";
import { artefactSchema } from "../../model/schemas.js";

const validate = new Ajv2020({ allErrors: true }).compile<ArtefactDescription>(artefactSchema);

export function checkDescription(text: string, file: string): ArtefactDescription {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure("7047", file, `not JSON: ${(error as Error).message}`, "The file is damaged; fit the model again.");
  }
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw failure(
    "7048",
    file,
    `not a description of a fitted artefact: ${first?.instancePath || "/"} ${first?.message ?? ""}`,
    "Name the directory that `scmc run … --out DIR` wrote.",
  );
}
