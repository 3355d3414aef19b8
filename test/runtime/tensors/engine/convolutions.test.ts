/**
 * Convolutions and transposed convolutions, values and gradients, against the reference engine: in onnxruntime's own
 * blocked form and in standard ONNX, with filters that are inputs and filters that are constants.
 */
import { expect } from "chai";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import {
  createEngine,
  type EngineOptions,
  type HostData,
  type ProgramSpec,
} from "../../../../src/runtime/tensors/engine/index.js";
import { lowerProgram } from "../../../../src/runtime/tensors/engine/onnx/lower.js";
import { programGraph } from "../../../../src/runtime/tensors/engine/onnx/onnx-engine.js";
import { traceProgram } from "../../../../src/runtime/tensors/engine/trace/trace.js";
import { closeness, randomData } from "./support.js";

interface Case {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly pad: "same" | "valid" | number;
  /** Height and width of what is convolved; of the result of a transposed convolution. */
  readonly size: readonly [number, number];
  readonly channels: readonly [number, number];
}

// biome-ignore format: a table
const cases: readonly Case[] = [
  { kernel: [1, 1], stride: 1, pad: "valid", size: [4, 3], channels: [16, 32] },
  { kernel: [1, 1], stride: 2, pad: "valid", size: [5, 5], channels: [16, 16] },
  { kernel: [2, 2], stride: 1, pad: "same", size: [5, 4], channels: [20, 16] },
  { kernel: [2, 2], stride: 1, pad: 1, size: [4, 5], channels: [32, 17] },
  { kernel: [2, 2], stride: 2, pad: "valid", size: [6, 8], channels: [16, 8] },
  { kernel: [2, 2], stride: 2, pad: 1, size: [6, 6], channels: [16, 16] },
  { kernel: [2, 2], stride: 3, pad: "valid", size: [8, 6], channels: [17, 16] },
  { kernel: [3, 3], stride: 1, pad: "same", size: [5, 6], channels: [1, 16] },
  { kernel: [3, 3], stride: 1, pad: "valid", size: [6, 5], channels: [18, 19] },
  { kernel: [3, 3], stride: 1, pad: 2, size: [4, 4], channels: [16, 1] },
  { kernel: [3, 3], stride: 2, pad: "same", size: [7, 7], channels: [16, 20] },
  { kernel: [3, 3], stride: 3, pad: "valid", size: [6, 9], channels: [3, 16] },
  { kernel: [3, 3], stride: 3, pad: 1, size: [7, 7], channels: [32, 16] },
  { kernel: [4, 4], stride: 2, pad: 1, size: [8, 6], channels: [16, 32] },
  { kernel: [4, 4], stride: 2, pad: 1, size: [8, 8], channels: [1, 16] },
  { kernel: [4, 4], stride: 3, pad: "same", size: [7, 8], channels: [5, 6] },
  { kernel: [5, 5], stride: 1, pad: "same", size: [6, 7], channels: [16, 16] },
  { kernel: [5, 5], stride: 2, pad: 2, size: [7, 9], channels: [17, 33] },
  { kernel: [5, 3], stride: 2, pad: "same", size: [9, 6], channels: [16, 16] },
  { kernel: [1, 4], stride: 3, pad: "same", size: [5, 7], channels: [16, 48] },
];

type Convolve = (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor;

interface Problem {
  readonly name: string;
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly convolve: Convolve;
}

function problemsOf({ kernel, stride, pad, size, channels: [few, many] }: Case): Problem[] {
  const label = `kernel ${kernel}, stride ${stride}, padding ${pad}, ${size}, channels ${few} and ${many}`;
  const [filter, image] = [
    [...kernel, few, many],
    [2, ...size, few],
  ];
  const info = tf.backend_util.computeConv2DInfo(image as never, filter as never, stride, 1, pad);
  return [
    {
      name: `conv2d, ${label}`,
      x: image,
      filter,
      convolve: (x, weights) => tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, stride, pad),
    },
    {
      name: `conv2dTranspose, ${label}`,
      x: info.outShape,
      filter,
      convolve: (x, weights) =>
        tf.conv2dTranspose(x as tf.Tensor4D, weights as tf.Tensor4D, image as never, stride, pad),
    },
  ];
}

const problems = cases.flatMap(problemsOf);

/** A sum of the result's elements with weights all different. */
function objective(y: tf.Tensor): tf.Scalar {
  const weights = tf.reshape(tf.add(tf.sin(tf.range(0, y.size)), 0.5), y.shape);
  return tf.sum(tf.mul(y, weights));
}

type Values = Readonly<Record<"x" | "filter", HostData>>;

function valuesOf({ x, filter }: Problem): Values {
  return { x: randomData(x, -1, 1, false, 3), filter: randomData(filter, -1, 1, false, 4) };
}

/** The result and both gradients, of a filter that is given. */
function learning({ name, x, filter, convolve }: Problem): ProgramSpec {
  return {
    name,
    inputs: { x: { shape: x, dtype: "float32" }, filter: { shape: filter, dtype: "float32" } },
    procedure: (inputs) => {
      const both = tf.valueAndGrads((...given) => objective(convolve(given[0]!, given[1]!)));
      const [dx, dFilter] = both([inputs.x!, inputs.filter!]).grads as [tf.Tensor, tf.Tensor];
      return { y: convolve(inputs.x!, inputs.filter!), dx, dFilter };
    },
  };
}

/** The result with a fixed filter and a bias, rectified, as in use of what was learned. */
function fitted({ name, x, filter, convolve }: Problem, { filter: data }: Values, slope: number): ProgramSpec {
  return {
    name,
    constants: { filter: { data, shape: filter, dtype: "float32" } },
    inputs: { x: { shape: x, dtype: "float32" } },
    procedure: (inputs, constants) => {
      const y = convolve(inputs.x!, constants.filter!);
      const bias = tf.sin(tf.range(0, y.shape.at(-1)!));
      return { y: slope === 1 ? tf.add(y, bias) : tf.leakyRelu(tf.add(y, bias), slope) };
    },
  };
}

async function run(
  engine: string,
  options: EngineOptions,
  spec: ProgramSpec,
  values: Readonly<Record<string, HostData>>,
) {
  const program = await createEngine(engine, { threads: 1, ...options }).compile(spec);
  const inputs = Object.fromEntries(Object.keys(spec.inputs).map((name) => [name, values[name]!]));
  const result = await program.run(inputs);
  await program.dispose();
  return result;
}

async function compare(spec: ProgramSpec, values: Values, portable: boolean): Promise<void> {
  const wanted = await run("reference", {}, spec, values);
  const actual = await run("onnx", { portable }, spec, values);
  for (const [name, { data, shape }] of Object.entries(wanted)) {
    expect(actual[name]!.shape, name).to.deep.equal(shape);
    expect(closeness(actual[name]!.data, data), name).to.be.below(2e-4);
  }
}

describe("convolutions, against the reference engine", () => {
  for (const portable of [false, true]) {
    for (const problem of problems) {
      it(`${portable ? "portable" : "blocked"}: ${problem.name}`, async () => {
        const values = valuesOf(problem);
        await compare(learning(problem), values, portable);
        for (const slope of [0, 0.1, 1]) await compare(fitted(problem, values, slope), values, portable);
      });
    }
  }
});

describe("a dilated convolution", () => {
  for (const portable of [false, true]) {
    it(`${portable ? "portable" : "blocked"}: reads every second pixel`, async () => {
      const problem: Problem = {
        name: "dilated",
        x: [2, 7, 8, 16],
        filter: [3, 2, 16, 20],
        convolve: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same", "NHWC", 2),
      };
      const values = valuesOf(problem);
      await compare(fitted(problem, values, 0), values, portable);
    });
  }
});

describe("convolutions one after the other", () => {
  const filters = [3, 4].map((size) => randomData([size, size, 16, 16], -0.3, 0.3, false, size));
  const weights = filters.map(
    (data, k) => [`w${k}`, { data, shape: [k + 3, k + 3, 16, 16], dtype: "float32" }] as const,
  );
  const spec: ProgramSpec = {
    name: "chain",
    inputs: { x: { shape: [2, 5, 6, 16], dtype: "float32" } },
    constants: Object.fromEntries(weights),
    procedure: ({ x }, { w0, w1 }) => {
      const first = tf.relu(tf.conv2d(x as tf.Tensor4D, w0 as tf.Tensor4D, 1, "same"));
      const second = tf.relu(tf.conv2dTranspose(first, w1 as tf.Tensor4D, [2, 10, 12, 16], 2, 1));
      return { y: tf.conv2d(second, w0 as tf.Tensor4D, 1, "same") };
    },
  };

  it("keep their channels in blocks", async () => {
    const model = Buffer.from(lowerProgram(programGraph(spec), { block: 16 }).model).toString("latin1");
    expect(model.match(/ReorderInput:/g)).to.have.length(1);
    expect(model.match(/ReorderOutput:/g)).to.have.length(1);
  });

  it("compute what they do on the reference engine", async () => {
    const values = { x: randomData([2, 5, 6, 16], -1, 1, false, 1) };
    const wanted = await run("reference", {}, spec, values);
    const actual = await run("onnx", {}, spec, values);
    expect(closeness(actual.y!.data, wanted.y!.data)).to.be.below(2e-4);
  });
});

describe("a portable program", () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  const graph = () => traceProgram(learning(problems.find(({ name }) => name.includes("kernel 4,4"))!));

  it("consists of standard operations", () => {
    expect(text(lowerProgram(graph()).model)).not.to.include("com.microsoft");
  });

  it("is another one than onnxruntime's own", () => {
    expect(text(lowerProgram(graph(), { block: 16 }).model)).to.include("com.microsoft.nchwc");
  });
});
