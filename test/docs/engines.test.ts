/**
 * The console examples of docs/engines.md are run, in order. Programs and lists are compared word for word; of `scmc
 * doctor` what does not depend on the machine, of a profile all but the times and the order that follows from them.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { createSandbox, examplesOf, type Sandbox } from "./console-examples.js";

/** True for lines that hold wherever the default engine works. */
const isEverywhere = (line: string) =>
  /^(?:onnx|reference) works: |^ {2}--device cpu works$|^ {2}what the others|^The default engine/.test(line);

const withoutNumbers = (line: string) => line.replace(/\d+(?:\.\d+)*(?:e[-+]\d+)?/g, "N").replace(/ +/g, " ");

function comparable(command: string, output: string): string[] {
  const lines = output.trimEnd().split("\n");
  if (command.includes("doctor")) return lines.filter(isEverywhere).map(withoutNumbers);
  return command.includes("--profile") ? lines.map(withoutNumbers).sort() : lines;
}

describe("docs/engines.md", () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = createSandbox();
  });
  after(() => sandbox.remove());

  const examples = examplesOf(readFileSync("docs/engines.md", "utf8"));

  it("has examples", () => {
    expect(examples.length).to.be.at.least(5);
  });

  for (const { command, output } of examples)
    it(command, () => {
      const wanted = comparable(command, output);
      expect(wanted.length).to.be.at.least(1);
      expect(comparable(command, sandbox.run(command))).to.deep.equal(wanted);
    });
});
