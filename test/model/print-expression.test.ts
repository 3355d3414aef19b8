import { expect } from "chai";
import { print } from "../../src/algebra/print-expression.js";
import type { Expression } from "../../src/schema/types.js";
import { apply, c, morphoTruth, noise, v } from "../report/morpho-models.js";

describe("expressions as text", () => {
  const [a, b, d] = [v("a"), v("b"), v("d")];
  const cases: [string, Expression][] = [
    ["a + b * d", apply("add", a, apply("multiply", b, d))],
    ["(a + b) * d", apply("multiply", apply("add", a, b), d)],
    ["a - (b - d)", apply("subtract", a, apply("subtract", b, d))],
    ["a - b - d", apply("subtract", apply("subtract", a, b), d)],
    ["a / (b * d)", apply("divide", a, apply("multiply", b, d))],
    ["a ^ b ^ d", apply("power", a, apply("power", b, d))],
    ["(a ^ b) ^ d", apply("power", apply("power", a, b), d)],
    ["-a ^ 2", apply("negate", apply("power", a, c(2)))],
    ["(-a) ^ 2", apply("power", apply("negate", a), c(2))],
    ["(-2) ^ a", apply("power", c(-2), a)],
    ["if(a < b, exp(d), 0)", apply("if", apply("less", a, b), apply("exp", d), c(0))],
    ["exp(e)", apply("exp", noise("e"))],
  ];
  for (const [text, expression] of cases) {
    it(text, () => expect(print(expression)).to.equal(text));
  }

  it("writes Eq. 7 as printed", () => {
    const intensity = morphoTruth.mechanisms[1]!;
    if (intensity.kind !== "expression") throw new Error("not an expression");
    expect(print(intensity.expression)).to.equal("191 * sigmoid(0.5 * e + 2 * t - 5) + 64");
  });

  it("cuts very deep expressions", () => {
    let deep: Expression = a;
    for (let k = 0; k < 100_000; k++) deep = apply("add", deep, b);
    expect(print(deep)).to.match(/^… \+ … \+ b \+ b/);
  });
});
