/**
 * An engine runs procedures: functions from tensors to tensors, written once in tfjs-core ops. The `onnx` engine traces
 * a procedure into one ONNX program and runs it natively; the `reference` engine runs it eagerly on tfjs's CPU backend,
 * the `tensorflow` engine eagerly on libtensorflow where the user has installed tfjs-node.
 * Randomness is never inside a procedure: every draw is one of its inputs.
 */
import type * as tf from "./tfjs.js";

/** Host storage of an input or output. Inside a procedure, a `uint8` input is a float32 tensor of values 0..255. */
export type ElementType = "float32" | "int32" | "uint8";

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: ElementType;
}

export type TensorSpecs = Readonly<Record<string, TensorSpec>>;
export type HostData = Float32Array | Int32Array | Uint8Array;

export interface HostTensor extends TensorSpec {
  readonly data: HostData;
}

export type Tensors = Readonly<Record<string, tf.Tensor>>;
export type HostTensors = Readonly<Record<string, HostTensor>>;

/**
 * A procedure with every shape fixed. `constants` (fitted weights) are part of the program, so an engine may lay them
 * out.
 */
export interface ProgramSpec {
  readonly name: string;
  readonly inputs: TensorSpecs;
  readonly constants?: HostTensors;
  readonly procedure: (inputs: Tensors, constants: Tensors) => Tensors;
  /**
   * Many calls will be under way at once: an engine may give each a thread of its own, rather than all threads to one
   * call.
   */
  readonly concurrent?: boolean;
  /** With `concurrent`: makes some of the inputs on the thread that runs the program. */
  readonly feeder?: Feeder;
}

/**
 * A module that exports `createFeeder`, and what that is called with: plain data, which can be sent to another thread.
 */
export interface Feeder {
  readonly module: string;
  readonly data: unknown;
}

/** Gives a function from a number, say of a block, to the inputs that it determines. */
export type CreateFeeder = (data: unknown) => (request: number) => Record<string, HostData>;

export interface Program {
  readonly name: string;
  /** The calls under way at once that keep all threads busy; 1 where left out. */
  readonly concurrency?: number;
  /** Runs once. Throws where an input is missing, unknown, or of another length or type than its spec. */
  run(inputs: Readonly<Record<string, HostData>>): Promise<HostTensors>;
  /**
   * Runs with the inputs that the feeder makes of `request`, and those given; only where the engine uses the feeder.
   */
  runFed?(inputs: Readonly<Record<string, HostData>>, request: number): Promise<HostTensors>;
  dispose(): Promise<void>;
}

/**
 * A step that is repeated: `state` is carried from step to step, `perStep` inputs bear a leading axis of steps at
 * `run` and arrive one slice at a time, `outputs` are stacked along a leading axis of steps.
 */
export interface LoopSpec {
  readonly name: string;
  readonly state: TensorSpecs;
  readonly perStep: TensorSpecs;
  readonly step: (state: Tensors, perStep: Tensors) => { readonly state: Tensors; readonly outputs: Tensors };
}

export interface LoopProgram {
  readonly name: string;
  /** Runs `steps` ≥ 1 steps in one call; different calls may differ in `steps`. */
  run(
    steps: number,
    state: Readonly<Record<string, HostData>>,
    perStep: Readonly<Record<string, HostData>>,
  ): Promise<{ readonly state: HostTensors; readonly outputs: HostTensors }>;
  dispose(): Promise<void>;
}

export type EngineName = "onnx" | "tensorflow" | "reference";

export interface EngineOptions {
  /** Threads of one operation; default: as many as the engine takes, about one a core. */
  readonly threads?: number;
  /**
   * What computes: an execution provider of onnxruntime, `cpu` or `cuda` of TensorFlow; default: `cpu`, with
   * tfjs-node-gpu what it finds.
   */
  readonly device?: string;
  /**
   * Programs of standard ONNX operations alone, as exported ones are; default: onnxruntime's own where they are faster.
   */
  readonly portable?: boolean;
  /** Where onnxruntime writes its profile, a file name prefix; default: no profile. */
  readonly profile?: string;
}

/** What runs, as it is recorded with results. */
export interface EngineDescription {
  readonly engine: EngineName;
  /** The library and its version. */
  readonly library: string;
  readonly device: string;
  /** Null: the library's own number, about one a core. */
  readonly threads: number | null;
}

export interface Engine {
  readonly name: EngineName;
  /**
   * Loads the engine and tries its device. Throws where it cannot run; `compile` does so too, but then work has begun.
   */
  start(): Promise<EngineDescription>;
  compile(spec: ProgramSpec): Promise<Program>;
  compileLoop(spec: LoopSpec): Promise<LoopProgram>;
}
