/**
 * The paper's image architecture beside PyTorch: `node dist/bench/paper-vae.js [PYTHON] [ROUNDS] [ONLY]`. Ours and the
 * peer run in turns, so that both see the same machine; printed are least and median of each and the ratio of the medians
 * (above 1: we are faster). Without PYTHON ours alone is timed. With PROFILE=prefix onnxruntime writes its profile there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createEngine, type HostData, type HostTensors } from "../src/runtime/engine/index.js";
import { correctedRate } from "../src/runtime/training/adam.js";
import { randomData } from "../test/runtime/engine/support.js";
import {
  abductionSpec,
  counterfactualSpec,
  fittedWeights,
  paperSizes,
  startState,
  trainingSpec,
  type VaeSizes,
} from "./programs/paper-vae.js";

const [python = "", roundsText = "5", only = ""] = process.argv.slice(2);
const rounds = Number(roundsText);
const threads = 2;
const profile = process.env.PROFILE;
const engine = createEngine("onnx", { threads, ...(profile === undefined ? {} : { profile }) });

let seed = 1;
function draw(shape: readonly number[], low: number, high: number): Float32Array {
  seed += 1;
  return randomData(shape, low, high, false, seed) as Float32Array;
}

function dataOf(tensors: HostTensors): Record<string, HostData> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

interface Measurement {
  /** Runs once and returns the milliseconds of one unit (a step, or all counterfactuals). */
  run(): Promise<number>;
  dispose(): Promise<void>;
}

async function training(sizes: VaeSizes, steps: number): Promise<Measurement> {
  const start = performance.now();
  const loop = await engine.compileLoop(trainingSpec(sizes));
  console.log(`building ${loop.name}: ${(performance.now() - start).toFixed(0)} ms`);
  const { batch, particles, side, latent } = sizes;
  const perStep = {
    image: Uint8Array.from(randomData([steps, batch, side, side], 0, 255, true, 91)),
    parents: draw([steps, batch, 2], -1, 1),
    noise: draw([steps, batch * particles, latent], -1.7, 1.7),
    rate: Float32Array.from({ length: steps }, (_, k) => correctedRate(1e-4, k + 1)),
  };
  let state = startState(sizes, draw);
  const run = async () => {
    const before = performance.now();
    const result = await loop.run(steps, state, perStep);
    const time = performance.now() - before;
    state = dataOf(result.state);
    return time / steps;
  };
  return { run, dispose: () => loop.dispose() };
}

const particles = 32;

async function counterfactuals(particlesPerBlock: number): Promise<Measurement> {
  const sizes = { ...paperSizes, particles: particlesPerBlock };
  const learned = Object.entries(startState(sizes, draw)).map(
    ([name, data]) => [name, /(scale|variance)$/.test(name) ? draw([data.length], 0.5, 1.5) : data] as const,
  );
  const weights = fittedWeights(sizes, Object.fromEntries(learned));
  const start = performance.now();
  const abduction = await engine.compile(abductionSpec(sizes, weights));
  const block = await engine.compile(counterfactualSpec(sizes, weights));
  console.log(`building ${block.name}: ${(performance.now() - start).toFixed(0)} ms`);
  const { batch, side, latent } = sizes;
  const image = Uint8Array.from(randomData([batch, side, side], 0, 255, true, 91));
  const [parents, other] = [draw([batch, 2], -1, 1), draw([batch, 2], -1, 1)];
  const noise = Array.from({ length: particles / particlesPerBlock }, () =>
    draw([batch * particlesPerBlock, latent], -1.7, 1.7),
  );
  const run = async () => {
    const before = performance.now();
    const posterior = dataOf(await abduction.run({ image, parents }));
    const total = new Float32Array(batch * side * side);
    for (const one of noise) {
      const { sum } = await block.run({ image, parents, other, noise: one, ...posterior } as never);
      sum!.data.forEach((value, k) => {
        total[k]! += value;
      });
    }
    return performance.now() - before;
  };
  return { run, dispose: async () => void (await Promise.all([abduction.dispose(), block.dispose()])) };
}

/** The peer, asked in turns. */
class Peer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  constructor(command: string) {
    const script = fileURLToPath(new URL("../../bench/peers/paper_vae.py", import.meta.url));
    this.#process = spawn(command, [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async measure(name: string, repeats: number): Promise<readonly number[]> {
    this.#process.stdin!.write(`${name} ${repeats}\n`);
    const { value } = await this.#answers.next();
    return (JSON.parse(value) as { milliseconds: number[] }).milliseconds;
  }

  close(): void {
    this.#process.stdin!.end();
    this.#lines.close();
  }
}

function summary(values: readonly number[]): { readonly least: number; readonly median: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { least: sorted[0] ?? Number.NaN, median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
}

function shown({ least, median }: ReturnType<typeof summary>): string {
  return `${median.toFixed(1)} ms (least ${least.toFixed(1)})`;
}

interface Case {
  readonly prepare: () => Promise<Measurement>;
  /** The peer's measurements of the same thing, and how often each is repeated a round. */
  readonly peers: readonly string[];
  readonly repeats: number;
}

const cases: Readonly<Record<string, Case>> = {
  "train-1": { prepare: () => training(paperSizes, 10), peers: ["train-1"], repeats: 10 },
  "train-4": {
    prepare: () => training({ ...paperSizes, particles: 4 }, 4),
    peers: ["train-4", "train-4-batched"],
    repeats: 2,
  },
  counterfactual: { prepare: () => counterfactuals(2), peers: ["counterfactual", "counterfactual-naive"], repeats: 1 },
};

const peer = python === "" ? undefined : new Peer(python);
for (const [name, { prepare, peers, repeats }] of Object.entries(cases)) {
  if (!name.includes(only)) continue;
  const measure = await prepare();
  await measure.run();
  for (const other of peers) await peer?.measure(other, 1);
  const ours: number[] = [];
  const theirs = new Map<string, number[]>(peers.map((other) => [other, []]));
  for (let round = 0; round < rounds; round++) {
    ours.push(await measure.run());
    for (const other of peers) theirs.get(other)!.push(...((await peer?.measure(other, repeats)) ?? []));
  }
  await measure.dispose();
  console.log(`${name}: ${shown(summary(ours))}`);
  for (const [other, times] of theirs) {
    if (times.length === 0) continue;
    const ratio = summary(times).median / summary(ours).median;
    console.log(`  PyTorch ${other}: ${shown(summary(times))}, ratio ${ratio.toFixed(2)}`);
  }
}
peer?.close();
console.log(`largest resident memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
