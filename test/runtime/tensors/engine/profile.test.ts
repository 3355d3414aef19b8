/** The profile's summary, on events with known sums and on a real run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { measureLoop } from "../../../../src/runtime/tensors/engine/measure.js";
import { type ProfileEvent, summariseProfile } from "../../../../src/runtime/tensors/engine/onnx/profile.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { scalarFlow } from "./programs.js";

function run(ts: number, dur: number): ProfileEvent {
  return { cat: "Session", name: "model_run", ts, dur };
}

function node(name: string, operation: string, ts: number, dur: number): ProfileEvent {
  const args = { op_name: operation, provider: "CPUExecutionProvider", output_type_shape: [{ float: [2, 3] }] };
  return { cat: "Node", name: `${name}_kernel_time`, ts, dur, args };
}

describe("a profile", () => {
  it("leaves out the first run and the loop that holds the nodes", () => {
    const events = [
      run(0, 9000),
      node("body/Exp:1", "Exp", 10, 8000),
      run(10_000, 4000),
      node("Loop:0", "Loop", 10_001, 3999),
      node("body/Exp:1", "Exp", 10_010, 1000),
      node("body/Add:2", "Add", 11_010, 500),
      node("body/Exp:1", "Exp", 12_000, 1000),
      node("body/Add:2", "Add", 13_010, 500),
    ];
    const profile = summariseProfile(events, 2);
    expect(profile.calls).to.equal(2);
    expect(profile.milliseconds).to.equal(2);
    expect(profile.operations).to.deep.equal([
      { operation: "Exp", nodes: 1, milliseconds: 1, share: 0.5 },
      { operation: "Add", nodes: 1, milliseconds: 0.5, share: 0.25 },
      { operation: "(between)", nodes: 0, milliseconds: 0.5, share: 0.25 },
    ]);
    expect(profile.slowest[0]).to.deep.equal({
      node: "body/Exp:1",
      operation: "Exp",
      provider: "CPU",
      output: "float[2,3]",
      milliseconds: 1,
    });
  });

  it("of a real loop accounts for all of its time", async () => {
    const directory = mkdtempSync(join(tmpdir(), "scmc-profile-test-"));
    try {
      const engine = createEngine("onnx", { threads: 1, profile: join(directory, "p") });
      const { milliseconds, steps } = await measureLoop(engine, scalarFlow(16).spec, RandomKey.fromSeed(1), 20);
      const [file] = readdirSync(directory);
      const profile = summariseProfile(
        JSON.parse(readFileSync(join(directory, file!), "utf8")) as ProfileEvent[],
        steps,
      );
      expect(profile.calls).to.equal(milliseconds.length * steps);
      const shares = profile.operations.reduce((sum, { share }) => sum + share, 0);
      expect(shares).to.be.closeTo(1, 1e-9);
      const products = profile.operations.filter(({ operation }) => /Gemm/.test(operation));
      expect(products.length).to.be.greaterThan(0);
      expect(profile.operations.map(({ operation }) => operation)).to.not.include("Loop");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
