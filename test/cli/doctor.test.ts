/** `scmc doctor` through the real binary: here, without onnxruntime-node, and beside a stand-in for tfjs-node. */
import { rmSync } from "node:fs";
import { expect } from "chai";
import type { EngineExamination } from "../../src/runtime/tensors/engine/examine.js";
import { folderWithStandIn } from "../runtime/tensors/engine/tensorflow-stand-in.js";
import { type Surroundings, scmc } from "./support.js";
import { withoutOnnxruntime } from "./without-onnxruntime.js";

interface Report {
  readonly machine: { readonly node: string; readonly cores: number; readonly memory: { readonly total: number } };
  readonly works: boolean;
  readonly engines: readonly EngineExamination[];
}

function examined(surroundings: Surroundings = {}): { report: Report; status: number | null } {
  const { stdout, stderr, status } = scmc(["doctor", "--json"], surroundings);
  // The native libraries that are tried warn on stderr.
  expect(stderr).to.equal("");
  return { report: JSON.parse(stdout) as Report, status };
}

function engineIn({ engines }: Report, name: string): EngineExamination {
  return engines.find(({ engine }) => engine === name)!;
}

describe("scmc doctor", () => {
  it("ends with 0 where the default engine works, and says what it ran", () => {
    const { report, status } = examined();
    expect(status).to.equal(0);
    expect(report.machine.node).to.equal(process.version);
    expect(report.machine.cores).to.be.at.least(1);
    const onnx = engineIn(report, "onnx");
    expect(onnx.works).to.equal(true);
    expect(onnx.description!.library).to.match(/^onnxruntime \d+\.\d+/);
    expect(onnx.difference).to.be.at.most(1e-5);
    expect(onnx.devices.find(({ device }) => device === "cpu")).to.deep.equal({ device: "cpu", works: true });
    for (const { works, reason } of onnx.devices) expect(works).to.equal(reason === undefined);
    expect(engineIn(report, "reference").works).to.equal(true);
  });

  it("without onnxruntime-node: ends with 1, says why and how to install it, and the reference still works", () => {
    const { report, status } = examined({ nodeOptions: withoutOnnxruntime });
    expect(status).to.equal(1);
    expect(report.works).to.equal(false);
    const onnx = engineIn(report, "onnx");
    expect(onnx.works).to.equal(false);
    expect(onnx.reason).to.include("Cannot find package 'onnxruntime-node'");
    expect(onnx.remedy).to.include("ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node");
    expect(engineIn(report, "reference").works).to.equal(true);
  });

  it("says the same in words", () => {
    const { stdout, status } = scmc(["doctor"], { nodeOptions: withoutOnnxruntime });
    expect(status).to.equal(1);
    expect(stdout).to.include("onnx does not work\n");
    expect(stdout).to.include("reference works: @tensorflow/tfjs-core ");
    expect(stdout).to.match(/The default engine, onnx, does not work\.\n$/);
  });

  it("runs the tensorflow engine where its package is in the user's folder", () => {
    const folder = folderWithStandIn();
    try {
      const tensorflow = engineIn(examined({ cwd: folder }).report, "tensorflow");
      expect(tensorflow.works).to.equal(true);
      expect(tensorflow.difference).to.be.at.most(1e-6);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
