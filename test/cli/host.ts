/**
 * Many commands in one process: reads requests from one pipe, runs each as the binary would, in the directory that it
 * names, and writes its status and what it printed to another pipe. Starting a process and loading its modules takes
 * longer than most commands of the tests.
 */
import { createReadStream, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { runCommand } from "../../src/cli/command.js";

export interface Request {
  readonly args: readonly string[];
  readonly cwd: string;
}

const [requests, responses] = process.argv.slice(2) as [string, string];
// Opening a pipe waits for its other end, so both sides open them in the same order.
const input = createReadStream("", { fd: openSync(requests, "r") });
const output = openSync(responses, "w");
const streams = { stdout: process.stdout, stderr: process.stderr };

for await (const line of createInterface({ input })) {
  const { args, cwd } = JSON.parse(line) as Request;
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const [name, stream] of Object.entries(streams))
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      printed[name as keyof typeof printed].push(Buffer.from(chunk as Uint8Array));
      const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof stream.write;
  process.chdir(cwd);
  process.exitCode = 0;
  const status = await runCommand(args);
  const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");
  const answer = { status, stdout: text(printed.stdout), stderr: text(printed.stderr) };
  writeAll(Buffer.from(`${JSON.stringify(answer)}\n`));
  // The directory of a test is removed after it.
  process.chdir("/");
  process.exitCode = 0;
}

function writeAll(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(output, bytes, at);
}
