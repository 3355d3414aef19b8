/**
 * The Python that is shipped compiles on the oldest Python at hand: quotes nested in an f-string, say, do not before
 * 3.12.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const compile = "import sys; [compile(open(path).read(), path, 'exec') for path in sys.argv[1:]]";

const files = readdirSync("integrations", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".py"));

describe("the Python files of integrations/", () => {
  it("compile", function () {
    expect(files).to.include(join("runners", "runner.py"));
    const run = spawnSync("python3", ["-c", compile, ...files.map((file) => join("integrations", file))], {
      encoding: "utf8",
    });
    if (run.error) this.skip();
    expect(run.stderr).to.equal("");
    expect(run.status).to.equal(0);
  });

  it("nest no quotes in the braces of a text, which Pythons from 3.12 on would take", () => {
    for (const file of files)
      expect(/f"[^"\n]*"\{/.exec(readFileSync(join("integrations", file), "utf8")), file).to.equal(null);
  });
});
