/**
 * One unit of a model as affine forms of standard normal noises: the mechanisms that are affine in what is not observed
 * (`model/inference/affine.ts`), the equations that the observed values state, and the same variables in the world of
 * an intervention, with the noises kept. Coordinates and noises are in double precision.
 */

import { hasPointMass, pointMassesOf } from "../../../algebra/point-masses.js";
import type { Coordinate } from "../../../model/plans/affine.js";
import { graphOf, intervenedGraph, mechanismsByName } from "../../../model/plans/plan.js";
import type { Domain, Intervention, LearnedMechanism, Mechanism, Noise } from "../../../schema/types.js";
import {
  type BoundVariable,
  constantOf,
  encodedSizeOf,
  originOfVariable,
  rangeOf,
  wholeNormalisation,
} from "../../mechanisms/bound/variables.js";
import { type LoadedModel, parametersOf } from "../../mechanisms/loaded-model.js";
import {
  type AffineForm,
  addScaled,
  type CoordinateForm,
  constantForm,
  coordinateFormOf,
  isConstantForm,
  noiseForm,
} from "./affine-form.js";
import type { Equation } from "./gaussian-posterior.js";

/** The values of one unit in the variables' own units, by variable; what is missing is undefined. */
export type KnownValues = (name: string) => ArrayLike<number> | undefined;

export interface GaussianUnit {
  /** Forms of the factual world, of every variable that has one. */
  readonly forms: ReadonlyMap<string, CoordinateForm>;
  readonly equations: readonly Equation[];
  /** The number of noises so far; interventions may add some. */
  readonly dimension: number;
  /** Forms in the world of interventions, with the same noises; undefined where one of `wanted` has none. */
  intervened(interventions: readonly Intervention[], wanted: readonly string[]): IntervenedForms | undefined;
}

export interface IntervenedForms {
  readonly forms: ReadonlyMap<string, CoordinateForm>;
  readonly dimension: number;
}

/** `fixed` are known because an intervention sets them: their values tell nothing about any noise. */
export function gaussianUnit(
  loaded: LoadedModel,
  known: KnownValues,
  fixed: ReadonlySet<string> = new Set(),
): GaussianUnit {
  const reader = new UnitReader(loaded, known, fixed);
  for (const name of graphOf(loaded.model).order()) reader.read(name);
  return reader;
}

class UnitReader implements GaussianUnit {
  readonly forms = new Map<string, CoordinateForm>();
  /** The mechanism's own form of every variable, observed or not, where it has one. */
  private readonly own = new Set<string>();
  readonly equations: Equation[] = [];
  private readonly indices = new Map<string, number>();

  constructor(
    private readonly loaded: LoadedModel,
    private readonly known: KnownValues,
    private readonly fixed: ReadonlySet<string>,
  ) {}

  get dimension(): number {
    return this.indices.size;
  }

  /** Adds the form of a variable whose parents have been read; for an observed one, its equation. */
  read(name: string): void {
    const natural = this.natural(name, (parent) => this.forms.get(parent));
    const value = this.known(name);
    if (natural !== undefined) this.own.add(name);
    if (value === undefined) {
      if (natural !== undefined) this.forms.set(name, natural);
      return;
    }
    if (value.length === 1) this.forms.set(name, { coordinate: "identity", form: constantForm(value[0]!) });
    // Without a noise there is no equation: the value is what the mechanism says, or the evidence is impossible.
    if (natural === undefined || this.fixed.has(name)) return;
    const bound = this.loaded.variables.get(name)!;
    const { domain } = bound;
    // A point mass elsewhere is an equation that no noise solves, so that the evidence contradicts the model.
    const constant = constantOf(bound);
    const isSatisfied = constant === null || Math.fround(value[0]! - originOfVariable(bound)) === Math.fround(constant);
    if (isConstantForm(natural.form) && isSatisfied) return;
    const observed = coordinateOf(natural.coordinate, domain, value[0]!);
    this.equations.push({ variable: name, form: natural.form, ...observed });
  }

  intervened(interventions: readonly Intervention[], wanted: readonly string[]): IntervenedForms | undefined {
    const { model } = this.loaded;
    const graph = intervenedGraph(model, interventions);
    const changed = new Set(interventions.flatMap(({ variable, only }) => only ?? [variable]));
    for (const name of [...graph.descendants([...changed])]) changed.add(name);
    const needed = new Set([...wanted, ...graph.ancestors(wanted)]);
    const forms = new Map<string, CoordinateForm>();
    const only = new Map<string, Map<string, CoordinateForm>>();
    const dimension = () => this.indices.size;
    for (const name of graph.order()) {
      const own = interventions.filter((candidate) => candidate.variable === name);
      if (!needed.has(name) && !own.some((one) => one.only?.some((child) => needed.has(child)))) continue;
      const seen = (parent: string) => only.get(name)?.get(parent) ?? forms.get(parent);
      const natural = () => {
        if (!changed.has(name) || (own.length > 0 && !this.startsAnew(name, changed, only)))
          return this.forms.get(name);
        // An observed variable whose noise has no equation cannot be computed anew here.
        const unchanged = (parent: string) => (changed.has(parent) ? undefined : this.known(parent));
        return this.own.has(name) ? this.natural(name, seen, unchanged) : undefined;
      };
      let value: CoordinateForm | undefined;
      let isWhole = false;
      for (const intervention of own) {
        const replaced = this.replacement(intervention, (parent) => forms.get(parent), natural);
        if (replaced === undefined) return undefined;
        if (intervention.only === undefined) [value, isWhole] = [replaced, true];
        for (const child of intervention.only ?? [])
          only.set(child, (only.get(child) ?? new Map<string, CoordinateForm>()).set(name, replaced));
      }
      if (!isWhole) value = natural();
      if (value !== undefined) forms.set(name, value);
      else if (wanted.includes(name)) return undefined;
    }
    return wanted.every((name) => forms.has(name)) ? { forms, dimension: dimension() } : undefined;
  }

  /** Whether the value that a shift starts from differs from the factual one. */
  private startsAnew(
    name: string,
    changed: ReadonlySet<string>,
    only: ReadonlyMap<string, ReadonlyMap<string, CoordinateForm>>,
  ): boolean {
    const { parents } = mechanismsByName(this.loaded.model).get(name)!;
    return only.has(name) || parents.some((parent) => changed.has(parent));
  }

  private replacement(
    { variable, expression, noises }: Intervention,
    seen: (name: string) => CoordinateForm | undefined,
    natural: () => CoordinateForm | undefined,
  ): CoordinateForm | undefined {
    return coordinateFormOf(expression, {
      variable: seen,
      natural: natural(),
      noises,
      indexOf: (noise) => this.indexOf(`do ${variable} ${noise}`),
    });
  }

  /** `known` are values of parents that have no form. */
  private natural(
    name: string,
    seen: (parent: string) => CoordinateForm | undefined,
    known: KnownValues = this.known,
  ): CoordinateForm | undefined {
    const mechanism = mechanismsByName(this.loaded.model).get(name)!;
    if (mechanism.kind === "expression") return this.expressionForm(mechanism, seen);
    if (mechanism.kind !== "linear" && mechanism.kind !== "glm") return undefined;
    return this.linearForm(mechanism, seen, known);
  }

  private expressionForm(
    { variable, expression, noises }: Extract<Mechanism, { kind: "expression" }>,
    seen: (parent: string) => CoordinateForm | undefined,
  ): CoordinateForm | undefined {
    const normals: readonly Noise[] = noises;
    return coordinateFormOf(expression, {
      variable: seen,
      noises: normals,
      indexOf: (noise) => this.indexOf(`${variable} ${noise}`),
    });
  }

  /** m + s (w · enc(pa) + b + exp(σ) ε), in the coordinate of the domain (`additive-noise.ts`). */
  private linearForm(
    { variable, parents }: LearnedMechanism,
    seen: (parent: string) => CoordinateForm | undefined,
    knownValues: KnownValues,
  ): CoordinateForm | undefined {
    const bound = this.loaded.variables.get(variable)!;
    const constant = constantOf(bound);
    if (constant !== null) return { coordinate: "identity", form: constantForm(constant + originOfVariable(bound)) };
    const { domain } = bound;
    const normalisation = wholeNormalisation(bound);
    const coordinate = linkOf(domain);
    if (coordinate === undefined || !normalisation) return undefined;
    const parameters = parametersOf(this.loaded.parameters, variable);
    const weight = parameters.weight?.data ?? [];
    let total = addScaled(
      constantForm(parameters.bias!.data[0]!),
      noiseForm(this.indexOf(`${variable} noise`)),
      Math.exp(Math.min(10, Math.max(-10, parameters.log_scale!.data[0]!))),
    );
    let column = 0;
    for (const parent of parents) {
      const encoded = this.encoding(this.loaded.variables.get(parent)!, seen(parent), knownValues);
      if (encoded === undefined) return undefined;
      for (const form of encoded) total = addScaled(total, form, weight[column++]!);
    }
    return { coordinate, form: addScaled(constantForm(normalisation.mean), total, normalisation.sd) };
  }

  /** How a child sees the parent (`encodeForChildren`), as forms. */
  private encoding(
    parent: BoundVariable,
    seen: CoordinateForm | undefined,
    knownValues: KnownValues,
  ): AffineForm[] | undefined {
    const { domain } = parent;
    const normalisation = wholeNormalisation(parent);
    const values = seen === undefined || !isConstantForm(seen.form) ? undefined : [plainValue(seen)];
    const known = values ?? (seen === undefined ? knownValues(parent.name) : undefined);
    if (known !== undefined) return encodedValues(parent, known)?.map(constantForm);
    if (seen === undefined || !normalisation || hasPointMass(domain)) return undefined;
    const affine = (shift: number, scale: number) => [addScaled(constantForm(-shift / scale), seen.form, 1 / scale)];
    if (domain.kind === "positive" && seen.coordinate === "log") return affine(normalisation.mean, normalisation.sd);
    if (domain.kind === "real" && seen.coordinate === "identity") return affine(normalisation.mean, normalisation.sd);
    if (domain.kind === "interval" && seen.coordinate === "identity")
      return affine(normalisation.low, rangeOf(normalisation.low, normalisation.high));
    return undefined;
  }

  private indexOf(noise: string): number {
    const index = this.indices.get(noise) ?? this.indices.size;
    this.indices.set(noise, index);
    return index;
  }
}

function plainValue({ coordinate, form }: CoordinateForm): number {
  return coordinate === "log" ? Math.exp(form.constant) : form.constant;
}

function encodedValues(variable: BoundVariable, values: ArrayLike<number>): number[] | undefined {
  const { domain } = variable;
  const normalisation = wholeNormalisation(variable);
  const all = Array.from(values);
  const [value] = all as [number];
  const onMasses = pointMassesOf(domain).map((mass) => Number(Math.fround(value) === Math.fround(mass)));
  switch (domain.kind) {
    case "real":
    case "count":
    case "vector":
      return normalisation ? all.map((one) => (one - normalisation.mean) / normalisation.sd) : undefined;
    case "positive":
      return normalisation
        ? [(Math.log(Math.max(value, 2 ** -126)) - normalisation.mean) / normalisation.sd]
        : undefined;
    case "nonnegative":
      return normalisation
        ? [...onMasses, value > 0 ? (Math.log(value) - normalisation.mean) / normalisation.sd : 0]
        : undefined;
    case "interval":
      return normalisation
        ? [...onMasses, (value - normalisation.low) / rangeOf(normalisation.low, normalisation.high)]
        : undefined;
    case "binary":
      return [2 * value - 1];
    case "categorical":
    case "ordinal":
      return Array.from({ length: encodedSizeOf(domain) }, (_, level) => Number(level === value));
    case "image":
      return all.map((one) => one / 255);
  }
}

function linkOf(domain: Domain): Coordinate | undefined {
  if (hasPointMass(domain)) return undefined;
  if (domain.kind === "real") return "identity";
  if (domain.kind === "positive") return "log";
  return domain.kind === "interval" ? "logit" : undefined;
}

/** As the bijectors of `variables.ts`: a value on the edge of an interval keeps a finite coordinate. */
const edge = 2 ** -23;

export function coordinateOf(
  coordinate: Coordinate,
  domain: Domain,
  value: number,
): { value: number; logDerivative: number } {
  if (coordinate === "identity") return { value, logDerivative: 0 };
  if (coordinate === "log") {
    const log = Math.log(Math.max(value, 2 ** -126));
    return { value: log, logDerivative: -log };
  }
  const { low, high } = domain as Extract<Domain, { kind: "interval" }>;
  const position = Math.min(Math.max((value - low) / (high - low), edge), 1 - edge);
  return {
    value: Math.log(position) - Math.log1p(-position),
    logDerivative: -Math.log(position) - Math.log1p(-position) - Math.log(high - low),
  };
}

export function valueAtCoordinate(coordinate: Coordinate, domain: Domain, at: number): number {
  if (coordinate === "identity") return at;
  if (coordinate === "log") return Math.exp(at);
  const { low, high } = domain as Extract<Domain, { kind: "interval" }>;
  return low + (high - low) / (1 + Math.exp(-at));
}
