/**
 * Every mechanism that this version can run, by kind. To add one: a file beside this one and a line here; the catalogue
 * in `src/model` holds its signature, and a test compares the two.
 */

import { hasPointMass } from "../../../algebra/point-masses.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { LearnedMechanism, Mechanism as ModelMechanism } from "../../../schema/types.js";
import { centredMechanism } from "../bound/centred-model.js";
import { type BoundVariable, constantOf } from "../bound/variables.js";
import { type MechanismContext, widthsOf } from "../contract/context.js";
import type { Mechanism } from "../contract/mechanism.js";
import { type Conditioner, createConditioner, createLinearConditioner } from "../networks/conditioner.js";
import { createAli } from "./ali.js";
import { createAnm } from "./anm.js";
import { createBernoulli } from "./bernoulli.js";
import { createCategorical } from "./categorical.js";
import { createCvae } from "./cvae.js";
import { createExpression } from "./expression.js";
import { createFlow } from "./flow.js";
import { createGlm } from "./glm.js";
import { createHvae } from "./hvae.js";
import { createLinear } from "./linear.js";
import { createPointMass } from "./point-mass.js";
import { createTable } from "./table.js";
import { createTwoPart } from "./two-part.js";

const learned: Partial<Record<LearnedMechanism["kind"], (context: MechanismContext) => Mechanism>> = {
  flow: createFlow,
  linear: createLinear,
  anm: createAnm,
  glm: createGlm,
  bernoulli: createBernoulli,
  categorical: createCategorical,
  cvae: createCvae,
  hvae: createHvae,
  ali: createAli,
};

export const runnableKinds: readonly string[] = ["expression", "operator", "table", ...Object.keys(learned)];

/** The runnable form of a model's mechanism; operators run outside tensor programs and have none. */
export function createMechanism(
  mechanism: Exclude<ModelMechanism, { kind: "operator" | "unobserved" }>,
  variables: ReadonlyMap<string, BoundVariable>,
): Mechanism {
  if (mechanism.kind === "expression") return createExpression(centredMechanism(mechanism, variables));
  if (mechanism.kind === "table") return createTable(mechanism, variables);
  const create = learned[mechanism.kind];
  if (!create)
    throw failure(
      "7018",
      "model",
      `\`${mechanism.variable}\`: a mechanism of kind ${mechanism.kind} compiles but cannot be run by this version`,
      `Kinds that run: ${runnableKinds.join(", ")}.`,
    );
  const variable = variables.get(mechanism.variable)!;
  const constant = constantOf(variable);
  if (constant !== null) return createPointMass(mechanism.kind, variable.name, constant);
  const context: MechanismContext = {
    variable,
    parents: mechanism.parents.map((parent) => variables.get(parent)!),
    options: mechanism.options,
  };
  const branch = branches[mechanism.kind];
  if (branch === null || !hasPointMass(variable.domain)) return create(context);
  return createTwoPart(mechanism.kind, context, (masses) => branch(context, zeros(masses)), create);
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

type BranchConditioner = (context: MechanismContext, initial: readonly number[]) => Conditioner;

const byNetwork: BranchConditioner = ({ parents, options }, initial) =>
  createConditioner(parents, widthsOf(options.hidden), initial);
const byLinearMap: BranchConditioner = ({ parents }, initial) => createLinearConditioner(parents, initial);

/**
 * What tells the probabilities of a variable's point masses, in the family of its mechanism; null where it has no such
 * types.
 */
const branches: Readonly<Record<LearnedMechanism["kind"], BranchConditioner | null>> = {
  flow: byNetwork,
  anm: byNetwork,
  linear: byLinearMap,
  glm: byLinearMap,
  bernoulli: null,
  categorical: null,
  cvae: null,
  hvae: null,
  ali: null,
};
