/** Comparisons of tensors in tests, and the plain backend they run on. */
import { expect } from "chai";
import "../../src/runtime/engine/corrections.js";
import * as tf from "../../src/runtime/engine/tfjs.js";

/** Every element within `tolerance`, relative or absolute, whichever is looser. */
export function expectClose(
  actual: tf.Tensor | ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  const values = actual instanceof tf.Tensor ? actual.dataSync() : actual;
  expect(values.length).to.equal(expected.length);
  for (let k = 0; k < expected.length; k++) {
    const [a, b] = [values[k]!, expected[k]!];
    const difference = Math.abs(a - b);
    if (!(difference <= tolerance * Math.max(1, Math.abs(b))))
      expect.fail(`element ${k}: ${a}, expected ${b} (difference ${difference}, tolerance ${tolerance})`);
  }
}

/** Runs the suite's tensor code eagerly on tfjs's CPU backend. */
export function useReferenceBackend(): void {
  before(async () => {
    tf.env().set("IS_TEST", true);
    await tf.setBackend("cpu");
  });
}
