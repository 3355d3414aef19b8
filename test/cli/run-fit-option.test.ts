/** `scmc run --fit` through the real binary: what it changes, where it is recorded, and what is wrong with it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ArtefactDescription } from "../../src/schema/types.js";
import { directoryWith, scmc } from "./support.js";
import { study } from "./tiny-study.js";

const run = ["run", "tiny.scm", "--data", "data.json", "--out", "fitted", "--threads", "1"];

function described(cwd: string): ArtefactDescription {
  return JSON.parse(readFileSync(join(cwd, "fitted", "model.json"), "utf8"));
}

describe("scmc run --fit", () => {
  it("overrides the program's options one by one, fits again what changed, and is recorded", () => {
    const cwd = directoryWith(study());
    expect(scmc(run, { cwd }).status).to.equal(0);
    const before = described(cwd);
    const texts = ["x(epochs = 3, particles = 2), t(batch = 16)", "i(epochs = 1)"];
    const { status, stderr } = scmc([...run, "--fit", texts[0]!, "--fit", texts[1]!], { cwd });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.contain("fitted i: unchanged, taken over").and.to.contain("fitted x: 3 epochs");
    const { fits, provenance, model } = described(cwd);
    expect(
      fits.map(({ variable, options }) => [variable, options.epochs, options.batch, options.particles]),
    ).to.deep.equal([
      ["t", 1, 16, 1],
      ["i", 1, 256, 1],
      ["x", 3, 256, 2],
    ]);
    expect(provenance.fitOptions).to.deep.equal(texts);
    expect(before.provenance).not.to.have.property("fitOptions");
    expect(model).to.deep.equal(before.model);
  });

  it("points into the option's own text, and ends as a wrong command line does", () => {
    const { status, stderr } = scmc([...run, "--fit", "t(epochs = 2)", "--fit", "x(epoch = 3)"], {
      cwd: directoryWith(study()),
    });
    expect(status).to.equal(2);
    expect(stderr).to.contain("error[2008]: `fit` has no option `epoch`\n  --> --fit\n");
    expect(stderr).to.contain(`| t(epochs = 2), x(epoch = 3)\n      | ${" ".repeat(17)}^^^^^\n`);
    expect(stderr).to.contain("did you mean `epochs`?");
  });
});
