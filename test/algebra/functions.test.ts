/**
 * Laws of the table of functions, for every entry of it: values lie in the range that is stated for their arguments,
 * the inverse gives the argument back, its log-derivative is that of finite differences, and tensors have the same
 * values.
 */
import { expect } from "chai";
import fc from "fast-check";
import { evaluate } from "../../src/algebra/evaluate.js";
import { apply, variable } from "../../src/algebra/expression.js";
import { type FunctionName, functions } from "../../src/algebra/functions.js";
import { canBe, closed } from "../../src/algebra/intervals.js";
import { evaluate as evaluateTensors } from "../../src/runtime/tensors/core/expressions.js";
import * as tf from "../../src/runtime/tensors/core/tfjs.js";
import "../../src/runtime/tensors/engine/index.js";

const names = Object.keys(functions) as FunctionName[];

/** As many arguments as the function is given in programs. */
function arityOf(name: FunctionName): number {
  const { call, infix } = functions[name];
  return call ? Math.max(call.minimum, Math.min(call.maximum, 3)) : infix ? 2 : 1;
}

/** Thousandths: the reciprocals of smaller numbers overflow, which interval arithmetic does not follow. */
const number = fc.integer({ min: -4000, max: 4000 }).map((thousandths) => thousandths / 1000);
const box = fc.tuple(number, number).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

for (const name of names)
  describe(`the function ${name}`, () => {
    const { value, range, always, inversion } = functions[name];
    const arity = arityOf(name);

    it("has its values in the range that is stated for its arguments", () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(box, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: arity, maxLength: arity }),
          (all) => {
            const at = all.map(([{ low, high }, share]) => Math.min(high, Math.max(low, low + share * (high - low))));
            const result = value(at);
            if (Number.isNaN(result)) return;
            const found = range(
              all.map(([{ low, high }]) => closed(low, high)),
              () => false,
            );
            const slack = 1e-9 * Math.max(1, Math.abs(result));
            for (const stated of [found, always])
              if (stated && !Number.isNaN(stated.low) && !Number.isNaN(stated.high))
                expect(result, `at ${at}`).to.be.within(stated.low - slack, stated.high + slack);
          },
        ),
        { numRuns: 300 },
      );
    });

    it("has the same value in tensors", () => {
      const positive = [0.3, 0.7, 0.55].slice(0, arity);
      const leaves = positive.map((_, k) => variable(`a${k}`));
      const expression = apply(name, ...leaves);
      const variables = new Map(positive.map((one, k) => [`a${k}`, tf.tensor([[one]])]));
      const [computed] = evaluateTensors(expression, { variables, noises: new Map() }).dataSync();
      const wanted = evaluate(expression, { variables: new Map(positive.map((one, k) => [`a${k}`, one])) });
      expect(computed).to.be.closeTo(wanted, 1e-6 * Math.max(1, Math.abs(wanted)));
    });

    if (inversion.kind === "one-to-one")
      it("is undone by its inverse, whose log-derivative is that of finite differences", () => {
        const solved = inversion.solve(variable("y"));
        const at = (y: number, part: "x" | "logDerivative") =>
          evaluate(solved[part], { variables: new Map([["y", y]]) });
        for (const x of [0.2, 0.5, 0.9]) {
          const y = value([x]);
          expect(at(y, "x"), `x = ${x}`).to.be.closeTo(x, 1e-9);
          const step = 1e-6 * Math.max(1e-3, Math.abs(y));
          const slope = (at(y + step, "x") - at(y - step, "x")) / (2 * step);
          expect(at(y, "logDerivative"), `x = ${x}`).to.be.closeTo(Math.log(Math.abs(slope)), 1e-5);
        }
      });
  });

describe("the table of functions", () => {
  it("knows edges as open or closed as they are", () => {
    const line = closed(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    const of = (name: FunctionName) => functions[name].range([line], () => false)!;
    expect(canBe(of("exp"), 0)).to.equal(false);
    expect(canBe(of("sigmoid"), 1)).to.equal(false);
    expect(canBe(of("tanh"), -1)).to.equal(false);
    expect(canBe(of("abs"), 0)).to.equal(true);
  });
});
