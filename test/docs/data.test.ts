/** The examples of docs/data.md: the manifest passes its schema, and the exit codes are those of the program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { checkManifest } from "../../src/data/dataset/manifest.js";
import { exitCode } from "../../src/diagnostics/diagnostic.js";
import { directoryWith, scmc } from "../cli/support.js";

describe("docs/data.md", () => {
  const text = readFileSync("docs/data.md", "utf8");

  it("shows manifests that pass", () => {
    for (const page of ["docs/data.md", "docs/images.md"]) {
      const examples = [...readFileSync(page, "utf8").matchAll(/```json\n(.*?)```/gs)].map(
        ([, example]) => JSON.parse(example!) as unknown,
      );
      expect(examples, page).to.have.length(1);
      for (const example of examples) expect(checkManifest(example, page)).to.deep.equal(example);
    }
  });

  it("shows commands that run", () => {
    const directory = directoryWith({
      "model.scm": "dose := e where e ~ normal(0, 1)\nresponse := 2 * dose + e where e ~ normal(0, 1)\n",
      "units.json": JSON.stringify({
        table: "units.parquet",
        variables: { dose: { column: "dose" }, response: { column: "response" } },
      }),
    });
    const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split("\n"));
    expect(commands).to.have.length(3);
    const outcomes = commands.map((line) => {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
      return scmc([...words.slice(1), "--quiet"], { cwd: directory });
    });
    for (const { stderr, status } of outcomes) expect([status, stderr]).to.deep.equal([0, ""]);
    const shifted = gunzipSync(readFileSync(join(directory, "shifted.csv.gz")))
      .toString()
      .trimEnd()
      .split("\n");
    expect([shifted[0], shifted.length]).to.deep.equal(["dose,response", 1001]);
    expect(outcomes[2]!.stdout.split("\n")[0]).to.equal("response");
  });

  it("lists every exit code", () => {
    const listed = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).to.deep.equal(Object.values(exitCode));
  });
});

describe("docs/ci.md", () => {
  it("shows commands that run, and a program that keeps its promises", () => {
    const text = readFileSync("docs/ci.md", "utf8");
    const [, program] = text.match(/```scm\n(.*?)```/s)!;
    const directory = directoryWith({ "models/promises.scm": program! });
    const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split("\n"));
    expect(commands).to.have.length(2);
    for (const line of commands) {
      const { status, stdout, stderr } = scmc(line.split(" ").slice(1), { cwd: directory });
      expect(status, `${line}: ${stdout}${stderr}`).to.equal(0);
    }
  });
});
