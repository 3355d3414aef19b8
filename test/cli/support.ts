/**
 * Runs commands of the binary, and makes small inputs for them in temporary directories that are removed after each
 * test.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { constants, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
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

/** A command of the binary: in a process that all tests of a file share, or in one of its own where it needs one. */
export function scmc(args: readonly string[], surroundings: Surroundings = {}): Outcome {
  const { cwd = root, input, environment, nodeOptions } = surroundings;
  if (input !== undefined || environment !== undefined || nodeOptions !== undefined)
    return scmcProcess(args, surroundings);
  host ??= startHost();
  const { request, response } = host;
  writeSync(request, `${JSON.stringify({ args, cwd })}\n`);
  return JSON.parse(readLine(response)) as Outcome;
}

/** The same by a process of its own: the binary as a user starts it. */
export function scmcProcess(args: readonly string[], surroundings: Surroundings = {}): Outcome {
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

interface Host {
  readonly request: number;
  readonly response: number;
}

let host: Host | undefined;

/** Pipes with names are read and written synchronously, as tests do. */
function startHost(): Host {
  const folder = mkdtempSync(join(tmpdir(), "scmc-host-"));
  const [requests, responses] = [join(folder, "requests"), join(folder, "responses")];
  execFileSync("mkfifo", [requests, responses]);
  const child = spawn(process.execPath, [join(root, "dist/test/cli/host.js"), requests, responses], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  child.unref();
  process.once("exit", () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  return { request: openSync(requests, "r+"), response: openSync(responses, flags) };
}

/** Milliseconds after which a command that gives no answer is given up. */
const longest = 240_000;

function readLine(file: number): string {
  const parts: Buffer[] = [];
  const buffer = Buffer.alloc(65_536);
  const end = Date.now() + longest;
  while (Date.now() < end) {
    const count = readSome(file, buffer);
    if (count === 0) pause(2);
    else parts.push(Buffer.from(buffer.subarray(0, count)));
    if (count > 0 && buffer[count - 1] === 10) return Buffer.concat(parts).toString("utf8");
  }
  throw new Error("the process that runs the commands of the tests gives no answer");
}

/** The number of bytes read; 0 if there is nothing to read yet. */
function readSome(file: number, buffer: Buffer): number {
  try {
    return readSync(file, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const directories: string[] = [];

function removeDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

afterEach(removeDirectories);
// If several files run in one process, the hook belongs to the first of them.
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
