/**
 * The normal quantile by logits and its inverse, on the compiled engine, against the distribution function in double
 * precision.
 */
import { expect } from "chai";
import {
  logitOfNormal,
  logSlopeOfQuantile,
  normalQuantileOfLogit,
} from "../../../../src/runtime/mechanisms/distributions/normal-quantile-of-logit.js";
import { normalCdf } from "../../../../src/runtime/mechanisms/distributions/special-functions.js";
import * as tf from "../../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";

const quantiles = [-30, -12, -6, -4, -3.001, -2.999, -2, -0.7, -1e-3, 0, 0.2, 1, 1.97, 1.98, 2.5, 3.5, 5, 9, 25];
/** logit Φ(u) = log Φ(u) - log Φ(-u); the logarithm of the far tail by its asymptotic series. */
function logTail(size: number): number {
  if (size < 8) return Math.log(normalCdf(-size));
  const square = size * size;
  return (
    -0.5 * square -
    Math.log(size * Math.sqrt(2 * Math.PI)) +
    Math.log1p(-1 / square + 3 / square ** 2 - 15 / square ** 3)
  );
}
const logits = quantiles.map(
  (u) => -Math.sign(u) * (logTail(Math.abs(u)) - Math.log1p(-Math.exp(logTail(Math.abs(u))))),
);

describe("the normal quantile of a logit", () => {
  it("agrees with the distribution function in both tails, both ways, and so does its slope", async () => {
    const engine = createEngine("onnx");
    const program = await engine.compile({
      name: "quantile",
      inputs: { logit: { shape: [logits.length], dtype: "float32" }, u: { shape: [logits.length], dtype: "float32" } },
      procedure: ({ logit, u }) => ({
        quantile: normalQuantileOfLogit(logit!),
        logit: logitOfNormal(u!),
        slope: tf.exp(logSlopeOfQuantile(logit!, u!)),
        gradient: tf.grad((z) => tf.sum(normalQuantileOfLogit(z)))(logit!),
      }),
    });
    const found = await program.run({ logit: Float32Array.from(logits), u: Float32Array.from(quantiles) });
    await program.dispose();
    quantiles.forEach((u, k) => {
      const tolerance = 3e-6 * Math.max(1, Math.abs(u));
      expect(found.quantile!.data[k]).to.be.closeTo(u, tolerance);
      expect(found.logit!.data[k], `logit at ${u}`).to.be.closeTo(logits[k]!, 1e-5 * Math.max(1, Math.abs(logits[k]!)));
      // The slope's exponent is a difference of two large numbers far out.
      const slopeTolerance = 1e-5 + 1e-6 * u * u;
      expect(found.gradient!.data[k]! / found.slope!.data[k]!, `slope at ${u}`).to.be.closeTo(1, slopeTolerance + 2e-5);
    });
  });
});
