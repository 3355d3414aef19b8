/** The observed units of `--data`, in the form that questions take. */

import { readManifest } from "../../data/dataset/manifest.js";
import { type DatasetSource, openDataset } from "../../data/dataset/read-dataset.js";
import type { UnitSource } from "../../runtime/inference/answer.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import { type DataBlock, unitsOfBlocks } from "../../session/units.js";
import { noteAdvice } from "../print/warning-lines.js";
import type { Terminal } from "../process/terminal.js";

export interface WantedUnits {
  /** Variables that the data must have. */
  readonly required?: readonly string[];
  /** Variables that count as missing in every unit, even if the data have them. */
  readonly absent?: readonly string[];
}

/**
 * All that the data say about the units, which is the evidence if something is missing. The data are read again for
 * each world of a grid; advice from reading is printed once.
 */
export async function unitsOf(
  data: string,
  loaded: LoadedModel,
  terminal: Terminal,
  { required = [], absent = [] }: WantedUnits = {},
): Promise<UnitSource<DataBlock>> {
  const { variables, model } = loaded;
  const { manifest } = await readManifest(data);
  const wanted = model.variables.flatMap(({ name, latent }) => {
    const isBound = !latent && Object.hasOwn(manifest.variables, name);
    return !absent.includes(name) && (isBound || required.includes(name)) ? [variables.get(name)!] : [];
  });
  const open = () => openDataset(data, wanted, { allowMissingValues: true });
  let first: DatasetSource | undefined = await open();
  const { rows } = first;
  const names = wanted.map(({ name }) => name);
  return unitsOfBlocks(loaded, rows, names, async function* (size) {
    const source = first ?? (await open());
    const isFirst = source === first;
    first = undefined;
    yield* source.blocks(size);
    if (isFirst) noteAdvice(terminal, source.advice());
  });
}
