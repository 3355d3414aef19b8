/** Engine, device and threads on the command line: tried before any work, and recorded with what was computed. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { EngineDescription } from "../../src/runtime/tensors/engine/index.js";
import type { ArtefactDescription } from "../../src/schema/types.js";
import { folderWithStandIn } from "../runtime/tensors/engine/tensorflow-stand-in.js";
import { directoryWith, scmcProcess } from "./support.js";
import { study } from "./tiny-study.js";

const unfitted = "model m\nt : positive := 0.5 + e where e ~ gamma(10, 5)\n";

/** The arguments of each verb that takes an engine, on data that is not there. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  run: ["run", "m.scm", "--data", "none.json", "--out", "out"],
  sample: ["sample", "m.scm", "-n", "3", "--out", "out"],
  counterfactual: ["counterfactual", "m.scm", "--data", "none.json", "--do", "t := 1", "--out", "out"],
  inspect: ["inspect", "m.scm", "--program", "sample", "--profile"],
};

describe("--device", () => {
  for (const [verb, args] of Object.entries(verbs))
    it(`${verb}: a device that is not here is an error before any work, with what works`, () => {
      const cwd = directoryWith({ "m.scm": unfitted });
      const { status, stdout, stderr } = scmcProcess([...args, "--device", "abacus"], { cwd });
      expect(stderr).to.include("error[7006]: the onnx engine has no device abacus here");
      expect(stderr).to.include("Working here: cpu");
      expect(status).to.equal(2);
      expect(stdout).to.equal("");
      expect(existsSync(join(cwd, "out"))).to.equal(false);
    });

  it("is no silent fall-back where a listed provider lacks its library", function () {
    const { stdout } = scmcProcess(["doctor", "--json"]);
    const { engines } = JSON.parse(stdout) as {
      engines: { engine: string; devices: { device: string; works: boolean }[] }[];
    };
    const broken = engines.find(({ engine }) => engine === "onnx")!.devices.find(({ works }) => !works);
    if (broken === undefined) return this.skip();
    const cwd = directoryWith({ "m.scm": unfitted });
    const { status, stderr } = scmcProcess([...verbs.sample!, "--device", broken.device], { cwd });
    expect(stderr).to.include(`error[7006]: the onnx engine has no device ${broken.device} here`);
    expect(status).to.equal(2);
  });

  it("the reference engine has one device and one thread", () => {
    const cwd = directoryWith({ "m.scm": unfitted });
    for (const option of [
      ["--device", "cuda"],
      ["--threads", "2"],
    ]) {
      const { status, stderr } = scmcProcess([...verbs.sample!, "--engine", "reference", ...option], { cwd });
      expect(stderr).to.include("error[7006]");
      expect(status).to.equal(2);
    }
  });

  it("the tensorflow engine without its package says what to install", () => {
    const cwd = directoryWith({ "m.scm": unfitted });
    const { status, stderr } = scmcProcess([...verbs.sample!, "--engine", "tensorflow"], { cwd });
    expect(stderr).to.include("error[7007]");
    expect(stderr).to.include("npm i @tensorflow/tfjs-node");
    expect(status).to.equal(3);
  });
});

describe("engine, device and threads", () => {
  it("are recorded in the artefact, the report and the results", () => {
    const cwd = directoryWith(study());
    const { status, stdout, stderr } = scmcProcess(
      ["run", "tiny.scm", "--data", "data.json", "--out", "out", "--threads", "1", "--json"],
      { cwd },
    );
    expect(stderr).to.not.include("error");
    expect(status).to.equal(0);
    const { engine } = JSON.parse(stdout) as { engine: EngineDescription };
    const { provenance } = JSON.parse(readFileSync(join(cwd, "out/model.json"), "utf8")) as ArtefactDescription;
    expect(engine.library).to.match(/^onnxruntime \d/);
    expect(engine).to.deep.equal({ engine: "onnx", library: engine.library, device: "cpu", threads: 1 });
    expect(provenance).to.deep.include(engine);
    const report = readFileSync(join(cwd, "out/report.html"), "utf8");
    expect(report).to.include(`onnx (${engine.library})`);
  });

  it("a fit on the tensorflow engine, beside the stand-in, gives what the reference gives", () => {
    const folder = folderWithStandIn();
    const cwd = directoryWith({ ...study(), "m.scm": "t : positive := flow()\nfit t(epochs = 1)\n" });
    try {
      const losses = [folder, cwd].map((where, k) => {
        const args = ["--data", join(cwd, "data.json"), "--out", `out${k}`, "--json"];
        const { stdout, stderr, status } = scmcProcess(
          ["run", join(cwd, "m.scm"), ...args, "--engine", k === 0 ? "tensorflow" : "reference"],
          { cwd: where },
        );
        expect(status, stderr).to.equal(0);
        return (JSON.parse(stdout) as { fits: { heldOutLoss: number }[] }).fits[0]!.heldOutLoss;
      });
      expect(losses[0]).to.be.closeTo(losses[1]!, 1e-5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
