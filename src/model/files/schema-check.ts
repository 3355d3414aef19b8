/**
 * Checks a value against the schema of models with ajv, and turns its errors into one message with a JSON pointer. For
 * a union, only the alternative that `kind` selects is reported.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { modelSchema } from "../../schema/schemas.js";

export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

let compiled: ValidateFunction | undefined;

/** Checks models; `order` and `procedures` follow from the rest, so a model file may leave them out. */
function validator(): ValidateFunction {
  if (compiled === undefined) {
    const { required, ...schema } = modelSchema as { required: string[] };
    const derived = ["order", "procedures"];
    const input = { ...schema, required: required.filter((name) => !derived.includes(name)) };
    compiled = new Ajv2020({ strict: false, discriminator: true, verbose: true }).compile(input);
  }
  return compiled;
}

export function checkSchema(value: unknown): SchemaProblem | undefined {
  const validate = validator();
  if (validate(value)) return undefined;
  const errors = validate.errors ?? [];
  const problems = errors.filter(({ keyword }) => keyword !== "anyOf").map(problemOf);
  // A union reports every alternative that failed; the deepest error is the nearest to the fault.
  return problems.reduce((a, b) => (depth(b) > depth(a) ? b : a));
}

const depth = ({ pointer }: SchemaProblem): number => pointer.split("/").length;

function problemOf(error: ErrorObject): SchemaProblem {
  if (error.keyword !== "discriminator") return { pointer: error.instancePath, message: wording(error) };
  return { pointer: `${error.instancePath}/kind`, message: `must be one of ${kindsOf(error).join(", ")}` };
}

interface Alternative {
  readonly properties: { readonly kind: { readonly const?: string; readonly enum?: readonly string[] } };
}

/** The values of `kind` that a union accepts. */
function kindsOf({ parentSchema }: ErrorObject): string[] {
  const definitions = (modelSchema as { readonly $defs: Readonly<Record<string, Alternative>> }).$defs;
  const references = (parentSchema as { readonly oneOf: readonly { readonly $ref: string }[] }).oneOf;
  return references.flatMap(({ $ref }) => {
    const { kind } = definitions[$ref.slice("#/$defs/".length)]!.properties;
    return kind.enum ?? [kind.const!];
  });
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
