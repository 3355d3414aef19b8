/**
 * The `where` of an assignment: exogenous noise with constant parameters.
 */

import { closed, open, type Range, type Ranges, rangeOfDomain } from "../algebra/range.js";
import type { DiagnosticCode } from "../diagnostics/catalogue/index.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { distributions, mechanisms, recordings } from "../model/catalogue/catalogue.js";
import { whyNotParameters } from "../model/files/check-expressions.js";
import type * as ast from "../parser/ast.js";
import type { Noise } from "../schema/types.js";
import { constantValue, referencesIn } from "./constants.js";
import { type Context, quoted } from "./context.js";

export interface DeclaredNoises {
  readonly noises: readonly Noise[];
  /** All names drawn, including those with an error. */
  readonly names: ReadonlySet<string>;
}

export function declareNoises(context: Context, declarations: readonly ast.NoiseDeclaration[]): DeclaredNoises {
  const names = new Set<string>();
  const noises: Noise[] = [];
  for (const { name, distribution } of declarations) {
    if (names.has(name.text)) {
      context.report("2006", name.span, `the noise \`${name.text}\` is drawn twice`, {
        hint: "give each draw its own name",
      });
      continue;
    }
    names.add(name.text);
    checkName(context, name);
    const noise = readDistribution(context, name.text, distribution);
    if (noise !== undefined) noises.push(noise);
  }
  return { noises, names };
}

function checkName(context: Context, { text, span }: ast.Identifier): void {
  const variable = context.names.variables.get(text);
  const constant = context.names.constants.get(text);
  const taken = variable ?? constant;
  if (taken === undefined) return;
  const what = variable === undefined ? "constant" : "variable";
  const related = taken.span === undefined ? [] : [context.related(`the ${what} \`${text}\``, taken.span)];
  context.report("2005", span, `the noise \`${text}\` bears the name of a ${what}`, {
    related,
    hint: "rename the noise",
  });
}

function readDistribution(context: Context, name: string, call: ast.Call): Noise | undefined {
  const distribution = call.callee.text;
  if (Object.hasOwn(recordings, distribution)) return readRecording(context, name, call);
  if (!Object.hasOwn(distributions, distribution)) {
    const known = [...Object.keys(distributions), ...Object.keys(recordings)];
    const hint =
      didYouMean(distribution, known) ?? (Object.hasOwn(mechanisms, distribution) ? undefined : quoted(known));
    context.report("2004", call.callee.span, `there is no distribution \`${distribution}\``, { hint });
    return undefined;
  }
  for (const option of call.options) {
    context.report("2008", option.span, `\`${distribution}\` takes its parameters by position`, {
      hint: `write \`${signature(distribution as keyof typeof distributions)}\``,
    });
  }
  const parameters = call.positional.map((parameter, index) => parameterOf(context, parameter, { call, name, index }));
  const numbers = parameters.filter((value) => value !== undefined);
  if (numbers.length < parameters.length || call.options.length > 0) return undefined;
  const kind = distribution as keyof typeof distributions;
  const reason = whyNotParameters(kind, numbers);
  if (reason !== undefined) {
    context.report("5004", call.span, `\`${distribution}\`: ${reason}`, { hint: `write \`${signature(kind)}\`` });
    return undefined;
  }
  return { name, distribution: kind, parameters: numbers };
}

function signature(name: keyof typeof distributions): string {
  const { parameters, variadic } = distributions[name];
  return `${name}(${parameters.map((parameter) => parameter.name).join(", ")}${variadic ? ", …" : ""})`;
}

/** A parameter's place in the call of a distribution, for the noise `name`. */
interface ParameterPlace {
  readonly call: ast.Call;
  readonly name: string;
  readonly index: number;
}

/** The same model written with a noise that does not depend on other variables, as a hint. */
function exogenousWay(context: Context, parameter: ast.Expression, { call, name, index }: ParameterPlace): string {
  const text = context.source.slice(parameter.span);
  switch (call.callee.text) {
    case "bernoulli":
      return `compare a uniform noise with it: \`if(${name} < ${text}, 1, 0) where ${name} ~ uniform(0, 1)\`, or state the probability for each level of a parent: \`bernoulli(z, table = [0.5, 0.1])\``;
    case "categorical":
      return "state the probabilities for each level of a parent: `categorical(z, table = [[0.5, 0.5], [0.1, 0.9]])`";
    default: {
      const isScale = index > 0;
      return `draw noise with constant parameters and let the expression use it, as in \`${isScale ? `(${text}) * ${name}` : `${text} + ${name}`}\``;
    }
  }
}

function parameterOf(context: Context, parameter: ast.Expression, place: ParameterPlace): number | undefined {
  const parent = referencesIn(parameter).find((name) => context.names.variables.has(name));
  if (parent === undefined) return constantValue(context, parameter);
  context.report("5003", parameter.span, `noise is exogenous, so its parameters cannot depend on \`${parent}\``, {
    hint: exogenousWay(context, parameter, place),
  });
  return undefined;
}

function readRecording(context: Context, name: string, call: ast.Call): Noise | undefined {
  const source = call.callee.text as keyof typeof recordings;
  const { splits, defaultSplit } = recordings[source];
  let split: (typeof splits)[number] = defaultSplit;
  let sound = true;
  const wrong = (code: DiagnosticCode, span: ast.Call["span"], message: string): void => {
    sound = false;
    context.report(code, span, message, { hint: `write \`${source}(split = ${splits.join(" | ")})\`` });
  };
  for (const argument of call.positional) wrong("3008", argument.span, `\`${source}\` takes no positional arguments`);
  for (const { name: option, value, span } of call.options) {
    const chosen = value.kind === "reference" ? splits.find((known) => known === value.name) : undefined;
    if (option.text !== "split") wrong("2008", option.span, `\`${source}\` has no option \`${option.text}\``);
    else if (chosen === undefined) wrong("3009", span, `\`split\` takes ${quoted(splits)}`);
    else split = chosen;
  }
  return sound ? { name, distribution: source, parameters: [], split } : undefined;
}

/** The range of values that a draw can have; undefined for images. */
export function rangeOfNoise({ distribution, parameters }: Noise): Range | undefined {
  if (distribution === "mnist") return undefined;
  const { support, discrete } = distributions[distribution];
  const [low, high] = support(parameters);
  return discrete ? { ...closed(low, high), whole: true } : open(low, high);
}

export function isDiscreteNoise({ distribution }: Noise): boolean {
  return distribution !== "mnist" && distributions[distribution].discrete === true;
}

/** The ranges of the leaves of an assignment's expression. */
export function rangesFor(context: Context, noises: readonly Noise[]): Ranges {
  const byName = new Map(noises.map((noise) => [noise.name, rangeOfNoise(noise)]));
  return (leaf) => {
    if (leaf.kind === "noise") return byName.get(leaf.name);
    if (leaf.kind !== "variable" && leaf.kind !== "natural") return undefined;
    return rangeOfDomain(context.names.variables.get(leaf.name)?.domain ?? null);
  };
}
