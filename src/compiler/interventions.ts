/**
 * Turns `t := t + 2` into an intervention of the model. On the right-hand side, the variable's own name is the value
 * that it would have without the intervention on it; any other name is its value in the new world.
 */

import { constant, hasNoise, namesIn, noise } from "../algebra/expression.js";
import { invert } from "../algebra/invert.js";
import { undeclaredHint } from "../algebra/level-expressions.js";
import { isLevelDomain } from "../algebra/levels.js";
import { canBe, describeRange, rangeOf, rangeOfDomain } from "../algebra/range.js";
import { simplify } from "../algebra/simplify.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { shortNumber } from "../diagnostics/short-number.js";
import { isDiscrete, mechanisms } from "../model/catalogue/catalogue.js";
import {
  type Assigned,
  type Conflict,
  conflictCodes,
  describeConflict,
  firstConflict,
} from "../model/graph/nested-worlds.js";
import { intervenedGraph, parentsUnder } from "../model/plans/plan.js";
import type * as ast from "../parser/ast.js";
import { parseInterventions } from "../parser/parse.js";
import type { Expression, Intervention, InterventionInverse, Mechanism, Model, Noise } from "../schema/types.js";
import { Context, Names, quoted, type VariableEntry } from "./context.js";
import { describeDomain, domainFaults } from "./domain-checks.js";
import { levelled, lowerLevel, lowerNumber, placeOf, reportUnknown, type Scope } from "./lower.js";
import { declareNoises, rangesFor } from "./noises.js";

export interface CompiledInterventions {
  readonly interventions: Intervention[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles the text of the command line's `--do` against a model, without a program. */
export function compileInterventions(text: string, model: Model, file = "--do"): CompiledInterventions {
  const parsed = parseInterventions(text, file);
  const names = new Names();
  for (const { name, domain, latent } of model.variables) {
    names.variables.set(name, { name, domain, latent, broken: false });
  }
  const context = new Context(text, file, names, parsed.diagnostics);
  const interventions = lowerAssignments(context, parsed.interventions, model.mechanisms);
  return { interventions: context.hasErrors() ? [] : interventions, diagnostics: context.diagnostics };
}

/** All assignments of one `do`; those with an error are reported and left out. */
export function lowerAssignments(
  context: Context,
  assignments: readonly ast.Assignment[],
  compiled: readonly Mechanism[],
): Intervention[] {
  const seen = new Map<string, ast.Assignment>();
  const before = new Map<string, Placed[]>();
  const interventions: Intervention[] = [];
  for (const assignment of assignments) {
    const { text, span } = assignment.variable;
    const placed = placedOf(assignment);
    const others = before.get(text) ?? [];
    const found = firstConflict(others, placed);
    if (found !== undefined) {
      reportConflict(context, found.earlier.assignment, assignment, found.conflict);
      continue;
    }
    before.set(text, [...others, placed]);
    if (!seen.has(text)) seen.set(text, assignment);
    const entry = context.names.variables.get(text);
    if (entry === undefined) reportUnknown(context, text, span);
    const intervention = lowerAssignment(context, assignment, entry, compiled);
    if (intervention !== undefined) interventions.push(intervention);
  }
  checkAcyclic(context, interventions, seen, compiled);
  return interventions;
}

interface Placed extends Assigned {
  readonly assignment: ast.Assignment;
}

/** The properties of an assignment's text that decide if it can stand beside others. */
function placedOf(assignment: ast.Assignment): Placed {
  const { only, value, noises } = assignment;
  return {
    assignment,
    noises: noises.map(({ name }) => ({ name: name.text, distribution: "normal", parameters: [] })),
    ...(only.length === 0 ? {} : { only: only.map(({ text }) => text) }),
    ...(value.kind === "list" ? { grid: [constant(0)] } : {}),
  };
}

function reportConflict(context: Context, earlier: ast.Assignment, later: ast.Assignment, conflict: Conflict): void {
  const { text, span } = later.variable;
  const related = [context.related("set here first", earlier.variable.span)];
  const place = {
    twice: span,
    overlap: later.only.find((child) => conflict.kind === "overlap" && conflict.children.includes(child.text))?.span,
    grid: later.value.kind === "list" ? later.value.span : span,
    noise: later.noises.find(({ name }) => conflict.kind === "noise" && name.text === conflict.noise)?.name.span,
  };
  const hints = {
    twice: `leave one out, or name the children that see each: \`${text} := … for y, ${text} := … for m\``,
    overlap: "name each child after one `for`",
    grid: "ask once for each value of the grid",
    noise: "give each draw its own name",
  };
  context.report(conflictCodes[conflict.kind], place[conflict.kind] ?? span, describeConflict(text, conflict), {
    related,
    hint: hints[conflict.kind],
  });
}

function lowerAssignment(
  context: Context,
  { variable, value, noises: declarations, only }: ast.Assignment,
  entry: VariableEntry | undefined,
  compiled: readonly Mechanism[],
): Intervention | undefined {
  const before = context.diagnostics.length;
  const { noises, names } = declareNoises(context, declarations);
  const children = lowerChildren(context, variable, only, compiled);
  const values = value.kind === "list" ? value.items : [value];
  if (value.kind === "list" && values.length === 0) {
    context.report("1012", value.span, "a grid in a `do` is a list of at least one value", {
      hint: `write \`${variable.text} := [1, 2, 3]\``,
    });
  }
  const lowered = values.map((one) => lowerValue(context, one, variable.text, entry, names));
  if (entry === undefined || lowered.length === 0) return undefined;
  const expressions = lowered.filter((one) => one !== undefined);
  if (expressions.length < lowered.length) return undefined;
  for (const declaration of declarations) {
    if (!expressions.some((expression) => hasNoise(expression, declaration.name.text))) {
      const { text, span } = declaration.name;
      context.report("2012", span, `the noise \`${text}\` is drawn, but not used`, { hint: "leave it out" });
    }
  }
  for (const [index, expression] of expressions.entries())
    checkValue(context, expression, values[index]!, entry, noises);
  if (context.diagnostics.length > before) return undefined;
  const [first, ...others] = expressions.map(simplify) as [Expression, ...Expression[]];
  const inverse = value.kind === "list" ? undefined : inverseOf(context, expressions[0]!, entry, noises);
  return {
    variable: variable.text,
    expression: first,
    noises: [...noises],
    ...(only.length === 0 ? {} : { only: children }),
    ...(inverse === undefined ? {} : { inverse }),
    ...(value.kind === "list" ? { grid: [first, ...others] } : {}),
  };
}

/** The name of the value without the intervention, which is solved for like a noise; a program cannot write it. */
const naturalNoise = "natural value";

/**
 * The right-hand side solved for its noise, else for the value without the intervention; undefined if it cannot be
 * solved for either.
 */
function inverseOf(
  context: Context,
  expression: Expression,
  { domain, name }: VariableEntry,
  noises: readonly Noise[],
): InterventionInverse | undefined {
  const ranges = rangesFor(context, noises);
  const [own] = noises;
  const source = own === undefined ? "natural" : "noise";
  if (own === undefined && namesIn(expression, "natural").length === 0) return undefined;
  const unknown = own?.name ?? naturalNoise;
  const solvable = own === undefined ? withNaturalAsNoise(expression) : expression;
  const inversion = invert(solvable, unknown, (leaf) =>
    leaf.kind === "noise" && leaf.name === naturalNoise ? ranges({ kind: "natural", name }) : ranges(leaf),
  );
  if ("failure" in inversion) return undefined;
  const { solution } = inversion;
  // Discrete values have probabilities, and a scale does not change those.
  return {
    source,
    expression: solution.expression,
    logDerivative: isDiscrete(domain) ? constant(0) : solution.logDerivative,
  };
}

function withNaturalAsNoise(expression: Expression): Expression {
  if (expression.kind === "natural") return noise(naturalNoise);
  if (expression.kind !== "apply") return expression;
  return { ...expression, arguments: expression.arguments.map(withNaturalAsNoise) };
}

function lowerChildren(
  context: Context,
  variable: ast.Identifier,
  only: readonly ast.Identifier[],
  compiled: readonly Mechanism[],
): string[] {
  for (const [index, child] of only.entries()) {
    if (!context.names.variables.has(child.text)) reportUnknown(context, child.text, child.span);
    else if (only.findIndex(({ text }) => text === child.text) < index) {
      context.report("4002", child.span, `\`${child.text}\` stands twice after \`for\``);
    } else {
      const mechanism = compiled.find((candidate) => candidate.variable === child.text);
      if (mechanism === undefined || mechanism.parents.includes(variable.text)) continue;
      const children = compiled.filter(({ parents }) => parents.includes(variable.text)).map((found) => found.variable);
      const hint =
        children.length === 0 ? `\`${variable.text}\` has no children` : `its children are ${quoted(children)}`;
      context.report("4005", child.span, `\`${child.text}\` is no child of \`${variable.text}\``, { hint });
    }
  }
  return only.map(({ text }) => text);
}

function lowerValue(
  context: Context,
  value: ast.Expression,
  name: string,
  entry: VariableEntry | undefined,
  noises: ReadonlySet<string>,
): Expression | undefined {
  if (value.kind === "call" && Object.hasOwn(mechanisms, value.callee.text)) {
    context.report("5001", value.span, "a `do` sets a variable to an expression, not to a mechanism to be learned", {
      hint: "write the expression, with noise of its own if need be: `t := 2 + e where e ~ normal(0, 1)`",
    });
    return undefined;
  }
  const kind = entry?.domain?.kind;
  if (kind === "image" || kind === "vector") {
    const article = kind === "image" ? "an image" : "a vector";
    context.report("3005", value.span, `\`${name}\` is ${article}, and an expression gives one number`, {
      hint: "intervene on a cause of it",
    });
    return undefined;
  }
  const scope: Scope = { noises, natural: name };
  const of = entry && levelled(entry);
  if (of !== undefined) return lowerLevel(context, value, of, scope);
  if (value.kind === "string") {
    context.report("3010", value.span, `\`${name}\` has no levels with names`, {
      hint:
        entry?.domain === null
          ? `state its type with its levels: \`${name} : categorical(${JSON.stringify(value.value)}, …)\``
          : "set it to a number",
    });
    return undefined;
  }
  if (value.kind === "list") {
    context.report("1012", value.span, "a value of a grid is a list itself", { hint: "write one list of values" });
    return undefined;
  }
  return lowerNumber(context, value, scope);
}

function checkValue(
  context: Context,
  expression: Expression,
  { span }: ast.Expression,
  { name, domain }: VariableEntry,
  noises: readonly Noise[],
): void {
  const ranges = rangesFor(context, noises);
  const faults = domainFaults(expression, ranges);
  for (const { at, message, hint } of faults) context.report("3007", placeOf(at) ?? span, message, { hint });
  if (faults.length > 0 || domain === null) return;
  const value = simplify(expression);
  const allowed = rangeOfDomain(domain);
  const range = rangeOf(value, ranges);
  if (allowed === undefined || range === undefined) return;
  const isFixed = value.kind === "constant";
  const outside = isFixed ? !canBe(allowed, value.value) : range.high < allowed.low || range.low > allowed.high;
  if (outside) {
    const what = isFixed
      ? shortNumber(value.value, (shown) => !canBe(allowed, shown))
      : `a value that is ${describeRange(range)}`;
    context.report("3010", span, `\`${name}\` is ${describeDomain(domain)} and cannot be ${what}`, {
      hint: isLevelDomain(domain) ? undeclaredHint({ name, domain }) : undefined,
    });
  } else if (isFixed && isDiscrete(domain) && !Number.isInteger(value.value)) {
    context.report(
      "3010",
      span,
      `\`${name}\` is ${describeDomain(domain)} and cannot be ${shortNumber(value.value, (shown) => !Number.isInteger(shown))}`,
      {
        hint: "its values are whole numbers",
      },
    );
  }
}

function checkAcyclic(
  context: Context,
  interventions: readonly Intervention[],
  assignments: ReadonlyMap<string, ast.Assignment>,
  compiled: readonly Mechanism[],
): void {
  // A cycle needs a right-hand side that reads other variables.
  if (interventions.every((intervention) => parentsUnder(intervention).length === 0)) return;
  const graph = intervenedGraph({ mechanisms: compiled }, interventions);
  for (const cycle of graph.cycles()) {
    const cause = cycle.find((name) => assignments.has(name));
    if (cause === undefined) continue;
    const path = [...cycle.slice(cycle.indexOf(cause)), ...cycle.slice(0, cycle.indexOf(cause)), cause].join(" → ");
    context.report("4003", assignments.get(cause)!.span, `with this, \`${cause}\` would cause itself: ${path}`);
  }
}
