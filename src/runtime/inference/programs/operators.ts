/**
 * Runs image operators on the host, after the tensor program has computed their arguments: the recorded item (the digit
 * that a unit was made from) goes through the calls, innermost first. This is abduction by record.
 */

import { failure } from "../../../diagnostics/diagnostic.js";
import { applyToBatch, type ImageOperatorCall, MorphologyError } from "../../../morphology/index.js";
import type { OperatorCall } from "../../../schema/types.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";

/** The source images of one operator variable, one per row, 8-bit. */
export interface OperatorRecord {
  readonly rows: number;
  readonly height: number;
  readonly width: number;
  readonly images: Uint8Array;
}

export type OperatorRecords = ReadonlyMap<string, OperatorRecord>;

/**
 * Blocks to work on at once where a program by itself gains nothing from it: with image operators two, so that their
 * threads always have images while the program computes the arguments of the next block.
 */
export function blocksAtOnce({ operators }: LoadedModel, program: { readonly concurrency?: number }): number {
  return Math.max(program.concurrency ?? 1, operators.size > 0 ? 2 : 1);
}

/**
 * Adds to `values` each operator variable whose arguments are among `outputs` (`variable.call.argument`, `[rows]`
 * each). Throws where no items were recorded, naming the variable, and where an argument is impossible, naming the row.
 */
export async function predictOperators(
  loaded: LoadedModel,
  outputs: ReadonlyMap<string, Float32Array>,
  records: OperatorRecords | undefined,
  rows: number,
  values: Map<string, Float32Array>,
  firstRow: number,
): Promise<void> {
  for (const [name, { call }] of loaded.operators) {
    if (!outputs.has(`${name}.0.0`)) continue;
    const record = records?.get(name);
    if (!record)
      throw failure(
        "7063",
        loaded.model.name,
        `\`${name}\` is made by image operators and its source items are not recorded`,
        "Bind them in the manifest's `noise` section, as `scmc sample` does.",
      );
    try {
      let images = record.images.subarray(0, rows * record.height * record.width);
      for (const { mode, calls } of passesOf(name, call, outputs))
        images = await applyToBatch({ images, ...sizes(record), calls, mode });
      values.set(name, Float32Array.from(images));
    } catch (error) {
      if (error instanceof MorphologyError)
        throw failure("7064", loaded.model.name, `\`${name}\`, row ${firstRow + (error.row ?? 0)}: ${error.reason}`);
      throw error;
    }
  }
}

/** The items of some of the units. */
export function recordsOf(
  records: OperatorRecords | undefined,
  firstRow: number,
  rows: number,
): OperatorRecords | undefined {
  if (!records) return undefined;
  return new Map(
    [...records].map(([name, record]) => {
      const size = record.height * record.width;
      return [
        name,
        { ...record, rows, images: record.images.subarray(firstRow * size, (firstRow + rows) * size) },
      ] as const;
    }),
  );
}

interface Pass {
  readonly mode: OperatorCall["mode"];
  readonly calls: ImageOperatorCall[];
}

/** The calls in the order in which they are applied; neighbours of one mode go through the images together. */
function passesOf(name: string, call: OperatorCall, outputs: ReadonlyMap<string, Float32Array>): Pass[] {
  const passes: Pass[] = [];
  flatten(call).forEach(({ operator, mode }, k) => {
    const next: ImageOperatorCall = { operator, arguments: Float64Array.from(outputs.get(`${name}.${k}.0`)!) };
    const last = passes.at(-1);
    if (last?.mode === mode) last.calls.push(next);
    else passes.push({ mode, calls: [next] });
  });
  return passes;
}

function sizes({ height, width }: OperatorRecord): { height: number; width: number } {
  return { height, width };
}

function flatten(call: OperatorCall): OperatorCall[] {
  return "operator" in call.image ? [...flatten(call.image), call] : [call];
}
