/**
 * The content hash of a fit: the mechanism's specification, the bound variables it reads, the fitting options, the
 * training values, the seed, the engine and its device. Equal keys mean an equal fit, so it is not made again (DESIGN
 * §5, Training).
 */
import { createHash, type Hash } from "node:crypto";
import type { LearnedMechanism } from "../../../schema/types.js";
import type { BoundVariable } from "../../mechanisms/bound/variables.js";
import type { EngineDescription } from "../../tensors/core/engine.js";
import { numbersOf, type Rows } from "../../tensors/core/rows.js";
import type { FitData } from "../steps/fit-data.js";
import type { FitOptions } from "../steps/fit-options.js";

/** Raised when the runtime changes what a fit with equal inputs gives. */
export const fitVersion = 6;

export function fitKey(
  mechanism: Pick<LearnedMechanism, "variable" | "parents" | "options"> & { readonly kind: string },
  variables: readonly BoundVariable[],
  options: FitOptions,
  data: FitData,
  seed: number,
  { engine, device }: Pick<EngineDescription, "engine" | "device">,
): string {
  const hash = createHash("sha256");
  const { kind, variable, parents, options: mechanismOptions } = mechanism;
  hash.update(
    JSON.stringify([
      fitVersion,
      device === "cpu" ? engine : `${engine} ${device}`,
      seed,
      kind,
      variable,
      parents,
      sortedEntries(mechanismOptions),
      sortedEntries(options),
    ]),
  );
  for (const bound of variables) hashVariable(hash, bound);
  for (const rows of [data.value, ...Object.values(data.parents)]) hashRows(hash, rows);
  if (data.weights) hashWeights(hash, data.weights);
  return hash.digest("hex");
}

const bytesAtOnce = 2 ** 30;

export function hashVariable(hash: Hash, { name, domain, normalisation, origin }: BoundVariable): void {
  const placed = origin === undefined ? [] : [origin];
  hash.update(JSON.stringify([name, sortedEntries(domain), normalisation && sortedEntries(normalisation), ...placed]));
}

export function hashRows(hash: Hash, all: Rows): void {
  const { rows, size } = all;
  const data = numbersOf(all);
  hash.update(`${rows} ${size} ${data.constructor.name}`);
  // A hash takes less than 2 GiB at a time.
  for (let start = 0; start < data.byteLength; start += bytesAtOnce)
    hash.update(new Uint8Array(data.buffer, data.byteOffset + start, Math.min(bytesAtOnce, data.byteLength - start)));
}

export function hashWeights(hash: Hash, weights: Float64Array): void {
  hash.update("weights");
  hash.update(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength));
}

function sortedEntries(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}
