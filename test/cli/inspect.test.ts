/** `scmc inspect` through the real binary. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { InferenceSession } from "onnxruntime-node";
import type { ProgramReport } from "../../src/cli/print/inspect-report.js";
import { directoryWith, keepDirectory, scmc } from "./support.js";
import { program, study } from "./tiny-study.js";

describe("scmc inspect", () => {
  const cwd = keepDirectory({
    ...study(),
    "plain.scm": "t : real := 2 * e where e ~ normal(0, 1)\n",
    "scalars.scm": "t : positive := flow()\ni : real := flow(t)\nfit t(epochs = 40)\nfit i(epochs = 40)\n",
  });
  const bound = ["tiny.scm", "--data", "data.json"];

  function report(args: readonly string[]): ProgramReport {
    const { stdout, stderr, status } = scmc(["inspect", ...args, "--json"], { cwd });
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout) as ProgramReport;
  }

  it("lists the programs", () => {
    const { stdout, status } = scmc(["inspect", ...bound], { cwd });
    expect(status).to.equal(0);
    for (const name of ["x.train", "x.held_out_loss", "x.sample", "x.log_probability", "sample", "log_probability"])
      expect(stdout).to.match(new RegExp(`^${name} +\\d+ `, "m"));
    const json = JSON.parse(scmc(["inspect", ...bound, "--json"], { cwd }).stdout) as { programs: { name: string }[] };
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(" ")[0]),
    ).to.deep.equal(json.programs.map(({ name }) => name));
  });

  it("prints a program with hash, operations, FLOPs and bytes", () => {
    const { stdout, status } = scmc(["inspect", "plain.scm", "--program", "t.sample", "--batch", "10"], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.match(/^ {2}hash +[0-9a-f]{64}$/m);
    expect(stdout).to.include("  FLOPs     0 in products, about 10 in all\n");
    expect(stdout).to.include("weights 4 B, inputs 40 B, outputs 80 B");
    expect(stdout).to.match(/^%\d+ = Input\(noise\.t\.e\) : float32\[10,1\]$/m);
    expect(stdout).to.match(/^t = %\d+$/m);
  });

  it("the rows are those of --batch, and change the hash", () => {
    const of = (batch: string) => report([...bound, "--program", "i.log_probability", "--batch", batch]);
    expect(of("7").rows).to.equal(7);
    expect(of("7").hash).to.equal(of("7").hash);
    expect(of("7").hash).to.not.equal(of("8").hash);
    expect(of("16").cost.productFlops).to.equal(2 * of("8").cost.productFlops);
  });

  it("leaves a file that is in the way of --onnx, unless it may be replaced", () => {
    writeFileSync(join(cwd, "mine.onnx"), "mine");
    const args = ["inspect", "plain.scm", "--program", "t.sample", "--onnx", "mine.onnx"];
    const refused = scmc(args, { cwd });
    expect(refused.status).to.equal(3);
    expect(refused.stderr).to.contain("error[6021]").and.contain("--overwrite");
    expect(readFileSync(join(cwd, "mine.onnx"), "utf8")).to.equal("mine");
    expect(scmc([...args, "--overwrite"], { cwd }).status).to.equal(0);
    expect(readFileSync(join(cwd, "mine.onnx")).length).to.be.greaterThan(4);
  });

  it("the ONNX program that it writes is one that onnxruntime takes", async () => {
    report([...bound, "--program", "x.train", "--onnx", "x.onnx"]);
    const session = await InferenceSession.create(readFileSync(join(cwd, "x.onnx")));
    expect(session.inputNames).to.include.members(["steps", "step/value", "state/parameter.*"]);
    await session.release();
  });

  it("--profile says where the time goes", () => {
    const { timing } = report([...bound, "--program", "i.log_probability", "--profile", "--threads", "1"]);
    expect(timing!.engine).to.include({ engine: "onnx", device: "cpu", threads: 1 });
    expect(timing!.milliseconds).to.be.greaterThan(0);
    expect(timing!.profile!.operations.map(({ operation }) => operation)).to.include.members(["Gemm", "Mul"]);
    const eager = report([
      ...bound,
      "--program",
      "i.log_probability",
      "--batch",
      "4",
      "--profile",
      "--engine",
      "reference",
    ]);
    expect(eager.timing!.milliseconds).to.be.greaterThan(0);
    expect(eager.timing!.profile).to.equal(undefined);
  });

  it("a fitted artefact has its own rows and weights", () => {
    const scalars = ["scalars.scm", "--data", "data.json"];
    const { status, stderr } = scmc(["run", ...scalars, "--out", "out"], { cwd });
    expect(status, stderr).to.equal(0);
    const fitted = report(["out", "--program", "i.train"]);
    expect(fitted.weightsAre).to.equal("fitted");
    expect(fitted.rows).to.equal(54);
    expect(fitted.hash).to.equal(report([...scalars, "--program", "i.train"]).hash);
    const sampled = report([...scalars, "--program", "i.sample"]);
    expect(sampled.weightsAre).to.equal("initial");
    expect(report(["out", "--program", "i.sample"]).hash).to.not.equal(sampled.hash);
    const world = report(["out", "--program", "counterfactual", "--do", "t := t + 1", "--particles", "4"]);
    expect(Object.keys(world.operations)).to.include("MatMul");
  });

  it("says what is missing where data must bind the model", () => {
    const { status, stderr } = scmc(["inspect", "tiny.scm"], { cwd });
    expect(status).to.equal(2);
    expect(stderr).to.include("error[7121]");
    expect(stderr).to.include("`t` (its normalising constants)");
    expect(stderr).to.include("--data MANIFEST");
    const untyped = directoryWith({ "u.scm": program.replace("i : real ", "i ").replace("(4, 4)", "") });
    const message = scmc(["inspect", "u.scm"], { cwd: untyped }).stderr;
    expect(message).to.include("`i` (its type)");
    expect(message).to.include("`x` (its size)");
  });

  it("says which programs there are, and which options need one", () => {
    const unknown = scmc(["inspect", ...bound, "--program", "x.trian"], { cwd });
    expect(unknown.status).to.equal(2);
    expect(unknown.stderr).to.include("error[7120]");
    expect(unknown.stderr).to.include("did you mean `x.train`?");
    for (const args of [["--profile"], ["--onnx", "y.onnx"], ["--program", "x.train", "--engine", "reference"]]) {
      const { status, stderr } = scmc(["inspect", ...bound, ...args], { cwd });
      expect(status).to.equal(2);
      expect(stderr).to.include("error[7108]");
    }
  });
});
