/**
 * What counterfactuals of observed units must satisfy, measured (Monteiro et al. 2023, after Galles & Pearl 1998).
 * Composition: an intervention that sets a variable to the value that it has changes nothing. Reversibility: setting a
 * variable to another unit's value and back returns the unit. Both hold to rounding for exact mechanisms; for implicit
 * ones they measure the reconstruction.
 */

import { mechanismsByName } from "../../../model/plans/plan.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine, HostData } from "../../tensors/core/engine.js";
import { blockOfRows, type Rows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { counterfactualProcedure } from "../export/counterfactual-procedure.js";
import { abductProcedure, type ExportedProcedure } from "../export/procedures.js";
import { runInBlocks } from "../programs/blocks.js";
import { RandomInputs } from "../programs/random-inputs.js";
import type { AbductedNoise } from "./noise-checks.js";

export interface ChecksRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  /** Units with all variables observed. */
  readonly observed: ReadonlyMap<string, Rows>;
  readonly key: RandomKey;
  /** How much each unit counts in the means, `[units]`; all alike where it is left out. */
  readonly weights?: Float64Array;
}

export interface ConsistencyCheck {
  /** The variable that is set. */
  readonly set: string;
  /** The descendant that is compared with the observed one: mean absolute difference, in its own unit. */
  readonly of: string;
  readonly composition: number;
  readonly reversibility: number;
}

const block = 256;
const chunk = 256;

/** One draw of every noise for each unit. */
export async function abductNoises(request: ChecksRequest): Promise<AbductedNoise[]> {
  const procedure = abductProcedure(request.loaded, { batch: block, particles: 1 });
  const outputs = await runExported(request, procedure, request.observed, new Map());
  return Object.entries(procedure.outputs).map(([name, role]) => {
    if (role.role !== "noise") throw new Error(`${name} is no noise`);
    const draw = request.loaded.mechanisms.get(role.variable)!.noises[role.noise]!;
    return { variable: role.variable, noise: role.noise, ...draw, values: outputs.get(name)! };
  });
}

/** For every variable of one number that has descendants. */
export async function checkConsistency(request: ChecksRequest): Promise<ConsistencyCheck[]> {
  const { loaded, observed, weights } = request;
  const procedure = counterfactualProcedure(loaded, { batch: block, particles: 1 }, false);
  const checks: ConsistencyCheck[] = [];
  for (const name of loaded.model.order) {
    const own = observed.get(name);
    const reached = descendantsOf(loaded, name);
    if (own?.size !== 1 || reached.length === 0) continue;
    const act = (units: ReadonlyMap<string, Rows>, values: Rows) =>
      runExported(request, procedure, units, new Map([[name, values]]));
    const same = await act(observed, own);
    const other = await act(observed, rotated(own));
    const back = await act(replacedBy(observed, other), own);
    for (const of of reached) {
      const was = observed.get(of)!;
      const difference = (answers: ReadonlyMap<string, Float32Array>) =>
        meanDifference(was, answers.get(`out.${of}`)!, weights);
      checks.push({ set: name, of, composition: difference(same), reversibility: difference(back) });
    }
  }
  return checks;
}

function descendantsOf({ model, mechanisms }: LoadedModel, name: string): string[] {
  const reached = new Set([name]);
  for (const variable of model.order) {
    const { parents } = mechanismsByName(model).get(variable)!;
    if (mechanisms.has(variable) && parents.some((parent) => reached.has(parent))) reached.add(variable);
  }
  reached.delete(name);
  return [...reached];
}

/** Each unit takes the value of the next one. */
function rotated({ rows, size, data }: Rows): Rows {
  return { rows, size, data: Float32Array.from({ length: rows }, (_, k) => data[(k + 1) % rows]!) };
}

function replacedBy(
  observed: ReadonlyMap<string, Rows>,
  answers: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, Rows> {
  return new Map(
    [...observed].map(([name, rows]) => {
      const data = answers.get(`out.${name}`);
      return [name, data ? { ...rows, data } : rows];
    }),
  );
}

/** The mean over the units, each by its weight, of the mean absolute difference over the elements. */
function meanDifference({ data, size }: Rows, answer: Float32Array, weights: Float64Array | undefined): number {
  let [sum, total] = [0, 0];
  for (let k = 0; k < answer.length; k++) {
    const weight = weights ? weights[Math.floor(k / size)]! : 1;
    sum += weight * Math.abs(answer[k]! - data[k]!);
    total += weight;
  }
  return sum / Math.max(total, Number.MIN_VALUE);
}

async function runExported(
  { loaded, engine, key }: ChecksRequest,
  { name, inputs, procedure }: ExportedProcedure,
  units: ReadonlyMap<string, Rows>,
  actions: ReadonlyMap<string, Rows>,
): Promise<Map<string, Float32Array>> {
  const random = new RandomInputs(key, { block, chunk });
  for (const [input, { spec, role }] of Object.entries(inputs))
    if (role.role === "random") random.add(input, role, spec.shape[0]!);
  const program = await engine.compile({
    name,
    // Counterfactuals are images with fractions of grey levels, so that all values are given as float32.
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, { spec }]) => [input, { ...spec, dtype: "float32" }]),
    ),
    constants: loaded.parameters,
    procedure,
  });
  const count = [...units.values()][0]!.rows;
  const given = (firstRow: number): Record<string, HostData> => {
    const data = random.block(firstRow);
    for (const [input, { role }] of Object.entries(inputs)) {
      if (role.role === "value")
        data[input] = Float32Array.from(blockOfRows(units.get(role.variable)!, firstRow, block));
      const action = role.role === "do" || role.role === "set" ? actions.get(role.variable) : undefined;
      if (role.role === "set") data[input] = new Float32Array(block).fill(action ? 1 : 0);
      if (role.role === "do") data[input] = action ? blockOfRows(action, firstRow, block) : new Float32Array(block);
    }
    return data;
  };
  try {
    return await runInBlocks(program, count, block, given);
  } finally {
    await program.dispose();
  }
}
