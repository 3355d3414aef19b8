/** Checks the text of an artefact's `model.json` against its schema. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { withNumbers } from "../../model/files/json-text.js";
import { artefactSchema } from "../../schema/schemas.js";
import type { ArtefactDescription } from "../../schema/types.js";

// Infinite figures are numbers here, whatever the file calls them (`json-text.ts`); `tsType` is for the generator of
// types.
const validate = new Ajv2020({
  allErrors: true,
  strictNumbers: false,
  keywords: ["tsType"],
}).compile<ArtefactDescription>(artefactSchema);
/** The parts of a description that are figures; the model and its domains hold texts of the user. */
const figures = ["fits", "posteriors", "metrics"] as const;

export function checkDescription(text: string, file: string): ArtefactDescription {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure("7047", file, `not JSON: ${(error as Error).message}`, "The file is damaged; fit the model again.");
  }
  const read = withFigures(value);
  if (validate(read)) return read;
  const [first] = validate.errors ?? [];
  throw failure(
    "7048",
    file,
    `not a description of a fitted artefact: ${first?.instancePath || "/"} ${first?.message ?? ""}`,
    "Name the directory that `scmc run … --out DIR` wrote.",
  );
}

function withFigures(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const own = value as Readonly<Record<string, unknown>>;
  const read = figures.filter((key) => Object.hasOwn(own, key)).map((key) => [key, withNumbers(own[key])] as const);
  return { ...own, ...Object.fromEntries(read) };
}
