/**
 * The options of a mechanism or a `fit`, read from the syntax tree and checked against the catalogue.
 */

import { didYouMean } from "../diagnostics/did-you-mean.js";
import { type DomainKind, functions, type OptionSpec, type OptionSpecs } from "../model/catalogue/catalogue.js";
import { completeOptions, defaultOf, type OptionProblem } from "../model/catalogue/options.js";
import { sameJson } from "../model/files/serialise.js";
import type * as ast from "../parser/ast.js";
import type { Options, OptionValue } from "../schema/types.js";
import { constantValue } from "./constants.js";
import { type Context, quoted } from "./context.js";

export function readOptions(
  context: Context,
  owner: string,
  specs: OptionSpecs,
  options: readonly ast.Option[],
  hasParents: boolean,
  domain?: DomainKind,
): Options {
  const given = new Map<string, OptionValue>();
  const spans = new Map<string, ast.Option>();
  for (const option of options) {
    const name = option.name.text;
    const earlier = spans.get(name);
    if (earlier !== undefined) {
      const related = [context.related("given here first", earlier.span)];
      context.report("2009", option.span, `the option \`${name}\` is given twice`, { related });
      continue;
    }
    spans.set(name, option);
    if (!Object.hasOwn(specs, name)) {
      const candidates = Object.keys(specs);
      const listed = candidates.length === 0 ? `\`${owner}\` has no options` : `its options are ${quoted(candidates)}`;
      const hint = didYouMean(name, candidates) ?? listed;
      context.report("2008", option.name.span, `\`${owner}\` has no option \`${name}\``, { hint });
      continue;
    }
    const value = optionValue(context, option.value, specs[name]);
    if (value !== undefined) given.set(name, value);
  }
  const checked = completeOptions(specs, given, hasParents, domain);
  for (const [name, problem] of checked.problems) reportProblem(context, spans.get(name)!, problem);
  for (const [name, option] of spans) {
    const byDefault = Object.hasOwn(specs, name) ? defaultOf(specs[name]!, hasParents, domain) : undefined;
    if (byDefault !== undefined && given.has(name) && sameJson(checked.options[name], byDefault)) {
      if (checked.problems.has(name)) continue;
      context.warn("5016", option.span, `\`${name}\` has this value anyway`, { hint: "leave it out" });
    }
  }
  return checked.options;
}

function reportProblem(
  context: Context,
  option: ast.Option,
  { kind, message, written, candidates, inside }: OptionProblem,
): void {
  const place = inside === undefined ? option : (optionInside(option.value, inside) ?? option);
  const hint = written === undefined ? undefined : didYouMean(written, candidates ?? []);
  switch (kind) {
    case "needs parents":
      context.report("5011", option.span, message, { hint: `leave \`${option.name.text}\` out` });
      return;
    case "unknown option":
      context.report("2008", place === option ? option.value.span : place.name.span, message, {
        hint: hint ?? `known: ${quoted(candidates ?? [])}`,
      });
      return;
    case "unknown word":
    case "value":
      context.report("3009", place.value.span, message, { hint });
  }
}

function optionInside(
  value: ast.Expression,
  { item, option }: NonNullable<OptionProblem["inside"]>,
): ast.Option | undefined {
  const call = value.kind === "list" ? value.items[item] : value;
  return call?.kind === "call" ? call.options.find(({ name }) => name.text === option) : undefined;
}

/**
 * The value of an option. A bare word is one of the option's words, even if a constant has that name; if the option
 * takes numbers, it is a constant. Undefined, after a report, if it can be neither.
 */
function optionValue(context: Context, node: ast.Expression, spec: OptionSpec | undefined): OptionValue | undefined {
  switch (node.kind) {
    case "reference": {
      const takesWords = spec === undefined || ["word", "call", "calls"].includes(spec.type);
      if (takesWords || !context.names.constants.has(node.name)) return node.name;
      return context.names.constants.get(node.name)!.value;
    }
    case "list": {
      const items = node.items.map((item) => optionValue(context, item, spec));
      const known = items.filter((item) => item !== undefined);
      return known.length === items.length ? known : undefined;
    }
    case "call":
      // The option wants a number, so this call is a function of constants.
      if (spec?.type !== "calls" && spec?.type !== "call" && functions.has(node.callee.text))
        return constantValue(context, node, "a constant option");
      return callValue(context, node, spec);
    case "string":
      return node.value;
    default:
      return constantValue(context, node, "a constant option");
  }
}

function callValue(
  context: Context,
  { callee, positional, options }: ast.Call,
  spec: OptionSpec | undefined,
): OptionValue | undefined {
  const takesCalls = spec?.type === "calls" || spec?.type === "call";
  const inner = takesCalls && Object.hasOwn(spec.calls, callee.text) ? spec.calls[callee.text]! : {};
  for (const argument of positional) {
    context.report("3009", argument.span, `\`${callee.text}\` takes its options by name`, {
      hint: `write \`${callee.text}(name = ${context.source.slice(argument.span)})\``,
    });
  }
  const entries = options.map(({ name: { text }, value }) => {
    const innerSpec = Object.hasOwn(inner, text) ? inner[text] : undefined;
    return [text, optionValue(context, value, innerSpec)] as const;
  });
  const known = entries.filter((entry): entry is [string, OptionValue] => entry[1] !== undefined);
  if (positional.length > 0 || known.length < entries.length) return undefined;
  return { call: callee.text, options: Object.fromEntries(known) };
}
