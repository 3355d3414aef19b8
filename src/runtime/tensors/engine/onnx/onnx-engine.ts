/**
 * The `onnx` engine: traces a procedure, simplifies the graph, lowers it to ONNX and runs it with onnxruntime.
 */
import { availableParallelism } from "node:os";
import type { InferenceSession, OnnxValue, Tensor } from "onnxruntime-node";
import type {
  Engine,
  EngineDescription,
  EngineOptions,
  HostData,
  HostTensors,
  LoopProgram,
  LoopSpec,
  Program,
  ProgramSpec,
  TensorSpecs,
} from "../../core/engine.js";
import { checkInputs, checkSteps, hostTensor, stacked } from "../../core/host-tensors.js";
import type { Graph } from "../graph/node.js";
import { simplify } from "../simplify/simplify.js";
import { traceLoop, traceProgram } from "../trace/trace.js";
import { channelBlock } from "./channel-block.js";
import { type LoweringOptions, lowerLoop, lowerProgram, type OnnxProgram } from "./lower.js";
import { defaultProvider, requireProvider } from "./provider.js";
import { createSession, loadRuntime, runtimeTensor } from "./session.js";
import { SessionPool } from "./session-pool.js";

type Feeds = Record<string, OnnxValue>;

/** Inputs that no output needs were dropped from the program, and are not fed. */
async function feedsOf(
  program: OnnxProgram,
  prefix: string,
  specs: TensorSpecs,
  values: Readonly<Record<string, HostData>>,
): Promise<Feeds> {
  const feeds: Feeds = {};
  for (const [name, spec] of Object.entries(specs)) {
    const target = program.inputs[prefix + name];
    if (target !== undefined) feeds[target] = await runtimeTensor(spec, values[name]!);
  }
  return feeds;
}

function hostTensors(program: OnnxProgram, prefix: string, results: InferenceSession.ReturnType): HostTensors {
  const names = Object.keys(program.outputs).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(
    names.map((name) => {
      const value = results[program.outputs[name]!] as Tensor;
      return [name.slice(prefix.length), hostTensor(value.data as HostData, value.dims)];
    }),
  );
}

async function describe({ device = defaultProvider, threads }: EngineOptions): Promise<EngineDescription> {
  const { env } = await loadRuntime();
  await requireProvider(device);
  return { engine: "onnx", library: `onnxruntime ${env.versions.node}`, device, threads: threads ?? null };
}

/** How the engine lowers its programs. The operations of blocked convolutions exist on the CPU alone. */
export async function loweringFor({ portable, device = defaultProvider }: EngineOptions): Promise<LoweringOptions> {
  return portable === true || device !== defaultProvider ? {} : { block: await channelBlock() };
}

class OnnxEngine implements Engine {
  readonly name = "onnx";
  readonly #options: EngineOptions;
  #starting: Promise<EngineDescription> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  start(): Promise<EngineDescription> {
    this.#starting ??= describe(this.#options);
    return this.#starting;
  }

  async compile(spec: ProgramSpec): Promise<Program> {
    await this.start();
    const graph = programGraph(spec);
    // A session of no outputs is an error of onnxruntime's.
    if (Object.keys(graph.outputs).length === 0)
      return { name: spec.name, run: () => Promise.resolve({}), dispose: () => Promise.resolve() };
    const program = lowerProgram(graph, await loweringFor(this.#options));
    const { threads = availableParallelism(), device = defaultProvider, profile } = this.#options;
    // A device other than the processor has one queue of work, and a profile is of one session.
    if (spec.concurrent && device === defaultProvider && profile === undefined)
      return pooledProgram(spec, program, threads);
    const session = await createSession(program.model, this.#options);
    return {
      name: spec.name,
      run: async (inputs) => {
        checkInputs(spec.name, spec.inputs, inputs);
        return hostTensors(program, "", await session.run(await feedsOf(program, "", spec.inputs, inputs)));
      },
      dispose: () => session.release(),
    };
  }

  async compileLoop(spec: LoopSpec): Promise<LoopProgram> {
    await this.start();
    const program = lowerLoop(loopGraph(spec), await loweringFor(this.#options));
    const session = await createSession(program.model, this.#options);
    return {
      name: spec.name,
      run: async (steps, state, perStep) => {
        checkSteps(spec.name, steps);
        const sliced = Object.fromEntries(Object.entries(spec.perStep).map(([key, one]) => [key, stacked(one, steps)]));
        checkInputs(spec.name, spec.state, state);
        checkInputs(spec.name, sliced, perStep);
        const { Tensor } = await loadRuntime();
        const results = await session.run({
          steps: new Tensor("int64", BigInt64Array.of(BigInt(steps)), []),
          ...(await feedsOf(program, "state/", spec.state, state)),
          ...(await feedsOf(program, "step/", sliced, perStep)),
        });
        return { state: hostTensors(program, "state/", results), outputs: hostTensors(program, "output/", results) };
      },
      dispose: () => session.release(),
    };
  }
}

/** Every thread has a session of its own; two calls a thread hide the way there and back. */
function pooledProgram(spec: ProgramSpec, program: OnnxProgram, threads: number): Program {
  const { inputs: specs, feeder } = spec;
  const pool = new SessionPool(
    { model: program.model, specs, targets: program.inputs, ...(feeder ? { feeder } : {}) },
    threads,
  );
  const run = async (inputs: Readonly<Record<string, HostData>>, fed?: number): Promise<HostTensors> => {
    const results = await pool.run(inputs, fed);
    return Object.fromEntries(
      Object.entries(program.outputs).map(([name, source]) => {
        const { data, dims } = results[source]!;
        return [name, hostTensor(data, dims)];
      }),
    );
  };
  const given = (inputs: Readonly<Record<string, HostData>>): TensorSpecs =>
    Object.fromEntries(Object.entries(specs).filter(([name]) => Object.hasOwn(inputs, name)));
  return {
    name: spec.name,
    concurrency: 2 * threads,
    async run(inputs) {
      checkInputs(spec.name, specs, inputs);
      return run(inputs);
    },
    ...(feeder
      ? {
          async runFed(inputs: Readonly<Record<string, HostData>>, request: number) {
            checkInputs(spec.name, given(inputs), inputs);
            return run(inputs, request);
          },
        }
      : {}),
    dispose: () => pool.dispose(),
  };
}

/** The graph that the engine runs, for inspection and export. */
export function programGraph(spec: ProgramSpec): Graph {
  return simplify(traceProgram(spec));
}

/** The graph of one step: inputs `state/…` and `step/…`, outputs `state/…` and `output/…`. */
export function loopGraph(spec: LoopSpec): Graph {
  return simplify(traceLoop(spec));
}

export function createOnnxEngine(options: EngineOptions = {}): Engine {
  return new OnnxEngine(options);
}
