/** Data sets: reading through a manifest, writing, the MNIST digits, and a first program for a table. */
export {
  type CategoryColumn,
  type Column,
  columnRows,
  type Dataset,
  type ImageColumn,
  type ItemCollection,
  type LoadedDataset,
  type NumericColumn,
  type VectorColumn,
} from "./dataset.js";
export {
  formatNumber,
  formatTable,
  imageFileName,
  type Precision,
  type TableColumn,
  tableColumns,
} from "./format-table.js";
export { decodeIdx, encodeIdx, type IdxArray } from "./idx.js";
export { type LoadedManifest, readManifest } from "./manifest.js";
export { loadMnist, type Mnist, type MnistSplit } from "./mnist.js";
export { type ReadOptions, readDataset, type WantedVariable } from "./read-dataset.js";
export { proposeStarter, type Starter, type StarterFiles, writeStarter } from "./starter.js";
export { checkDatasetTarget, type WriteOptions, writeDataset, writeImages, writeTable } from "./write-dataset.js";
