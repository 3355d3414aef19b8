/** Runs the real binary, and makes small inputs for it in temporary directories that are removed after each test. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach } from "mocha";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const binary = join(root, "dist/src/cli/main.js");

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

export function scmc(args: readonly string[], surroundings: Surroundings = {}): Outcome {
  const { cwd = root, input = "", environment = {}, nodeOptions = [] } = surroundings;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, binary, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

const directories: string[] = [];

function removeDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

afterEach(removeDirectories);
// Where several files run in one process, the hook belongs to the first of them.
process.once("exit", removeDirectories);

/** A temporary directory with these files, until the end of the test. */
export function directoryWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const directory = keepDirectory(files);
  directories.push(directory);
  return directory;
}

/** The same for several tests, which remove it themselves. */
export function keepDirectory(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(join(tmpdir(), "scmc-cli-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}
