/**
 * Image operators, as in Eq. 7 of the paper: calls around recorded items, with expressions of parents as arguments.
 */

import { simplify } from "../algebra/simplify.js";
import type { Span } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { operators, recordings } from "../model/catalogue/catalogue.js";
import type * as ast from "../parser/ast.js";
import type { Domain, Expression, OperatorCall } from "../schema/types.js";
import type { CompiledMechanism, Site } from "./compiled-mechanism.js";
import { type Context, quoted } from "./context.js";
import { describeDomain, domainFaults } from "./domain-checks.js";
import { lowerNumber, placeOf, type Scope } from "./lower.js";
import { type DeclaredNoises, declareNoises, rangesFor } from "./noises.js";

export function compileOperator(context: Context, { statement, body, domain }: Site<ast.Call>): CompiledMechanism {
  const before = context.diagnostics.length;
  const declared = declareNoises(context, statement.noises);
  const parents = new Map<string, Span>();
  if (domain !== null && domain.kind !== "image") {
    context.report("3004", body.callee.span, `\`${body.callee.text}\` gives an image, not ${describeDomain(domain)}`);
  }
  checkSize(context, statement, domain, declared);
  const call = readCalls(context, body, declared, parents);
  const used = call === undefined ? undefined : innermost(call);
  for (const { name } of statement.noises) {
    if (used !== undefined && name.text !== used) {
      context.report("2012", name.span, `the noise \`${name.text}\` is drawn, but not used`, { hint: "leave it out" });
    }
  }
  if (call === undefined || context.diagnostics.length > before) return { mechanism: undefined, parents };
  return {
    mechanism: {
      kind: "operator",
      variable: statement.name.text,
      parents: [...parents.keys()],
      noises: [...declared.noises],
      call,
      abduction: "record",
    },
    parents,
  };
}

/** Reads the calls from the outermost inwards, and builds the operators from the inside out. */
function readCalls(
  context: Context,
  body: ast.Call,
  declared: DeclaredNoises,
  parents: Map<string, Span>,
): OperatorCall | undefined {
  const chain: {
    readonly call: ast.Call;
    readonly arguments: Expression[] | undefined;
    readonly mode: "fast" | "exact";
  }[] = [];
  let node: ast.Expression = body;
  while (node.kind === "call" && Object.hasOwn(operators, node.callee.text)) {
    chain.push({ call: node, arguments: readArguments(context, node, parents), mode: readMode(context, node) });
    const image: ast.Expression | undefined = node.positional[0];
    if (image === undefined) return undefined;
    node = image;
  }
  if (!isImageNoise(context, node, declared)) return undefined;
  let image: OperatorCall["image"] = { kind: "noise", name: (node as ast.Reference).name };
  for (const { call, arguments: operands, mode } of chain.toReversed()) {
    if (operands === undefined) return undefined;
    image = { operator: call.callee.text as OperatorCall["operator"], image, arguments: operands, mode };
  }
  return image as OperatorCall;
}

function innermost(call: OperatorCall): string {
  let image: OperatorCall["image"] = call;
  while (!("kind" in image)) image = image.image;
  return image.name;
}

function readArguments(context: Context, call: ast.Call, parents: Map<string, Span>): Expression[] | undefined {
  const { arguments: wanted } = operators[call.callee.text]!;
  const given = call.positional.slice(1);
  if (given.length !== wanted.length) {
    const count = call.positional.length === 1 ? "1 argument" : `${call.positional.length} arguments`;
    context.report("3008", call.span, `\`${call.callee.text}\` is given ${count}`, {
      hint: `write \`${call.callee.text}(image, ${wanted.join(", ")})\``,
    });
  }
  const scope: Scope = {
    noises: new Set(),
    used: (name, span) => {
      if (!parents.has(name)) parents.set(name, span);
    },
  };
  const lowered = given.map((argument) => lowerNumber(context, argument, scope));
  const operands = lowered.filter((operand) => operand !== undefined);
  for (const operand of operands) {
    for (const { at, message, hint } of domainFaults(operand, rangesFor(context, []))) {
      context.report("3007", placeOf(at) ?? call.span, message, { hint });
    }
  }
  return operands.length === wanted.length && given.length === wanted.length ? operands.map(simplify) : undefined;
}

function readMode(context: Context, call: ast.Call): "fast" | "exact" {
  const { modes } = operators[call.callee.text]!;
  let mode: "fast" | "exact" = "fast";
  for (const { name, value, span } of call.options) {
    const chosen = value.kind === "reference" ? modes.find((known) => known === value.name) : undefined;
    if (name.text !== "mode") {
      const hint = didYouMean(name.text, ["mode"]) ?? "its option is `mode`";
      context.report("2008", name.span, `\`${call.callee.text}\` has no option \`${name.text}\``, { hint });
    } else if (chosen === undefined) context.report("3009", span, `\`mode\` takes ${quoted(modes)}`);
    else mode = chosen as "fast" | "exact";
  }
  return mode;
}

function isImageNoise(context: Context, node: ast.Expression, { noises, names }: DeclaredNoises): boolean {
  const wrong = (message: string): boolean => {
    context.report("5015", node.span, message, {
      hint: "apply it to recorded items, as in `set_thickness(e, t) where e ~ mnist()`",
    });
    return false;
  };
  if (node.kind !== "reference") return wrong("an image operator changes an image, and this is none");
  const noise = noises.find(({ name }) => name === node.name);
  if (noise !== undefined) return noise.distribution === "mnist" || wrong(`\`${node.name}\` is no image`);
  if (names.has(node.name)) return false;
  if (context.names.variables.has(node.name)) {
    return wrong(`\`${node.name}\` is a variable, and an image operator changes a recorded item`);
  }
  context.report("2001", node.span, `\`${node.name}\` is not defined`, {
    hint: context.names.suggestion(node.name, names) ?? `add \`where ${node.name} ~ mnist()\``,
  });
  return false;
}

function checkSize(
  context: Context,
  { type, noises: declarations }: ast.VariableStatement,
  domain: Domain | null,
  { noises }: DeclaredNoises,
): void {
  if (domain?.kind !== "image" || domain.height === null || type === undefined) return;
  for (const { name, distribution } of noises) {
    if (distribution !== "mnist") continue;
    const { height, width, channels } = recordings[distribution];
    if (domain.height === height && domain.width === width && domain.channels === channels) continue;
    const items = describeDomain({ kind: "image", height, width, channels });
    const place = declarations.find((declaration) => declaration.name.text === name)!.span;
    context.report("3019", type.span, `the items of \`${distribution}\` are ${items}, not ${describeDomain(domain)}`, {
      related: [context.related("the recorded items", place)],
      hint: `write \`${items}\``,
    });
  }
}
