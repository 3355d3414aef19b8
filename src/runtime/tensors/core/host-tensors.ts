/**
 * Values as they cross the border between the host and an engine: typed arrays checked against the program's specs.
 */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { ElementType, HostData, HostTensor, TensorSpec, TensorSpecs } from "./engine.js";

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The element type that a typed array holds. */
export function elementTypeOf(data: HostData): ElementType {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "uint8";
}

export function hostTensor(data: HostData, shape: readonly number[]): HostTensor {
  return { data, shape, dtype: elementTypeOf(data) };
}

/** A spec with a leading axis of steps. */
export function stacked({ dtype, shape }: TensorSpec, steps: number): TensorSpec {
  return { dtype, shape: [steps, ...shape] };
}

function describe(data: HostData): string {
  return `${data.length} values of ${elementTypeOf(data)}`;
}

function checkOne(program: string, name: string, spec: TensorSpec, data: HostData | undefined): void {
  const wanted = `${spec.dtype}[${spec.shape}] (${sizeOfShape(spec.shape)} values)`;
  if (data === undefined) throw failure("7004", program, `input ${name} is missing: ${wanted}`);
  if (elementTypeOf(data) !== spec.dtype || data.length !== sizeOfShape(spec.shape)) {
    throw failure("7004", program, `input ${name} is ${describe(data)}; the program takes ${wanted}`);
  }
}

/** Throws where an input is missing, unknown, or of another length or type than its spec. */
export function checkInputs(program: string, specs: TensorSpecs, values: Readonly<Record<string, HostData>>): void {
  for (const [name, spec] of Object.entries(specs)) {
    checkOne(program, name, spec, Object.hasOwn(values, name) ? values[name] : undefined);
  }
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(specs, name)) continue;
    const known = Object.keys(specs).join(", ");
    throw failure("7004", program, `there is no input ${name}; the program takes ${known}`);
  }
}

export function checkSteps(program: string, steps: number): void {
  if (Number.isInteger(steps) && steps >= 1) return;
  throw failure("7004", program, `a loop runs a whole number of steps, at least 1, not ${steps}`);
}
