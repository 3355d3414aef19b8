/**
 * Checks a value against the schema of models with ajv, and turns its errors into one message with a JSON pointer: of the
 * alternatives of a union, the one that the `kind` picks out is reported.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { modelSchema } from "./schemas.js";

export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

let compiled: ValidateFunction | undefined;

/** `order` and `procedures` follow from the rest, so a model file may leave them out. */
function validator(): ValidateFunction {
  if (compiled === undefined) {
    const { required, ...schema } = modelSchema as { required: string[] };
    const derived = ["order", "procedures"];
    const input = { ...schema, required: required.filter((name) => !derived.includes(name)) };
    compiled = new Ajv2020({ strict: false }).compile(input);
  }
  return compiled;
}

export function checkSchema(value: unknown): SchemaProblem | undefined {
  const validate = validator();
  if (validate(value)) return undefined;
  const errors = validate.errors ?? [];
  const relevant = errors.filter((error) => !isUnion(error) && !isOfOtherKind(error, errors));
  const deepest = (relevant.length > 0 ? relevant : errors).reduce((a, b) => (depth(b) > depth(a) ? b : a));
  return { pointer: deepest.instancePath, message: wording(deepest) };
}

const isUnion = (error: ErrorObject): boolean => error.keyword === "anyOf";
const depth = (error: ErrorObject): number => error.instancePath.split("/").length;
const definition = (error: ErrorObject): string => /#\/\$defs\/[^/]+/.exec(error.schemaPath)?.[0] ?? "";

/** Does another error say that this alternative's `kind` is not the value's? */
function isOfOtherKind(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some(
    (other) =>
      (other.keyword === "const" || other.keyword === "enum") &&
      other.instancePath.endsWith("/kind") &&
      definition(other) === definition(error) &&
      error.instancePath.startsWith(other.instancePath.slice(0, -"/kind".length)) &&
      errors.some((third) => definition(third) !== definition(error) && !isUnion(third)),
  );
}

function wording({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case "required":
      return `\`${params.missingProperty}\` is missing`;
    case "additionalProperties":
      return `\`${params.additionalProperty}\` is not known here`;
    case "type":
      return `must be ${[params.type].flat().join(" or ")}`;
    case "const":
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case "enum":
      return `must be one of ${params.allowedValues.join(", ")}`;
    case "pattern":
      return "must be a name: letters, digits and `_`, not beginning with a digit";
    default:
      return message ?? keyword;
  }
}
