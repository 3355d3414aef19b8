/** `scmc explain` through the real binary. */
import { expect } from "chai";
import { catalogue } from "../../src/diagnostics/catalogue/index.js";
import { scmc } from "./support.js";

describe("scmc explain", () => {
  it("prints title, explanation and both examples, and takes a code as messages print it", () => {
    const { status, stdout, stderr } = scmc(["explain", "4001"]);
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.match(/^4001: A cycle\n\nA variable causes itself/);
    expect(stdout).to.contain(
      "Wrong:\n\n    t := flow(i)\n    i := flow(t)\n\nRight:\n\n    t := flow()\n    i := flow(t)\n",
    );
    expect(scmc(["explain", "error[4001]:"]).stdout).to.equal(stdout);
  });

  it("lists every code without an argument", () => {
    const { status, stdout } = scmc(["explain"]);
    expect(status).to.equal(0);
    const listed = [...stdout.matchAll(/^ {2}(\d{4}) {2}\S/gm)].map((match) => match[1]);
    expect(listed).to.deep.equal(catalogue.map(({ code }) => code));
    expect(stdout).to.contain("4xxx  The causal graph\n");
  });

  it("suggests codes that the written one may have been meant as", () => {
    const { status, stdout, stderr } = scmc(["explain", "4010"]);
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: "" });
    expect(stderr)
      .to.contain("there is no diagnostic with the code 4010")
      .and.to.contain("did you mean 4001 (A cycle)");
    expect(scmc(["explain", "wrong"]).stderr).to.contain("`scmc explain` lists all codes");
  });
});
