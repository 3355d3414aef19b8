/** A procedure as an ONNX model that any runtime of the standard's operators can run: what `scmc export` writes. */
import type { ProgramSpec } from "../../core/engine.js";
import { lowerProgram } from "./lower.js";
import { programGraph } from "./onnx-engine.js";

export interface PortableProgram {
  readonly model: Uint8Array;
  /** The inputs that some output depends on. */
  readonly inputs: readonly string[];
}

export function encodePortable(spec: ProgramSpec): PortableProgram {
  const { model, inputs } = lowerProgram(programGraph(spec));
  return { model, inputs: Object.keys(inputs) };
}
