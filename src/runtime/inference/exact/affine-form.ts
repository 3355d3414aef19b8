/**
 * Affine forms c + a · ε over independent standard normal noises ε, in double precision: the arithmetic behind exact
 * answers of linear-Gaussian models. An expression that is not affine has no form.
 */
import { compute } from "../../../algebra/evaluate.js";
import type { Coordinate } from "../../../model/plans/affine.js";
import type { Expression, Noise } from "../../../schema/types.js";

export interface AffineForm {
  readonly constant: number;
  /** By the index of the noise; an index that is missing has coefficient 0. */
  readonly coefficients: ReadonlyMap<number, number>;
}

/** A variable as an affine form of its coordinate: of itself, its logarithm, or its logit. */
export interface CoordinateForm {
  readonly coordinate: Coordinate;
  readonly form: AffineForm;
}

const none: ReadonlyMap<number, number> = new Map();

export const constantForm = (value: number): AffineForm => ({ constant: value, coefficients: none });

export const noiseForm = (index: number, mean = 0, sd = 1): AffineForm => ({
  constant: mean,
  coefficients: new Map([[index, sd]]),
});

export const isConstantForm = ({ coefficients }: AffineForm): boolean => coefficients.size === 0;

/** left + factor * right */
export function addScaled(left: AffineForm, right: AffineForm, factor = 1): AffineForm {
  const coefficients = new Map(left.coefficients);
  for (const [index, value] of right.coefficients)
    coefficients.set(index, (coefficients.get(index) ?? 0) + factor * value);
  return { constant: left.constant + factor * right.constant, coefficients };
}

export const scaled = (form: AffineForm, factor: number): AffineForm => addScaled(constantForm(0), form, factor);

/** The variance before any evidence. */
export function squaredNorm({ coefficients }: AffineForm): number {
  let sum = 0;
  for (const value of coefficients.values()) sum += value * value;
  return sum;
}

export interface FormScope {
  readonly variable: (name: string) => CoordinateForm | undefined;
  readonly natural?: CoordinateForm | undefined;
  readonly noises: readonly Noise[];
  /** The index of a noise among the standard normal ones. */
  readonly indexOf: (noise: string) => number;
}

/** The form of an expression's value, or of its logarithm where it is exp(affine); undefined where it is neither. */
export function coordinateFormOf(expression: Expression, scope: FormScope): CoordinateForm | undefined {
  const plain = formOf(expression, scope);
  if (plain !== undefined) return { coordinate: "identity", form: plain };
  if (expression.kind !== "apply" || expression.function !== "exp") return undefined;
  const form = formOf(expression.arguments[0]!, scope);
  return form && { coordinate: "log", form };
}

// Expressions are as deep as the parser and the loader allow, so recursion is safe here.
function formOf(expression: Expression, scope: FormScope): AffineForm | undefined {
  switch (expression.kind) {
    case "constant":
      return constantForm(expression.value);
    case "variable":
      return plainForm(scope.variable(expression.name));
    case "natural":
      return plainForm(scope.natural);
    case "noise":
      return normalForm(expression.name, scope);
    case "value":
      return undefined;
    case "apply":
      return appliedForm(expression, scope);
  }
}

function normalForm(name: string, { noises, indexOf }: FormScope): AffineForm | undefined {
  const noise = noises.find((candidate) => candidate.name === name);
  return noise?.distribution === "normal"
    ? noiseForm(indexOf(name), noise.parameters[0], noise.parameters[1])
    : undefined;
}

function plainForm(variable: CoordinateForm | undefined): AffineForm | undefined {
  if (variable === undefined || variable.coordinate === "identity") return variable?.form;
  return isConstantForm(variable.form) ? constantForm(valueAt(variable.coordinate, variable.form.constant)) : undefined;
}

/**
 * The value of a variable from its coordinate; a logit's interval is not known here, and its forms are never read by
 * expressions.
 */
function valueAt(coordinate: Coordinate, at: number): number {
  return coordinate === "log" ? Math.exp(at) : at;
}

function appliedForm(
  { function: name, arguments: operands }: Extract<Expression, { kind: "apply" }>,
  scope: FormScope,
): AffineForm | undefined {
  const logged = name === "log" ? loggedForm(operands[0]!, scope) : undefined;
  if (logged !== undefined) return logged;
  const forms: AffineForm[] = [];
  for (const operand of operands) {
    const form = formOf(operand, scope);
    if (form === undefined) return undefined;
    forms.push(form);
  }
  if (forms.every(isConstantForm))
    return constantForm(
      compute(
        name,
        forms.map(({ constant }) => constant),
      ),
    );
  const [first, second, third] = forms as [AffineForm, AffineForm, AffineForm];
  switch (name) {
    case "add":
      return addScaled(first, second);
    case "subtract":
      return addScaled(first, second, -1);
    case "negate":
      return scaled(first, -1);
    case "multiply":
      if (isConstantForm(first)) return scaled(second, first.constant);
      return isConstantForm(second) ? scaled(first, second.constant) : undefined;
    case "divide":
      return isConstantForm(second) ? scaled(first, 1 / second.constant) : undefined;
    case "if":
      if (!isConstantForm(first)) return undefined;
      return first.constant !== 0 ? second : third;
    default:
      return undefined;
  }
}

function loggedForm(operand: Expression, scope: FormScope): AffineForm | undefined {
  const variable =
    operand.kind === "variable" ? scope.variable(operand.name) : operand.kind === "natural" ? scope.natural : undefined;
  return variable?.coordinate === "log" ? variable.form : undefined;
}
