/**
 * The log-density of every mechanism that is inverted exactly, against change of variables by differences: log p(y |
 * pa) is the sum of the noises' log-densities less log|det dy/dε|, the determinant of the numerical Jacobian of
 * `forward`.
 */
import { expect } from "chai";
import { sizeOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import { sampleDraws } from "../../../src/runtime/mechanisms/contract/draw-inputs.js";
import { distributions } from "../../../src/runtime/mechanisms/distributions/index.js";
import { type LoadedModel, parametersOf } from "../../../src/runtime/mechanisms/loaded-model.js";
import * as tf from "../../../src/runtime/tensors/core/tfjs.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { lawCases } from "./law-cases.js";
import { determinantOf } from "./transforms/determinant.js";

const engine = createEngine("onnx", { threads: 1 });
const points = 8;
/** In the noise; at steps as small as this, single precision is worth a thousandth of the slope. */
const step = 4e-3;

/** Row by row, log p and what change of variables says. */
async function compared(model: LoadedModel): Promise<[number, number][]> {
  const mechanism = model.mechanisms.get("y")!;
  const [[name, spec]] = Object.entries(mechanism.noises) as [[string, (typeof mechanism.noises)[string]]];
  const size = sizeOf(model.variables.get("y")!.domain);
  expect(spec.size).to.equal(size);
  const middle = sampleDraws(spec, points, RandomKey.fromSeed(15));
  const perPoint = 2 * size + 1;
  // For every point: itself, then every element moved up and down.
  const noise = Float32Array.from({ length: points * perPoint * size }, (_, at) => {
    const [point, row, element] = [Math.floor(at / (perPoint * size)), Math.floor(at / size) % perPoint, at % size];
    const moved = row === 1 + 2 * element ? step : row === 2 + 2 * element ? -step : 0;
    return middle[point * size + element]! + moved;
  });
  const rows = points * perPoint;
  const program = await engine.compile({
    name: "differences",
    inputs: { noise: { shape: [rows, size], dtype: "float32" } },
    constants: parametersOf(model.parameters, "y"),
    procedure(given, parameters) {
      const parents: Record<string, tf.Tensor> = model.variables.has("p") ? { p: tf.fill([rows, 1], 2.2) } : {};
      const value = mechanism.forward(parameters, { [name]: given.noise! }, parents);
      return {
        value,
        logProbability: mechanism.logProbability(parameters, value, parents, {}),
        base: tf.sum(distributions[spec.distribution].logDensity(given.noise!, spec.parameters), 1),
      };
    },
  });
  const { value, logProbability, base } = await program.run({ noise });
  await program.dispose();
  return Array.from({ length: points }, (_, point) => {
    const first = point * perPoint;
    const jacobian = Array.from({ length: size }, (_, output) =>
      Array.from({ length: size }, (_, input) => {
        const at = (row: number) => value!.data[(first + row) * size + output]!;
        return (at(1 + 2 * input) - at(2 + 2 * input)) / (2 * step);
      }),
    );
    return [logProbability!.data[first]!, base!.data[first]! - Math.log(Math.abs(determinantOf(jacobian)))];
  });
}

describe("log-densities of mechanisms against the numerical Jacobian", () => {
  const exact = Object.entries(lawCases).filter(([, { mechanisms }]) => {
    const { abduction, density } = mechanisms.get("y")!;
    return abduction === "exact" && density === "exact";
  });
  for (const [title, model] of exact)
    it(title, async () => {
      const pairs = await compared(model);
      // A point may lie beside the kink of a network or a knot of a spline, where differences say something between two
      // slopes.
      const far = pairs.filter(([found, wanted]) => !(Math.abs(found - wanted) < 0.01));
      expect(far.length, JSON.stringify(pairs)).to.be.at.most(1);
    });
});
