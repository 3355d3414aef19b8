/** The console examples of docs/export.md are run, and what they print is compared word for word. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { createSandbox, examplesOf, type Sandbox } from "./console-examples.js";

describe("docs/export.md", () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = createSandbox();
  });
  after(() => sandbox.remove());

  const examples = examplesOf(readFileSync("docs/export.md", "utf8"));

  it("has an example", () => {
    expect(examples.length).to.be.at.least(1);
  });

  for (const { command, output } of examples)
    it(command, () => {
      expect(sandbox.run(command).trimEnd()).to.equal(output.trimEnd());
    });
});
