/**
 * The digits that operator variables are made from: those that a data set recorded, or those of a split in file order.
 */
import type { Column, Dataset } from "../../../data/columns/dataset.js";
import { digitSize, loadMnist, type Mnist, type MnistSplit } from "../../../data/images/mnist.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { OperatorRecord, OperatorRecords } from "./operators.js";

/** Items for some of the units that are drawn, and which ones they are, as columns of recorded noise. */
export type FreshItems = (
  firstRow: number,
  rows: number,
) => { readonly records: OperatorRecords; readonly noise: ReadonlyMap<string, Column> };

/** One item a unit in file order, then again from the first; `split` in place of the one that the program names. */
export async function freshItems({ operators, model }: LoadedModel, split: string | undefined): Promise<FreshItems> {
  if (split !== undefined && operators.size === 0)
    throw failure("7102", model.name, "--split: the model draws nothing from mnist()", "Leave the option out.");
  const sources: { variable: string; key: string; split: MnistSplit; images: Uint8Array; count: number }[] = [];
  for (const [variable, { noises }] of operators)
    for (const item of noises) {
      const chosen = split ?? item.split ?? "train";
      if (chosen !== "train" && chosen !== "test")
        throw failure("7102", model.name, `there is no MNIST split "${chosen}"`, "Use --split train or --split test.");
      const { images, rows } = await digitsOf(chosen);
      sources.push({ variable, key: `${variable}.${item.name}`, split: chosen, images, count: rows });
    }
  return (firstRow, rows) => {
    const records = new Map<string, OperatorRecord>();
    const noise = new Map<string, Column>();
    for (const source of sources) {
      const indices = Float64Array.from({ length: rows }, (_, row) => (firstRow + row) % source.count);
      records.set(source.variable, recordOf(source.images, indices));
      noise.set(source.key, { kind: "numeric", values: indices, items: `mnist/${source.split}` });
    }
    return { records, noise };
  };
}

/** The digits that a data set says its units were made from. */
export async function recordedItems(
  { operators }: LoadedModel,
  dataset: Pick<Dataset, "noise">,
): Promise<OperatorRecords> {
  const records = new Map<string, OperatorRecord>();
  for (const [variable, { noises }] of operators)
    for (const { name } of noises) {
      const column = dataset.noise.get(`${variable}.${name}`);
      if (column?.kind !== "numeric" || !column.items) continue;
      const mnist = await digitsOf(column.items === "mnist/test" ? "test" : "train");
      records.set(variable, recordOf(mnist.images, column.values));
    }
  return records;
}

/** Read once, however many blocks ask. */
const digits = new Map<MnistSplit, Promise<Mnist>>();

function digitsOf(split: MnistSplit): Promise<Mnist> {
  const loading = digits.get(split) ?? loadMnist(split);
  digits.set(split, loading);
  return loading;
}

function recordOf(images: Uint8Array, indices: Float64Array | Float32Array): OperatorRecord {
  const size = digitSize * digitSize;
  const chosen = new Uint8Array(indices.length * size);
  indices.forEach((index, row) => {
    chosen.set(images.subarray(index * size, (index + 1) * size), row * size);
  });
  return { rows: indices.length, height: digitSize, width: digitSize, images: chosen };
}
