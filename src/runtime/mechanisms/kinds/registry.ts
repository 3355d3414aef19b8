/**
 * Every mechanism that this version can run, by kind. To add one: a file beside this one and a line here; the catalogue
 * in `src/model` holds its signature, and a test compares the two.
 */

import { hasPointMass } from "../../../algebra/point-masses.js";
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

interface LearnedEntry {
  readonly create: (context: MechanismContext) => Mechanism;
  /**
   * What tells the probabilities of a variable's point masses, in the family of the mechanism; null where it has none.
   */
  readonly branch: BranchConditioner | null;
}

type BranchConditioner = (context: MechanismContext, initial: readonly number[]) => Conditioner;

const byNetwork: BranchConditioner = ({ parents, options }, initial) =>
  createConditioner(parents, widthsOf(options.hidden), initial);
const byLinearMap: BranchConditioner = ({ parents }, initial) => createLinearConditioner(parents, initial);

const learned: Readonly<Record<LearnedMechanism["kind"], LearnedEntry>> = {
  flow: { create: createFlow, branch: byNetwork },
  linear: { create: createLinear, branch: byLinearMap },
  anm: { create: createAnm, branch: byNetwork },
  glm: { create: createGlm, branch: byLinearMap },
  bernoulli: { create: createBernoulli, branch: null },
  categorical: { create: createCategorical, branch: null },
  cvae: { create: createCvae, branch: null },
  hvae: { create: createHvae, branch: null },
  ali: { create: createAli, branch: null },
};

/** The kinds that are learned from data. */
export const learnedKinds = Object.keys(learned) as LearnedMechanism["kind"][];

/** The runnable form of a model's mechanism; operators run outside tensor programs and have none. */
export function createMechanism(
  mechanism: Exclude<ModelMechanism, { kind: "operator" | "unobserved" }>,
  variables: ReadonlyMap<string, BoundVariable>,
): Mechanism {
  if (mechanism.kind === "expression") return createExpression(centredMechanism(mechanism, variables));
  if (mechanism.kind === "table") return createTable(mechanism, variables);
  const { create, branch } = learned[mechanism.kind];
  const variable = variables.get(mechanism.variable)!;
  const constant = constantOf(variable);
  if (constant !== null) return createPointMass(mechanism.kind, variable.name, constant);
  const context: MechanismContext = {
    variable,
    parents: mechanism.parents.map((parent) => variables.get(parent)!),
    options: mechanism.options,
  };
  if (branch === null || !hasPointMass(variable.domain)) return create(context);
  return createTwoPart(mechanism.kind, context, (masses) => branch(context, zeros(masses)), create);
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
