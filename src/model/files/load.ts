/**
 * Reads a model from JSON text. A model written by hand or by another tool passes the same checks as a compiled one:
 * the schema, then the checks that a schema cannot make. Every message has a JSON pointer.
 */
import { type Diagnostic, ScmcError, type Span } from "../../diagnostics/diagnostic.js";
import { SourceText } from "../../diagnostics/source-text.js";
import type { Model } from "../../schema/types.js";
import { deriveProcedures, graphOf } from "../plans/plan.js";
import { checkMeaning, type ModelProblem } from "./check.js";
import { depthOfJson, JsonText } from "./json-position.js";
import { checkSchema } from "./schema-check.js";

/** The cap on JSON depth, checked before any recursion; a compiled model stays well below it. */
const maximumJsonDepth = 1500;

/** The cap on problems listed, for a file that is damaged throughout. */
const mostProblems = 100;

/** The model; throws ScmcError with all problems, each with its place in the text. */
export function parseModel(jsonText: string, file: string): Model {
  const text = jsonText.replace(/^\uFEFF/, "");
  return checked(parseJson(text, file), file, text);
}

/** The same for a model inside a larger file, already parsed. */
export function checkModel(value: unknown, file: string): Model {
  return checked(value, file, undefined);
}

function checked(value: unknown, file: string, text: string | undefined): Model {
  const schemaProblem = checkSchema(value);
  if (schemaProblem !== undefined) {
    throw problemsOf([{ ...schemaProblem, code: "8002", ...versionAdvice(value) }], file, text);
  }
  const model = completed(value as Model);
  const problems = checkMeaning(model);
  if (problems.length > 0) throw problemsOf(problems, file, text);
  return model;
}

function problemsOf(problems: readonly ModelProblem[], file: string, text: string | undefined): ScmcError {
  const spanOf = text === undefined ? () => undefined : placesIn(text, file);
  return new ScmcError(
    problems.slice(0, mostProblems).map(({ code, pointer, message, hint }): Diagnostic => {
      const span = spanOf(pointer);
      const place = pointer === "" ? "" : `${pointer}: `;
      return {
        code,
        severity: "error",
        file,
        message: `${place}${message}`,
        ...(span === undefined ? {} : { span }),
        ...(hint === undefined ? {} : { hint }),
      };
    }),
  );
}

function placesIn(text: string, file: string): (pointer: string) => Span {
  const source = new SourceText(text, file);
  const json = new JsonText(text);
  return (pointer) => {
    const { start, end } = json.locate(pointer);
    return source.span(start, end);
  };
}

function parseJson(text: string, file: string): unknown {
  const refuse = (message: string, hint?: string): never => {
    throw new ScmcError({ code: "8001", severity: "error", file, message, ...(hint === undefined ? {} : { hint }) });
  };
  if (depthOfJson(text) > maximumJsonDepth) refuse("the JSON is nested too deeply to be a model");
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`not a JSON file: ${(error as Error).message}`, "`scmc compile PROGRAM.scm` writes a model file");
  }
}

function versionAdvice(value: unknown): { hint?: string } {
  const version = typeof value === "object" && value !== null && "formatVersion" in value ? value.formatVersion : 1;
  return typeof version === "number" && version > 1
    ? { hint: `the file is of format ${version}; this scmc reads format 1` }
    : {};
}

function completed(model: Model): Model {
  const order = model.order ?? [...graphOf(model).order()];
  const withOrder = { ...model, order };
  // A cycle or an unknown name is reported by the checks, and procedures cannot be derived then.
  const names = new Set(model.mechanisms.map(({ variable }) => variable));
  const isWhole = order.length === names.size && order.every((name) => names.has(name));
  return { ...withOrder, procedures: model.procedures ?? (isWhole ? deriveProcedures(withOrder) : emptyProcedures) };
}

const emptyProcedures = { sample: [], abduct: [], logProbability: [] };
