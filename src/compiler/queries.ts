/**
 * Turns `query` statements into queries of the model, with the plan of each counterfactual. Every query is checked
 * against what its mechanisms can do: noise that must be recovered, densities that must exist, causes that are not
 * observed.
 */

import { deepestExpression, isDeeperThan, targetNames, variable } from "../algebra/expression.js";
import { numberedCode, numberOfLeaf, textCode, undeclaredHint } from "../algebra/level-expressions.js";
import { levelNames } from "../algebra/levels.js";
import { canBe, rangeOfDomain } from "../algebra/range.js";
import { simplify } from "../algebra/simplify.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { shortNumber } from "../diagnostics/short-number.js";
import { isDiscrete, queryForms } from "../model/catalogue/catalogue.js";
import { planCounterfactual, worldsOf } from "../model/plans/plan.js";
import { planTermInference } from "../model/plans/plan-term.js";
import type * as ast from "../parser/ast.js";
import type { Evidence, Expression, Intervention, Query, QueryExpression, QueryTerm } from "../schema/types.js";
import { constantValue } from "./constants.js";
import { type Context, quoted } from "./context.js";
import { describeDomain, domainFaults } from "./domain-checks.js";
import { lowerAssignments } from "./interventions.js";
import {
  isUnquotedLevel,
  levelled,
  lowerCondition,
  lowerNumber,
  placeOf,
  reportDepth,
  reportUnknown,
  sound,
} from "./lower.js";
import { rangesFor } from "./noises.js";
import { warnOfIdleInterventions } from "./pedantic.js";
import type { QueriedModel } from "./queried-model.js";
import { checkComputable } from "./query-checks.js";

type Form = keyof typeof queryForms;

export function compileQuery(context: Context, statement: ast.QueryStatement, model: QueriedModel): Query | undefined {
  const expression = compileNode(context, statement.value, model, statement.value.kind !== "term");
  if (expression === undefined) return undefined;
  if (isDeeperThan(deepestExpression, expression, (node) => (node.kind === "apply" ? node.arguments : []))) {
    reportDepth(context, statement.value.span);
    return undefined;
  }
  return { name: statement.name.text, expression };
}

function compileNode(
  context: Context,
  node: ast.QueryExpression,
  model: QueriedModel,
  insideArithmetic: boolean,
): QueryExpression | undefined {
  const parts = (operands: readonly ast.QueryExpression[]): QueryExpression[] | undefined => {
    const compiled = operands.map((operand) => compileNode(context, operand, model, true));
    const known = compiled.filter((operand) => operand !== undefined);
    return known.length === operands.length ? known : undefined;
  };
  switch (node.kind) {
    case "number":
      return { kind: "constant", value: node.value };
    case "reference":
      return constantOf(context, node);
    case "negation": {
      const operands = parts([node.operand]);
      return operands && { kind: "apply", function: "negate", arguments: operands };
    }
    case "sum": {
      const operands = parts(node.terms.map(({ operand }) => operand));
      return (
        operands &&
        chain(
          operands,
          node.terms.map(({ subtracted }) => subtracted),
          "add",
          "subtract",
        )
      );
    }
    case "product": {
      const operands = parts(node.factors.map(({ operand }) => operand));
      return (
        operands &&
        chain(
          operands,
          node.factors.map(({ divided }) => divided),
          "multiply",
          "divide",
        )
      );
    }
    case "term":
      return compileTerm(context, node, model, insideArithmetic);
  }
}

type ArithmeticName = "add" | "subtract" | "multiply" | "divide";

/** Longer chains become balanced trees, so later phases do not run out of stack. */
const longestChain = 8;

function chain(
  operands: readonly QueryExpression[],
  inverted: readonly boolean[],
  direct: ArithmeticName,
  inverse: ArithmeticName,
): QueryExpression {
  const joined = (name: ArithmeticName, left: QueryExpression, right: QueryExpression): QueryExpression => ({
    kind: "apply",
    function: name,
    arguments: [left, right],
  });
  if (operands.length <= longestChain) {
    return operands.reduce((left, right, index) => joined(inverted[index]! ? inverse : direct, left, right));
  }
  const balanced = (parts: readonly QueryExpression[]): QueryExpression => {
    if (parts.length === 1) return parts[0]!;
    const middle = parts.length >> 1;
    return joined(direct, balanced(parts.slice(0, middle)), balanced(parts.slice(middle)));
  };
  const positive = balanced(operands.filter((_, index) => !inverted[index]));
  const negative = operands.filter((_, index) => inverted[index]);
  return negative.length === 0 ? positive : joined(inverse, positive, balanced(negative));
}

function constantOf(context: Context, { name, span }: ast.Reference): QueryExpression | undefined {
  const constant = context.names.constants.get(name);
  if (constant !== undefined)
    return constant.value === undefined ? undefined : { kind: "constant", value: constant.value };
  if (context.names.variables.has(name)) {
    context.report("2014", span, `\`${name}\` is a variable; a query asks for a quantity of it`, {
      hint: `write \`expectation(${name})\``,
    });
  } else reportUnknown(context, name, span);
  return undefined;
}

function compileTerm(
  context: Context,
  node: ast.QueryTerm,
  model: QueriedModel,
  insideArithmetic: boolean,
): QueryTerm | undefined {
  const before = context.diagnostics.length;
  const form = formOf(context, node);
  if (form !== undefined && insideArithmetic && !queryForms[form].scalar) {
    context.report("3018", node.form.span, `\`${form}\` gives many values, and arithmetic needs one number`, {
      hint: "`expectation(…)` gives one number",
    });
  }
  const { level, of } = compileTargets(context, node, form ?? "expectation");
  const evidence = compileEvidence(
    context,
    node.conditions.filter((condition) => condition.kind === "evidence"),
  );
  const at = compilePoints(context, node, form ?? "density");
  const interventions = node.conditions
    .filter((condition) => condition.kind === "do")
    .flatMap(({ assignments }) => assignments);
  const lowered = lowerAssignments(context, interventions, model.mechanisms);
  if (form !== undefined) checkGrid(context, node, form, lowered, insideArithmetic);
  if (form === undefined || of === undefined || context.diagnostics.length > before) return undefined;
  const term: QueryTerm = {
    kind: form,
    of,
    ...(level === undefined ? {} : { level }),
    ...(at === undefined ? {} : { at }),
    evidence,
    interventions: lowered.map((intervention) => withNeededInverse(intervention, form, evidence)),
  };
  if (!model.complete) return undefined;
  const plan = form === "counterfactual" ? planCounterfactual(model, term.interventions, targetNames(of)) : undefined;
  checkComputable(context, node, plan === undefined ? term : { ...term, plan }, model);
  if (context.diagnostics.length > before) return undefined;
  warnOfIdleInterventions(context, node, term, model);
  const inference = planTermInference(model, term);
  if (inference?.method === "impossible") {
    context.report("5014", node.span, `what the evidence tells cannot be computed: ${inference.reason}`);
    return undefined;
  }
  return { ...term, ...(plan === undefined ? {} : { plan }), ...(inference === undefined ? {} : { inference }) };
}

/** Adds the inverse if a density needs it, of a target or of evidence. */
function withNeededInverse(
  { inverse, ...intervention }: Intervention,
  form: Form,
  evidence: readonly Evidence[],
): Intervention {
  const isScored = form === "density" || evidence.some(({ variable }) => variable === intervention.variable);
  return inverse !== undefined && isScored && form !== "counterfactual" ? { ...intervention, inverse } : intervention;
}

/** The cap on worlds of one query, so a typing error does not ask for a million. */
const mostWorlds = 1000;

function checkGrid(
  context: Context,
  node: ast.QueryTerm,
  form: Form,
  interventions: readonly Intervention[],
  insideArithmetic: boolean,
): void {
  if (interventions.every(({ grid }) => grid === undefined)) return;
  const worlds = worldsOf(interventions).length;
  if (worlds > mostWorlds) {
    context.report(
      "1012",
      node.span,
      `the grids of the \`do\` make ${worlds} worlds, and one query answers ${mostWorlds}`,
      {
        hint: "ask for fewer values",
      },
    );
  } else if (insideArithmetic) {
    context.report("1012", node.span, "a query with a grid gives a number for each world, and arithmetic needs one", {
      hint: "write the grid in a query of its own",
    });
  } else if (form === "density" || form === "sample") {
    context.report("1012", node.span, `\`${form}\` is asked of one world, and this \`do\` has a grid`, {
      hint: "write one query for each value",
    });
  }
}

/** The values of the targets of a density: all of them or none must have one. */
function compilePoints(context: Context, node: ast.QueryTerm, form: Form): Evidence[] | undefined {
  const { points, targets } = node;
  const [first] = points;
  if (first === undefined) return undefined;
  if (form !== "density") {
    context.report("5002", first.span, `\`${form}\` asks for variables, and only \`density\` is taken at a value`, {
      hint: `evidence stands behind \`|\`: \`${form}(… | ${first.variable.text} = …)\``,
    });
    return undefined;
  }
  if (points.length < targets.length) {
    context.report("3008", node.span, "a density is taken at values of all its targets, or at each observed unit", {
      hint: "give every target a value, or none",
    });
    return undefined;
  }
  return compileEvidence(context, points);
}

function formOf(context: Context, { form }: ast.QueryTerm): Form | undefined {
  if (Object.hasOwn(queryForms, form.text)) return form.text as Form;
  const forms = Object.keys(queryForms);
  const hint = didYouMean(form.text, forms) ?? `the forms are ${quoted(forms)}`;
  context.report("2003", form.span, `there is no query \`${form.text}\``, { hint });
  return undefined;
}

function compileTargets(
  context: Context,
  node: ast.QueryTerm,
  form: Form,
): { readonly level?: number | undefined; readonly of: Expression[] | undefined } {
  switch (form) {
    case "counterfactual":
    case "sample":
    case "density":
      return { of: all(node.targets.map((target) => bareVariable(context, target, form))) };
    case "expectation":
      return { of: all(node.targets.map((target) => scalarTarget(context, target))) };
    case "probability":
      if (!checkCount(context, node, 1, "probability(t > 3 | …)")) return { of: undefined };
      return { of: all([lowerCondition(context, node.targets[0]!, { noises: new Set() })]) };
    case "quantile": {
      if (!checkCount(context, node, 2, "quantile(0.9, i | …)")) return { of: undefined };
      const [first, second] = node.targets as [ast.Expression, ast.Expression];
      const level = constantValue(context, first, "a constant level");
      if (level !== undefined && !(level > 0 && level < 1)) {
        context.report(
          "3009",
          first.span,
          `a quantile's level lies between 0 and 1, and this is ${shortNumber(level, (shown) => !(shown > 0 && shown < 1))}`,
        );
      }
      return { level, of: all([scalarTarget(context, second)]) };
    }
  }
}

function all<Item>(items: readonly (Item | undefined)[]): Item[] | undefined {
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length ? known : undefined;
}

function checkCount(context: Context, { targets, span }: ast.QueryTerm, count: number, example: string): boolean {
  if (targets.length === count) return true;
  const given = targets.length === 1 ? "1 argument" : `${targets.length} arguments`;
  context.report("3008", span, `the query is given ${given} before \`|\``, { hint: `write \`${example}\`` });
  return false;
}

function bareVariable(context: Context, target: ast.Expression, form: Form): Expression | undefined {
  if (target.kind !== "reference") {
    context.report("5002", target.span, `\`${form}\` asks for variables by their bare names`);
    return undefined;
  }
  if (context.names.variables.has(target.name)) return variable(target.name);
  if (context.names.constants.has(target.name)) {
    context.report("2014", target.span, `\`${target.name}\` is a constant, and a query asks for variables`);
  } else reportUnknown(context, target.name, target.span);
  return undefined;
}

/** A bare variable of any kind, or an expression of numbers. */
function scalarTarget(context: Context, target: ast.Expression): Expression | undefined {
  if (target.kind === "reference") return scalarVariable(context, target);
  const lowered = lowerNumber(context, target, { noises: new Set() });
  if (lowered === undefined) return undefined;
  const faults = domainFaults(lowered, rangesFor(context, []));
  for (const { at, message, hint } of faults) context.report("3007", placeOf(at) ?? target.span, message, { hint });
  return simplify(lowered);
}

/** The mean of a variable with levels is over their numbers. A category's mean is refused when the query is asked. */
function scalarVariable(context: Context, target: ast.Reference): Expression | undefined {
  const bare = bareVariable(context, target, "expectation");
  const entry = context.names.variables.get(target.name);
  const of = entry && levelled(entry);
  if (bare === undefined || of === undefined || of.domain.kind === "categorical") return bare;
  return sound(context, target.span, numberOfLeaf(bare, of));
}

function compileEvidence(context: Context, stated: readonly ast.Evidence[]): Evidence[] {
  const seen = new Set<string>();
  const found: Evidence[] = [];
  for (const { variable: name, value } of stated) {
    if (seen.has(name.text)) {
      context.report("2017", name.span, `there is evidence on \`${name.text}\` twice`);
      continue;
    }
    seen.add(name.text);
    const evidence = readEvidence(context, name, value);
    if (evidence !== undefined) found.push({ variable: name.text, value: evidence });
  }
  return found;
}

function readEvidence(context: Context, name: ast.Identifier, value: ast.Expression): number | string | undefined {
  const entry = context.names.variables.get(name.text);
  if (entry === undefined) {
    reportUnknown(context, name.text, name.span);
    return undefined;
  }
  const { domain } = entry;
  if (domain?.kind === "image" || domain?.kind === "vector") {
    const article = domain.kind === "image" ? "an image" : "a vector";
    context.report("3011", value.span, `\`${name.text}\` is ${article}, and evidence is one number`);
    return undefined;
  }
  const of = levelled(entry);
  if (value.kind === "string") {
    if (domain === null) return value.value;
    if (of === undefined) {
      context.report("3011", value.span, `\`${name.text}\` is ${describeDomain(domain)} and has no levels with names`);
      return undefined;
    }
    const code = sound(context, value.span, textCode(of, value.value), "3011");
    return code === undefined ? undefined : levelNames(of.domain)[code];
  }
  if (of !== undefined && isUnquotedLevel(context, value, of)) return undefined;
  const number = constantValue(context, value, "a constant");
  if (number === undefined) return undefined;
  if (of?.domain.levels !== undefined) {
    const code = sound(context, value.span, numberedCode(of, number), "3011");
    return code === undefined ? undefined : of.domain.levels[code];
  }
  const allowed = rangeOfDomain(domain);
  const isImpossible = (one: number): boolean =>
    allowed !== undefined && (!canBe(allowed, one) || (isDiscrete(domain) && !Number.isInteger(one)));
  if (domain !== null && isImpossible(number)) {
    const shown = shortNumber(number, isImpossible);
    context.report("3011", value.span, `\`${name.text}\` is ${describeDomain(domain)} and is never ${shown}`, {
      hint: of && undeclaredHint(of),
    });
    return undefined;
  }
  return number;
}
