/**
 * Every console example of README.md is run, in order, in an empty folder, and its output compared with what is printed
 * there. Words must be equal; times are ignored; other numbers may differ by a tenth (by 0.5, counts by 1, where that
 * is more), since the last digits of a fit depend on the processor.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { createSandbox, examplesOf, type Sandbox } from "./console-examples.js";

const isProgress = (line: string) => /\[[#.]+\] +\d+%|^counterfactuals \d+(, |$)/.test(line);
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
  let sandbox: Sandbox;

  before(() => {
    sandbox = createSandbox();
  });
  after(() => sandbox.remove());

  const examples = examplesOf(text);
  it("has no place left open", () => {
    expect(text).to.not.match(/@\w+@/);
  });

  it("has a tour", () => {
    expect(examples.length).to.be.greaterThan(8);
  });
  for (const { command, output } of examples)
    it(command, () => {
      const lines = sandbox
        .run(command)
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
