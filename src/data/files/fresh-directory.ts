/**
 * A directory that is filled beside its place and then moved there, so a run that is killed or fails leaves the old
 * contents.
 */
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { forget, temporaryBeside } from "./temporary-files.js";

export interface FreshDirectory {
  /** The path where its files are written. */
  readonly path: string;
  /** Moves the directory to its place. */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * If `occupied`, the contents of `target` are replaced, except entries that `isKept` names, which move along. Otherwise
 * `target` is absent or empty, and stays so until the end.
 */
export async function openFresh(
  target: string,
  occupied: boolean,
  isKept: (name: string) => boolean = () => false,
): Promise<FreshDirectory> {
  await mkdir(dirname(target), { recursive: true });
  const path = temporaryBeside(target, "new");
  await mkdir(path);
  const remove = async () => {
    await rm(path, { recursive: true, force: true });
    forget(path);
  };
  return {
    path,
    async commit() {
      try {
        await takePlace(path, target, occupied, isKept);
        forget(path);
      } catch (error) {
        await remove();
        throw error;
      }
    },
    abort: remove,
  };
}

async function takePlace(
  fresh: string,
  target: string,
  occupied: boolean,
  isKept: (name: string) => boolean,
): Promise<void> {
  const old = fresh.replace(/new$/, "old");
  if (occupied) await rename(target, old);
  else await removeEmpty(target);
  try {
    await rename(fresh, target);
  } catch (error) {
    if (occupied) await rename(old, target);
    throw error;
  }
  if (!occupied) return;
  for (const name of await readdir(old)) if (isKept(name)) await rename(join(old, name), join(target, name));
  await rm(old, { recursive: true });
}

/** Removes the directory only if it is empty, even if something was added since we looked. */
async function removeEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
