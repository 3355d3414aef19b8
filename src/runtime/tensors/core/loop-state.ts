/**
 * What a loop's step may return: what it was given.
 */

import { sameShape } from "../engine/graph/node.js";
import type { LoopSpec, Tensors } from "./engine.js";

/** A step returns the state it was given: the same names, shapes and types. */
export function checkState(spec: LoopSpec, next: Tensors): void {
  const extra = Object.keys(next).filter((name) => !Object.hasOwn(spec.state, name));
  if (extra.length > 0) throw new Error(`the step returns ${extra.join(", ")}, which is not in its state`);
  for (const [name, { dtype, shape }] of Object.entries(spec.state)) {
    const value = next[name];
    if (value === undefined) throw new Error(`the step does not return ${name} of its state`);
    if (value.dtype === dtype && sameShape(value.shape, shape)) continue;
    throw new Error(`the step returns ${name} as ${value.dtype}[${value.shape}], not ${dtype}[${shape}]`);
  }
}
