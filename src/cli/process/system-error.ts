/** Failures of the file system and of memory that a verb did not foresee, as errors of a command. */
import { failure, type ScmcError } from "../../diagnostics/diagnostic.js";
import { reasonOf } from "../../diagnostics/system-reasons.js";

/** What V8 says where an array of the asked size cannot be had. */
const tooLarge = /^(Array buffer allocation failed|Invalid (typed )?array length)/;

/** Undefined where the error is neither of the file system nor of memory, and so is ours. */
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
