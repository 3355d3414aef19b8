/**
 * Ends a switch over a union: a kind that is not handled does not compile, and reaching this at run time is a bug in
 * scmc.
 */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
