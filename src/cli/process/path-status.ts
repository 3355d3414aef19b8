/** What is at a path; undefined where nothing is, be it that a part of the path is a file. */
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
