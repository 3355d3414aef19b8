/** The throughput benchmark runs, on few units; its peer need not be there. */
import { spawnSync } from "node:child_process";
import { expect } from "chai";

describe("bench/throughput", () => {
  it("prints rates of both kinds", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/bench/throughput.js", "2000", "1"], {
      encoding: "utf8",
      env: { ...process.env, PYTHON: "no-such-interpreter" },
    });
    expect([status, stderr]).to.deep.equal([0, ""]);
    for (const kind of ["do", "counterfactual"])
      expect(stdout).to.match(new RegExp(`^${kind}: scmc \\d+\\.\\d+ s, \\d+\\.\\d+ million units a second`, "m"));
    expect(stdout).to.include("no peer");
  });
});
