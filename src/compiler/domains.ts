/** Turns type annotations into domains of the model. */

import { didYouMean } from "../diagnostics/did-you-mean.js";
import type * as ast from "../parser/ast.js";
import type { Domain } from "../schema/types.js";
import { constantValue } from "./constants.js";
import type { Context } from "./context.js";

const signatures = {
  real: "real",
  positive: "positive",
  nonnegative: "nonnegative",
  interval: "interval(low, high)",
  binary: 'binary` or `binary("no", "yes")',
  categorical: 'categorical(3)` or `categorical("F", "M")',
  ordinal: 'ordinal(3)` or `ordinal("low", "mid", "high")',
  count: "count",
  vector: "vector(size)",
  image: "image(height, width)",
} as const;
type TypeName = keyof typeof signatures;

/** Null, after a report, if the annotation is not a type. */
export function domainOf(context: Context, type: ast.TypeAnnotation): Domain | null {
  const name = type.name.text;
  if (!Object.hasOwn(signatures, name)) {
    const hint = didYouMean(name, Object.keys(signatures)) ?? `the types are ${Object.keys(signatures).join(", ")}`;
    context.report("2019", type.name.span, `there is no type \`${name}\``, { hint });
    return null;
  }
  const domain = readType(context, type, name as TypeName);
  return hasKnownOptions(context, type, name as TypeName) ? (domain ?? null) : null;
}

/** Reports unknown options; the only option of a type is `edges` of an interval, which `interval` below reads. */
function hasKnownOptions(context: Context, { options, span }: ast.TypeAnnotation, name: TypeName): boolean {
  const unknown = options.find((option) => name !== "interval" || option.name.text !== "edges");
  if (unknown !== undefined) {
    const hint = name === "interval" ? "an interval has the option `edges`" : `write \`${signatures[name]}\``;
    context.report("3020", unknown.span, `the type \`${name}\` has no option \`${unknown.name.text}\``, { hint });
    return false;
  }
  if (options.length > 1) context.report("3020", span, "`edges` is given twice");
  return options.length <= 1;
}

function readType(context: Context, type: ast.TypeAnnotation, name: TypeName): Domain | undefined {
  switch (name) {
    case "real":
    case "positive":
    case "nonnegative":
    case "count":
      return numbersOf(context, type, name, 0, 0) && { kind: name };
    case "interval":
      return interval(context, type);
    case "binary":
      return binary(context, type);
    case "categorical":
    case "ordinal":
      return classes(context, type, name);
    case "vector": {
      const [size] = sizesOf(context, type, name, 1, 1, 1) ?? [];
      return size === undefined ? undefined : { kind: name, size };
    }
    case "image":
      return image(context, type);
  }
}

function interval(context: Context, type: ast.TypeAnnotation): Domain | undefined {
  const numbers = numbersOf(context, type, "interval", 2, 2);
  if (numbers === undefined) return undefined;
  const [low, high] = numbers as [number, number];
  const edges = edgesOf(context, type);
  if (edges === null) return undefined;
  if (low < high) return { kind: "interval", low, high, ...(edges === undefined ? {} : { edges }) };
  context.report("3002", type.span, `an interval runs from less to more, and this one from ${low} to ${high}`, {
    hint: low > high ? `write \`interval(${high}, ${low})\`` : undefined,
  });
  return undefined;
}

const edgeWords = ["both", "low", "high"] as const;

/** Undefined if the option is absent, null after a report. */
function edgesOf(context: Context, { options }: ast.TypeAnnotation): (typeof edgeWords)[number] | undefined | null {
  const option = options.find(({ name }) => name.text === "edges");
  if (option === undefined) return undefined;
  const { value } = option;
  const word = value.kind === "reference" ? edgeWords.find((one) => one === value.name) : undefined;
  if (word !== undefined) return word;
  context.report("3021", value.span, "`edges` takes `both`, `low` or `high`", {
    hint: "it names the edges that have a probability of their own; leave it out where values are never on them",
  });
  return null;
}

function image(context: Context, type: ast.TypeAnnotation): Domain | undefined {
  if (type.arguments.length === 0) return { kind: "image", height: null, width: null, channels: 1 };
  const sizes = sizesOf(context, type, "image", 2, 3, 1);
  if (sizes === undefined) return undefined;
  const [height, width, channels = 1] = sizes as [number, number, number?];
  return { kind: "image", height, width, channels };
}

function binary(context: Context, type: ast.TypeAnnotation): Domain | undefined {
  if (!type.arguments.some(({ kind }) => kind === "string"))
    return numbersOf(context, type, "binary", 0, 0) && { kind: "binary" };
  const levels = levelsOf(context, type);
  if (levels === undefined || levels.length === 2) return levels && { kind: "binary", levels };
  context.report("3003", type.span, `a binary variable has two levels, and this names ${levels.length}`, {
    hint: `write \`categorical(…)\`, or \`ordinal(…)\` if they have an order`,
  });
  return undefined;
}

function classes(context: Context, type: ast.TypeAnnotation, kind: "categorical" | "ordinal"): Domain | undefined {
  if (!type.arguments.some((argument) => argument.kind === "string")) {
    const [size] = sizesOf(context, type, kind, 1, 1, 2) ?? [];
    return size === undefined ? undefined : { kind, size };
  }
  const levels = levelsOf(context, type);
  return levels && { kind, size: levels.length, levels };
}

/** The texts of the levels: at least two, all different. */
function levelsOf(context: Context, type: ast.TypeAnnotation): string[] | undefined {
  const levels = type.arguments.filter((argument) => argument.kind === "string");
  const odd = type.arguments.find((argument) => argument.kind !== "string");
  if (odd !== undefined) {
    context.report("3003", odd.span, "levels are either all texts or one number of them");
    return undefined;
  }
  const names = levels.map(({ value }) => value);
  const twice = levels.find(({ value }, index) => names.indexOf(value) < index);
  if (twice !== undefined) {
    context.report("3003", twice.span, `the level ${JSON.stringify(twice.value)} stands twice`);
    return undefined;
  }
  if (names.length < 2) {
    context.report("3003", type.span, `a variable that is ${type.name.text} has at least two levels`);
    return undefined;
  }
  return names;
}

function numbersOf(
  context: Context,
  type: ast.TypeAnnotation,
  name: TypeName,
  minimum: number,
  maximum: number,
): number[] | undefined {
  const { length } = type.arguments;
  if (length < minimum || length > maximum) {
    const count = length === 1 ? "1 argument" : `${length} arguments`;
    context.report("3001", type.span, `\`${name}\` is given ${count}`, { hint: `write \`${signatures[name]}\`` });
    return undefined;
  }
  const values = type.arguments.map((argument) => constantValue(context, argument));
  const numbers = values.filter((value) => value !== undefined);
  return numbers.length === length ? numbers : undefined;
}

function sizesOf(
  context: Context,
  type: ast.TypeAnnotation,
  name: TypeName,
  minimum: number,
  maximum: number,
  least: number,
): number[] | undefined {
  const numbers = numbersOf(context, type, name, minimum, maximum);
  if (numbers === undefined) return undefined;
  const wrong = numbers.findIndex((value) => !Number.isSafeInteger(value) || value < least);
  if (wrong < 0) return numbers;
  context.report("3003", type.arguments[wrong]!.span, `a whole number of at least ${least} is needed here`);
  return undefined;
}
