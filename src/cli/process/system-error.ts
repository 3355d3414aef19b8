/** Turns failures of the file system and of memory that a verb did not foresee into errors of the command. */
import { failure, type ScmcError } from "../../diagnostics/diagnostic.js";
import { reasonOf } from "../../diagnostics/system-reasons.js";

/** V8's messages for an array too large to allocate. */
const tooLarge = /^(Array buffer allocation failed|Invalid (typed )?array length)/;

/** Undefined if the error comes neither from the file system nor from memory; then it is a bug in scmc. */
export function systemFailure(error: unknown): ScmcError | undefined {
  if (error instanceof RangeError && tooLarge.test(error.message))
    return failure(
      "7110",
      "memory",
      "a result of that size does not fit into memory",
      "Ask for fewer units, samples or particles at a time.",
    );
  const { path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const reason = reasonOf(error);
  if (reason === undefined || path === undefined) return undefined;
  return failure("7104", dest ?? path, `cannot be written or read: ${reason}`);
}
