/**
 * Tables with missing cells through the real binary: what `check` and `run` say of them, what is recorded, and that
 * runs are alike.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { ArtefactDescription } from "../../src/schema/types.js";
import { directoryWith, scmc } from "./support.js";
import { study as imageStudy, rows as rowsOfStudy, table as tableOf } from "./tiny-study.js";

interface Missing {
  readonly patterns: readonly unknown[];
  readonly rounds: readonly { readonly smallestEffectiveSize: number }[];
}

const rows = 120;
const noise = RandomKey.fromSeed(5).normal64(3 * rows);

/** a → b → c; b is missing where c is large. */
function table(hasGaps: boolean): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const a = noise[3 * row]!;
    const b = a + noise[3 * row + 1]!;
    const c = b + noise[3 * row + 2]!;
    return [a.toFixed(3), hasGaps && c > 1 ? "" : b.toFixed(3), c.toFixed(3)].join();
  });
  return `a,b,c\n${lines.join("\n")}\n`;
}

const names = ["a", "b", "c"];
const bindings = Object.fromEntries(names.map((name) => [name, { column: name }]));
const program = `a := linear()\nb := linear(a)\nc := linear(b)\n${names.map((name) => `fit ${name}(epochs = 5)\n`).join("")}`;
const em = "fit model(missing = em, rounds = 2)\n";

function study(): Record<string, string> {
  return {
    "chain.scm": program,
    "em.scm": program + em,
    "gaps.csv": table(true),
    "gaps.json": JSON.stringify({ table: "gaps.csv", variables: bindings }),
    "whole.csv": table(false),
    "whole.json": JSON.stringify({ table: "whole.csv", variables: bindings }),
  };
}

const run = (file: string, data: string, out: string, ...more: string[]) => [
  ...["run", file, "--data", `${data}.json`, "--out", out, "--threads", "1"],
  ...more,
];

describe("tables with missing cells", () => {
  const gaps = table(true)
    .split("\n")
    .filter((line) => line.includes(",,")).length;

  it("whose type a mechanism cannot be fitted to fail `check` as they fail `run`", () => {
    const files = { "m.scm": "a := linear()\n", "t.csv": "a\nhigh\nlow\nlow\n" };
    const manifest = JSON.stringify({ table: "t.csv", variables: { a: { column: "a" } } });
    const cwd = directoryWith({ ...files, "data.json": manifest });
    for (const args of [
      ["check", "m.scm", "--data", "data.json"],
      ["run", "m.scm", "--data", "data.json"],
    ]) {
      const { status, stderr } = scmc(args, { cwd });
      expect(status, stderr).to.not.equal(0);
      expect(stderr).to.contain("error[7014]").and.contain("`a : real`");
    }
  });

  it("pass `check`, which counts them, and `run`, which says what it does about them and what else there is", () => {
    const cwd = directoryWith(study());
    const checked = scmc(["check", "chain.scm", "--data", "gaps.json"], { cwd });
    expect(checked.status).to.equal(0);
    expect(checked.stderr).to.contain(
      `note[6012]: column "b" (b): ${gaps} of ${rows} values are missing\n  --> gaps.csv\n`,
    );
    const { status, stderr } = scmc(run("chain.scm", "gaps", "dropped"), { cwd });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.contain(`${gaps} of ${rows} rows lack values: b ${gaps}\n`);
    expect(stderr).to.contain('to complete the others from what they have: --fit "model(missing = em)"');
    expect(stderr).to.match(new RegExp(`fitted b: 5 epochs, .* on ${rows - gaps} of ${rows} rows`));
    const { metrics } = described(cwd, "dropped");
    expect(metrics.missing).to.deep.equal({
      method: "drop",
      rows,
      incompleteRows: gaps,
      cells: { b: gaps },
      patterns: [{ missing: ["b"], rows: gaps }],
    });
  });

  it("are completed where the program or the command line says so, in rounds that are reported", () => {
    const cwd = directoryWith(study());
    const { status, stderr } = scmc(run("em.scm", "gaps", "program"), { cwd });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.contain("completed by draws from their posterior for the fits of b, c: EM of 2 rounds");
    expect(stderr).to.match(new RegExp(`round 2/2: ${gaps} rows completed; held-out loss b [\\d.]+, c [\\d.]+ nats\n`));
    expect(stderr).to.match(
      new RegExp(`fitted c: 15 epochs, .*, on ${rows} rows in 2 rounds of EM, ${gaps} of them completed`),
    );
    // The same from the compiled program and from the command line.
    expect(scmc(["compile", "em.scm", "-o", "em.scm.json"], { cwd }).status).to.equal(0);
    const compiled = scmc(run("em.scm.json", "gaps", "compiled", "--reuse", "program"), { cwd });
    expect(compiled.stderr).to.contain("fitted c: unchanged, taken over");
    scmc(run("chain.scm", "gaps", "option", "--fit", "model(missing = em, rounds = 2)"), { cwd });
    const [program, option] = [described(cwd, "program"), described(cwd, "option")];
    const { missing } = program.metrics as { missing: Missing };
    expect(missing.rounds).to.have.length(2);
    expect(missing.patterns).to.deep.equal([{ missing: ["b"], rows: gaps, completedBy: "gaussian" }]);
    expect(option.metrics).to.deep.equal(program.metrics);
    expect(option.provenance.weightsSha256).to.equal(program.provenance.weightsSha256);
    expect(option.fits.map(({ completion }) => completion?.method)).to.deep.equal([undefined, "em", "em"]);
    expect(readFileSync(join(cwd, "program", "report.html"), "utf8")).to.contain(`${gaps} of ${rows}: EM, 2 rounds`);
    const again = scmc(run("em.scm", "gaps", "program"), { cwd });
    expect(again.stderr).to.contain("fitted b: unchanged, taken over").and.not.to.contain("round 1/2");
    expect(described(cwd, "program").metrics).to.deep.equal(program.metrics);
  });

  it("are not spoken of where there are none: the artefact is that of the plain fit", () => {
    const cwd = directoryWith(study());
    const { stderr } = scmc(run("em.scm", "whole", "em"), { cwd });
    expect(stderr).not.to.contain("lack values").and.not.to.contain("round");
    scmc(run("chain.scm", "whole", "plain"), { cwd });
    const [plain, same] = [described(cwd, "plain"), described(cwd, "em")];
    expect(same.metrics).to.deep.equal(plain.metrics).and.not.to.have.property("missing");
    expect(same.provenance.weightsSha256).to.equal(plain.provenance.weightsSha256);
  });

  it("are completed from images by importance sampling, with its effective sample size", () => {
    const lines = rowsOfStudy.map((line, row) => (row % 10 === 0 ? line.replace(/^[^,]*/, "") : line));
    const cwd = directoryWith({ ...imageStudy(), "table.csv": tableOf(lines) });
    const option = ["--fit", "model(missing = em, rounds = 1, proposals = 40)"];
    const { status, stderr } = scmc(run("tiny.scm", "data", "fitted", ...option), { cwd });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(
      /round 1\/1: 6 rows completed; .*; effective sample size of 40 proposals at least [\d.]+\n/,
    );
    const { metrics, fits } = described(cwd, "fitted");
    const { rounds, patterns } = (metrics as { missing: Missing }).missing;
    expect(patterns).to.deep.equal([{ missing: ["t"], rows: 6, completedBy: "importance" }]);
    expect(rounds[0]!.smallestEffectiveSize).to.be.within(1, 40);
    if (rounds[0]!.smallestEffectiveSize < 30) expect(stderr).to.contain('--fit "model(proposals = 160)"');
    expect(fits.map(({ completion }) => completion?.proposals)).to.deep.equal([40, 40, 40]);
  });

  it("are refused where what is missing cannot be found, and wrong options are pointed at", () => {
    const cwd = directoryWith({ ...study(), "exact.scm": "a := linear()\nb := linear(a)\nc := 2 * b\n" });
    const { status, stderr } = scmc(run("exact.scm", "gaps", "no", "--fit", "model(missing = em)"), { cwd });
    expect(status).to.equal(3);
    expect(stderr).to.contain("error[7071]: rows without `b` cannot be completed: `c` has no density");
    expect(stderr).to.contain("fit model(missing = drop)");
    const wrong = scmc(run("chain.scm", "gaps", "no", "--fit", "model(missing = drop, rounds = 3)"), { cwd });
    expect(wrong.status).to.equal(2);
    expect(wrong.stderr).to.contain("`rounds` is an option of `missing = em`");
  });
});

function described(cwd: string, out: string): ArtefactDescription {
  return JSON.parse(readFileSync(join(cwd, out, "model.json"), "utf8"));
}
