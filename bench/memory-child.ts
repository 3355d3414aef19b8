/**
 * Trains one of the benchmark's programs and prints its resident memory in MB: `memory-child.js dense|paper THREADS
 * STEPS tiny|full`.
 */
import { createEngine } from "../src/runtime/tensors/engine/index.js";
import { paperTraining, tinySizes } from "./groups/paper-vae.js";
import { denseSizes } from "./programs/dense-vae.js";
import { paperSizes } from "./programs/paper-vae.js";
import { denseTraining } from "./programs/trainings.js";
import { stepping } from "./training.js";

const [program, threads, steps, size] = process.argv.slice(2);
const isTiny = size === "tiny";
const engine = createEngine("onnx", { threads: Number(threads) });
const perCall = program === "dense" ? 20 : 5;
const tinyDense = { pixels: 16, hidden: 8, latent: 2, batch: 4 };
const { measure, dispose } =
  program === "dense"
    ? await stepping(denseTraining(perCall, isTiny ? tinyDense : denseSizes), engine)
    : await paperTraining(engine, isTiny ? tinySizes : { ...paperSizes, particles: 1 }, perCall);

async function run(count: number): Promise<number> {
  for (let step = 0; step < count; step += perCall) await measure();
  return process.memoryUsage().rss / 1e6;
}
const warm = await run(Number(steps) / 10);
const end = await run(Number(steps));
const peak = process.resourceUsage().maxRSS / 1e3;
await dispose();
process.stdout.write(JSON.stringify({ warm, end, peak }));
