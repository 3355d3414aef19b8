/** Evidence of the world after an intervention: it tells about that world alone, whatever reaches the evidence. */
import { expect } from "chai";
import { compileQueryText } from "../../../../src/compiler/query-text.js";
import { planTermInference } from "../../../../src/model/plans/plan-term.js";
import { gaussianUnit } from "../../../../src/runtime/inference/exact/gaussian-unit.js";
import { normalised } from "../../../../src/runtime/inference/particles/resample.js";
import { scoreOf } from "../../../../src/runtime/inference/particles/score.js";
import { densityTerm, unitDensities } from "../../../../src/runtime/inference/terms/density-term.js";
import { drawnGivenEvidence } from "../../../../src/runtime/inference/terms/draw-units.js";
import { drawWorld } from "../../../../src/runtime/inference/terms/evidence-world.js";
import { type Estimate, estimate } from "../../../../src/runtime/inference/terms/expectation.js";
import { jackknife } from "../../../../src/runtime/inference/terms/term-summary.js";
import type { LoadedModel } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { interventions, loaded, scalarRows } from "../../models.js";

const engine = createEngine("onnx");

async function ask(model: LoadedModel, text: string, rows = 20_000): Promise<Estimate> {
  const { query, diagnostics } = compileQueryText(text, model.model, "test");
  expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return estimate({ loaded: model, engine, expression: query!.expression, rows, key: RandomKey.fromSeed(2) });
}

async function agrees(model: LoadedModel, text: string, wanted: number): Promise<Estimate> {
  const answer = await ask(model, text);
  expect(Math.abs(answer.value - wanted), `${text}: ${answer.value}, not ${wanted}`).to.be.below(
    4.5 * answer.standardError + 1e-5,
  );
  expect(answer.standardError, text).to.be.below(0.2);
  return answer;
}

async function messageOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    return String((error as Error).message);
  }
  return "answered";
}

describe("evidence in an intervened linear-Gaussian model", () => {
  const model = loaded(`w := e where e ~ normal(0, 1)
t := w + e where e ~ normal(0, 1)
y := t + e where e ~ normal(0, 1)
z := t + e where e ~ normal(0, 1)`);

  it("tells nothing about what an intervention cuts off, or about values before a shift", async () => {
    const cases: [string, number][] = [
      ["expectation(w | y = 5, do(t := e where e ~ normal(0, 1)))", 0],
      ["expectation(z | t = 3, do(t := t + 1))", 3],
      ["expectation(t | y = 5, do(t := 0 for y))", 0],
      ["expectation(t | y = 5, do(t := t + 1))", 1 + (2 * 4) / 3],
      ["expectation(w * w | y = 5, do(t := e where e ~ normal(0, 1)))", 1],
    ];
    for (const [text, wanted] of cases) await agrees(model, text, wanted);
  });

  it("stays in closed form where no intervention reaches the evidence, or one fixes its cause", async () => {
    const cases: [string, number][] = [
      ["expectation(w | y = 5, do(t := 2))", 0],
      ["expectation(z | y = 5, do(t := 2))", 2],
      ["expectation(t | y = 5)", 10 / 3],
      ["expectation(y | w = 1, do(t := t + 1))", 2],
      ["expectation(z | y = 5, do(z := z + 1))", 13 / 3],
    ];
    for (const [text, wanted] of cases) expect((await agrees(model, text, wanted)).precision, text).to.equal("exact");
  });

  it("a noise that only some children see is weighed by what they show of it", async () => {
    const shared = "do(t := t + e for y, z where e ~ normal(0, 2))";
    // y - t and z - t have variance 1 + 4 and covariance 4.
    await agrees(model, `expectation(z | t = 1, y = 3, ${shared})`, 1 + (4 / 5) * 2);
    await agrees(model, `expectation(w | y = 3, ${shared})`, 3 / 7);
    const density = -0.5 * Math.log(2 * Math.PI * 5) - 4 / 10;
    await agrees(model, `density(y = 3 | t = 1, ${shared})`, density);
    const fresh = "do(t := e for y where e ~ normal(0, 2))";
    await agrees(model, `expectation(t | y = 3, ${fresh})`, 0);
    await agrees(model, `density(y = 3 | ${fresh})`, -0.5 * Math.log(2 * Math.PI * 5) - 9 / 10);
    const { query } = compileQueryText(`expectation(z | t = 1, y = 3, ${shared})`, model.model, "test");
    if (query?.expression.kind !== "expectation") throw new Error("no expectation");
    expect(planTermInference(model.model, query.expression)?.method).to.equal("importance");
  });

  it("a comparison that the evidence decides has no rounding in it", async () => {
    const sum = await ask(model, "probability(t > 3 | t = 3, y = 5, w = 1)", 400);
    expect(sum.value).to.equal(0);
  });
});

describe("density at data given evidence", () => {
  it("has the error of the evidence, which is common to all units, in its standard error", async () => {
    const model = loaded(`t := e where e ~ normal(0, 1)
u := t * t + e where e ~ normal(0, 0.1)
v := t + e where e ~ normal(0, 1)`);
    const { query } = compileQueryText("density(v | u = 4)", model.model, "test");
    if (query?.expression.kind !== "density") throw new Error("no density");
    // The same value in all units: among them nothing varies but the estimates.
    const request = {
      loaded: model,
      engine,
      term: query.expression,
      observed: new Map([["v", scalarRows(new Float32Array(40).fill(1))]]),
      samples: 400,
      key: RandomKey.fromSeed(5),
    };
    const { value } = await densityTerm(request);
    const { evidence } = await unitDensities(request);
    const ofEvidence = jackknife((left) => scoreOf(evidence!, 0, left));
    expect(ofEvidence).to.be.above(0.05);
    expect(jackknife(value)).to.be.above(0.6 * ofEvidence);
  });

  it("infinite weights have no shares", async () => {
    expect(() => normalised(Float64Array.of(0, Number.POSITIVE_INFINITY))).to.throw("infinite");
  });
});

describe("interventions beside evidence", () => {
  it("a drawn image of operators beside evidence is refused", async () => {
    const model = loaded(`t := e where e ~ normal(0, 1)
i : image(28, 28) := set_thickness(source, 2 + 0 * t) where source ~ mnist()`);
    const { query, diagnostics } = compileQueryText("sample(i | t = 2)", model.model, "test");
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
    if (query?.expression.kind !== "sample") throw new Error("no sample");
    const term = query.expression;
    const key = RandomKey.fromSeed(1);
    expect(await messageOf(() => drawnGivenEvidence({ loaded: model, engine, term, rows: 4, key }))).to.contain(
      "`i` is made by",
    );
  });

  it("a counterfactual form is not computed from the factual class of a changed parent", () => {
    const model = loaded(`t : real := e where e ~ normal(0, 1)
k : ordinal(3) := categorical(t)
y : real := linear(k)`);
    const values: Record<string, number[]> = { t: [0], k: [1], y: [0.4] };
    const unit = gaussianUnit(model, (name) => values[name]);
    expect(unit.intervened(interventions("t := 30", model), ["y"])).to.equal(undefined);
    expect(unit.intervened(interventions("k := 2", model), ["y"])).to.not.equal(undefined);
  });

  it("leave no domain", async () => {
    const model = loaded(`c : binary := bernoulli()
t : positive := exp(0.1 * e) where e ~ normal(0, 1)
y := t + c + e where e ~ normal(0, 1)`);
    const refused = "the intervention sets `t` to";
    for (const query of ["expectation(y | c = 1, do(t := t - 100))", "expectation(c | y = 1, do(t := t - 100))"])
      expect(await messageOf(() => ask(model, query, 400)), query).to.contain(refused);
  });

  it("draw a noise of their own for each draw of an enumerated posterior", async () => {
    const model = loaded(`a : binary := bernoulli()
b : binary := bernoulli(a)
x := a + e where e ~ normal(0, 1)`);
    const rows = 400;
    const drawn = await drawWorld(
      {
        loaded: model,
        engine,
        interventions: interventions("x := a + e where e ~ normal(0, 1)", model),
        evidence: [{ variable: "b", value: 1 }],
        key: RandomKey.fromSeed(4),
      },
      ["x"],
      20,
      rows / 20,
    );
    expect(new Set(drawn.values.get("x")).size).to.be.above(rows / 2);
  });
});
