/**
 * From the right-hand side of an assignment to a mechanism of the model: learned, an image operator, or an expression that
 * is inverted in its noise.
 */
import type { Span } from "../diagnostics/diagnostic.js";
import { abductionOf, isDiscrete, type MechanismName, mechanisms, operators } from "../model/catalogue.js";
import { apply, constant, namesIn } from "../model/expression.js";
import { whyNotTransforms } from "../model/options.js";
import type { Domain, Expression, Inverse, LearnedMechanism, Mechanism, Noise } from "../model/schema-types.js";
import type * as ast from "../parser/ast.js";
import { type Context, quoted } from "./context.js";
import { describeDomain, domainFaults, whyOutside } from "./domain-checks.js";
import { invert } from "./invert.js";
import { lowerCondition, lowerNumber, placeOf, reportUnknown, type Scope } from "./lower.js";
import { declareNoises, isDiscreteNoise, rangeOfNoise } from "./noises.js";
import { compileOperator } from "./operators.js";
import { readOptions } from "./options.js";
import { type Ranges, rangeOfDomain } from "./range.js";
import { simplify } from "./simplify.js";

export interface CompiledMechanism {
  /** Undefined after a report. */
  readonly mechanism: Mechanism | undefined;
  /** Parents with the place where each is first named, known even where the mechanism is wrong. */
  readonly parents: ReadonlyMap<string, Span>;
}

export function compileMechanism(
  context: Context,
  statement: ast.VariableStatement,
  domain: Domain | null,
): CompiledMechanism {
  const { body, name } = statement;
  if (body === undefined) {
    return {
      mechanism: { kind: "unobserved", variable: name.text, parents: [], abduction: "none" },
      parents: new Map(),
    };
  }
  if (body.kind === "call" && Object.hasOwn(mechanisms, body.callee.text)) {
    return compileLearned(context, statement, body, body.callee.text as MechanismName, domain);
  }
  if (body.kind === "call" && Object.hasOwn(operators, body.callee.text)) {
    return compileOperator(context, statement, body, domain);
  }
  return compileExpression(context, statement, body, domain);
}

function compileLearned(
  context: Context,
  statement: ast.VariableStatement,
  body: ast.Call,
  kind: MechanismName,
  domain: Domain | null,
): CompiledMechanism {
  const { domains, options: specs } = mechanisms[kind];
  const parents = new Map<string, Span>();
  for (const argument of body.positional) addParent(context, kind, argument, parents);
  const firstNoise = statement.noises[0];
  if (firstNoise !== undefined) {
    context.report("5010", firstNoise.span, `\`${kind}\` has exogenous noise of its own`, {
      hint: "leave the `where` out",
    });
    declareNoises(context, statement.noises);
  }
  if (domain !== null && !domains.includes(domain.kind)) {
    const fitting = (Object.keys(mechanisms) as MechanismName[]).filter((name) =>
      mechanisms[name].domains.includes(domain.kind),
    );
    const message = `\`${kind}\` gives no ${describeDomain(domain)} variable, and \`${statement.name.text}\` is one`;
    const hint = `for ${domain.kind} there is ${quoted(fitting)}`;
    const related = statement.type === undefined ? [] : [context.related("the type", statement.type.span)];
    context.report("3004", body.callee.span, message, { hint, related });
  }
  const options = readOptions(context, kind, specs, body.options, parents.size > 0);
  const unfit = kind === "flow" ? whyNotTransforms(options, domain) : undefined;
  if (unfit !== undefined) {
    const option = body.options.find(({ name }) => name.text === "transform")!;
    context.report("3009", option.value.span, unfit, { hint: "`affine` and `spline` transform single numbers" });
  }
  const mechanism: LearnedMechanism = {
    kind,
    variable: statement.name.text,
    parents: [...parents.keys()],
    options,
    abduction: abductionOf(kind, domain),
  };
  return { mechanism, parents };
}

function addParent(context: Context, kind: string, argument: ast.Expression, parents: Map<string, Span>): void {
  if (argument.kind !== "reference") {
    const hint = "name the parents alone; the mechanism learns how they matter";
    context.report("5002", argument.span, `an argument of \`${kind}\` is the bare name of a parent`, { hint });
    return;
  }
  const { name, span } = argument;
  const earlier = parents.get(name);
  if (earlier !== undefined) {
    const related = [context.related("named here first", earlier)];
    context.report("4002", span, `\`${name}\` is a parent twice`, { related });
  } else if (context.names.variables.has(name)) parents.set(name, span);
  else if (context.names.constants.has(name)) {
    context.report("2014", span, `\`${name}\` is a constant, and the parents of \`${kind}\` are variables`);
  } else reportUnknown(context, name, span);
}

function compileExpression(
  context: Context,
  statement: ast.VariableStatement,
  body: ast.Expression,
  domain: Domain | null,
): CompiledMechanism {
  const variable = statement.name.text;
  const { noises, names } = declareNoises(context, statement.noises);
  const parents = new Map<string, Span>();
  const scope: Scope = {
    noises: names,
    used: (name, span) => {
      if (!parents.has(name)) parents.set(name, span);
    },
  };
  const lowered = lowerBody(context, body, scope, domain);
  if (lowered === undefined) return { mechanism: undefined, parents };
  const used = new Set(namesIn(lowered, "noise"));
  for (const { name } of statement.noises.filter((declaration) => !used.has(declaration.name.text))) {
    context.report("2012", name.span, `the noise \`${name.text}\` is drawn, but not used`, { hint: "leave it out" });
  }
  if (noises.length < names.size || [...names].some((name) => !used.has(name)))
    return { mechanism: undefined, parents };
  const ranges = rangesFor(context, noises);
  const sound = checkDomains(context, lowered, ranges, statement, body, domain);
  const expression = simplify(lowered);
  const inverse = noises.length === 0 ? null : invertNoise(context, lowered, noises, ranges, statement, body, domain);
  if (!sound || inverse === undefined) return { mechanism: undefined, parents };
  return {
    mechanism: {
      kind: "expression",
      variable,
      parents: namesIn(expression, "variable"),
      noises: [...noises],
      expression,
      inverse,
      abduction: inverse === null ? "deterministic" : "exact",
    },
    parents,
  };
}

function lowerBody(
  context: Context,
  body: ast.Expression,
  scope: Scope,
  domain: Domain | null,
): Expression | undefined {
  if (domain !== null && (domain.kind === "image" || domain.kind === "vector")) {
    context.report("3016", body.span, `an expression gives a number, and the variable is ${describeDomain(domain)}`, {
      hint: "use a mechanism such as `flow` or `cvae`, or an image operator",
    });
    lowerNumber(context, body, scope);
    return undefined;
  }
  if (domain?.kind !== "binary" || body.kind !== "comparison") return lowerNumber(context, body, scope);
  const condition = lowerCondition(context, body, scope);
  return condition === undefined ? undefined : apply("if", condition, constant(1), constant(0));
}

export function rangesFor(context: Context, noises: readonly Noise[]): Ranges {
  const byName = new Map(noises.map((noise) => [noise.name, rangeOfNoise(noise)]));
  return (leaf) => {
    if (leaf.kind === "noise") return byName.get(leaf.name);
    if (leaf.kind !== "variable" && leaf.kind !== "natural") return undefined;
    return rangeOfDomain(context.names.variables.get(leaf.name)?.domain ?? null);
  };
}

function checkDomains(
  context: Context,
  lowered: Expression,
  ranges: Ranges,
  { name }: ast.VariableStatement,
  body: ast.Expression,
  domain: Domain | null,
): boolean {
  const faults = domainFaults(lowered, ranges);
  for (const { at, message, hint } of faults) context.report("3007", placeOf(at) ?? body.span, message, { hint });
  if (faults.length > 0) return false;
  if (domain === null) return true;
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
  return `\`${low === 0 ? "" : `${low} + `}${high - low} * sigmoid(…)\` stays inside`;
}

/** Null is no result here: an expression with noise is inverted, or its fault is reported. */
function invertNoise(
  context: Context,
  lowered: Expression,
  noises: readonly Noise[],
  ranges: Ranges,
  statement: ast.VariableStatement,
  body: ast.Expression,
  domain: Domain | null,
): Inverse | undefined {
  const [noise, second] = noises as [Noise, Noise?];
  const declared = (name: string): Span => statement.noises.find((found) => found.name.text === name)!.span;
  if (second !== undefined) {
    context.report("5005", declared(second.name), `\`${noise.name}\` and \`${second.name}\` cannot be told apart`, {
      hint: `one value gives one noise: draw one, or make \`${second.name}\` a variable of its own`,
      related: [context.related("the other noise", declared(noise.name))],
    });
    return undefined;
  }
  if (!checkNoiseKind(context, noise, declared(noise.name), statement, domain)) return undefined;
  const inversion = invert(lowered, noise.name, ranges);
  if ("failure" in inversion) {
    const { code, at, message, hint } = inversion.failure;
    context.report(code, placeOf(at) ?? body.span, message, { hint });
    return undefined;
  }
  const { expression, logDerivative } = inversion.solution;
  // Discrete values have probabilities, and no density that a scale could change.
  return { noise: noise.name, expression, logDerivative: isDiscreteNoise(noise) ? constant(0) : logDerivative };
}

function checkNoiseKind(
  context: Context,
  noise: Noise,
  span: Span,
  { name }: ast.VariableStatement,
  domain: Domain | null,
): boolean {
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
        domain!.kind === "binary"
          ? "draw `bernoulli(p)`, or use the mechanism `bernoulli(…)`"
          : "use a mechanism such as `glm(…)`",
    },
  );
  return false;
}
