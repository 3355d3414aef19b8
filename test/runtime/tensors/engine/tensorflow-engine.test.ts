/**
 * The tensorflow engine's wiring, on a stand-in for its package: found in the user's folder, one tfjs-core, our
 * gradients in force, the backend really used, devices and missing packages reported. The native library itself is not
 * tested here.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { EngineDescription } from "../../../../src/runtime/tensors/engine/index.js";
import { folderWithStandIn, type StandIn } from "./tensorflow-stand-in.js";

const here = dirname(fileURLToPath(import.meta.url));
const modules = (name: string) => JSON.stringify(join(here, "../../../../src/runtime/tensors", name));
const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

function node(args: readonly string[], cwd: string): Outcome {
  return spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs a script in a folder with (or without) the package; `print` writes JSON. */
function script<T>(body: string, standIn?: StandIn): T {
  const folder = folderWithStandIn(standIn ?? { packageName: "another" });
  try {
    const source = `
      import { createRequire } from "node:module";
      import { createEngine } from ${modules("engine/index.js")};
      import * as tf from ${modules("core/tfjs.js")};
      const print = (value) => console.log(JSON.stringify(value));
      const codeOf = (options) => createEngine("tensorflow", options).start().then(
        (description) => ({ description }), (error) => error.diagnostics?.[0] ?? { message: String(error) });
      ${body}`;
    const { stdout, stderr, status } = node(["--input-type=module", "-e", source], folder);
    expect(stderr, "nothing on the console").to.equal("");
    expect(status).to.equal(0);
    return JSON.parse(stdout) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

describe("the tensorflow engine", () => {
  it("describes itself, and leaves the backend that was current", () => {
    const found = script<{ description: EngineDescription; backend: string; same: boolean }>(
      `const { description } = await codeOf({ threads: 2 });
       const peer = createRequire(process.cwd() + "/package.json")("@tensorflow/tfjs-node");
       print({ description, backend: tf.getBackend(), same: peer.engine() === tf.engine() });`,
      {},
    );
    expect(found).to.deep.equal({
      description: {
        engine: "tensorflow",
        library: "@tensorflow/tfjs-node 0.0.0-stand-in",
        device: "cpu",
        threads: 2,
      },
      backend: "cpu",
      same: true,
    });
  });

  it("computes on the package's backend, with the corrected gradients", () => {
    const { y, gradient, calls, tensors } = script<{
      y: number[];
      gradient: number[];
      calls: number;
      tensors: number[];
    }>(
      `const program = await createEngine("tensorflow").compile({
         name: "p", inputs: { x: { shape: [3], dtype: "float32" } },
         procedure: ({ x }) => ({ y: tf.maximum(x, 0), gradient: tf.grad((v) => tf.sum(tf.maximum(v, 0)))(x) }) });
       const peer = createRequire(process.cwd() + "/package.json")("@tensorflow/tfjs-node");
       const [before, held] = [peer.calls(), tf.memory().numTensors];
       const { y, gradient } = await program.run({ x: Float32Array.of(-1, 2, 3) });
       print({ y: [...y.data], gradient: [...gradient.data], calls: peer.calls() - before, tensors: [held, tf.memory().numTensors] });`,
      {},
    );
    expect(y).to.deep.equal([0, 2, 3]);
    expect(gradient).to.deep.equal([0, 1, 1]);
    expect(calls).to.be.at.least(1);
    expect(tensors[1]).to.equal(tensors[0]);
  });

  it("keeps the onnx engine right, which traces with the same gradients", () => {
    const gradient = script<number[]>(
      `await createEngine("tensorflow").start();
       const program = await createEngine("onnx").compile({
         name: "p", inputs: { x: { shape: [3], dtype: "float32" } },
         procedure: ({ x }) => ({ gradient: tf.grad((v) => tf.sum(tf.cumsum(tf.maximum(v, 0), -1)))(x) }) });
       print([...(await program.run({ x: Float32Array.of(-1, 2, 3) })).gradient.data]);`,
      {},
    );
    expect(gradient).to.deep.equal([0, 2, 1]);
  });

  it("says what is missing and how it is installed", () => {
    const { code, message, hint } = script<Problem>(`print(await codeOf({}));`);
    expect(code).to.equal("7007");
    expect(message).to.include("@tensorflow/tfjs-node is not installed");
    expect(hint).to.include("npm i @tensorflow/tfjs-node ");
  });

  it("says why an installed package does not load", () => {
    const { code, message } = script<Problem>(`print(await codeOf({}));`, { broken: true });
    expect(code).to.equal("7007");
    expect(message).to.include("tfjs-node does not load: The Node.js native addon module");
  });

  it("does not fall back from the GPU to the CPU", () => {
    const gpu = { packageName: "@tensorflow/tfjs-node-gpu" };
    const { code, message } = script<Problem>(`print(await codeOf({ device: "cuda" }));`, gpu);
    expect([code, message]).to.deep.equal([
      "7006",
      "the tensorflow engine has no device cuda here: @tensorflow/tfjs-node-gpu runs on cpu",
    ]);
    const asked = script<Problem>(`print(await codeOf({ device: "cuda" }));`, {});
    expect(asked.hint).to.include("npm i @tensorflow/tfjs-node-gpu");
    const using = script<{ description: EngineDescription }>(`print(await codeOf({}));`, {
      ...gpu,
      isUsingGpuDevice: true,
    });
    expect(using.description.device).to.equal("cuda");
    expect(script<Problem>(`print(await codeOf({ device: "tpu" }));`, {}).code).to.equal("7006");
  });

  it("passes the conformance suite", function () {
    this.timeout(120_000);
    const folder = folderWithStandIn();
    try {
      const suites = ["operations.test.js", "programs.test.js", "errors.test.js"].map((name) => join(here, name));
      const { stdout, status } = node(
        [mocha, "--no-config", "--reporter", "json", "--timeout", "60000", "--grep", "tensorflow: ", ...suites],
        folder,
      );
      const { stats } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
        stats: { passes: number; failures: number };
      };
      expect(stats.failures).to.equal(0);
      expect(stats.passes).to.be.greaterThan(200);
      expect(status).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
