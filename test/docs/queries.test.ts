/**
 * The console examples of docs/queries.md are run on its program; words must be equal, numbers may differ by their
 * simulation error.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const text = readFileSync("docs/queries.md", "utf8");
const number = /-?\d+(?:\.\d+)?/g;

describe("docs/queries.md", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "scmc-queries-"));
    for (const [, program, name] of text.matchAll(/```scm\n(# (\S+)\n.*?)```/gs))
      writeFileSync(join(folder, name!), program!);
  });
  after(() => rmSync(folder, { recursive: true }));

  const examples = [...text.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block]) =>
    block!
      .split(/^\$ scmc /m)
      .slice(1)
      .map((example) => {
        const [command, ...output] = example.trimEnd().split("\n");
        return { command: command!, output: output.join("\n") };
      }),
  );

  it("has examples", () => expect(examples.length).to.be.greaterThan(5));

  for (const { command, output } of examples)
    it(command, () => {
      const { stdout, stderr } = spawnSync("sh", ["-c", `node "${resolve("dist/src/cli/main.js")}" ${command}`], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1" },
      });
      const actual = stdout.trimEnd();
      expect(actual.replace(number, "N"), stderr).to.equal(output.replace(number, "N"));
      const is = (actual.match(number) ?? []).map(Number);
      (output.match(number) ?? []).map(Number).forEach((value, k) => {
        expect(is[k], `number ${k + 1} of\n${actual}`).to.be.closeTo(value, 0.05 * Math.abs(value) + 0.05);
      });
    });
});
