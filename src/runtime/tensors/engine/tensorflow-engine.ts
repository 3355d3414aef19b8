/**
 * The `tensorflow` engine: procedures run eagerly on libtensorflow, by tfjs-node or tfjs-node-gpu where the user has
 * installed one of them. They bring a tfjs-core of their own; every copy in a process shares one engine and one
 * registry of kernels and gradients (it hangs on the global object), so their backend joins ours, and their gradients
 * replace our corrections, which are put back.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { failure } from "../../../diagnostics/diagnostic.js";
import { applyCorrections } from "../core/corrections.js";
import type { Engine, EngineOptions } from "../core/engine.js";
import * as tf from "../core/tfjs.js";
import { createEagerEngine, type EagerBackend } from "./eager-engine.js";

const backendName = "tensorflow";
const cpuPackage = "@tensorflow/tfjs-node";
const gpuPackage = "@tensorflow/tfjs-node-gpu";

const packagesFor: Readonly<Record<string, readonly string[]>> = {
  "": [gpuPackage, cpuPackage],
  cpu: [cpuPackage, gpuPackage],
  cuda: [gpuPackage],
};

/** What of the package is used; its tensors and operations are ours. */
interface Peer {
  readonly engine: () => unknown;
  readonly version?: Readonly<Record<string, string>>;
}

/** Where the package is, as seen from the user's folder first and from ours next. */
function locate(name: string): string | undefined {
  for (const from of [pathToFileURL(join(process.cwd(), "package.json")).href, import.meta.url]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Not seen from there.
    }
  }
  return undefined;
}

/** Imports the package without its messages, our backend current and our corrections in force afterwards. */
async function importPeer(file: string): Promise<Peer> {
  const before = tf.getBackend();
  const quiet = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  try {
    const loaded = (await import(pathToFileURL(file).href)) as Peer & { readonly default?: Peer };
    return typeof loaded.engine === "function" ? loaded : loaded.default!;
  } finally {
    tf.env().set("PROD", quiet);
    applyCorrections();
    void tf.setBackend(before);
  }
}

type Loaded = { readonly name: string; readonly peer: Peer } | { readonly name: string; readonly reason: string };

async function tryPackage(name: string): Promise<Loaded> {
  const file = locate(name);
  if (file === undefined) return { name, reason: "is not installed" };
  try {
    const peer = await importPeer(file);
    if (peer?.engine?.() !== tf.engine() || tf.findBackend(backendName) === null)
      return { name, reason: "does not join this tfjs-core: another major version?" };
    return { name, peer };
  } catch (error) {
    return { name, reason: `does not load: ${String(error instanceof Error ? error.message : error).split("\n")[0]}` };
  }
}

/** The package in use: one process has one libtensorflow. */
let chosen: { readonly name: string; readonly peer: Peer; readonly threads: number | undefined } | undefined;

async function choose(names: readonly string[], threads: number | undefined): Promise<NonNullable<typeof chosen>> {
  if (chosen !== undefined) return chosen;
  // libtensorflow reads it when its first operation runs.
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  const reasons: string[] = [];
  for (const name of names) {
    const loaded = await tryPackage(name);
    if ("peer" in loaded) {
      chosen = { ...loaded, threads };
      return chosen;
    }
    reasons.push(`${loaded.name} ${loaded.reason}`);
  }
  throw failure(
    "7007",
    "tensorflow",
    `the tensorflow engine does not run: ${reasons.join("; ")}`,
    `Install it with: npm i ${names[0] === gpuPackage && names.length === 1 ? gpuPackage : cpuPackage} (it fetches libtensorflow), or choose the onnx engine.`,
  );
}

async function loadTensorflow({ device, threads }: EngineOptions): Promise<EagerBackend> {
  const names = packagesFor[device ?? ""];
  if (names === undefined)
    throw failure("7006", "tensorflow", `the tensorflow engine has no device ${device}`, "It has cpu and cuda.");
  const { name, peer, threads: taken } = await choose(names, threads);
  if (threads !== undefined && threads !== taken)
    throw failure("7006", "tensorflow", "libtensorflow already runs with another number of threads in this process");
  const { isUsingGpuDevice } = tf.findBackend(backendName) as { isUsingGpuDevice?: boolean };
  const found = isUsingGpuDevice === true ? "cuda" : "cpu";
  if (device !== undefined && device !== found)
    throw failure(
      "7006",
      "tensorflow",
      `the tensorflow engine has no device ${device} here: ${name} runs on ${found}`,
      device === "cpu"
        ? `Install the package for it: npm i ${cpuPackage}, or hide the GPU with CUDA_VISIBLE_DEVICES=-1.`
        : `Install ${gpuPackage}, CUDA and cuDNN, and check the driver with nvidia-smi.`,
    );
  const version = peer.version?.["tfjs-node"] ?? peer.version?.["tfjs-core"] ?? "";
  return {
    backend: backendName,
    description: {
      engine: "tensorflow",
      library: `${name} ${version}`.trim(),
      device: found,
      threads: taken ?? null,
    },
  };
}

export function createTensorflowEngine(options: EngineOptions = {}): Engine {
  return createEagerEngine("tensorflow", () => loadTensorflow(options));
}
