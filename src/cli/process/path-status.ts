/** The status of a path; undefined if nothing is there, also because a part of the path is a file. */
import { type Stats, statSync } from "node:fs";

export function statusAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
