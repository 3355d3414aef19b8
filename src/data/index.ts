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
} from "./columns/dataset.js";
export { type LoadedManifest, readManifest } from "./dataset/manifest.js";
export { type ReadOptions, readDataset, type WantedVariable } from "./dataset/read-dataset.js";
export { proposeStarter, type Starter, type StarterFiles, writeStarter } from "./dataset/starter.js";
export {
  checkDatasetTarget,
  type WriteOptions,
  writeDataset,
  writeImages,
  writeTable,
} from "./dataset/write-dataset.js";
export { decodeIdx, encodeIdx, type IdxArray } from "./images/idx.js";
export { loadMnist, type Mnist, type MnistSplit } from "./images/mnist.js";
export {
  formatNumber,
  formatTable,
  imageFileName,
  type Precision,
  type TableColumn,
  tableColumns,
} from "./tables/format-table.js";
