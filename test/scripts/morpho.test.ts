/** The main job on a few digits, and its error measure on answers whose error is known. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { errorOf, type Units } from "../../scripts/morpho/errors.js";

describe("counterfactual error", () => {
  const pixels = 28 * 28;
  const truth: Units = {
    t: Float64Array.of(3, 6),
    i: Float64Array.of(100, 200),
    x: new Uint8Array(2 * pixels).fill(50),
  };

  it("is 0 for the truth, and the difference for a constant answer, thick units apart", () => {
    expect(errorOf(truth.x, truth)).to.deep.equal({ all: 0, thick: 0 });
    const answer = Uint8Array.from(truth.x);
    answer.fill(53, 0, pixels);
    answer.fill(40, pixels);
    expect(errorOf(answer, truth)).to.deep.equal({ all: (3 + 10) / 2, thick: 10 });
  });
});

describe("npm run morpho, on a few digits", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "scmc-morpho-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("writes artefacts, metrics, report and picture, and keeps its data the second time", () => {
    const runs = join(folder, "runs");
    const words = ["dist/scripts/morpho/main.js", "--training", "300", "--test", "40", "--particles", "4"];
    const study = () =>
      spawnSync(process.execPath, [...words, "--runs", runs, "--data", join(folder, "data")], { encoding: "utf8" });
    const first = study();
    expect(first.status, first.stderr).to.equal(0);
    for (const name of ["full", "conditional", "independent"])
      expect(existsSync(join(runs, name, "weights.safetensors")), name).to.equal(true);
    for (const name of ["report.html", "counterfactuals.png"])
      expect(existsSync(join(runs, name)), name).to.equal(true);
    const metrics = JSON.parse(readFileSync(join(runs, "metrics.json"), "utf8"));
    expect(metrics.testUnits).to.equal(40);
    // x and i have no causes in the independent model: nothing but t moves.
    expect(metrics.models.independent.counterfactualError.all).to.equal(metrics.anchors.unchanged.all);
    expect(metrics.models.full.nullInterventionError).to.be.lessThan(1e-3);
    expect(first.stdout).to.include("Three models of the same digits");
    const second = study();
    expect(second.stderr).to.include("kept");
    expect(second.stderr).to.not.match(/fitted \w+: \d+ epochs/);
    expect(JSON.parse(readFileSync(join(runs, "metrics.json"), "utf8")).anchors).to.deep.equal(metrics.anchors);
  });
});
