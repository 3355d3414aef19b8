/**
 * A fitted model as ONNX programs of standard operators, weights inside, with a manifest that says everything a runner
 * needs: names, shapes, domains, and the distribution of each random input. Any onnxruntime runs them.
 */

import { isLevelDomain, levelNumbers } from "../../../algebra/levels.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Domain, ExportDescription, ExportedTensor } from "../../../schema/types.js";
import { noiseOriginsOf } from "../../mechanisms/bound/centred-model.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { TensorSpecs } from "../../tensors/core/engine.js";
import { encodePortable, type PortableProgram } from "../../tensors/engine/onnx/portable.js";
import { requireAnswerable } from "../terms/require-answerable.js";
import { counterfactualProcedure } from "./counterfactual-procedure.js";
import {
  abductProcedure,
  type ExportedProcedure,
  type ExportSizes,
  type InputRole,
  logProbabilityProcedure,
  type OutputRole,
  sampleProcedure,
} from "./procedures.js";

export const exportedProcedures = {
  sample: sampleProcedure,
  abduct: abductProcedure,
  log_probability: logProbabilityProcedure,
  counterfactual: counterfactualProcedure,
} as const;

export type ExportedName = keyof typeof exportedProcedures;

/**
 * Whether a program uses the noises of all variables together, so that a common cause that nobody observed makes it
 * wrong; the others look at each mechanism by itself. Any variable may be set in a counterfactual program, so all
 * noises are in use.
 */
const usesAllNoises: Readonly<Record<ExportedName, boolean>> = {
  sample: true,
  abduct: false,
  log_probability: false,
  counterfactual: true,
};

export interface ExportedModel {
  readonly description: ExportDescription;
  /** By file name. */
  readonly programs: ReadonlyMap<string, Uint8Array>;
}

/** Throws where the model has nothing that a tensor program can compute. */
export function exportModel(loaded: LoadedModel, names: readonly ExportedName[], sizes: ExportSizes): ExportedModel {
  const { model } = loaded;
  const latent = model.variables.find((variable) => variable.latent);
  if (latent)
    throw failure(
      "7301",
      model.name,
      `\`${latent.name}\` is latent: an exported program takes every variable of a unit as an input`,
      "Ask this model with scmc, which computes the posterior of what is missing.",
    );
  const targets = [...loaded.mechanisms.keys()];
  if (names.some((name) => usesAllNoises[name]))
    requireAnswerable(model, { kind: "sample", targets, evidence: [], interventions: [] });
  if (loaded.mechanisms.size === 0)
    throw failure("7301", model.name, "all variables are made by image operators, which no tensor program computes");
  for (const { variable, parents } of model.mechanisms) {
    const made = parents.find((parent) => loaded.operators.has(parent));
    if (made !== undefined)
      throw failure(
        "7301",
        model.name,
        `\`${variable}\` depends on \`${made}\`, which is made by image operators that no tensor program computes`,
      );
  }
  const programs = new Map<string, Uint8Array>();
  const described: ExportDescription["programs"] = [];
  for (const name of names) {
    const procedure = exportedProcedures[name](loaded, sizes);
    const file = `${name}.onnx`;
    const { model: bytes, inputs } = encode(loaded, procedure);
    programs.set(file, bytes);
    described.push(describe(loaded, file, procedure, new Set(inputs)));
  }
  return {
    description: {
      formatVersion: 1,
      model: model.name,
      variables: model.order
        .filter((name) => loaded.mechanisms.has(name))
        .map((name) => ({ name, ...exportedDomain(loaded.variables.get(name)!.domain) })),
      left: [...loaded.operators.keys()],
      programs: described,
    },
    programs,
  };
}

/** With the numbers that name levels, so that a runner need not know the rule. */
function exportedDomain(domain: Domain): Omit<ExportDescription["variables"][number], "name"> {
  const numbers = isLevelDomain(domain) && domain.levels !== undefined ? levelNumbers(domain) : undefined;
  return { domain, ...(numbers === undefined ? {} : { numbers: [...numbers] }) };
}

function encode(loaded: LoadedModel, { name, inputs, procedure }: ExportedProcedure): PortableProgram {
  const specs: TensorSpecs = Object.fromEntries(Object.entries(inputs).map(([input, { spec }]) => [input, spec]));
  return encodePortable({ name, inputs: specs, constants: loaded.parameters, procedure });
}

/** What a runner takes off and puts back; nothing is said of 0. */
const stated = (origin: number) => (origin === 0 ? {} : { origin });

/** `used`: the inputs that the program has; what no output depends on is left out. */
function describe(
  loaded: LoadedModel,
  file: string,
  procedure: ExportedProcedure,
  used: ReadonlySet<string>,
): ExportDescription["programs"][number] {
  const { name, batch, particles, inputs, outputs } = procedure;
  const noises = noiseOriginsOf(loaded.model);
  const originOf = (role: InputRole | OutputRole): number => {
    if (role.role === "noise") return noises.get(`${role.variable}.${role.noise}`) ?? 0;
    return role.role === "value" || role.role === "do" ? originOfVariable(loaded.variables.get(role.variable)) : 0;
  };
  return {
    name: name as ExportedName,
    file,
    batch,
    particles,
    inputs: Object.entries(inputs)
      .filter(([input]) => used.has(input))
      .map(
        ([input, { spec, role }]): ExportedTensor => ({
          name: input,
          shape: [...spec.shape],
          dtype: spec.dtype === "uint8" ? "uint8" : "float32",
          ...(role.role === "random"
            ? { role: "random", distribution: role.distribution, parameters: [...role.parameters] }
            : { role: role.role, variable: role.variable, ...(role.role === "set" ? {} : stated(originOf(role))) }),
        }),
      ),
    outputs: Object.entries(outputs).map(([output, role]) => ({ name: output, ...role, ...stated(originOf(role)) })),
  };
}
