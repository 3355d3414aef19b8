/**
 * Failures of the file system and of memory that a verb did not foresee, in words: a full disk and a missing permission
 * are no bugs.
 */
import { failure, type ScmcError } from "../../diagnostics/diagnostic.js";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "there is a file of this name",
  EISDIR: "it is a directory",
  ENOENT: "there is no such file or directory",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

/** Undefined where the error is none of the file system. */
export function reasonOf(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? undefined : reasons[code];
}

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
