/** The console examples of a document, and an empty folder in which they are run. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

export interface Example {
  readonly command: string;
  readonly output: string;
}

export function examplesOf(text: string): Example[] {
  const examples: { command: string; output: string[] }[] = [];
  for (const [, block] of text.matchAll(/```console\n(.*?)```/gs))
    for (const line of block!.trimEnd().split("\n"))
      if (line.startsWith("$ ")) examples.push({ command: line.slice(2), output: [] });
      else examples.at(-1)!.output.push(line);
  return examples.map(({ command, output }) => ({ command, output: output.join("\n") }));
}

export interface Sandbox {
  /** Runs a command of an example; returns what it prints, errors included. */
  run(command: string): string;
  remove(): void;
}

/** A folder with the repository's programs and documents, in which `npx scmc` runs this build. */
export function createSandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), "scmc-docs-"));
  for (const name of ["graphs", "docs"]) symlinkSync(resolve(name), join(folder, name));
  const commands = join(folder, "commands");
  mkdirSync(commands);
  writeFileSync(
    join(commands, "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${resolve("dist/src/cli/main.js")}" "$@"\n`,
  );
  chmodSync(join(commands, "npx"), 0o755);
  const env = { ...process.env, PATH: `${commands}${delimiter}${process.env.PATH}`, NO_COLOR: "1" };
  return {
    run: (command) => spawnSync("sh", ["-c", `${command} 2>&1`], { cwd: folder, encoding: "utf8", env }).stdout,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
