/** Ends a switch over a union: a kind that is not handled does not compile, and at run time is our bug. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
