/**
 * One variable set differently for different children, `do(t := 1 for y, t := 0 for m)`: every form of a query against
 * closed forms, on a linear model and on tables.
 */
import { expect } from "chai";
import { seenBy, type VariableTypes } from "../../../src/index.js";
import { loadUnfitted } from "../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { CausalModel } from "../../../src/session/causal-model.js";
import { compiled } from "../models.js";

const engine = createEngine("onnx");
const modelOf = (text: string) => new CausalModel<VariableTypes>(loadUnfitted(compiled(text), "test.scm"), engine);

const linear = modelOf(`s := e where e ~ normal(0, 1)
t := s + e where e ~ normal(0, 1)
m := 0.5 * t + s + e where e ~ normal(0, 1)
y := 2 * t + 3 * m + e where e ~ normal(0, 1)`);

/** P(m = 1 | t) and P(y = 1 | t, m). */
const mediator = [0.2, 0.7] as const;
const outcome = [
  [0.1, 0.4],
  [0.3, 0.9],
] as const;
const tables = modelOf(`t : binary := bernoulli(table = [0.5])
m : binary := bernoulli(t, table = [${mediator.join(", ")}])
y : binary := bernoulli(t, m, table = [[${outcome[0].join(", ")}], [${outcome[1].join(", ")}]])`);

const nested = "do(t := 1 for y, t := 0 for m)";

async function figure(model: typeof linear, text: string, samples = 10_000) {
  const [answer] = await model.ask(text, { samples });
  if (answer?.kind !== "estimate") throw new Error("not a number");
  return answer;
}

/** Within five standard errors, a false alarm in 1.7 million; an exact answer to single precision. */
async function expectFigure(model: typeof linear, text: string, value: number): Promise<void> {
  const { value: found, standardError } = await figure(model, text);
  expect(found, text).to.be.closeTo(value, 5 * standardError + 2e-6 * (1 + Math.abs(value)));
}

describe("nested worlds", function () {
  this.timeout(60_000);

  it("have the means, probabilities, quantiles and densities of E[y(1, m(0))]", async () => {
    // m(0) = s + e, y(1, m(0)) = 2 + 3 (s + e) + e': normal with mean 2 and variance 9 · 2 + 1 = 19.
    await expectFigure(linear, `expectation(y | ${nested})`, 2);
    await expectFigure(linear, `probability(y > 2 | ${nested})`, 0.5);
    await expectFigure(linear, `quantile(0.5, y | ${nested})`, 2);
    await expectFigure(linear, `density(y = 2 | ${nested})`, -0.5 * Math.log(2 * Math.PI * 19));
    // The rest sees the bare assignment, the variable itself included.
    await expectFigure(linear, "expectation(y - t | do(t := 1, t := 0 for m))", 1);
    await expectFigure(linear, "expectation(y | do(t := t + 1 for y, t := t - 1 for m))", 2 - 1.5);
  });

  it("give the natural direct effect of `scmc effect`, draw by draw", async () => {
    const path = `expectation(y | ${nested}) - expectation(y | do(t := 0))`;
    const { value, standardError } = await figure(linear, path);
    expect(value).to.be.closeTo(2, 1e-5);
    expect(standardError).to.be.below(1e-5);
    await expectFigure(linear, "expectation(y | do(t := 0, t := 1 for y)) - expectation(y | do(t := 0))", 2);
    // The indirect effect: 3 · 0.5.
    await expectFigure(linear, "expectation(y | do(t := 0 for y, t := 1 for m)) - expectation(y | do(t := 0))", 1.5);
  });

  it("take evidence beside them, in closed form and by particles", async () => {
    const above = await figure(linear, `expectation(y | s = 1, ${nested})`);
    expect(above.value).to.be.closeTo(5, 1e-5);
    // y = 2 + 3 m + e, m = s + e' of variance 2: given y = 8, m = 2 · 3 · 6 / 19.
    await expectFigure(linear, `expectation(m | y = 8, ${nested})`, 36 / 19);
  });

  it("sum over joint values where all is discrete, with evidence in the nested world", async () => {
    const weights = [0, 1].map((m) => (m === 1 ? mediator[0] : 1 - mediator[0]) * outcome[1][m]!);
    const total = weights[0]! + weights[1]!;
    await expectFigure(tables, `probability(y == 1 | ${nested})`, total);
    const posterior = await figure(tables, `probability(m == 1 | y = 1, ${nested})`);
    expect(posterior.standardError).to.equal(0);
    expect(posterior.value).to.be.closeTo(weights[1]! / total, 1e-6);
    await expectFigure(tables, `density(y = 1 | ${nested})`, Math.log(total));
  });

  it("recompute a unit's children each with what it sees", async () => {
    // Noises of the unit: m: 2 - 0.5 - 0.5 = 1, y: 9 - 2 - 6 = 1. Then m' = 0 + 0.5 + 1 and y' = 2 + 3 · 1.5 + 1.
    const units = { s: [0.5], t: [1], m: [2], y: [9] };
    const { values, plan } = await linear.counterfactual(units, { t: [seenBy(["y"], 1), seenBy(["m"], 0)] });
    expect([values.m![0], values.y![0], values.t![0]]).to.deep.equal([1.5, 7.5, 1]);
    expect(plan.replace).to.deep.equal(["t"]);
    const both = await linear.counterfactual(units, { t: [4, seenBy(["m"], 0)] });
    expect([both.values.m![0], both.values.y![0], both.values.t![0]]).to.deep.equal([1.5, 8 + 4.5 + 1, 4]);
    // Without m: 3 e + e' = 9 - 2 - 3 · 1 = 4, so that the mean of e is 12 / 10.
    const [missing] = await linear.ask(`counterfactual(m, y | s = 0.5, t = 1, y = 9, ${nested})`);
    if (missing?.kind !== "counterfactual") throw new Error("no counterfactual");
    expect(missing.values.m![0]).to.be.closeTo(1.7, 1e-5);
    expect(missing.values.y![0]).to.be.closeTo(2 + 1.5 + 4, 1e-5);
  });

  it("starts a shift that some children see from the natural value, beside an assignment for the rest", async () => {
    // m sees t + 1 = 2: m' = 1 + 0.5 + 1; y sees 0: y' = 3 · 2.5 + 1.
    const units = { s: [0.5], t: [1], m: [2], y: [9] };
    const { values } = await linear.counterfactual(units, { t: [0, seenBy(["m"], { text: (t) => `${t} + 1` })] });
    expect([values.m![0], values.y![0]]).to.deep.equal([2.5, 8.5]);
    // The natural value under do(s := 1) is 1 + 0.5 (its noise), so that m sees 2.5 and m' = 1.25 + 1 + 1.
    const moved = await linear.counterfactual(units, { s: 1, t: [0, seenBy(["m"], { text: (t) => `${t} + 1` })] });
    expect([moved.values.m![0], moved.values.y![0]]).to.deep.equal([3.25, 10.75]);
  });

  it("names the children whose domain a nested value leaves", async () => {
    const outside = tables.counterfactual(
      { t: [1], m: [0], y: [1] },
      { t: [seenBy(["y"], { text: (t) => `${t} + 1` }), 0] },
    );
    const message = await outside.then(
      () => "answered",
      (error: Error) => error.message,
    );
    expect(message).to.contain("sets `t` to 2");
  });
});
