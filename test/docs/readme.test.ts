/**
 * Every console example of README.md is run, in order, in an empty folder, and its output compared with what is printed there. Words must be
 * equal; times are ignored; other numbers may differ by a tenth (by 0.5, counts by 1, where that is more), since the last digits of a fit depend on the
 * processor.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { expect } from "chai";

interface Example {
  readonly command: string;
  readonly output: string;
}

function examplesOf(text: string): Example[] {
  const examples: { command: string; output: string[] }[] = [];
  for (const [, block] of text.matchAll(/```console\n(.*?)```/gs))
    for (const line of block!.trimEnd().split("\n"))
      if (line.startsWith("$ ")) examples.push({ command: line.slice(2), output: [] });
      else examples.at(-1)!.output.push(line);
  return examples.map(({ command, output }) => ({ command, output: output.join("\n") }));
}

const isProgress = (line: string) => /\[[#.]+\] +\d+%/.test(line);
const number = /-?\d+(?:\.\d+)?/g;

/** The text with every time and number replaced, so that words can be compared. */
function wordsOf(text: string): string {
  return text.replace(/\d+\.\d s\b/g, "TIME").replace(number, "N");
}

function expectAlike(actual: string, printed: string): void {
  expect(wordsOf(actual)).to.equal(wordsOf(printed));
  const numbers = (text: string) => (text.replace(/\d+\.\d s\b/g, "").match(number) ?? []).map(Number);
  const [is, was] = [numbers(actual), numbers(printed)];
  was.forEach((value, k) => {
    const least = Number.isInteger(value) ? 1 : 0.5;
    expect(is[k], `number ${k + 1} of:\n${actual}`).to.be.closeTo(value, Math.max(least, 0.1 * Math.abs(value)));
  });
}

describe("README", function () {
  this.timeout(240_000);
  const text = readFileSync("README.md", "utf8");
  let folder: string;
  let path: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "scmc-readme-"));
    for (const name of ["graphs", "docs"]) symlinkSync(resolve(name), join(folder, name));
    // `npx scmc` runs this build.
    const commands = join(folder, "commands");
    mkdirSync(commands);
    writeFileSync(
      join(commands, "npx"),
      `#!/bin/sh\nshift\nexec "${process.execPath}" "${resolve("dist/src/cli/main.js")}" "$@"\n`,
    );
    chmodSync(join(commands, "npx"), 0o755);
    path = `${commands}${delimiter}${process.env.PATH}`;
  });
  after(() => rmSync(folder, { recursive: true }));

  const examples = examplesOf(text);
  it("has no place left open", () => {
    expect(text).to.not.match(/@\w+@/);
  });

  it("has a tour", () => {
    expect(examples.length).to.be.greaterThan(8);
  });
  for (const { command, output } of examples)
    it(command, () => {
      const { stdout } = spawnSync("sh", ["-c", `${command} 2>&1`], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, PATH: path, NO_COLOR: "1" },
      });
      const lines = stdout
        .trimEnd()
        .split("\n")
        .filter((line) => !isProgress(line));
      expectAlike(lines.join("\n"), output);
    });

  it("shows the program and pictures that are in the repository", () => {
    const program = text.match(/```scm\n(.*?)```/s)![1]!;
    const file = readFileSync("graphs/morpho.scm", "utf8");
    for (const line of program.trim().split("\n")) expect(file).to.include(line);
    for (const [, picture] of text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      expect(() => readFileSync(picture!)).to.not.throw();
  });
});
