/**
 * Measures units per second of `do` and of counterfactuals, with Parquet output and (for counterfactuals) input, beside
 * PyTorch and pyarrow on the same files: `node dist/bench/throughput.js [units] [repeats]`. Both sides have two threads
 * and are timed as whole processes; the peer's time without its imports is also shown. PYTHON names the interpreter; if
 * it lacks torch or pyarrow, the peer is left out.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../src/compiler/compile.js";
import { parquetLibraries } from "../src/data/tables/parquet-source.js";
import { writeArtefact } from "../src/runtime/artefact/artefact.js";
import type { BoundVariable, Normalisation } from "../src/runtime/mechanisms/bound/variables.js";
import { type LoadedModel, loadModel } from "../src/runtime/mechanisms/loaded-model.js";
import type { HostTensor } from "../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../src/runtime/tensors/random/index.js";

const names = ["age", "dose", "marker", "scan", "score"];
/** Training moments in unconstrained space and the ranges, as a fit would have found them. */
const constants: Record<string, Normalisation> = {
  age: { mean: 3.8, sd: 0.35, low: 15, high: 150 },
  dose: { mean: 0.5, sd: 1.2, low: -4, high: 6 },
  marker: { mean: 0.2, sd: 0.6, low: 0.1, high: 12 },
  scan: { mean: -1, sd: 2, low: -9, high: 8 },
  score: { mean: 0, sd: 1, low: -9, high: 9 },
};
const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const python = process.env.PYTHON ?? "python3";

export interface Timing {
  readonly seconds: number;
  readonly peakMegabytes: number | null;
}

/** The model of bench/throughput.scm with fixed parameters away from their initial values. */
export function throughputModel(): LoadedModel {
  const { model, diagnostics } = compile({
    text: readFileSync(join(root, "bench/throughput.scm"), "utf8"),
    file: "throughput.scm",
  });
  if (!model) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const variables = new Map<string, BoundVariable>(
    model.variables.map(({ name, domain }) => [name, { name, domain: domain!, normalisation: constants[name]! }]),
  );
  const parameters: Record<string, HostTensor> = {};
  for (const [variable, mechanism] of loadModel(model, variables, {}).mechanisms)
    for (const [name, { shape, initialise }] of Object.entries(mechanism.parameters)) {
      const key = RandomKey.fromSeed(5).split(variable).split(name);
      const start = initialise(key);
      const shift = key.split("shift").normal(start.length);
      parameters[`${variable}/${name}`] = {
        shape,
        dtype: "float32",
        data: start.map((value, k) => value + 0.2 * shift[k]!),
      };
    }
  return loadModel(model, variables, parameters);
}

async function writeInputs(directory: string): Promise<{ artefact: string; parameters: string }> {
  const loaded = throughputModel();
  const artefact = join(directory, "artefact");
  const provenance = { scmcVersion: "bench", engine: "onnx", seed: 5, trainingRows: 0 };
  await writeArtefact(artefact, { loaded, fits: [], metrics: {}, provenance });
  const parameters = join(directory, "parameters.json");
  writeFileSync(
    parameters,
    JSON.stringify({
      bins: 8,
      normalisation: Object.fromEntries(Object.entries(constants).map(([name, { mean, sd }]) => [name, [mean, sd]])),
      parameters: Object.fromEntries(
        Object.entries(loaded.parameters).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
      ),
    }),
  );
  return { artefact, parameters };
}

/** Runs scmc as a process of its own; its peak memory is what Linux reports while it runs. */
export async function timeScmc(parameters: readonly string[]): Promise<Timing> {
  const start = performance.now();
  const child = spawn(process.execPath, [cli, ...parameters, "--quiet", "--overwrite", "--threads", "2"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  let peak: number | null = null;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      const found = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
      if (found !== undefined) peak = Number(found) / 1024;
    } catch {
      // This is not Linux, or the process has just ended.
    }
  };
  const timer = setInterval(look, 20);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearInterval(timer);
  if (code !== 0) throw new Error(`scmc ${parameters.join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, peakMegabytes: peak };
}

interface PeerTiming extends Timing {
  readonly secondsWithoutImports: number;
  readonly versions: string;
}

function timePeer(parameters: readonly string[]): PeerTiming | undefined {
  const start = performance.now();
  const result = spawnSync(python, [join(root, "bench/peers/throughput.py"), ...parameters], { encoding: "utf8" });
  const seconds = (performance.now() - start) / 1000;
  if (result.status === 0) return { seconds, ...(JSON.parse(result.stdout) as Omit<PeerTiming, "seconds">) };
  if (result.error || /No module named/.test(result.stderr)) return undefined;
  throw new Error(result.stderr);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function least(timings: readonly Timing[]): string {
  const peaks = timings.flatMap(({ peakMegabytes }) => peakMegabytes ?? []);
  return peaks.length === 0 ? "memory not known" : `peak ${Math.max(...peaks).toFixed(0)} MB`;
}

/** The largest difference between two files of the same units, relative to 1 + |value|. */
export async function largestDifference(first: string, second: string): Promise<number> {
  const { arrow, parquet } = await parquetLibraries();
  const read = (file: string) =>
    arrow.tableFromIPC(parquet.readParquet(readFileSync(file), { limit: 100_000 }).intoIPCStream());
  const [a, b] = [read(first), read(second)];
  let largest = 0;
  for (const name of names) {
    const [left, right] = [a.getChild(name)!.toArray(), b.getChild(name)!.toArray()];
    for (let row = 0; row < left.length; row++)
      largest = Math.max(largest, Math.abs(left[row] - right[row]) / (1 + Math.abs(right[row])));
  }
  return largest;
}

async function main(units: number, repeats: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "scmc-throughput-"));
  const at = (name: string) => join(directory, name);
  try {
    const { artefact, parameters } = await writeInputs(directory);
    await timeScmc(["sample", artefact, "-n", String(units), "--out", at("units.parquet")]);
    const shift = ["--do", "dose := dose + 1"];
    writeFileSync(
      at("manifest.json"),
      JSON.stringify({
        table: "units.parquet",
        variables: Object.fromEntries(names.map((column) => [column, { column }])),
      }),
    );
    const ours: Record<string, string[]> = {
      do: ["sample", artefact, "-n", String(units), ...shift, "--out", at("do.parquet")],
      counterfactual: [
        "counterfactual",
        artefact,
        "--data",
        at("manifest.json"),
        ...shift,
        "--out",
        at("ours.parquet"),
      ],
    };
    console.log(`${units.toLocaleString("en")} units of five scalars, two threads, medians of ${repeats}`);
    for (const kind of ["do", "counterfactual"]) {
      const scmc: Timing[] = [];
      const peer: PeerTiming[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        scmc.push(await timeScmc(ours[kind]!));
        const other = timePeer([kind, parameters, String(units), at("peer.parquet"), at("units.parquet")]);
        if (other) peer.push(other);
      }
      const seconds = median(scmc.map((each) => each.seconds));
      console.log(`${kind}: scmc ${seconds.toFixed(2)} s, ${rate(units, seconds)}, ${least(scmc)}`);
      if (peer.length === 0) {
        console.log(`  no peer: ${python} has no torch and pyarrow (PYTHON names another)`);
        continue;
      }
      const theirs = median(peer.map((each) => each.seconds));
      const work = median(peer.map((each) => each.secondsWithoutImports));
      console.log(`  ${peer[0]!.versions}: ${theirs.toFixed(2)} s, ${rate(units, theirs)}, ${least(peer)}`);
      console.log(`  ratio ${(theirs / seconds).toFixed(2)}`);
      console.log(`  the peer without imports: ${work.toFixed(2)} s, ratio ${(work / seconds).toFixed(2)}`);
      if (kind === "counterfactual") {
        const difference = await largestDifference(at("ours.parquet"), at("peer.parquet"));
        console.log(`  largest difference of answers ${difference.toExponential(1)}`);
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function rate(units: number, seconds: number): string {
  return `${(units / seconds / 1e6).toFixed(2)} million units a second`;
}

await main(Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 1));
