/** The modules that a verb loads: verbs that only read programs start without tensors, data and reports. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { directoryWith, root, scmcProcess } from "./support.js";

const recorder = pathToFileURL(join(root, "dist/test/cli/record-modules.js")).href;
// The runtime's one light file tells what an artefact is from names alone.
const heavy =
  /tfjs|onnxruntime|src\/(?:runtime(?!\/artefact\/artefact-directory)|data|report)\/|write-file-atomic|protobuf/;

function modulesOf(args: readonly string[], cwd: string): string[] {
  const list = join(cwd, "modules.txt");
  scmcProcess(args, { cwd, nodeOptions: ["--import", recorder], environment: { SCMC_MODULE_LIST: list } });
  return readFileSync(list, "utf8").trimEnd().split("\n");
}

describe("modules that are loaded", () => {
  const files = { "a.scm": "t : positive := flow()\ni := flow(t)\nquery q = counterfactual(i | do(t := t + 1))\n" };

  it("by check: no tensors, no onnxruntime, no data, no report", () => {
    const modules = modulesOf(["check", "a.scm"], directoryWith(files));
    expect(modules.some((url) => url.endsWith("src/compiler/compile.js"))).to.equal(true);
    expect(modules.filter((url) => heavy.test(url))).to.deep.equal([]);
  });

  it("by explain and plan neither", () => {
    for (const args of [
      ["explain", "4001"],
      ["plan", "a.scm"],
    ])
      expect(modulesOf(args, directoryWith(files)).filter((url) => heavy.test(url))).to.deep.equal([]);
  });

  it("by check --data: the reader of tables, and still no tensors", () => {
    const cwd = directoryWith({
      ...files,
      "a.csv": "t,i\n1,2\n",
      "a.json": '{"table":"a.csv","variables":{"t":{"column":"t"},"i":{"column":"i"}}}',
    });
    const modules = modulesOf(["check", "a.scm", "--data", "a.json"], cwd);
    expect(modules.some((url) => url.endsWith("src/data/tables/csv.js"))).to.equal(true);
    expect(
      modules.filter((url) => /tfjs|onnxruntime|src\/(?:runtime(?!\/artefact\/artefact-directory)|report)\//.test(url)),
    ).to.deep.equal([]);
  });

  it("by a verb that runs: tensors, which shows that the list would hold them", () => {
    const modules = modulesOf(["sample", "nothere.scm", "-n", "1", "--out", "o"], directoryWith(files));
    expect(modules.some((url) => /runtime\/tensors\/core\/tfjs\.js/.test(url))).to.equal(true);
  });
});
