/** Trains the dense conditional VAE and prints its resident memory in MB: `memory-child.js THREADS STEPS tiny|full`. */
import { createEngine } from "../src/runtime/engine/index.js";
import { denseSizes } from "./programs/dense-vae.js";
import { denseTraining } from "./programs/trainings.js";
import { stepping } from "./training.js";

const [threads, steps, size] = process.argv.slice(2);
const perCall = 20;
const warmUp = 200;
const sizes = size === "tiny" ? { pixels: 16, hidden: 8, latent: 2, batch: 4 } : denseSizes;
const { measure, dispose } = await stepping(
  denseTraining(perCall, sizes),
  createEngine("onnx", { threads: Number(threads) }),
);

async function run(count: number): Promise<number> {
  for (let step = 0; step < count; step += perCall) await measure();
  return process.memoryUsage().rss / 1e6;
}
const warm = await run(warmUp);
const end = await run(Number(steps));
const peak = process.resourceUsage().maxRSS / 1e3;
await dispose();
process.stdout.write(JSON.stringify({ warm, end, peak }));
