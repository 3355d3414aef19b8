/** The benchmark's harness, with tiny programs and without Python: what it prints and writes, and what it refuses. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { compare, type Measurement } from "../../bench/comparison.js";

const main = fileURLToPath(new URL("../../bench/main.js", import.meta.url));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
}

function measurement(name: string, times: readonly number[], turns: string[]): Measurement {
  let turn = 0;
  return async () => {
    turns.push(name);
    return times[turn++]!;
  };
}

describe("the benchmark", () => {
  it("runs the contestants in turns, the first turn unmeasured, and divides the peer's time by ours", async () => {
    const turns: string[] = [];
    const result = await compare(
      {
        name: "race",
        ours: measurement("ours", [100, 2, 1, 3], turns),
        peers: [{ label: "peer", measure: measurement("peer", [500, 9, 8, 4], turns), target: 5 }],
      },
      3,
    );
    expect(turns).to.deep.equal(["ours", "peer", "ours", "peer", "ours", "peer", "ours", "peer"]);
    expect(result.ours).to.deep.equal({ least: 1, median: 2 });
    expect(result.peers).to.deep.equal([
      { label: "peer", milliseconds: { least: 4, median: 8 }, ratio: 4, ratioOfLeast: 4, target: 5 },
    ]);
  });

  it("prints what it ran on and every group, and writes the same as JSON", () => {
    const directory = mkdtempSync(join(tmpdir(), "scmc-bench-"));
    const out = join(directory, "results.json");
    const args = ["--tiny", "--no-python", "--rounds", "1", "--only", "dense,queries,building", "--out", out];
    const { status, stdout, stderr } = bench(...args);
    expect(status, stderr).to.equal(0);
    const { machine, results } = JSON.parse(readFileSync(out, "utf8"));
    rmSync(directory, { recursive: true });
    expect(machine.onnxruntime).to.match(/^\d+\.\d+/);
    expect(stdout).to.contain(`node: ${process.version}`).and.to.contain("torch: absent (left out)");
    expect(Object.keys(results)).to.deep.equal(["dense", "queries", "building"]);
    for (const { title, comparisons, figures } of Object.values<{ title: string; comparisons: []; figures: [] }>(
      results,
    )) {
      expect(stdout).to.contain(title);
      for (const { name, ours } of comparisons as { name: string; ours: { median: number } }[]) {
        expect(stdout).to.contain(name);
        expect(ours.median).to.be.greaterThan(0);
      }
      expect(comparisons.length + figures.length).to.be.greaterThan(0);
    }
  });

  it("refuses a group that there is not", () => {
    const { status, stderr } = bench("--only", "danse");
    expect(status).to.equal(2);
    expect(stderr).to.contain("--only takes some of dense,covariates,queries");
  });
});
