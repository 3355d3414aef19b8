/**
 * A model ready to run: its variables bound to domains and normalisation constants, its mechanisms as runnable objects,
 * and the fitted parameters. Expressions alone need no fitting, so such a model loads without any data.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import { isGiven } from "../../model/catalogue/mechanism-kinds.js";
import { bindLevels } from "../../model/files/bind-levels.js";
import type { InferredModel } from "../../model/plans/inferred-model.js";
import type { Domain, Model, OperatorMechanism, SupportDescription } from "../../schema/types.js";
import type { HostTensor, HostTensors, Tensors } from "../tensors/core/engine.js";
import type { BoundVariable } from "./bound/variables.js";
import type { Mechanism } from "./contract/mechanism.js";
import { createMechanism } from "./kinds/registry.js";
import { createPosterior, type Posterior, posteriorName } from "./posteriors/posterior.js";
import { unfittedOrigins } from "./unfitted-origins.js";

export interface LoadedModel {
  /** In codes: what the program says of a variable whose levels the data told is said in them. */
  readonly model: Model;
  /** The model as it was compiled. */
  readonly stated: Model;
  readonly variables: ReadonlyMap<string, BoundVariable>;
  readonly mechanisms: ReadonlyMap<string, Mechanism>;
  /** Variables made by image operators, which run on the host. */
  readonly operators: ReadonlyMap<string, OperatorMechanism>;
  /** Learned posteriors over the causes of images, by image. */
  readonly posteriors: ReadonlyMap<string, Posterior>;
  /** Fitted parameters by `variable/parameter`, those of a posterior by `variable.posterior/parameter`. */
  readonly parameters: HostTensors;
  /** What the training rows hold; none where nothing is fitted, and in artefacts of earlier versions. */
  readonly support?: SupportDescription;
}

/** Builds the runnable mechanisms of a bound model. */
export function loadModel(
  stated: Model,
  variables: ReadonlyMap<string, BoundVariable>,
  parameters: HostTensors,
  support?: SupportDescription,
): LoadedModel {
  const model = bindLevels(stated, (name) => variables.get(name)?.domain);
  const mechanisms = new Map<string, Mechanism>();
  const operators = new Map<string, OperatorMechanism>();
  for (const mechanism of model.mechanisms) {
    if (mechanism.kind === "operator") operators.set(mechanism.variable, mechanism);
    else if (mechanism.kind === "unobserved")
      throw failure(
        "7021",
        model.name,
        `\`${mechanism.variable}\` is never observed and has no mechanism, so nothing can be computed through it`,
        "Give it a mechanism, or observe it.",
      );
    else mechanisms.set(mechanism.variable, createMechanism(mechanism, variables));
  }
  for (const mechanism of model.mechanisms)
    for (const parent of mechanism.parents)
      if (operators.has(parent))
        throw failure(
          "7019",
          "model",
          `\`${parent}\` is made by image operators and \`${mechanism.variable}\` depends on it`,
          "This version runs image operators only on variables without children.",
        );
  const fitted = new Set(Object.keys(parameters).map((tensor) => tensor.slice(0, tensor.indexOf("/"))));
  const posteriors = new Map(
    [...mechanisms.keys()]
      .filter((name) => fitted.has(posteriorName(name)))
      .map((name) => [name, createPosterior(model, variables, name)] as const),
  );
  return { model, stated, variables, mechanisms, operators, posteriors, parameters, ...(support ? { support } : {}) };
}

/**
 * A model of expressions, tables and operators alone, ready without data. Throws where something must be fitted first.
 */
export function loadUnfitted(model: Model, file: string): LoadedModel {
  const variables = new Map<string, BoundVariable>();
  for (const mechanism of model.mechanisms)
    if (!isGiven(mechanism))
      throw failure(
        "7020",
        file,
        `\`${mechanism.variable}\` has a mechanism to fit (${mechanism.kind})`,
        `Fit the model first: scmc run ${file} --data MANIFEST --out DIR, then name DIR here.`,
      );
  const origins = unfittedOrigins(model);
  for (const { name, domain } of model.variables) {
    const origin = origins.get(name);
    variables.set(name, {
      name,
      domain: domain ?? unstatedDomain(model, name),
      normalisation: null,
      ...(origin === undefined ? {} : { origin }),
    });
  }
  return loadModel(model, variables, {});
}

/** What image operators make is an image of the size of their items; any other expression is a number. */
function unstatedDomain(model: Model, name: string): Domain {
  const isOperator = model.mechanisms.some(({ variable, kind }) => variable === name && kind === "operator");
  return isOperator ? { kind: "image", height: 28, width: 28, channels: 1 } : { kind: "real" };
}

/** What the inference of missing variables is planned from: the types are those of the data by now. */
export function inferredModel({ model, variables, posteriors }: LoadedModel): InferredModel {
  return { ...model, variables: [...variables.values()], posteriors: [...posteriors.keys()] };
}

/** The tensors of one mechanism out of all of them, without the variable's prefix. */
export function parametersOf(all: Tensors, variable: string): Tensors;
export function parametersOf(all: HostTensors, variable: string): HostTensors;
export function parametersOf(all: Tensors | HostTensors, variable: string): Tensors | HostTensors {
  const prefix = `${variable}/`;
  const entries = Object.entries(all as Readonly<Record<string, Tensors[string] | HostTensor>>);
  return Object.fromEntries(
    entries.filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  ) as Tensors | HostTensors;
}

/** The model with the types that data bound: a class may be named by its level. */
export function boundModel({ model, variables }: LoadedModel): Model {
  return {
    ...model,
    variables: model.variables.map((variable) => ({ ...variable, domain: variables.get(variable.name)!.domain })),
  };
}
