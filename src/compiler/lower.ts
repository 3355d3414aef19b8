/**
 * Turns expressions of the syntax tree into expressions of the model: it resolves names, checks functions, and keeps
 * numbers apart from conditions. Each node remembers its place in the text, for messages about sub-expressions.
 */

import {
  apply,
  applyAll,
  constant,
  deepestExpression,
  isDeeperThan,
  natural,
  noise,
  operandsOf,
  variable,
} from "../algebra/expression.js";
import {
  type Comparison,
  codeOfRightSide,
  compareWithNumber,
  compareWithText,
  LevelFault,
  type Levelled,
  mirror,
  numberOfLeaf,
  textCode,
} from "../algebra/level-expressions.js";
import { codeOfText, isLevelDomain } from "../algebra/levels.js";
import { productOf, simplify, sumOf } from "../algebra/simplify.js";
import type { Span } from "../diagnostics/diagnostic.js";
import { didYouMean, nearest } from "../diagnostics/did-you-mean.js";
import {
  distributions,
  functions,
  mechanisms,
  operators,
  queryForms,
  recordings,
} from "../model/catalogue/catalogue.js";
import type * as ast from "../parser/ast.js";
import type { Expression } from "../schema/types.js";
import { type Context, quoted, type VariableEntry } from "./context.js";

export interface Scope {
  /** Names drawn in the assignment's own `where`. */
  readonly noises: ReadonlySet<string>;
  /** Set inside an intervention on this variable, where its own name is its natural value. */
  readonly natural?: string;
  /** Reports a use of a variable, in places where variables are not allowed. */
  readonly refuse?: (name: string, span: Span) => void;
  /** Called for each use of a variable. */
  readonly used?: (name: string, span: Span) => void;
}

const places = new WeakMap<Expression, Span>();

/** The place in the text that a node came from; undefined for nodes that algebra made. */
export function placeOf(expression: Expression): Span | undefined {
  return places.get(expression);
}

function placed<Node extends Expression>(node: Node, span: Span): Node {
  // A part in brackets is the same node with a wider place.
  places.set(node, span);
  return node;
}

/** Undefined after a report if part of the expression is wrong; the rest is still checked. */
export function lowerNumber(context: Context, node: ast.Expression, scope: Scope): Expression | undefined {
  const lowered = lowerNode(context, node, scope);
  if (lowered === undefined || !isDeeperThan(deepestExpression, lowered, operandsOf)) return lowered;
  reportDepth(context, node.span);
  return undefined;
}

export function reportDepth(context: Context, span: Span): void {
  context.report("1004", span, `brackets, sums and products are nested more than ${deepestExpression} deep`, {
    hint: "give parts of it variables of their own",
  });
}

function lowerNode(context: Context, node: ast.Expression, scope: Scope): Expression | undefined {
  switch (node.kind) {
    case "number":
      return placed(constant(node.value), node.span);
    case "reference":
      return lowerReference(context, node, scope);
    case "call":
      return lowerCall(context, node, scope);
    case "sum":
      return lowerSum(context, node, scope);
    case "product":
      return lowerProduct(context, node, scope);
    case "negation":
      return lowerParts(context, [node.operand], scope, ([operand]) =>
        operand!.kind === "constant"
          ? placed(constant(-operand!.value), node.span)
          : placed(apply("negate", operand!), node.span),
      );
    case "power":
      return lowerParts(context, [node.base, node.exponent], scope, ([base, exponent]) =>
        placed(apply("power", base!, exponent!), node.span),
      );
    case "comparison":
      lowerCondition(context, node, scope);
      context.report("3015", node.span, "a comparison is true or false, and a number is needed here", {
        hint: `write \`if(${context.source.slice(node.span)}, 1, 0)\``,
      });
      return undefined;
    case "string":
      context.report("3013", node.span, "a text cannot stand in an expression", {
        hint: 'a level is compared with its own variable, as in `s == "F"`',
      });
      return undefined;
    case "list":
      context.report("3013", node.span, "a list cannot stand in an expression");
      return undefined;
  }
}

function lowerParts(
  context: Context,
  parts: readonly ast.Expression[],
  scope: Scope,
  build: (operands: Expression[]) => Expression,
): Expression | undefined {
  const lowered = parts.map((part) => lowerNode(context, part, scope));
  const operands = lowered.filter((part) => part !== undefined);
  return operands.length === parts.length ? build(operands) : undefined;
}

/** The longest sum that keeps the order in which it is written. */
const longestChain = 8;

function lowerSum(context: Context, { terms, span }: ast.Sum, scope: Scope): Expression | undefined {
  return lowerParts(
    context,
    terms.map(({ operand }) => operand),
    scope,
    (operands) =>
      fold(
        operands,
        terms.map(({ subtracted }) => subtracted),
        "add",
        "subtract",
        sumOf,
        span,
      ),
  );
}

function lowerProduct(context: Context, { factors, span }: ast.Product, scope: Scope): Expression | undefined {
  return lowerParts(
    context,
    factors.map(({ operand }) => operand),
    scope,
    (operands) =>
      fold(
        operands,
        factors.map(({ divided }) => divided),
        "multiply",
        "divide",
        productOf,
        span,
      ),
  );
}

function fold(
  operands: readonly Expression[],
  inverted: readonly boolean[],
  direct: "add" | "multiply",
  inverse: "subtract" | "divide",
  gather: (parts: readonly Expression[]) => Expression,
  span: Span,
): Expression {
  if (operands.length <= longestChain) {
    return operands.reduce((left, right, index) => {
      const start = places.get(operands[0]!) ?? span;
      const end = places.get(right) ?? span;
      // The last step is the whole node, including brackets around it.
      const place = index === operands.length - 1 ? span : { start: start.start, end: end.end };
      return placed(apply(inverted[index]! ? inverse : direct, left, right), place);
    });
  }
  const positive = gather(operands.filter((_, index) => !inverted[index]));
  const negative = operands.filter((_, index) => inverted[index]!);
  return negative.length === 0 ? positive : placed(apply(inverse, positive, gather(negative)), span);
}

function lowerReference(context: Context, { name, span }: ast.Reference, scope: Scope): Expression | undefined {
  if (scope.noises.has(name)) return placed(noise(name), span);
  const known = context.names.constants.get(name);
  if (known !== undefined) return known.value === undefined ? undefined : placed(constant(known.value), span);
  const entry = context.names.variables.get(name);
  if (entry === undefined) {
    const unnoised = `if it is noise, draw it: \`where ${name} ~ normal(0, 1)\``;
    const unlearned = "expressions hold no coefficients to be learned; the mechanism `linear(…)` learns them";
    const ofMechanism = scope.noises.size === 0 ? unnoised : unlearned;
    // If variables are not allowed here, none is offered.
    const whatThereIs = scope.refuse === undefined ? undefined : null;
    const otherwise = scope.used === undefined ? whatThereIs : ofMechanism;
    reportUnknown(context, name, span, scope.noises, otherwise);
    return undefined;
  }
  if (scope.refuse !== undefined) {
    scope.refuse(name, span);
    return undefined;
  }
  if (name !== scope.natural) scope.used?.(name, span);
  if (!isNumeric(context, entry, span)) return undefined;
  const leaf = placed(name === scope.natural ? natural(name) : variable(name), span);
  const of = levelled(entry);
  const number = of === undefined ? leaf : sound(context, span, numberOfLeaf(leaf, of));
  return number && placed(number, span);
}

/**
 * Reports an unknown name. If no known name is similar, the hint is `otherwise`; by default it lists the variables of a
 * short program.
 */
export function reportUnknown(
  context: Context,
  name: string,
  span: Span,
  noises: Iterable<string> = [],
  otherwise?: string | null,
): void {
  const isFunction = functions.has(name) || Object.hasOwn(mechanisms, name);
  const hint = isFunction
    ? `\`${name}\` is a function: write \`${name}(…)\``
    : (context.names.suggestion(name, noises) ?? (otherwise === undefined ? variablesHere(context) : otherwise));
  context.report("2001", span, `\`${name}\` is not defined`, { hint: hint ?? undefined });
}

/** With a single variable, an unknown name is usually a parent that is still to be written. */
const fewest = 2;
const most = 8;

function variablesHere({ names: { variables } }: Context): string | undefined {
  if (variables.size < fewest || variables.size > most) return undefined;
  return `variables here: ${quoted(variables.keys())}`;
}

function isNumeric(context: Context, { name, domain }: VariableEntry, span: Span): boolean {
  if (domain?.kind === "image" || domain?.kind === "vector") {
    const article = domain.kind === "image" ? "an image" : "a vector";
    context.report("3005", span, `\`${name}\` is ${article}, and expressions are of numbers`, {
      hint: "use a mechanism such as `flow` or `cvae`, or an image operator",
    });
    return false;
  }
  if (domain?.kind === "categorical") {
    context.report("3014", span, `\`${name}\` is categorical: its levels are no numbers`, {
      hint: comparedHint({ name, domain }),
    });
    return false;
  }
  return true;
}

/** A hint that shows how a variable with levels is used in an expression. */
function comparedHint({ name, domain }: Levelled): string {
  const level = domain.levels?.[0] === undefined ? "0" : JSON.stringify(domain.levels[0]);
  return `compare it, as in \`if(${name} == ${level}, 1, 0)\``;
}

function lowerCall(context: Context, node: ast.Call, scope: Scope): Expression | undefined {
  const { callee, positional, options } = node;
  const spec = functions.get(callee.text);
  if (spec === undefined) {
    for (const part of positional) lowerNumber(context, part, scope);
    reportNoFunction(context, node);
    return undefined;
  }
  for (const { name, span } of options) {
    context.report("2008", span, `\`${callee.text}\` has no options, and \`${name.text}\` is given`);
  }
  if (positional.length < spec.minimum || positional.length > spec.maximum) {
    for (const part of positional) lowerNumber(context, part, scope);
    const count = positional.length === 1 ? "1 argument" : `${positional.length} arguments`;
    context.report("3008", node.span, `\`${callee.text}\` is given ${count}`, { hint: `write \`${spec.signature}\`` });
    return undefined;
  }
  if (spec.name === "if") return lowerIf(context, node, scope);
  return lowerParts(context, positional, scope, (operands) =>
    options.length > 0 ? operands[0]! : placed(applyAll(spec.name, operands), node.span),
  );
}

function lowerIf(context: Context, { positional, span }: ast.Call, scope: Scope): Expression | undefined {
  const condition = lowerCondition(context, positional[0]!, scope);
  const yes = lowerNode(context, positional[1]!, scope);
  const no = lowerNode(context, positional[2]!, scope);
  if (condition === undefined || yes === undefined || no === undefined) return undefined;
  return placed(apply("if", condition, yes, no), span);
}

function reportNoFunction(context: Context, { callee, span }: ast.Call): void {
  const name = callee.text;
  if (Object.hasOwn(mechanisms, name)) {
    context.report("5001", span, `a mechanism such as \`${name}\` must be the whole right-hand side`, {
      hint: `give \`${name}(…)\` a variable of its own and use that here`,
    });
  } else if (Object.hasOwn(operators, name)) {
    context.report("5001", span, `the image operator \`${name}\` must be the whole right-hand side`);
  } else if (Object.hasOwn(distributions, name) || Object.hasOwn(recordings, name)) {
    context.report("2003", callee.span, `\`${name}\` is a distribution, and noise is drawn after \`~\``, {
      hint: `write \`e\` here and add \`where e ~ ${context.source.slice(span)}\``,
    });
  } else if (Object.hasOwn(queryForms, name)) {
    context.report("2003", callee.span, `\`${name}\` belongs in a \`query\``);
  } else {
    const hint =
      didYouMean(name, [...functions.keys(), ...Object.keys(mechanisms), ...Object.keys(operators)]) ??
      (context.names.variables.has(name) ? `\`${name}\` is a variable: multiply with \`*\`` : undefined);
    context.report("2003", callee.span, `there is no function \`${name}\``, { hint });
  }
}

const comparisonNames: Readonly<Record<ast.ComparisonOperator, Comparison>> = {
  "<": "less",
  "<=": "less_equal",
  ">": "greater",
  ">=": "greater_equal",
  "==": "equal",
  "!=": "not_equal",
};

/** Lowers a comparison of numbers, or of a variable with one of its levels by text or number. */
export function lowerCondition(context: Context, node: ast.Expression, scope: Scope): Expression | undefined {
  if (node.kind !== "comparison") {
    const lowered = lowerNumber(context, node, scope);
    if (lowered === undefined) return undefined;
    const hint = `write \`${context.source.slice(node.span)} > 0\`, for instance`;
    context.report("3015", node.span, "a comparison is needed here, and this is a number", { hint });
    return undefined;
  }
  const { left, right, span } = node;
  const operator = comparisonNames[node.operator];
  const first = levelledIn(context, left, scope);
  const second = first === undefined ? levelledIn(context, right, scope) : undefined;
  const compared =
    first !== undefined
      ? lowerComparison(context, left, first, operator, right, scope)
      : second !== undefined
        ? lowerComparison(context, right, second, mirror(operator), left, scope)
        : lowerParts(context, [left, right], scope, ([a, b]) => apply(operator, a!, b!));
  return compared && placed(compared, span);
}

/** The variable that is compared with its levels: it stands alone, and its levels have texts or do not have numbers. */
function levelledIn(context: Context, node: ast.Expression, scope: Scope): Levelled | undefined {
  if (node.kind !== "reference" || scope.refuse !== undefined || scope.noises.has(node.name)) return undefined;
  if (context.names.constants.has(node.name)) return undefined;
  const entry = context.names.variables.get(node.name);
  return entry === undefined ? undefined : levelled(entry);
}

/** The variable with its levels, if it has any. */
export function levelled({ name, domain }: VariableEntry): Levelled | undefined {
  return isLevelDomain(domain) ? { name, domain } : undefined;
}

function lowerComparison(
  context: Context,
  node: ast.Expression,
  of: Levelled,
  operator: Comparison,
  other: ast.Expression,
  scope: Scope,
): Expression | undefined {
  const isNatural = of.name === scope.natural;
  if (!isNatural) scope.used?.(of.name, node.span);
  const leaf = placed(isNatural ? natural(of.name) : variable(of.name), node.span);
  if (other.kind === "string") return sound(context, other.span, compareWithText(leaf, of, operator, other.value));
  if (isUnquotedLevel(context, other, of, scope.noises)) return undefined;
  const number = lowerNumber(context, other, scope);
  if (number === undefined) return undefined;
  const fixed = simplify(number);
  if (fixed.kind === "constant") return sound(context, other.span, compareWithNumber(leaf, of, operator, fixed.value));
  const isEquality = operator === "equal" || operator === "not_equal";
  if (of.domain.kind === "categorical" && !isEquality) {
    context.report("3014", node.span, `the levels of \`${of.name}\` have no order`, { hint: comparedHint(of) });
    return undefined;
  }
  const own = sound(context, node.span, numberOfLeaf(leaf, of));
  return own && apply(operator, own, number);
}

/** The expression; undefined if a fault was found, which is reported. */
export function sound<Value>(
  context: Context,
  span: Span,
  found: Value | LevelFault,
  code: "3010" | "3011" = "3010",
): Value | undefined {
  if (!(found instanceof LevelFault)) return found;
  context.report(found.kind === "no level" ? code : "3014", span, found.message, { hint: found.hint });
  return undefined;
}

/** True if a level is written like a name, `smoker := yes`, which is reported. */
export function isUnquotedLevel(
  context: Context,
  node: ast.Expression,
  { name, domain }: Levelled,
  noises: ReadonlySet<string> = new Set(),
): boolean {
  if (node.kind !== "reference" || noises.has(node.name)) return false;
  const { variables, constants } = context.names;
  if (variables.has(node.name) || constants.has(node.name)) return false;
  const texts = domain.levels ?? [];
  const code = domain.levels === undefined ? undefined : codeOfText(domain, node.name);
  const meant = code === undefined ? nearest(node.name, texts) : texts[code];
  if (meant === undefined) return false;
  context.report("2001", node.span, `\`${node.name}\` is not defined`, {
    hint: `\`${name}\` has the level \`${JSON.stringify(meant)}\`: levels are written in quotes`,
  });
  return true;
}

/** The code of the level that a text or a constant names. `code` is the diagnostic's code if the level is unknown. */
export function lowerLevel(
  context: Context,
  node: ast.Expression,
  of: Levelled,
  scope: Scope,
  code: "3010" | "3011" = "3010",
): Expression | undefined {
  if (node.kind === "string") {
    const found = sound(context, node.span, textCode(of, node.value), code);
    return found === undefined ? undefined : placed(constant(found), node.span);
  }
  if (node.kind === "reference" && node.name === scope.natural && !scope.noises.has(node.name))
    return placed(natural(node.name), node.span);
  if (isUnquotedLevel(context, node, of, scope.noises)) return undefined;
  if (node.kind === "call" && node.callee.text === "if" && node.positional.length === 3) {
    const condition = lowerCondition(context, node.positional[0]!, scope);
    const yes = lowerLevel(context, node.positional[1]!, of, scope, code);
    const no = lowerLevel(context, node.positional[2]!, of, scope, code);
    if (condition === undefined || yes === undefined || no === undefined) return undefined;
    return placed(apply("if", condition, yes, no), node.span);
  }
  const number = lowerNumber(context, node, scope);
  if (number === undefined) return undefined;
  const fixed = simplify(number);
  const found = sound(context, node.span, codeOfRightSide(fixed.kind === "constant" ? fixed : number, of), code);
  return found && placed(found, node.span);
}
