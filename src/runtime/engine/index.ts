/**
 * Engines by name. `onnx` compiles procedures to ONNX programs and runs them natively; `reference` runs them eagerly.
 */
import { failure } from "../../diagnostics/diagnostic.js";
import type { Engine } from "./engine.js";
import { createOnnxEngine } from "./onnx/onnx-engine.js";
import type { SessionOptions } from "./onnx/session.js";
import { createReferenceEngine } from "./reference-engine.js";

export type EngineName = "onnx" | "reference";
export type EngineOptions = SessionOptions;

const factories: Record<EngineName, (options: EngineOptions) => Engine> = {
  onnx: createOnnxEngine,
  reference: createReferenceEngine,
};

export const engineNames = Object.keys(factories) as readonly EngineName[];

export function createEngine(name: string, options: EngineOptions = {}): Engine {
  if (Object.hasOwn(factories, name)) return factories[name as EngineName](options);
  throw failure("7005", name, `there is no engine ${name}`, `choose one of: ${engineNames.join(", ")}`);
}

export type * from "./engine.js";
