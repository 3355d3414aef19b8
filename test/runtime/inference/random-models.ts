/**
 * Random models of up to twelve variables over every kind of mechanism and domain, with small networks: what the laws
 * of queries are checked on.
 */
import fc from "fast-check";
import { exampleDomains } from "../../../scripts/features.js";
import {
  abductionOf,
  type DomainKind,
  isDiscrete,
  type MechanismName,
} from "../../../src/model/catalogue/catalogue.js";
import { graphOf } from "../../../src/model/plans/plan.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import { loaded, nearerTheStart } from "../models.js";

/**
 * `mechanism of domain`: how a variable's type is written, and its mechanism, given the parents and the options after
 * them.
 */
const typed: Readonly<Record<DomainKind, string>> = {
  real: "real",
  positive: "positive",
  nonnegative: "nonnegative",
  interval: "interval(0, 10)",
  binary: "binary",
  categorical: "categorical(3)",
  ordinal: "ordinal(4)",
  count: "count",
  vector: "vector(2)",
  image: "image(4, 4)",
};

const vectorFlow = ["transform = [coupling(layers = 2, hidden = [4]), affine]", "hidden = [4]"];
const imageFlow = ["transform = multiscale(levels = 1, steps = 1, hidden = 3)", "hidden = [4]"];
const hidden = ["hidden = [4]"];
const amortised = ["latent = 2", "hidden = [4]"];
const ladder = ["latent = 1", "levels = 2", "hidden = [4]"];

const learned: Readonly<Record<string, readonly string[]>> = {
  "flow of real": hidden,
  "flow of positive": hidden,
  "flow of nonnegative": hidden,
  "flow of interval": hidden,
  "flow of ordinal": hidden,
  "flow of count": hidden,
  "flow of vector": vectorFlow,
  "flow of image": imageFlow,
  "linear of real": [],
  "linear of positive": [],
  "linear of nonnegative": [],
  "linear of interval": [],
  "anm of real": hidden,
  "anm of positive": hidden,
  "anm of nonnegative": hidden,
  "anm of interval": hidden,
  "glm of real": [],
  "glm of positive": [],
  "glm of nonnegative": [],
  "glm of interval": [],
  "glm of binary": [],
  "glm of categorical": [],
  "glm of ordinal": [],
  "glm of count": [],
  "bernoulli of binary": hidden,
  "categorical of categorical": hidden,
  "categorical of ordinal": hidden,
  "cvae of vector": amortised,
  "cvae of image": [...amortised, "likelihood = normal", "scale = fixed", "pixels = realnvp"],
  "hvae of vector": ladder,
  "hvae of image": ladder,
  "ali of vector": amortised,
  "ali of image": amortised,
};

const sumOf = (parents: readonly string[]) => parents.map((parent) => ` + 0.5 * tanh(${parent})`).join("");
const expressions: Readonly<Record<string, (parents: readonly string[]) => string>> = {
  "expression of real": (parents) => `0.3${sumOf(parents)} + e where e ~ normal(0, 1)`,
  "expression of positive": (parents) => `exp(0.2${sumOf(parents)} + 0.5 * e) where e ~ normal(0, 1)`,
  "deterministic of real": (parents) => `0.3${sumOf(parents)}`,
};

export const kinds: readonly string[] = [...Object.keys(learned), ...Object.keys(expressions)];

export const domainOf = (kind: string) => kind.split(" of ")[1] as DomainKind;
const isNumber = (kind: string) => ["real", "positive", "nonnegative", "interval"].includes(domainOf(kind));
export const isScalar = (kind: string) => !["vector", "image"].includes(domainOf(kind));
export const isDiscreteKind = (kind: string) => isDiscrete(exampleDomains[domainOf(kind)]);
export const isImplicit = (kind: string) => kind.startsWith("ali");

/** True for kinds whose noise is recovered, by a number or by a draw from its exact posterior. */
export function isRecovered(kind: string): boolean {
  const [mechanism] = kind.split(" of ") as [MechanismName];
  if (kind in expressions) return kind.startsWith("expression");
  return ["exact", "posterior_sample"].includes(abductionOf(mechanism, exampleDomains[domainOf(kind)]));
}
export const isExact = (kind: string) => isRecovered(kind) && !isDiscreteKind(kind);

export interface Drawn {
  readonly text: string;
  readonly kinds: readonly string[];
  /** A variable with one number that an intervention sets, and another one. */
  readonly at: number;
  readonly other: number;
}

/** The first two variables have one number each, so that there is something to intervene on above the rest. */
export function modelOf(allowed: readonly string[]): fc.Arbitrary<Drawn> {
  return fc
    .record({
      first: fc.shuffledSubarray(
        allowed.filter((kind) => isScalar(kind) && !kind.startsWith("deterministic")),
        { minLength: 2, maxLength: 2 },
      ),
      rest: fc.shuffledSubarray([...allowed], { minLength: 2, maxLength: 10 }),
      parents: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 12, maxLength: 12 }),
      choice: fc.nat(),
    })
    .map(({ first, rest, parents, choice }) => {
      const all = [...first, ...rest];
      const text = all.map((kind, index) => declaration(all, index, kind, parents[index]!)).join("\n");
      // Half of the choices fall on the first two.
      const settable = all.flatMap((kind, index) =>
        isScalar(kind) && !kind.startsWith("deterministic") ? [index] : [],
      );
      const at = choice % 2 === 0 ? (choice >> 1) % 2 : settable[(choice >> 1) % settable.length]!;
      return { text, kinds: all, at, other: at === 0 ? 1 : 0 };
    });
}

function declaration(all: readonly string[], index: number, kind: string, chosen: readonly number[]): string {
  // Expressions read numbers alone.
  const allowed = all.slice(0, index).flatMap((one, k) => (!(kind in expressions) || isNumber(one) ? [`v${k}`] : []));
  const parents = allowed.length === 0 ? [] : [...new Set(chosen.map((parent) => allowed[parent % allowed.length]!))];
  const type = `v${index} : ${typed[domainOf(kind)]} :=`;
  const expression = expressions[kind];
  if (expression) return `${type} ${expression(parents)}`;
  const [mechanism] = kind.split(" of ");
  return `${type} ${mechanism}(${[...parents, ...learned[kind]!].join(", ")})`;
}

export const bind = (text: string): LoadedModel => nearerTheStart(loaded(text), 0.3);

/** Indices of the variables that an intervention on one reaches, itself among them. */
export function reachedBy({ model }: LoadedModel, from: readonly number[]): Set<number> {
  const names = from.map((index) => `v${index}`);
  return new Set([...from, ...[...graphOf(model).descendants(names)].map((name) => Number(name.slice(1)))]);
}

const constants: Readonly<Partial<Record<DomainKind, number>>> = {
  real: 0.4,
  positive: 1.5,
  nonnegative: 1.5,
  interval: 5,
  count: 2,
};

/** A constant that every kind of variable can have. */
export const constantOf = (kind: string) => constants[domainOf(kind)] ?? 1;

/** An invertible change within the domain, and its inverse. */
export function thereAndBack(name: string, kind: string): readonly [string, string] {
  if (domainOf(kind) === "positive" || domainOf(kind) === "nonnegative")
    return [`${name} := ${name} * 2`, `${name} := ${name} / 2`];
  if (domainOf(kind) === "interval") return [`${name} := 0.5 * ${name} + 2`, `${name} := 2 * (${name} - 2)`];
  return [`${name} := ${name} + 1`, `${name} := ${name} - 1`];
}
