/** Failures of the file system in words; a full disk or a missing permission is not a bug. */

const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "there is a file of this name",
  EISDIR: "it is a directory",
  ENOENT: "there is no such file",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

/** Undefined if the error does not come from the file system. */
export function reasonOf(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? undefined : reasons[code];
}
