/** Units of data sets, as questions take them: in blocks that are read when they are asked for, or all in memory. */
import type { Dataset, DatasetBlock } from "../data/columns/dataset.js";
import type { UnitSource } from "../runtime/inference/answer.js";
import { recordedItems } from "../runtime/inference/programs/items.js";
import type { UnitBlock } from "../runtime/inference/units/question.js";
import { rowsOfColumns } from "../runtime/mechanisms/bound/columns.js";
import type { LoadedModel } from "../runtime/mechanisms/loaded-model.js";

/** Some units, beside the columns that they were read from. */
export interface DataBlock extends UnitBlock {
  readonly source: DatasetBlock;
}

export async function dataBlock(loaded: LoadedModel, source: DatasetBlock): Promise<DataBlock> {
  const { firstRow, rows, columns, ids, weights } = source;
  return {
    firstUnit: firstRow,
    rows,
    observed: rowsOfColumns(columns, loaded.variables),
    records: await recordedItems(loaded, source),
    ...(weights ? { weights } : {}),
    unitName: (row) => `unit ${ids?.at(row) ?? firstRow + row}`,
    source,
  };
}

/** A data set in memory is one block. */
export function unitsOfDataset(loaded: LoadedModel, dataset: Dataset): UnitSource<DataBlock> {
  return unitsOfBlocks(loaded, dataset.rows, [...dataset.columns.keys()], () => [{ firstRow: 0, ...dataset }]);
}

/** `blocks` starts reading anew at every call. */
export function unitsOfBlocks(
  loaded: LoadedModel,
  rows: number | null,
  variables: readonly string[],
  blocks: (size: number) => AsyncIterable<DatasetBlock> | Iterable<DatasetBlock>,
): UnitSource<DataBlock> {
  return {
    rows,
    variables,
    async *blocks(size) {
      for await (const block of blocks(size)) yield await dataBlock(loaded, block);
    },
  };
}
