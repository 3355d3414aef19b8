/**
 * onnxruntime-node, loaded when first needed: it is an optional dependency, whose install script fails where it cannot
 * fetch a GPU library although the CPU library is in the package.
 */
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import { failure } from "../../../../diagnostics/diagnostic.js";
import type { EngineOptions, HostData, TensorSpec } from "../../core/engine.js";

type Runtime = typeof import("onnxruntime-node");

let loading: Promise<Runtime> | undefined;

async function load(): Promise<Runtime> {
  try {
    const loaded = (await import("onnxruntime-node")) as Runtime & { readonly default?: Runtime };
    const runtime = loaded.InferenceSession === undefined ? loaded.default! : loaded;
    // Read once, with the first session. What a provider writes on the console when it does not load is in the error as
    // well.
    runtime.env.logLevel = "fatal";
    return runtime;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw failure(
      "7001",
      "onnxruntime-node",
      `the onnx engine needs onnxruntime-node, which does not load: ${reason}`,
      "install it with: ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node (or choose the reference engine)",
    );
  }
}

export function loadRuntime(): Promise<Runtime> {
  loading ??= load();
  return loading;
}

/**
 * Denormals, which optimiser state decays into, are slow by a factor of tens and mean nothing here. Threads wait for
 * the next operation by spinning; on a machine with other work the default (many milliseconds) halves the speed of
 * both, while operations of one program follow each other within microseconds.
 */
const sessionConfiguration = { set_denormal_as_zero: "1", intra_op: { spin_duration_us: "20" } };

export async function createSession(model: Uint8Array, options: EngineOptions): Promise<InferenceSession> {
  const runtime = await loadRuntime();
  return runtime.InferenceSession.create(model, {
    executionProviders: [options.device ?? "cpu"],
    graphOptimizationLevel: "all",
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
    logSeverityLevel: 3,
    extra: { session: sessionConfiguration },
  });
}

export async function runtimeTensor({ dtype, shape }: TensorSpec, data: HostData): Promise<OnnxValue> {
  const { Tensor } = await loadRuntime();
  return new Tensor(dtype, data as never, shape);
}
