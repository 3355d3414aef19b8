/** `scmc fmt` through the real binary. */
import { chmodSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { unifiedDiff } from "../../src/cli/print/unified-diff.js";
import { directoryWith, scmc } from "./support.js";
import { contents } from "./tiny-study.js";

const loose = "# a study\nt:positive:=flow( )\nlonger  := flow(t)   # why\n";
const tidy = "# a study\nt      : positive := flow()\nlonger            := flow(t)  # why\n";
const broken = "t : positive flow()\n";

describe("scmc fmt", () => {
  it("rewrites files in place, keeps their permissions and what they are links to, and then finds nothing to do", () => {
    const cwd = directoryWith({ "a.scm": loose, "sub/b.scm": tidy });
    chmodSync(join(cwd, "a.scm"), 0o600);
    symlinkSync("a.scm", join(cwd, "link.scm"));
    const first = scmc(["fmt", "link.scm", "sub"], { cwd });
    expect(first).to.deep.equal({ status: 0, stdout: "", stderr: "1 of 2 files changed\n" });
    expect(readFileSync(join(cwd, "a.scm"), "utf8")).to.equal(tidy);
    expect(statSync(join(cwd, "a.scm")).mode & 0o777).to.equal(0o600);
    const before = contents(cwd);
    expect(scmc(["fmt", "."], { cwd }).stderr).to.equal("0 of 3 files changed\n");
    expect(contents(cwd)).to.deep.equal(before);
  });

  it("--check lists what would change, ends with 1, and writes nothing", () => {
    const cwd = directoryWith({ "a.scm": loose, "b.scm": tidy });
    const outcome = scmc(["fmt", "--check", "a.scm", "b.scm"], { cwd });
    expect(outcome).to.deep.equal({ status: 1, stdout: "a.scm\n", stderr: "1 of 2 files would change\n" });
    expect(readFileSync(join(cwd, "a.scm"), "utf8")).to.equal(loose);
    expect(scmc(["fmt", "--check", "--quiet", "b.scm"], { cwd })).to.deep.equal({ status: 0, stdout: "", stderr: "" });
  });

  it("--diff prints a patch that makes the change, and writes nothing", () => {
    const cwd = directoryWith({ "a.scm": loose });
    const { status, stdout } = scmc(["fmt", "--diff", "a.scm"], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.equal(
      "--- a.scm\n+++ a.scm\n@@ -1,3 +1,3 @@\n # a study\n-t:positive:=flow( )\n-longer  := flow(t)   # why\n" +
        "+t      : positive := flow()\n+longer            := flow(t)  # why\n",
    );
    expect(readFileSync(join(cwd, "a.scm"), "utf8")).to.equal(loose);
    expect(scmc(["fmt", "--diff", "--check", "a.scm"], { cwd }).status).to.equal(1);
  });

  it("reads stdin and writes stdout", () => {
    expect(scmc(["fmt", "-"], { input: loose })).to.deep.equal({ status: 0, stdout: tidy, stderr: "" });
    const wrong = scmc(["fmt", "-"], { input: broken });
    expect({ status: wrong.status, stdout: wrong.stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(wrong.stderr).to.contain("--> <stdin>:1:14");
    expect(scmc(["fmt", "--check", "-"], { input: loose }).status).to.equal(1);
  });

  it("leaves a file with syntax errors alone, reports it, and goes on with the others", () => {
    const cwd = directoryWith({ "a.scm": broken, "b.scm": loose, "m.scm.json": "{}" });
    const { status, stdout, stderr } = scmc(["fmt", "a.scm", "b.scm"], { cwd });
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr).to.contain("error[1001]").and.to.contain("--> a.scm:1:14\n    1 | t : positive flow()");
    expect(stderr).to.contain("1 of 2 files changed; files with errors are left as they are");
    expect(readFileSync(join(cwd, "a.scm"), "utf8")).to.equal(broken);
    expect(readFileSync(join(cwd, "b.scm"), "utf8")).to.equal(tidy);
    expect(scmc(["fmt", "nothere.scm", "b.scm"], { cwd }).status).to.equal(2);
    const model = scmc(["fmt", "m.scm.json"], { cwd });
    expect(model.status).to.equal(2);
    expect(model.stderr).to.contain("compiled model");
  });
});

describe("unified diffs", () => {
  it("are empty for equal texts, and say where an end of line is missing", () => {
    expect(unifiedDiff("a\n", "a\n", "f")).to.equal("");
    expect(unifiedDiff("a", "a\n", "f")).to.equal(
      "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n",
    );
  });

  it("make the one text from the other", () => {
    const texts = fc
      .array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 })
      .map((lines) => lines.map((line) => `${line}\n`).join(""));
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(patched(before, unifiedDiff(before, after, "f"))).to.equal(after);
      }),
    );
  });

  it("have hunks with three lines of context, apart where the changes are", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `${index}\n`);
    const after = lines.with(5, "x\n").with(30, "y\n");
    const hunks = unifiedDiff(lines.join(""), after.join(""), "f").match(/^@@ .*/gm);
    expect(hunks).to.deep.equal(["@@ -3,7 +3,7 @@", "@@ -28,7 +28,7 @@"]);
  });
});

describe("scmc init", () => {
  it("writes programs in the one layout, also where the table has decimal commas", () => {
    const cwd = directoryWith({ "t.csv": "Größe (cm);ja;k\n1,5;yes;a\n2,5;no;b\n2,75;yes;a\n1,5;no;b\n" });
    expect(scmc(["init", "t.csv"], { cwd }).status).to.equal(0);
    expect(scmc(["fmt", "--check", "t.scm"], { cwd }).status).to.equal(0);
    const { status, stderr } = scmc(["check", "t.scm", "--data", "t.manifest.json"], { cwd });
    expect(status, stderr).to.equal(0);
  });
});

/** Carries out a unified diff by its hunks' ranges; throws where a line is not the one that the diff expects. */
function patched(before: string, diff: string): string {
  const old = before.split(/(?<=\n)/);
  const made: string[] = [];
  let at = 0;
  for (const hunk of diff.split(/^(?=@@ )/m).slice(1)) {
    const [header, ...lines] = hunk.split(/(?<=\n)/);
    const [, start, count] = /^@@ -(\d+),(\d+) /.exec(header!)!;
    const first = Number(count) === 0 ? Number(start) : Number(start) - 1;
    made.push(...old.slice(at, first));
    at = first;
    for (const line of lines) {
      if (line[0] !== "+") expect(old[at++]).to.equal(line.slice(1));
      if (line[0] !== "-") made.push(line.slice(1));
    }
    expect(at).to.equal(first + Number(count));
  }
  return [...made, ...old.slice(at)].join("");
}
