/** The same seed and threads give the same bytes; another number of threads gives numbers that agree to rounding. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { readArtefact } from "../../src/runtime/artefact/artefact.js";
import { counterfactual } from "../../src/runtime/inference/programs/counterfactual.js";
import { rowsOfColumns } from "../../src/runtime/mechanisms/bound/columns.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import { closeness } from "../runtime/tensors/engine/support.js";
import { keepDirectory, scmcProcess } from "./support.js";
import { contents, program, study } from "./tiny-study.js";

const shift = "t := t + 0.5";

describe("determinism", () => {
  const cwd = keepDirectory({
    ...study(),
    "tiny.scm": `${program}\nquery thicker = counterfactual(i, x | do(${shift}))\n`,
  });

  function must(...args: string[]): void {
    const { status, stderr } = scmcProcess(args, { cwd });
    expect(status, stderr).to.equal(0);
  }

  /** Fits, and asks for a counterfactual; the checksums of all files, the seconds that a fit took left out. */
  function wholeRun(name: string, threads: number): Record<string, string> {
    const settings = ["--seed", "7", "--threads", String(threads), "--quiet"];
    must(
      "run",
      "tiny.scm",
      "--data",
      "data.json",
      "--test",
      "data.json",
      "--out",
      `${name}/fit`,
      "--particles",
      "8",
      ...settings,
    );
    must(
      "counterfactual",
      `${name}/fit`,
      "--data",
      "data.json",
      "--do",
      shift,
      "--particles",
      "8",
      "--out",
      `${name}/answer`,
      ...settings,
    );
    const text = readFileSync(join(cwd, name, "fit/model.json"), "utf8").replaceAll(/"seconds": [\d.]+/g, "");
    const files = contents(join(cwd, name));
    return { ...files, "fit/model.json": text };
  }

  for (const threads of [1, 2])
    it(`${threads} threads: a whole run twice, byte for byte`, () => {
      const first = wholeRun(`first${threads}`, threads);
      expect(Object.keys(first)).to.include.members([
        "fit/weights.safetensors",
        "fit/report.html",
        "fit/queries/thicker/x-images-idx3-ubyte",
        "answer/table.csv",
      ]);
      expect(wholeRun(`second${threads}`, threads)).to.deep.equal(first);
    });

  it("one or two threads: a program's results agree to 1e-5", async () => {
    must("run", "tiny.scm", "--data", "data.json", "--out", "fitted", "--threads", "1", "--quiet");
    const { loaded } = await readArtefact(join(cwd, "fitted"));
    const dataset = await readDataset(join(cwd, "data.json"), [...loaded.variables.values()]);
    const [one, two] = await Promise.all(
      [1, 2].map((threads) =>
        counterfactual({
          loaded,
          engine: createEngine("onnx", { threads }),
          observed: rowsOfColumns(dataset.columns, loaded.variables),
          interventions: [{ variable: "t", expression: { kind: "constant", value: 2 }, noises: [] }],
          particles: 8,
          key: RandomKey.fromSeed(7),
        }),
      ),
    );
    for (const name of ["t", "i", "x"])
      expect(closeness(two!.values.get(name)!, one!.values.get(name)!), name).to.be.at.most(1e-5);
  });
});
