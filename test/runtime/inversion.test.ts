/**
 * Symbolic inverses in tensors, against automatic differentiation: of random invertible expressions, the inverse gives
 * the noise back, and the log-derivative is minus the logarithm of the gradient's size. Values are float32, so
 * expressions that squeeze or stretch the noise by more than a factor of 300, and draws at which rounding of the value
 * alone shows, are left out.
 */
import { expect } from "chai";
import fc from "fast-check";
import { evaluate as evaluateNumber } from "../../src/algebra/evaluate.js";
import { compile } from "../../src/compiler/compile.js";
import { evaluate } from "../../src/runtime/tensors/core/expressions.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";
import type { Expression } from "../../src/schema/types.js";
import { compiled, expressionOf } from "../compiler/support.js";

const parents = `p : positive := flow()
r : real := flow()
u : interval(1, 3) := flow()
b : binary := bernoulli()
`;

type Layer = (inner: string) => string;
const layers = fc.constantFrom<Layer>(
  (inner) => `${inner} + r * p`,
  (inner) => `r - 2 * (${inner})`,
  (inner) => `p * (${inner}) / u`,
  (inner) => `exp(0.4 * (${inner}))`,
  (inner) => `sigmoid(0.5 * (${inner}))`,
  (inner) => `tanh((${inner}) / 4)`,
  (inner) => `softplus(${inner})`,
  (inner) => `log(1 + softplus(${inner}))`,
  (inner) => `sqrt(0.5 + softplus(${inner}))`,
  (inner) => `(0.5 + softplus(${inner})) ^ u`,
  (inner) => `u / (0.3 + softplus(${inner}))`,
  (inner) => `${inner} + 2 * (${inner})`,
  (inner) => `softplus(${inner}) / (1 + softplus(${inner}))`,
  (inner) => `u ^ (0.1 + softplus(${inner}) / 4)`,
  (inner) => `if(b == 1, ${inner}, 3 * (${inner}) + r)`,
  (inner) => `exp(${inner}) * exp(0.5 * (${inner}) + r)`,
  (inner) => `(${inner}) ^ 3`,
);
const number = fc.double({ min: 0.2, max: 1.6, noNaN: true });
const parentValues = fc.record({ p: number, r: number, u: number.map((x) => 1 + x), b: fc.constantFrom(0, 1) });

const steepest = 300;
const tolerance = 2e-3;
/** Several roundings of float32. */
const ulp = 5e-7;

describe("symbolic inverses in tensors", () => {
  it("have the log-derivative of automatic differentiation on random expressions", () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.array(layers, { minLength: 1, maxLength: 4 }), parentValues, (chain, values) => {
        const text = chain.reduce((inner, layer) => layer(inner), "e");
        const source = `${parents}y := ${text} where e ~ uniform(-2, 2)`;
        // Compositions of which the compiler cannot say that they are one-to-one are refused.
        if (compile({ text: source, file: "test.scm" }).model === undefined) return;
        checked += tf.tidy(() => checkGradient(source, values, text));
      }),
      { numRuns: 1000 },
    );
    expect(checked, "draws that were compared").to.be.greaterThan(2000);
  });

  it("of a linear expression is minus the logarithm of its coefficient", () => {
    const source = `${parents}y := 2 * e + r where e ~ uniform(-2, 2)`;
    const { inverse } = expressionOf(compiled(source), "y");
    const stated = evaluate(inverse!.logDerivative, { variables: new Map(), noises: new Map(), value: tf.scalar(1) });
    expect(stated.dataSync()[0]).to.be.closeTo(-Math.log(2), 1e-6);
  });
});

/** Checks the inverse and its slope at several draws; returns how many draws could be compared. */
function checkGradient(source: string, values: Readonly<Record<string, number>>, text: string): number {
  const { expression, inverse } = expressionOf(compiled(source), "y");
  const variables = new Map(Object.entries(values).map(([name, value]) => [name, tf.tensor2d([[value]])]));
  const draws = tf.tensor2d([[-1.7], [-0.6], [0.35], [0.9], [1.8]]);
  const forward = (noise: tf.Tensor): tf.Tensor => evaluate(expression, { variables, noises: new Map([["e", noise]]) });
  const slopes = tf
    .grad((noise) => tf.sum(forward(noise)))(draws)
    .dataSync();
  const value = forward(draws);
  const environment = { variables, noises: new Map(), value };
  const found = evaluate(inverse!.expression, environment).dataSync();
  // A slope that is the same everywhere is one number.
  const stated = tf.add(tf.zerosLike(value), evaluate(inverse!.logDerivative, environment)).dataSync();
  const sizes = value.dataSync();
  let compared = 0;
  draws.dataSync().forEach((drawn, index) => {
    const slope = Math.abs(slopes[index]!);
    // The effect on both of rounding the value alone, found in float64; it grows where an inner part is squeezed.
    const spread = (part: Expression): number => {
      const at = (size: number): number =>
        evaluateNumber(part, { variables: new Map(Object.entries(values)), value: size });
      return Math.abs(at(sizes[index]! * (1 + ulp)) - at(sizes[index]! * (1 - ulp)));
    };
    const rounding = spread(inverse!.expression) + spread(inverse!.logDerivative);
    if (!(slope > 1 / steepest && slope < steepest && rounding < tolerance)) return;
    expect(found[index], `inverse of ${text} at ${drawn}`).to.be.closeTo(drawn, 10 * tolerance);
    expect(stated[index], `log-derivative of ${text} at ${drawn}`).to.be.closeTo(-Math.log(slope), 10 * tolerance);
    compared++;
  });
  return compared;
}
