/**
 * Execution providers of onnxruntime: what this build lists, and whether one really computes here. A provider that is
 * listed may lack its library, its driver or its device, so it is tried on a small program with the fall-back to the
 * CPU forbidden.
 */
import { failure } from "../../../../diagnostics/diagnostic.js";
import { constantNode, makeNode } from "../operations/index.js";
import { lowerProgram } from "./lower.js";
import { loadRuntime } from "./session.js";

export const defaultProvider = "cpu";

/** The names that this build of onnxruntime knows. */
export async function listedProviders(): Promise<string[]> {
  const { listSupportedBackends } = await loadRuntime();
  return listSupportedBackends().map(({ name }) => name);
}

/** y = 2 · (x xᵀ): a product and an element-wise operation. */
function smallProgram(): Uint8Array {
  const x = makeNode("Input", [], { name: "x", dtype: "float32", shape: [2, 2] });
  const product = makeNode("MatMul", [x, x], { transposeA: false, transposeB: true, scale: 1 });
  const y = makeNode("Mul", [product, constantNode(2)], {});
  return lowerProgram({ name: "device check", inputs: [x], outputs: { y } }).model;
}

/** Why the provider does not compute here; undefined where it does. */
export async function whyProviderFails(provider: string): Promise<string | undefined> {
  const { InferenceSession, Tensor } = await loadRuntime();
  try {
    const session = await InferenceSession.create(smallProgram(), {
      executionProviders: [provider],
      logSeverityLevel: 4,
      ...(provider === defaultProvider ? {} : { extra: { session: { disable_cpu_ep_fallback: "1" } } }),
    });
    const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]) });
    await session.release();
    const right = [10, 22, 22, 50].every((value, k) => (y!.data as Float32Array)[k] === value);
    return right ? undefined : `it computes [${y!.data}] where [10, 22, 22, 50] is right`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The last sentence of a native message, without the source file that it begins with. */
function reasonOf(error: unknown): string {
  const [line] = String(error instanceof Error ? error.message : error).split("\n");
  return line!.replace(/^\/\S+:\d+ .*? was false\. /, "").trim();
}

/** What a provider needs beside the package. */
const needs: Readonly<Record<string, string>> = {
  cuda: "an NVIDIA driver, CUDA 12 and cuDNN 9, and the libraries that `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` fetches",
  tensorrt:
    "an NVIDIA driver, CUDA 12, TensorRT, and the libraries that `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` fetches",
  webgpu:
    "a GPU with a Vulkan, Metal or Direct3D 12 driver (Debian: `apt-get install libvulkan1` and the GPU's driver)",
  dml: "Windows with Direct3D 12",
  coreml: "macOS",
};

export function needsOf(provider: string): string | undefined {
  return needs[provider];
}

/** Throws, before anything is compiled, where the provider does not compute here. */
export async function requireProvider(provider: string): Promise<void> {
  if (provider === defaultProvider) return;
  const listed = await listedProviders();
  const isListed = listed.includes(provider);
  const reason = isListed ? await whyProviderFails(provider) : "this build of onnxruntime does not have it";
  if (reason === undefined) return;
  const working: string[] = [];
  for (const name of listed) if (name !== provider && (await whyProviderFails(name)) === undefined) working.push(name);
  const need = needs[provider] === undefined ? "" : ` ${provider} needs ${needs[provider]}.`;
  throw failure(
    "7006",
    "onnx",
    `the onnx engine has no device ${provider} here: ${reason}`,
    `Working here: ${working.join(", ")}.${need}`,
  );
}
