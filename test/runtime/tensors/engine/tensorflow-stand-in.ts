/**
 * A test double of @tensorflow/tfjs-node. libtensorflow is fetched when the real package is installed, which a test
 * must not do. Like the real package it brings a tfjs-core of its own (the published CommonJS one), registers a backend
 * called "tensorflow", makes it current, and replaces gradients; unlike it, the backend computes in plain JavaScript.
 */
import { createRequire } from "node:module";
import { keepDirectory } from "../../../cli/support.js";

const require = createRequire(import.meta.url);

export interface StandIn {
  /** As the real backend says of itself. */
  readonly isUsingGpuDevice?: boolean;
  readonly packageName?: string;
  /** Fails like a package whose native part is missing. */
  readonly broken?: boolean;
}

/** Gradients that must not be in force: the union package of tfjs replaces ours by its own. */
const replaced = ["Maximum", "Greater", "SquaredDifference", "Tile", "Prod", "Cumsum"];

function source({ isUsingGpuDevice = false }: StandIn): string {
  return `
const tf = require(${JSON.stringify(require.resolve("@tensorflow/tfjs-core"))});
const { MathBackendCPU } = require(${JSON.stringify(require.resolve("@tensorflow/tfjs-backend-cpu"))});
for (const kernel of tf.getKernelsForBackend("cpu")) {
  const wrapped = kernel.kernelName !== "Cumsum" ? kernel.kernelFunc : (call) => {
    const { axis } = call.attrs;
    return kernel.kernelFunc({ ...call, attrs: { ...call.attrs, axis: axis < 0 ? axis + call.inputs.x.shape.length : axis } });
  };
  tf.registerKernel({ ...kernel, kernelFunc: wrapped, backendName: "tensorflow" });
}
for (const kernelName of ${JSON.stringify(replaced)})
  tf.registerGradient({ kernelName, gradFunc: () => { throw new Error("the package's own gradient of " + kernelName); } });
let calls = 0;
class Backend extends MathBackendCPU {
  constructor() { super(); this.firstUse = false; this.isUsingGpuDevice = ${isUsingGpuDevice}; }
  write(...all) { calls++; return super.write(...all); }
}
tf.registerBackend("tensorflow", () => new Backend(), 3);
tf.setBackend("tensorflow");
module.exports = { ...tf, calls: () => calls, version: { "tfjs-node": "0.0.0-stand-in" } };
`;
}

/** A folder in which the stand-in is installed; the caller removes it. */
export function folderWithStandIn(standIn: StandIn = {}): string {
  const { packageName = "@tensorflow/tfjs-node", broken = false } = standIn;
  const path = `node_modules/${packageName}`;
  return keepDirectory({
    "package.json": "{}",
    [`${path}/package.json`]: JSON.stringify({ name: packageName, version: "0.0.0", main: "index.js" }),
    [`${path}/index.js`]: broken
      ? `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found");`
      : source(standIn),
  });
}
