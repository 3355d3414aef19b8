/**
 * Engines by name. `onnx` compiles procedures to ONNX programs and runs them natively; `tensorflow` and `reference` run
 * them eagerly, on libtensorflow and in plain JavaScript.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Engine, EngineName, EngineOptions } from "../core/engine.js";
import { createReferenceEngine } from "./eager-engine.js";
import { createOnnxEngine } from "./onnx/onnx-engine.js";
import { createTensorflowEngine } from "./tensorflow-engine.js";

const factories: Record<EngineName, (options: EngineOptions) => Engine> = {
  onnx: createOnnxEngine,
  tensorflow: createTensorflowEngine,
  reference: createReferenceEngine,
};

export const engineNames = Object.keys(factories) as readonly EngineName[];
export const defaultEngine: EngineName = "onnx";

export function createEngine(name: string, options: EngineOptions = {}): Engine {
  if (Object.hasOwn(factories, name)) return factories[name as EngineName](options);
  throw failure("7005", name, `there is no engine ${name}`, `choose one of: ${engineNames.join(", ")}`);
}

export type * from "../core/engine.js";
