/**
 * Procedures are synchronous and run on the tfjs-core backend of their engine; the one that was current before comes
 * back afterwards. The corrections of tfjs-core are in force wherever a procedure runs.
 */
import "./corrections.js";
import * as tf from "./tfjs.js";

/** Runs synchronous code with the named backend current, and restores the one before. */
export function withBackend<T>(name: string, run: () => T): T {
  const before = tf.getBackend();
  void tf.setBackend(name);
  try {
    return run();
  } finally {
    if (before !== name) void tf.setBackend(before);
  }
}
