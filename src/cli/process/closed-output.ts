/**
 * Handles standard output whose reader has gone (`scmc … | head`), which is not an error. Most verbs then simply end; a
 * verb whose threads are working first lets them end.
 */

/** Thrown by code that writes to a closed standard output and must clean up before the process ends. */
export class OutputClosed extends Error {}

let cleaning = false;

/** True if some caller will catch `OutputClosed`, so the process must not end at once. */
export function isCleanedUp(): boolean {
  return cleaning;
}

export async function cleaningUp<Result>(work: () => Promise<Result>): Promise<Result> {
  cleaning = true;
  try {
    return await work();
  } finally {
    cleaning = false;
  }
}
