/** The engines' error messages; after an error, nothing is left behind. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine, type ProgramSpec } from "../../../../src/runtime/tensors/engine/index.js";
import { presentEngines } from "./present-engines.js";

function spec(procedure: ProgramSpec["procedure"]): ProgramSpec {
  return { name: "posterior of x", inputs: { x: { shape: [4], dtype: "float32" } }, procedure };
}

async function messageOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("errors while tracing", () => {
  const engine = createEngine("onnx");

  it("an operation without translation names itself and the procedure", async () => {
    const pooled: ProgramSpec["procedure"] = ({ x }) => ({
      y: tf.maxPool(tf.reshape(x!, [1, 2, 2, 1]) as tf.Tensor4D, 2, 1, "same"),
    });
    const message = await messageOf(() => engine.compile(spec(pooled)));
    expect(message).to.equal("posterior of x: the operation MaxPool has no translation to ONNX");
  });

  it("reading a value that is not known yet", async () => {
    const message = await messageOf(() => engine.compile(spec(({ x }) => ({ y: tf.mul(x!, x!.dataSync()[0]!) }))));
    expect(message).to.include("posterior of x: the procedure reads the value of a tensor");
  });

  it("reading a constant is allowed", async () => {
    const program = await engine.compile(
      spec(({ x }) => ({ y: tf.mul(x!, tf.add(tf.tensor1d([1, 2]), 1).dataSync()[1]!) })),
    );
    const { y } = await program.run({ x: Float32Array.of(1, 2, 3, 4) });
    expect(Array.from(y!.data)).to.deep.equal([3, 6, 9, 12]);
    await program.dispose();
  });

  it("a mistake in the procedure bears its name", async () => {
    const wrong: ProgramSpec["procedure"] = ({ x }) => ({ y: tf.add(x!, tf.ones([3])) });
    expect(await messageOf(() => engine.compile(spec(wrong)))).to.match(/^posterior of x: /);
  });

  it("tensors made before, on another backend, are constants", async () => {
    const outside = tf.tensor1d([1, 2, 3, 4]);
    const program = await engine.compile(spec(({ x }) => ({ y: tf.mul(x!, outside) })));
    const { y } = await program.run({ x: Float32Array.of(1, 1, 1, 2) });
    outside.dispose();
    expect(Array.from(y!.data)).to.deep.equal([1, 2, 3, 8]);
    await program.dispose();
  });
});

describe("errors of a call", () => {
  for (const engineName of presentEngines) {
    const compiled = () => createEngine(engineName, { threads: 1 }).compile(spec(({ x }) => ({ y: tf.exp(x!) })));

    it(`${engineName}: missing, unknown, too long, of another type`, async () => {
      const program = await compiled();
      const x = Float32Array.of(1, 2, 3, 4);
      expect(await messageOf(() => program.run({}))).to.include("input x is missing");
      expect(await messageOf(() => program.run({ x, z: x }))).to.include("there is no input z; the program takes x");
      expect(await messageOf(() => program.run({ x: new Float32Array(5) }))).to.include("5 values of float32");
      expect(await messageOf(() => program.run({ x: new Int32Array(4) }))).to.include("4 values of int32");
      await program.dispose();
    });

    it(`${engineName}: a step that returns another state`, async () => {
      const state = { w: { shape: [2], dtype: "float32" } } as const;
      const message = await messageOf(async () => {
        const loop = await createEngine(engineName).compileLoop({
          name: "step",
          state,
          perStep: {},
          step: ({ w }) => ({ state: { w: tf.sum(w!) }, outputs: {} }),
        });
        await loop.run(1, { w: new Float32Array(2) }, {});
      });
      expect(message).to.include("returns w as float32[], not float32[2]");
    });
  }

  it("an engine that does not exist", () => {
    expect(() => createEngine("onxx")).to.throw("there is no engine onxx");
  });
});

describe("what engines leave behind", () => {
  for (const engineName of presentEngines) {
    it(`${engineName}: no tensors, and the backend that was current`, async () => {
      const program = await createEngine(engineName, { threads: 1 }).compile(
        spec(({ x }) => ({ y: tf.grad((v) => tf.sum(tf.exp(tf.mul(v, 2))))(x!) })),
      );
      const before = tf.memory();
      for (let k = 0; k < 3; k++) await program.run({ x: new Float32Array(4) });
      expect(tf.memory().numTensors).to.equal(before.numTensors);
      expect(tf.memory().numDataBuffers).to.equal(before.numDataBuffers);
      expect(tf.getBackend()).to.equal("cpu");
      await program.dispose();
    });
  }
});

const module = JSON.stringify(
  fileURLToPath(new URL("../../../../src/runtime/tensors/engine/index.js", import.meta.url)),
);

function inChild(hooks: string, script: string): string {
  const args = hooks === "" ? [] : ["--import", `data:text/javascript,${encodeURIComponent(hooks)}`];
  const source = `import { createEngine } from ${module};\n${script}`;
  return execFileSync(process.execPath, [...args, "--input-type=module", "-e", source], {
    encoding: "utf8",
    stdio: "pipe",
  });
}

describe("the reference engine's output on the console", () => {
  it("is nothing", () => {
    const script = `
      const spec = { name: "p", inputs: { x: { shape: [1], dtype: "float32" } }, procedure: ({ x }) => ({ y: x }) };
      const program = await createEngine("reference").compile(spec);
      await program.run({ x: new Float32Array(1) });`;
    expect(inChild("", script)).to.equal("");
  });
});

describe("without onnxruntime-node", () => {
  it("the onnx engine says why it does not run and what to install", () => {
    const resolve = `export async function resolve(name, context, next) {
      if (name === "onnxruntime-node") throw new Error("Cannot find package 'onnxruntime-node'");
      return next(name, context);
    }`;
    const hooks = `import { register } from "node:module";
      register("data:text/javascript,${encodeURIComponent(resolve)}");`;
    const script = `
      const spec = { name: "p", inputs: {}, procedure: () => ({}) };
      await createEngine("onnx").compile(spec).catch((error) => console.log(JSON.stringify(error.diagnostics[0])));`;
    const diagnostic = JSON.parse(inChild(hooks, script)) as { code: string; message: string; hint: string };
    expect(diagnostic.code).to.equal("7001");
    expect(diagnostic.message).to.include("Cannot find package 'onnxruntime-node'");
    expect(diagnostic.hint).to.include("ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node");
  });
});
