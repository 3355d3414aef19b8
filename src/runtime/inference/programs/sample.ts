/**
 * Draws units from the model, with or without interventions (rungs one and two): noises from their distributions,
 * variables in topological order, one program per block. Image operators then run on the host, on recorded items.
 */

import { centredNoise } from "../../../algebra/origin.js";
import type { Numbers } from "../../../data/columns/column-cells.js";
import type { Intervention } from "../../../schema/types.js";
import { noiseOriginsOf } from "../../mechanisms/bound/centred-model.js";
import { wholeValues } from "../../mechanisms/bound/columns.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { Engine, ProgramSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import type * as tf from "../../tensors/core/tfjs.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { blockOf, isConcurrent } from "./block-size.js";
import { collect, type ReportRows, validRows } from "./blocks.js";
import { outsideOutputs, requireInside } from "./domain-limits.js";
import { feederOf, runBlock } from "./draw-feeder.js";
import { inOrder, oneAtATime } from "./in-order.js";
import { blocksAtOnce, type OperatorRecords, predictOperators, recordsOf } from "./operators.js";
import { RandomInputs } from "./random-inputs.js";
import { evaluateWorld } from "./world.js";

export interface SampleRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly rows: number;
  readonly key: RandomKey;
  readonly interventions?: readonly Intervention[];
  /** Items that operator variables start from, one per row. */
  readonly records?: OperatorRecords;
  /** The variables wanted; all by default. Their ancestors are drawn as well. */
  readonly targets?: readonly string[];
  /** Whether the scalar noises are wanted as well; default true. */
  readonly noises?: boolean;
  /** Units of one call of the program; by default what their size lets fit. The sample does not depend on it. */
  readonly block?: number;
  readonly onRows?: ReportRows;
}

export interface Sample {
  /** Less the variables' origins. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /**
   * The scalar noises drawn for expressions in their own units, by `variable.noise`: what a true counterfactual needs.
   */
  readonly noises: ReadonlyMap<string, Numbers>;
}

/** Units whose draws have one key. */
const chunk = 1000;
const noisePrefix = "noise ";

/** What one call of the program gives: all of it less its origins. */
interface DrawnBlock extends Sample {
  readonly noises: ReadonlyMap<string, Float32Array>;
}

/** Draws a model's units block by block, with one compiled program. */
export interface SampleProgram {
  /** The largest number of units that one call draws. */
  readonly block: number;
  /** The calls under way at once that pay off. */
  readonly concurrency: number;
  /** Units `firstRow … firstRow + rows - 1` of the sample; `records` hold the items of these units. */
  draw(firstRow: number, rows: number, records?: OperatorRecords): Promise<DrawnBlock>;
  /** What the program takes off a noise, by `variable.noise`. */
  readonly noiseOrigins: ReadonlyMap<string, number>;
  dispose(): Promise<void>;
}

export async function sample(request: SampleRequest): Promise<Sample> {
  const { rows, records, onRows } = request;
  const program = await compileSample(request);
  try {
    return await sampleInBlocks(program, {
      firstRow: 0,
      rows,
      ...(records ? { records } : {}),
      ...(onRows ? { onRows: (done: number) => onRows(done, rows) } : {}),
    });
  } finally {
    await program.dispose();
  }
}

export interface UnitsToDraw {
  /**
   * The place of the first unit in the sample. Where others follow, `rows` is a whole multiple of the program's block.
   */
  readonly firstRow: number;
  readonly rows: number;
  /** The items of these units. */
  readonly records?: OperatorRecords;
  /** Units of the sample done so far, these and those before. */
  readonly onRows?: (done: number) => void;
}

/** Any number of units, block by block. */
export async function sampleInBlocks(
  program: SampleProgram,
  { firstRow, rows, records, onRows }: UnitsToDraw,
): Promise<Sample> {
  const values = new Map<string, Float32Array>();
  const noises = new Map<string, Float32Array>();
  const validOf = (start: number) => Math.min(program.block, rows - start);
  const draw = (piece: number) => {
    const start = piece * program.block;
    const valid = validOf(start);
    return program.draw(firstRow + start, valid, recordsOf(records, start, valid));
  };
  await inOrder(Math.ceil(rows / program.block), program.concurrency, draw, (drawn, piece) => {
    const start = piece * program.block;
    collect(values, drawn.values, start, validOf(start), rows);
    collect(noises, drawn.noises, start, validOf(start), rows);
    onRows?.(firstRow + start + validOf(start));
  });
  const whole = [...noises].map(([name, data]) => {
    const origin = program.noiseOrigins.get(name) ?? 0;
    return [name, wholeValues({ origin }, data)] as const;
  });
  return { values, noises: new Map(whole) };
}

/** Compiles the program that draws; `rows` only keeps its blocks from being larger than all there is to draw. */
export async function compileSample(request: Omit<SampleRequest, "records" | "onRows">): Promise<SampleProgram> {
  const { loaded } = request;
  const targets = request.targets ?? loaded.model.order;
  const block = blockOf(loaded, request.block, request.rows);
  const { spec, random } = sampleProgram(request, block);
  const program = await request.engine.compile({
    ...spec,
    concurrent: isConcurrent(loaded, request.rows, block),
    feeder: feederOf(random),
  });
  const draw = (firstRow: number) => runBlock(program, random, firstRow);
  const drawBlock = program.concurrency === undefined ? oneAtATime(draw) : draw;
  return {
    block,
    concurrency: blocksAtOnce(loaded, program),
    noiseOrigins: noiseOriginsOf(loaded.model),
    async draw(firstRow, valid, records) {
      const outputs = validRows(await drawBlock(firstRow), valid, block);
      requireInside(loaded, outputs, (unit) => `unit ${firstRow + unit + 1}`);
      const values = new Map<string, Float32Array>();
      for (const target of targets) if (outputs.has(target)) values.set(target, outputs.get(target)!);
      await predictOperators(loaded, outputs, records, valid, values, firstRow);
      const drawn = new Map<string, Float32Array>();
      for (const [name, data] of outputs)
        if (name.startsWith(noisePrefix)) drawn.set(name.slice(noisePrefix.length), data);
      return { values, noises: drawn };
    },
    dispose: () => program.dispose(),
  };
}

/** `block` units from their noises, and those random inputs. */
export function sampleProgram(
  request: Pick<SampleRequest, "loaded" | "key" | "interventions" | "targets" | "noises">,
  block: number,
): { readonly spec: ProgramSpec; readonly random: RandomInputs } {
  const { loaded, key, interventions = [], noises = true } = request;
  const targets = request.targets ?? loaded.model.order;
  const needed = ancestorsOf(loaded, targets, interventions);
  const random = new RandomInputs(key, { block, chunk });
  for (const name of needed)
    for (const [noise, spec] of Object.entries(loaded.mechanisms.get(name)?.noises ?? {}))
      random.add(`noise.${name}.${noise}`, spec, block);
  for (const { variable, noises: drawn } of interventions)
    for (const { name, distribution, parameters } of drawn.map(centredNoise))
      if (distribution !== "mnist") random.add(`do.${variable}.${name}`, { size: 1, distribution, parameters }, block);

  const spec: ProgramSpec = {
    name: "sample",
    inputs: random.specs(),
    constants: loaded.parameters,
    procedure(given, constants) {
      const world = evaluateWorld({
        loaded,
        rows: block,
        parameters: constants,
        noises: new Map([...needed].map((name) => [name, named(given, `noise.${name}.`)])),
        observed: new Map(),
        interventions,
        interventionNoises: new Map(interventions.map(({ variable }) => [variable, named(given, `do.${variable}.`)])),
        compute: needed,
      });
      const outputs: Record<string, tf.Tensor> = outsideOutputs(loaded, world.replaced, block);
      for (const target of targets) {
        const value = world.values.get(target);
        if (value) outputs[target] = value;
        if (noises && loaded.mechanisms.get(target)?.kind === "expression")
          for (const [noise, tensor] of Object.entries(named(given, `noise.${target}.`)))
            outputs[`${noisePrefix}${target}.${noise}`] = tensor;
      }
      for (const [name, calls] of world.operatorArguments)
        calls.forEach((call, k) => {
          call.forEach((argument, j) => {
            outputs[`${name}.${k}.${j}`] = argument;
          });
        });
      return outputs;
    },
  };
  return { spec, random };
}

/** The targets and all that they need, also through the right-hand sides of interventions. */
function ancestorsOf(
  loaded: LoadedModel,
  targets: readonly string[],
  interventions: readonly Intervention[],
): ReadonlySet<string> {
  // An intervention's right-hand side may name any variable: with interventions, everything is drawn.
  if (interventions.length > 0) return new Set(loaded.model.order);
  const parents = new Map(loaded.model.mechanisms.map((mechanism) => [mechanism.variable, mechanism.parents]));
  const needed = new Set<string>();
  const pending = [...targets];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    pending.push(...(parents.get(name) ?? []));
  }
  return needed;
}
