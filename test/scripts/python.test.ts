/** The Python that is shipped compiles on the oldest Python at hand: quotes nested in an f-string, say, do not before 3.12. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const compile = "import sys; [compile(open(path).read(), path, 'exec') for path in sys.argv[1:]]";

describe("the Python files of integrations/", () => {
  it("compile", function () {
    const files = readdirSync("integrations", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".py"));
    expect(files).to.include(join("runners", "runner.py"));
    const run = spawnSync("python3", ["-c", compile, ...files.map((file) => join("integrations", file))], {
      encoding: "utf8",
    });
    if (run.error) this.skip();
    expect(run.stderr).to.equal("");
    expect(run.status).to.equal(0);
  });
});
