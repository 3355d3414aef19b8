/** The symbolic inverse and its log-derivative, on given programs and, against finite differences, on random ones. */
import { expect } from "chai";
import fc from "fast-check";
import { print } from "../../src/algebra/print-expression.js";
import { compile } from "../../src/compiler/compile.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { compiled, evaluate, expectMarked, expressionOf } from "./support.js";

const parents = `
p : positive := exp(e) where e ~ normal(0, 1)
r : real := e where e ~ normal(0, 1)
u : interval(1, 3) := 1 + 2 * sigmoid(e) where e ~ normal(0, 1)
b : binary := e where e ~ bernoulli(0.5)
`;

function inverseOf(text: string): string {
  return print(expressionOf(compiled(`${parents}y := ${text}`), "y").inverse!.expression);
}

describe("inversion", () => {
  const cases: readonly (readonly [text: string, inverse: string])[] = [
    ["0.5 + e where e ~ gamma(10, 5)", "value - 0.5"],
    ["r - e where e ~ normal(0, 1)", "r - value"],
    ["p * e where e ~ normal(0, 1)", "value / p"],
    ["e / p where e ~ normal(0, 1)", "value / (1 / p)"],
    ["p / e where e ~ gamma(1, 1)", "1 / (value / p)"],
    ["exp(r + e) where e ~ normal(0, 1)", "log(value) - r"],
    ["e + e where e ~ normal(0, 1)", "value / 2"],
    ["2 * (e + r) - e where e ~ normal(0, 1)", "value - 2 * r"],
    ["e * e where e ~ gamma(1, 1)", "value ^ 0.5"],
    [
      "e ^ 3 where e ~ normal(0, 1)",
      "if(value < 0, -abs(value) ^ 0.3333333333333333, abs(value) ^ 0.3333333333333333)",
    ],
    ["e ^ p where e ~ gamma(1, 1)", "value ^ (1 / p)"],
    ["2 ^ e where e ~ normal(0, 1)", "log(value) / 0.6931471805599453"],
    ["exp(e) * exp(2 * e) where e ~ normal(0, 1)", "log(value) / 3"],
    ["e / (1 + e) where e ~ gamma(1, 1)", "value / (1 - value)"],
    ["if(b == 1, e, 2 * e) where e ~ normal(0, 1)", "if(b == 1, value, value / 2)"],
    ["abs(e) where e ~ gamma(1, 1)", "value"],
    ["log(e) where e ~ gamma(1, 1)", "exp(value)"],
    ["sqrt(e) where e ~ gamma(1, 1)", "value ^ 2"],
    ["softplus(e) where e ~ normal(0, 1)", "softplus_inverse(value)"],
    ["tanh(e) where e ~ normal(0, 1)", "atanh(value)"],
  ];
  for (const [text, inverse] of cases) {
    it(`of ${text}`, () => {
      expect(inverseOf(text)).to.equal(inverse);
    });
  }

  it("of Eq. 7 has the slope of the sigmoid as log-derivative", () => {
    const model = compiled(`
      t : positive := 0.5 + e where e ~ gamma(10, 5)
      i : interval(64, 255) := 191 * sigmoid(0.5 * e + 2 * t - 5) + 64 where e ~ normal(0, 1)`);
    const { inverse } = expressionOf(model, "i");
    const [t, noise] = [2.3, -0.7];
    const sigmoid = 1 / (1 + Math.exp(-(0.5 * noise + 2 * t - 5)));
    const values = { variables: { t }, value: 191 * sigmoid + 64 };
    expect(evaluate(inverse!.expression, values)).to.be.closeTo(noise, 1e-9);
    const slope = 191 * 0.5 * sigmoid * (1 - sigmoid);
    expect(evaluate(inverse!.logDerivative, values)).to.be.closeTo(-Math.log(slope), 1e-9);
  });
});

describe("a noise in several places", () => {
  // The value at a noise, from the text; the inverse must give the noise back, and its slope by central differences.
  const forms: readonly [text: string, at: (e: number) => number, noise: number][] = [
    ["e^2 + 2*e where e ~ gamma(2, 1)", (e) => e ** 2 + 2 * e, 0.7],
    ["e * (e + 2) where e ~ exponential(1)", (e) => e * (e + 2), 1.3],
    ["5 - (e + 1)^2 - e where e ~ exponential(1)", (e) => 5 - (e + 1) ** 2 - e, 0.4],
    ["exp(2*e) + exp(e) where e ~ normal(0, 1)", (e) => Math.exp(2 * e) + Math.exp(e), -0.8],
    ["(e + 1)^2 - e^2 where e ~ normal(0, 1)", (e) => 2 * e + 1, -3],
    ["exp(e) / (1 + exp(e)) where e ~ normal(0, 1)", (e) => 1 / (1 + Math.exp(-e)), 0.6],
    ["3 + 2 * exp(-e) / (4 + exp(-e)) where e ~ normal(0, 1)", (e) => 3 + 2 / (4 * Math.exp(e) + 1), 0.6],
    ["(exp(e) - 1) / (exp(e) + 1) where e ~ normal(0, 1)", (e) => Math.tanh(e / 2), -0.5],
    ["e^2 - 4*e where e ~ uniform(2, 5)", (e) => e ** 2 - 4 * e, 3.5],
    ["e^2 - 4*e where e ~ uniform(-1, 2)", (e) => e ** 2 - 4 * e, 0.5],
  ];
  for (const [text, at, noise] of forms) {
    it(text, () => {
      const { inverse } = expressionOf(compiled(`y := ${text}`), "y");
      const value = at(noise);
      expect(evaluate(inverse!.expression, { value })).to.be.closeTo(noise, 1e-9);
      const slope = (at(noise + 1e-5) - at(noise - 1e-5)) / 2e-5;
      expect(evaluate(inverse!.logDerivative, { value })).to.be.closeTo(-Math.log(Math.abs(slope)), 1e-7);
    });
  }

  it("is refused where two values of it give one, with the bound that would do", () => {
    expectMarked("y := <|5006 e ^ 2 + 2 * e|> where e ~ normal(0, 1)");
  });
});

describe("what cannot be inverted", () => {
  const faults = [
    "y := <|5007 r * e|> where e ~ normal(0, 1)",
    "y := <|5006 e * (1 + e)|> where e ~ normal(0, 1)",
    "y := 1 + <|5005 e * exp(e)|> where e ~ normal(0, 1)",
    "y := 2 * <|5006 abs(e)|> where e ~ normal(0, 1)",
    "y := <|5006 e ^ 2|> where e ~ normal(0, 1)",
    "y := <|5006 max(e, 0)|> where e ~ normal(0, 1)",
    "y := <|5006 clip(e, 0, 1)|> where e ~ normal(0, 1)",
    "y := if(<|5008 e > 0|>, e, 2 * e) where e ~ normal(0, 1)",
    "y := if(b == 1, e, <|5006 r|>) where e ~ normal(0, 1)",
    "y := <|2012 e - e|> where e ~ normal(0, 1)",
    "y := <|5005 e + f|> where e ~ normal(0, 1), f ~ normal(0, 1)",
    "y := if(b == 1, e, <|5006 2|>) where e ~ normal(0, 1)",
    "y : binary := if(<|5008 exp(e) > p|>, 1, 0) where e ~ normal(0, 1)",
    "y : binary := if(<|5007 r * e > p|>, 1, 0) where e ~ normal(0, 1)",
    "y : binary := if(<|5009 e > p|>, 1, 0) where e ~ gamma(2, 1)",
    "y : real := e where <|5009 e ~ bernoulli(0.5)|>",
    "y := r where <|2012 e|> ~ normal(0, 1)",
    "y := <|5007 1 ^ e|> where e ~ normal(0, 1)",
  ];
  for (const fault of faults) {
    it(fault.replaceAll(/<\|\d+ |\|>/g, ""), () => {
      for (const { hint } of expectMarked(`${parents}${fault}`)) expect(hint).to.be.a("string");
    });
  }
});

/** Layers around an expression that keep it invertible; `depth` bounds how they nest. */
const layers = fc.constantFrom<(inner: string) => string>(
  (inner) => `${inner} + r`,
  (inner) => `r - ${inner}`,
  (inner) => `p * (${inner})`,
  (inner) => `-(${inner}) / 3`,
  (inner) => `(${inner}) / u + p`,
  (inner) => `exp(0.3 * (${inner}))`,
  (inner) => `sigmoid(0.2 * (${inner}))`,
  (inner) => `tanh((${inner}) / 5)`,
  (inner) => `softplus(${inner})`,
  (inner) => `log(1 + softplus(${inner}))`,
  (inner) => `sqrt(softplus(${inner}))`,
  (inner) => `softplus(${inner}) ^ u`,
  (inner) => `2 / softplus(${inner})`,
  (inner) => `(1 + softplus(${inner})) ^ -2`,
  (inner) => `${inner} + 2 * (${inner})`,
  (inner) => `softplus(${inner}) / (1 + softplus(${inner}))`,
  (inner) => `u ^ (0.1 + softplus(${inner}) / 4) + 1 / u`,
  (inner) => `if(b == 1, ${inner}, 3 * (${inner}) + r)`,
  (inner) => `(${inner}) ^ 3`,
);

describe("inverse and log-derivative", () => {
  it("agree with finite differences on random expressions", () => {
    const noises = fc.constantFrom("normal(0, 1)", "gamma(2, 1)", "uniform(-1, 2)", "logistic(0, 1)");
    const value = fc.double({ min: 0.2, max: 1.8, noNaN: true });
    let checked = 0;
    fc.assert(
      fc.property(
        fc.array(layers, { minLength: 1, maxLength: 4 }),
        noises,
        fc.record({ p: value, r: value, u: value.map((x) => 1 + x), b: fc.constantFrom(0, 1) }),
        value,
        (chain, noise, variables, drawn) => {
          const text = chain.reduce((inner, layer) => layer(inner), "e");
          const { model, diagnostics } = compile({
            text: `${parents}y := ${text} where e ~ ${noise}`,
            file: "test.scm",
          });
          // A power of something that changes sign, for instance, is refused; what is accepted must be right.
          if (model === undefined) {
            expect(diagnostics[0]!.code).to.match(/^(3007|500[567])$/);
            return;
          }
          parseModel(serialiseModel(model), "test.scm.json");
          const { expression, inverse } = expressionOf(model, "y");
          const at = (e: number): number => evaluate(expression, { variables, noise: e });
          const step = 1e-5;
          const slope = (at(drawn + step) - at(drawn - step)) / (2 * step);
          if (!(Math.abs(slope) > 1e-4) || !(Math.abs(at(drawn)) < 1e6)) return;
          checked++;
          const found = { variables, value: at(drawn) };
          const scale = Math.max(1, Math.abs(at(drawn))) / Math.abs(slope);
          expect(evaluate(inverse!.expression, found), text).to.be.closeTo(drawn, 1e-9 * scale + 1e-9);
          expect(evaluate(inverse!.logDerivative, found), text).to.be.closeTo(
            -Math.log(Math.abs(slope)),
            1e-4 * (1 + scale),
          );
        },
      ),
      { numRuns: 1500 },
    );
    expect(checked).to.be.greaterThan(500);
  });
});
