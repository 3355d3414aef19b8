/**
 * The place where `sample` and `counterfactual` write their units: the file or directory that `--out` names, else
 * stdout. What cannot be written is refused before the work, and a failed or stopped run leaves no half-written file.
 */
import { join } from "node:path";
import type { ImageFormat, TableFormat } from "../../data/dataset/dataset-sink.js";
import { checkDatasetTarget } from "../../data/dataset/dataset-target.js";
import { openSink, openStream, outputKind } from "../../data/dataset/open-sink.js";
import { type ByteSink, removeTemporaries } from "../../data/files/temporary-files.js";
import type { BlockSink } from "../../data/tables/block-sink.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { jsonText } from "../../model/files/json-text.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import { listedNames, requireKnown } from "../options/known-names.js";
import { OutputClosed } from "../process/closed-output.js";
import { statusAt } from "../process/path-status.js";
import { requireFileTarget, requireWritable } from "./output-directory.js";

export interface OutputOptions {
  readonly out?: string;
  readonly of?: readonly string[];
  /** The format of tables in a directory; csv if left out. */
  readonly table?: TableFormat;
  /** The format of images in a directory; idx if left out. */
  readonly images?: ImageFormat;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const stdoutName = "-";

export function toStdout({ out }: OutputOptions): boolean {
  return out === undefined || out === stdoutName;
}

/** The output of one world of a grid: DIR/1, DIR/2, …; a single world writes to DIR itself. */
export function outputOf({ out }: OutputOptions, world: number, worlds: number): { readonly out?: string } {
  if (out === undefined) return {};
  return { out: worlds === 1 ? out : join(out, String(world + 1)) };
}

/** Throws, before any work, if the output of any world of a grid would overwrite something else. */
export async function checkOutput(options: OutputOptions, worlds = 1): Promise<void> {
  const format = options.table === undefined ? options.images && "--images" : "--table";
  if (format !== undefined && (toStdout(options) || outputKind(options.out!) !== "directory"))
    throw failure(
      "7108",
      format,
      "a directory has such a format, and the output is none",
      "Name a directory with --out.",
    );
  if (worlds > 1 && (toStdout(options) || outputKind(options.out!) !== "directory"))
    throw failure(
      "7122",
      "--out",
      `a grid of ${worlds} interventions has as many results, which one file cannot hold`,
      "Name a directory with --out.",
    );
  if (toStdout(options)) return;
  for (let world = 0; world < worlds; world++) await checkPlace({ ...options, ...outputOf(options, world, worlds) });
}

async function checkPlace(options: OutputOptions): Promise<void> {
  const out = options.out!;
  if (outputKind(out) === "directory") {
    requireDirectoryName(out);
    requireWritable(out);
    await checkDatasetTarget(out, options.overwrite ?? false);
    return;
  }
  requireFileTarget(out, options.overwrite ?? false);
}

/**
 * Refuses a directory named like a file: `cf.xlsx` was meant as a file. Such a name is accepted if the directory exists
 * or the name ends with a slash.
 */
function requireDirectoryName(out: string): void {
  const ending = /[^/\\]\.([a-z][a-z0-9]{0,6})$/i.exec(out)?.[1];
  if (ending === undefined || statusAt(out)?.isDirectory()) return;
  throw failure(
    "7122",
    "--out",
    `${out}: no format is known as .${ending}`,
    "Known are .csv, .csv.gz, .parquet, .idx and .idx.gz. A slash at the end makes it a directory.",
  );
}

/** The variables that are written: those of `--of`, else all observed ones that the output's format can hold. */
export function targetsOf({ model, variables }: LoadedModel, options: OutputOptions): string[] {
  const observed = model.variables.filter(({ latent }) => !latent).map(({ name }) => name);
  const names = model.variables.map(({ name }) => name);
  const asked = options.of && listedNames(options.of);
  requireKnown("--of", asked ?? [], names);
  const isImage = (name: string) => variables.get(name)?.domain.kind === "image";
  const kind = toStdout(options) ? "table" : outputKind(options.out!);
  if (kind === "directory") return asked ?? observed;
  if (kind === "images") {
    const images = asked ?? observed.filter(isImage);
    if (images.length === 1 && isImage(images[0]!)) return images;
    throw failure(
      "7122",
      "--out",
      `${options.out} holds the images of one variable, not ${images.length === 0 ? "none" : images.join(", ")}`,
      "Name one image variable with --of, or a directory with --out.",
    );
  }
  const image = (asked ?? observed).find(isImage);
  if (image === undefined) return asked ?? observed;
  const others = (asked ?? observed).filter((name) => !isImage(name));
  throw failure(
    "7122",
    toStdout(options) ? "stdout" : "--out",
    `\`${image}\` is an image, which a table cannot hold`,
    `Name a directory with --out${others.length > 0 ? `, or leave it out: --of ${others.join(",")}` : " or a file named *.idx"}.`,
  );
}

/** Opens the output for one world's units. */
export async function openOutput(options: OutputOptions): Promise<BlockSink> {
  if (toStdout(options)) return openStream(standardOutput, options.json ? "jsonl" : "csv");
  return openSink(options.out!, { ...formatsOf(options), overwrite: options.overwrite ?? false });
}

/** Runs `work`; if Ctrl-C or a termination signal stops it, its unfinished files are removed. */
export async function untilStopped<Result>(work: () => Promise<Result>): Promise<Result> {
  const stop = (signal: NodeJS.Signals) => {
    removeTemporaries();
    // No listener is left, so the signal ends the process, whatever its threads are doing.
    process.kill(process.pid, signal);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    return await work();
  } finally {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
  }
}

function formatsOf({ table = "csv", images = "idx" }: OutputOptions) {
  return { table, images };
}

const standardOutput: ByteSink = {
  write: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => {
        if (!error) resolve();
        else reject((error as NodeJS.ErrnoException).code === "EPIPE" ? new OutputClosed() : error);
      });
    }),
  finish: async () => {},
  abort: async () => {},
};

/** Prints on stdout what was written, if `--json` is given and the output is a file or directory. */
export function printSummary(options: OutputOptions, summary: Readonly<Record<string, unknown>>): void {
  if (options.json && !toStdout(options))
    process.stdout.write(`${jsonText({ out: options.out, format: formatOf(options), ...summary })}\n`);
}

function formatOf(options: OutputOptions): string | { table: TableFormat; images: ImageFormat } {
  const out = options.out!.toLowerCase();
  if (outputKind(out) === "directory") return formatsOf(options);
  const bare = /\.(csv|parquet)/.exec(out)?.[1] ?? "idx";
  return out.endsWith(".gz") ? `${bare}.gz` : bare;
}
