/**
 * Finds mechanisms that are affine in the unobserved variables with normal noise, so that a posterior is a normal
 * distribution in closed form. A variable has a coordinate: itself, its logarithm (x = exp(affine), or `linear` of a
 * positive) or its logit in an interval (`linear` of an interval). A child keeps the property if it reads the
 * coordinate: `log(t)` of a lognormal t.
 */

import { type Degree, functions } from "../../algebra/functions.js";
import { hasPointMass } from "../../algebra/point-masses.js";
import { assertNever } from "../../diagnostics/assert-never.js";
import type { Domain, Expression, Mechanism } from "../../schema/types.js";

export type Coordinate = "identity" | "log" | "logit";

/** An unknown variable in an expression: the degree of its coordinate, and which coordinate it is. */
export interface UnknownVariable {
  readonly degree: Degree;
  readonly coordinate: Coordinate;
}

export interface AffineScope {
  /** Undefined for variables that are known. */
  readonly variable: (name: string) => UnknownVariable | undefined;
  readonly noise: (name: string) => Degree;
  readonly natural?: UnknownVariable;
}

/** The mechanism's coordinate; undefined if it is not affine with normal noise. */
export function affineCoordinate(
  mechanism: Mechanism,
  domain: Domain | null,
  scope: Pick<AffineScope, "variable">,
  domainOf: (name: string) => Domain | null,
): Coordinate | undefined {
  if (mechanism.kind === "expression") {
    const normals = new Set(
      mechanism.noises.filter(({ distribution }) => distribution === "normal").map(({ name }) => name),
    );
    return expressionCoordinate(mechanism.expression, {
      variable: scope.variable,
      noise: (name) => (normals.has(name) ? 1 : 2),
    });
  }
  if (mechanism.kind !== "linear" && mechanism.kind !== "glm") return undefined;
  const own = linkOf(mechanism.kind, domain);
  if (own === undefined) return undefined;
  const reads = mechanism.parents.every((parent) => {
    const unknown = scope.variable(parent);
    return unknown === undefined || unknown.degree === 0 || isEncoding(unknown, domainOf(parent));
  });
  return reads ? own : undefined;
}

/** The coordinate of `linear` or `glm`. `linear` is continuous; a `glm` whose type is not known yet may be discrete. */
function linkOf(kind: "linear" | "glm", domain: Domain | null): Coordinate | undefined {
  if (hasPointMass(domain)) return undefined;
  if (domain === null) return kind === "linear" ? "identity" : undefined;
  switch (domain.kind) {
    case "real":
      return "identity";
    case "positive":
      return "log";
    case "interval":
      return "logit";
    case "nonnegative":
    case "binary":
    case "categorical":
    case "ordinal":
    case "count":
    case "vector":
    case "image":
      return undefined;
    default:
      return assertNever(domain);
  }
}

/**
 * True if a linear child reads the parent's coordinate itself. Such children see a positive parent's logarithm, reals
 * and intervals as they are, and a point mass by an indicator.
 */
function isEncoding({ degree, coordinate }: UnknownVariable, domain: Domain | null): boolean {
  if (hasPointMass(domain)) return false;
  return degree === 1 && coordinate === (domain?.kind === "positive" ? "log" : "identity");
}

/** The coordinate in which the expression is affine. */
export function expressionCoordinate(expression: Expression, scope: AffineScope): Coordinate | undefined {
  if (degreeOf(expression, scope) < 2) return "identity";
  if (expression.kind !== "apply" || expression.function !== "exp") return undefined;
  return degreeOf(expression.arguments[0]!, scope) < 2 ? "log" : undefined;
}

// Expressions are as deep as the parser and the loader allow, so recursion is safe here.
function degreeOf(expression: Expression, scope: AffineScope): Degree {
  switch (expression.kind) {
    case "constant":
      return 0;
    case "value":
      return 2;
    case "noise":
      return scope.noise(expression.name);
    case "natural":
      return plainDegree(scope.natural);
    case "variable":
      return plainDegree(scope.variable(expression.name));
    case "apply":
      return appliedDegree(expression, scope);
  }
}

function appliedDegree(expression: Extract<Expression, { kind: "apply" }>, scope: AffineScope): Degree {
  const { function: name, arguments: operands } = expression;
  const logarithm = name === "log" ? loggedVariable(operands[0]!, scope) : undefined;
  if (logarithm !== undefined) return logarithm;
  const degrees = operands.map((operand) => degreeOf(operand, scope));
  const largest = Math.max(...degrees) as Degree;
  if (largest === 0) return 0;
  return functions[name].degree(degrees);
}

/** log t of an unknown t whose coordinate is its logarithm. */
function loggedVariable(operand: Expression, scope: AffineScope): Degree | undefined {
  const unknown =
    operand.kind === "variable" ? scope.variable(operand.name) : operand.kind === "natural" ? scope.natural : undefined;
  return unknown !== undefined && unknown.coordinate === "log" ? unknown.degree : undefined;
}

function plainDegree(unknown: UnknownVariable | undefined): Degree {
  if (unknown === undefined || unknown.degree === 0) return 0;
  return unknown.coordinate === "identity" ? unknown.degree : 2;
}
