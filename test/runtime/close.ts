/** Comparisons of tensors in tests, and the plain backend they run on. */
import { expect } from "chai";
import "../../src/runtime/tensors/core/corrections.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";

/** True if test/runtime/as-double.ts was loaded first: tfjs's CPU kernels compute in the arrays that they make. */
export const isDouble = Float32Array.BYTES_PER_ELEMENT === 8;
/** The accuracy of the reference vectors in double precision. */
const doubleTolerance = 1e-10;

/** Every element within `tolerance`, relative or absolute, whichever is looser; in double precision, within 1e-10. */
export function expectClose(
  actual: tf.Tensor | ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  const allowed = isDouble ? doubleTolerance : tolerance;
  const values = actual instanceof tf.Tensor ? actual.dataSync() : actual;
  expect(values.length).to.equal(expected.length);
  for (let k = 0; k < expected.length; k++) {
    const [a, b] = [values[k]!, expected[k]!];
    const difference = Math.abs(a - b);
    if (!(difference <= allowed * Math.max(1, Math.abs(b))))
      expect.fail(`element ${k}: ${a}, expected ${b} (difference ${difference}, tolerance ${allowed})`);
  }
}

/** Runs the suite's tensor code eagerly on tfjs's CPU backend. */
export function useReferenceBackend(): void {
  before(async () => {
    tf.env().set("IS_TEST", true);
    await tf.setBackend("cpu");
  });
}
