/** Mechanisms given as expressions, which are checked against the domains and inverted in their noise. */

import { branchesOf } from "../algebra/branches.js";
import { apply, constant, namesIn, nodesOf } from "../algebra/expression.js";
import { invert } from "../algebra/invert.js";
import { isLevelDomain } from "../algebra/levels.js";
import type { Ranges } from "../algebra/range.js";
import { simplify } from "../algebra/simplify.js";
import type { Span } from "../diagnostics/diagnostic.js";
import { isDiscrete } from "../model/catalogue/catalogue.js";
import type * as ast from "../parser/ast.js";
import type { Branch, Domain, Expression, ExpressionMechanism, Noise } from "../schema/types.js";
import type { CompiledMechanism, Site } from "./compiled-mechanism.js";
import type { Context } from "./context.js";
import { describeDomain, domainFaults, whyOutside } from "./domain-checks.js";
import { tableHint } from "./given-tables.js";
import { lowerCondition, lowerLevel, lowerNumber, placeOf, type Scope } from "./lower.js";
import { declareNoises, isDiscreteNoise, rangesFor } from "./noises.js";

export function compileExpression(context: Context, site: Site): CompiledMechanism {
  const { statement, body, domain } = site;
  const { noises, names } = declareNoises(context, statement.noises);
  const parents = new Map<string, Span>();
  const scope: Scope = {
    noises: names,
    used: (name, span) => {
      if (!parents.has(name)) parents.set(name, span);
    },
  };
  const lowered = lowerBody(context, body, scope, site);
  if (lowered === undefined) return { mechanism: undefined, parents };
  const used = new Set(namesIn(lowered, "noise"));
  for (const { name } of statement.noises.filter((declaration) => !used.has(declaration.name.text))) {
    context.report("2012", name.span, `the noise \`${name.text}\` is drawn, but not used`, { hint: "leave it out" });
  }
  const ranges = rangesFor(context, noises);
  // Discrete noise of a continuous variable, or the reverse, also leaves the domain, but has a message of its own.
  const conditions = conditionsOn(lowered);
  const isUnfit = noises.some(
    (noise) => isDiscreteNoise(noise) !== isDiscrete(domain) && !(isDiscrete(domain) && conditions.has(noise.name)),
  );
  const sound = checkDomains(context, lowered, ranges, site, isUnfit);
  if (noises.length < names.size || used.size < names.size) return { mechanism: undefined, parents };
  const expression = simplify(lowered);
  const solved = noises.length === 0 ? deterministic : solveNoises(context, lowered, noises, ranges, site);
  if (!sound || solved === undefined) return { mechanism: undefined, parents };
  return {
    mechanism: {
      kind: "expression",
      variable: statement.name.text,
      parents: namesIn(expression, "variable"),
      noises: [...noises],
      expression,
      ...solved,
    },
    parents,
  };
}

type Solved = Pick<ExpressionMechanism, "inverse" | "branches" | "abduction">;
const deterministic: Solved = { inverse: null, abduction: "deterministic" };

function lowerBody(
  context: Context,
  body: ast.Expression,
  scope: Scope,
  { domain, statement }: Site,
): Expression | undefined {
  const name = statement.name.text;
  if (domain !== null && (domain.kind === "image" || domain.kind === "vector")) {
    context.report("3016", body.span, `an expression gives a number, and the variable is ${describeDomain(domain)}`, {
      hint: "use a mechanism such as `flow` or `cvae`, or an image operator",
    });
    lowerNumber(context, body, scope);
    return undefined;
  }
  if (domain?.kind === "binary" && body.kind === "comparison") {
    const condition = lowerCondition(context, body, scope);
    return condition === undefined ? undefined : apply("if", condition, constant(1), constant(0));
  }
  return isLevelDomain(domain) ? lowerLevel(context, body, { name, domain }, scope) : lowerNumber(context, body, scope);
}

function checkDomains(
  context: Context,
  lowered: Expression,
  ranges: Ranges,
  { statement: { name }, body, domain }: Site,
  isUnfit: boolean,
): boolean {
  const faults = domainFaults(lowered, ranges);
  for (const { at, message, hint } of faults) context.report("3007", placeOf(at) ?? body.span, message, { hint });
  if (faults.length > 0) return false;
  if (domain === null || isUnfit) return true;
  if (isDiscrete(domain) && domain.kind !== "binary" && namesIn(lowered, "noise").length === 0) return true;
  const reason = whyOutside(simplify(lowered), domain, ranges);
  if (reason === undefined) return true;
  const message = `\`${name.text}\` is ${describeDomain(domain)}, and this ${reason}`;
  context.report("3006", body.span, message, { hint: wayInto(domain) });
  return false;
}

function wayInto(domain: Domain): string | undefined {
  if (domain.kind === "positive") return "`exp(…)` and `softplus(…)` are always positive";
  if (domain.kind !== "interval") return undefined;
  const { low, high } = domain;
  return `\`${low === 0 ? "" : `${low} + `}${Number((high - low).toPrecision(12))} * sigmoid(…)\` stays inside`;
}

/** Undefined if an error was reported. */
function solveNoises(
  context: Context,
  lowered: Expression,
  noises: readonly Noise[],
  ranges: Ranges,
  site: Site,
): Solved | undefined {
  const { statement, body, domain } = site;
  const declared = (name: string): Span => statement.noises.find((found) => found.name.text === name)!.span;
  const image = noises.find(({ distribution }) => distribution === "mnist");
  const conditions = conditionsOn(lowered);
  // Noise that only conditions read may be continuous, whatever the variable is.
  const mixed = noises.find(
    (noise) =>
      noise !== image &&
      isDiscreteNoise(noise) !== isDiscrete(domain) &&
      !(isDiscrete(domain) && conditions.has(noise.name)),
  );
  const unfit = image ?? mixed;
  if (unfit !== undefined) {
    checkNoiseKind(context, unfit, declared(unfit.name), site);
    return undefined;
  }
  const [noise] = noises as [Noise];
  const single = noises.length === 1 && isDiscreteNoise(noise) === isDiscrete(domain);
  const inversion = single ? invert(lowered, noise.name, ranges) : undefined;
  if (inversion !== undefined && "solution" in inversion) {
    const { expression, logDerivative } = inversion.solution;
    // Discrete values have probabilities, and a scale does not change those.
    const scale = isDiscreteNoise(noise) ? constant(0) : logDerivative;
    return { inverse: { noise: noise.name, expression, logDerivative: scale }, abduction: "exact" };
  }
  const found = branchesOf(lowered, noises, ranges, isDiscrete(domain));
  if ("branches" in found)
    return { inverse: null, branches: [...found.branches] as [Branch, ...Branch[]], abduction: "posterior_sample" };
  const { code, at, message, hint } = inversion?.failure ?? found.failure;
  context.report(code, placeOf(at) ?? body.span, message, { hint: isDiscrete(domain) ? tableHint(site) : hint });
  return undefined;
}

/** The noises that occur in a condition. */
function conditionsOn(expression: Expression): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodesOf(expression))
    if (node.kind === "apply" && node.function === "if")
      for (const name of namesIn(node.arguments[0]!, "noise")) found.add(name);
  return found;
}

function checkNoiseKind(context: Context, noise: Noise, span: Span, site: Site): boolean {
  const {
    statement: { name },
    domain,
  } = site;
  if (noise.distribution === "mnist") {
    context.report("5015", span, `\`${noise.name}\` is an image, and expressions are of numbers`, {
      hint: "apply an image operator such as `set_thickness(e, t)`",
    });
    return false;
  }
  if (isDiscreteNoise(noise)) {
    if (isDiscrete(domain)) return true;
    const type = noise.distribution === "bernoulli" ? "binary" : `categorical(${noise.parameters.length})`;
    const known = domain === null ? "has no discrete type" : `is ${describeDomain(domain)}`;
    context.report("5009", span, `\`${noise.distribution}\` noise is discrete, and \`${name.text}\` ${known}`, {
      hint: `declare \`${name.text} : ${type}\`, or draw continuous noise`,
    });
    return false;
  }
  if (!isDiscrete(domain)) return true;
  context.report(
    "5009",
    span,
    `\`${noise.distribution}\` noise is continuous, and \`${name.text}\` is ${domain!.kind}`,
    {
      hint:
        domain!.kind === "count"
          ? "use a mechanism such as `glm(…)`"
          : `compare it, as in \`if(${noise.name} > 0, 1, 0)\`, or ${tableHint(site)}`,
    },
  );
  return false;
}
