/**
 * The study's data sets: 60,000 training and 10,000 test digits of the true process, and the test digits as they would
 * have been with strokes two pixels thicker. Each is written by the named `scmc` command. A set of an earlier run is
 * kept if the command, the program and the version are the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Terminal } from "../../src/cli/process/terminal.js";
import { version } from "../../src/cli/process/version.js";
import { counterfactualTo } from "../../src/cli/verbs/counterfactual.js";
import { sampleTo } from "../../src/cli/verbs/sample.js";

export interface StudyData {
  readonly training: string;
  readonly test: string;
  /** x and i respond to do(t := t + 2). */
  readonly thicker: string;
  /** Only x's mechanism sees the new t: the new thickness with the old intensity. */
  readonly thickerOldIntensity: string;
}

export const truth = "graphs/morpho_truth.scm";
export const intervention = "t := t + 2";

/** Bump this when the image operators change what they draw. */
const dataVersion = 1;

export interface StudySizes {
  readonly trainingRows: number;
  readonly testRows: number;
}

export async function makeData(directory: string, sizes: StudySizes, terminal: Terminal): Promise<StudyData> {
  const common = { seed: 1, engine: "onnx", overwrite: true };
  const testSet = `${directory}_test`;
  const testManifest = join(testSet, "manifest.json");
  const counterfactual = (text: string) => (out: string) =>
    counterfactualTo(truth, { ...common, data: testManifest, do: [text], particles: 1, out });
  const manifest = (out: string) => join(out, "manifest.json");
  const make = (out: string, words: readonly unknown[], write: (out: string) => Promise<void>) =>
    keepOrMake(out, [version, dataVersion, readFileSync(truth, "utf8"), ...words], write, terminal);

  await make(directory, ["sample", sizes.trainingRows, 1], (out) =>
    sampleTo(truth, { ...common, rows: sizes.trainingRows, out }),
  );
  await make(testSet, ["sample test", sizes.testRows, 2], (out) =>
    sampleTo(truth, { ...common, rows: sizes.testRows, split: "test", seed: 2, out }),
  );
  const observed = contentsOf(testSet);
  await make(`${testSet}_thicker`, ["thicker", observed], counterfactual(intervention));
  await make(`${testSet}_thicker_old_intensity`, ["old", observed], counterfactual(`${intervention} for x`));
  return {
    training: manifest(directory),
    test: testManifest,
    thicker: manifest(`${testSet}_thicker`),
    thickerOldIntensity: manifest(`${testSet}_thicker_old_intensity`),
  };
}

async function keepOrMake(
  out: string,
  contents: readonly unknown[],
  write: (out: string) => Promise<void>,
  terminal: Terminal,
): Promise<void> {
  const marker = `${out}.made`;
  const key = createHash("sha256").update(JSON.stringify(contents)).digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === `${key} ${contentsOf(out)}`) {
    terminal.note(`kept ${out}`);
    return;
  }
  await write(out);
  writeFileSync(marker, `${key} ${contentsOf(out)}`);
}

/** A hash of the files of a data set; the hash of nothing if there is none. */
function contentsOf(directory: string): string {
  const hash = createHash("sha256");
  if (existsSync(directory))
    for (const name of readdirSync(directory).sort()) hash.update(name).update(readFileSync(join(directory, name)));
  return hash.digest("hex");
}
