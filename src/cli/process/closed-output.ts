/**
 * Standard output whose reader has gone (`scmc … | head`). That is no error. Most verbs simply end there; one with
 * threads at work first lets them end.
 */

/** Thrown by what writes to a closed standard output and must clean up before the process ends. */
export class OutputClosed extends Error {}

let cleaning = false;

/** Whether somebody will meet an `OutputClosed`, so that the process must not end at once. */
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
