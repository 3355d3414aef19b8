/**
 * The support of the training rows is looked up for every question. The programs state the distribution of the causes,
 * so the share of draws outside the training rows is known. The learned child has random parameters, since its answers
 * there do not matter.
 */
import { expect } from "chai";
import type { Column } from "../../../src/data/columns/dataset.js";
import { lookUp } from "../../../src/runtime/inference/programs/seen-causes.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { SupportFinding } from "../../../src/runtime/support/finding.js";
import { findingsOf } from "../../../src/runtime/support/findings.js";
import { summariseSupport } from "../../../src/runtime/support/summarise.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { CausalModel } from "../../../src/session/causal-model.js";
import { interventions, loaded } from "../models.js";

type Numbers = Readonly<Record<string, ArrayLike<number>>>;

/** The model with what these columns hold, classes by their codes. */
function trainedOn(text: string, columns: Numbers): LoadedModel {
  const model = loaded(text);
  const rows = Object.values(columns)[0]!.length;
  const read = new Map<string, Column>(
    Object.entries(columns).map(([name, values]) => [name, { kind: "numeric", values: Float64Array.from(values) }]),
  );
  return { ...model, support: summariseSupport(model.model, model.variables, { columns: read, rows }) };
}

const engine = createEngine("reference", {});

async function found(model: LoadedModel, question: string, units: Numbers = {}): Promise<readonly SupportFinding[]> {
  const own = Object.fromEntries(Object.entries(units).map(([name, values]) => [name, Float32Array.from(values)]));
  const [answer] = await new CausalModel(model, engine).ask(question, { units: own as never, samples: 100 });
  return answer!.support;
}

const key = RandomKey.fromSeed(11);
const normal = (name: string, rows: number) => Float64Array.from(key.split(name).normal(rows));
const uniform = (name: string, rows: number) => key.split(name).uniform64(rows);
const zeros = (rows: number) => new Float64Array(rows);

describe("what the training rows hold of an answer's causes", () => {
  it("tells of a level without rows, however it comes about", async () => {
    // 300 rows of each of the first two levels, none of the third.
    const a = Float64Array.from({ length: 600 }, (_, row) => row % 2);
    const model = trainedOn(
      'model m\na : categorical("lo", "mid", "hi") := categorical()\ny : binary := bernoulli(a)',
      { a, y: a },
    );
    for (const question of [
      'probability(y == 1 | do(a := "hi"))',
      'probability(y == 1 | a = "hi")',
      'density(y = 1 | do(a := "hi"))',
      'sample(y | do(a := "hi"))',
      'counterfactual(y | a = "lo", y = 1, do(a := "hi"))',
    ]) {
      const [finding, ...others] = await found(model, question);
      expect(others, question).to.deep.equal([]);
      expect(finding, question).to.include({ kind: "level", level: '"hi"', rows: 0, share: 1 });
      expect(finding!.message, question).to.match(/a = "hi", a level with no training row: y extrapolates there$/);
    }
    expect(await found(model, 'probability(y == 1 | do(a := "lo"))')).to.deep.equal([]);
  });

  it("tells of a combination never seen, also where the answer is exact", async () => {
    // A and B are 1 in 200 rows each, never both.
    const A = Float64Array.from({ length: 600 }, (_, row) => (row % 3 === 1 ? 1 : 0));
    const B = Float64Array.from({ length: 600 }, (_, row) => (row % 3 === 2 ? 1 : 0));
    const text = "model m\nA : binary := bernoulli()\nB : binary := bernoulli(A)\nC : binary := bernoulli(A, B)";
    const model = trainedOn(text, { A, B, C: A });
    for (const question of ["do(A := 1, B := 1)", "A = 1, B = 1"]) {
      const [finding] = await found(model, `probability(C == 1 | ${question})`);
      expect(finding, question).to.include({ kind: "combination", combination: "A = 1, B = 1", rows: 0, share: 1 });
    }
    expect(await found(model, "probability(C == 1 | do(A := 1, B := 0))")).to.deep.equal([]);
  });

  it("tells of a constant set to another value", async () => {
    const model = trainedOn(
      "model m\nx : real := e where e ~ normal(0, 1)\nk : real := linear()\ny : real := linear(x, k)",
      {
        x: normal("x", 400),
        k: zeros(400).fill(3),
        y: zeros(400),
      },
    );
    const [finding, ...others] = await found(model, "expectation(y | do(k := 4)) - expectation(y | do(k := 3))");
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ kind: "constant", value: 3, share: 1, world: "do(k := 4)" });
  });

  it("tells the share of draws outside the range, at its value", async () => {
    // x is uniform in [0, 1], so x + 0.1 is outside for a tenth of the units: 4,000 draws have a standard error of 0.5
    // %.
    const text = "model m\nx : real := e where e ~ uniform(0, 1)\ny : real := linear(x)";
    const model = trainedOn(text, { x: uniform("range", 1000), y: zeros(1000) });
    const [finding, ...others] = await found(model, "expectation(y | do(x := x + 0.1))");
    expect(others).to.deep.equal([]);
    expect(finding!.kind).to.equal("range");
    expect(finding!.share).to.be.closeTo(0.1, 0.02);
    const far = await found(model, "quantile(0.9, y | do(x := 10))");
    expect(far.map(({ kind, share }) => [kind, share])).to.deep.equal([["range", 1]]);
    expect(await found(model, "expectation(y | do(x := 0.5))")).to.deep.equal([]);
    expect(await found(model, "expectation(y)")).to.deep.equal([]);
  });

  it("tells of evidence that is outside what was recorded, whether a mechanism reads it or not", async () => {
    const text = "model m\nx : real := e where e ~ normal(0, 1)\ny : real := linear(x)";
    const model = trainedOn(text, { x: normal("evidence", 1000), y: uniform("effect", 1000) });
    expect((await found(model, "expectation(y | x = 10)")).map(({ kind }) => kind)).to.deep.equal(["range"]);
    expect(await found(model, "expectation(y | x = 1)")).to.deep.equal([]);
    const messages = (await found(model, "expectation(x | y = 40)")).map(({ message }) => message);
    expect(messages[0]).to.match(/^the evidence has y outside its training range \[/);
  });

  it("tells of a gap inside the range", async () => {
    // 700 rows in [0, 1] and 300 in [9, 10].
    const x = uniform("gap", 1000).map((value, row) => (row < 700 ? value : value + 9));
    const model = trainedOn("model m\nx : real := linear()\ny : real := linear(x)", { x, y: zeros(1000) });
    const [finding] = await found(model, "expectation(y | do(x := 5))");
    expect(finding).to.include({ kind: "sparse", share: 1 });
    for (const inside of [0.5, 9.5])
      expect(await found(model, `expectation(y | do(x := ${inside}))`), `${inside}`).to.deep.equal([]);
  });

  it("tells the share of units without rows of the treatment they are given", async () => {
    // Nobody with w > 0.5 was treated: under do(t := 1) that is 1 - Φ(0.5) = 30.9 % of the units. Rows up to 0.15
    // standard deviations away count as near, and a few units lie at the edges of the data: between 1 - Φ(0.65) = 25.8
    // % and that plus 4 %.
    const w = normal("overlap", 2000);
    const t = uniform("treated", 2000).map((u, row) => (w[row]! < 0.5 && u < 0.5 ? 1 : 0));
    const text =
      "model m\nw : real := e where e ~ normal(0, 1)\nt : binary := bernoulli(w)\ny : real := linear(t, w)\nz : real := linear(t)";
    const model = trainedOn(text, { w, t, y: zeros(2000), z: zeros(2000) });
    const [finding, ...others] = await found(model, "expectation(y | do(t := 1))");
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ kind: "sparse" });
    expect(finding!.share).to.be.within(0.258, 0.349);
    expect(await found(model, "expectation(y | do(t := 0))")).to.deep.equal([]);
    // z does not depend on w.
    expect(await found(model, "expectation(z | do(t := 1))")).to.deep.equal([]);
  });

  it("tells of direct effects of collinear causes, and not of the total one", async () => {
    // z = 2 x + 1. Where x is set for y alone, a row near (1, 2 x + 1) needs x within twice the reach of 1: with reach
    // 0.15, all but P(0.7 < x < 1.3) = 14.5 % of the units have none; boxes are up to 0.15 wide, which makes it P(0.55
    // < x < 1.45) = 21.8 % at most.
    const x = normal("collinear", 1000);
    const text = "model m\nx : real := e where e ~ normal(0, 1)\nz : real := 2 * x + 1\ny : real := linear(x, z)";
    const model = trainedOn(text, { x, z: x.map((value) => 2 * value + 1), y: zeros(1000) });
    const [direct] = await found(model, "expectation(y | do(x := 1 for y))");
    expect(direct).to.include({ kind: "sparse" });
    expect(direct!.share).to.be.within(0.78, 0.9);
    expect(await found(model, "expectation(y | do(x := 1))")).to.deep.equal([]);
  });

  it("tells of one unit's counterfactual in closed form", async () => {
    // The noise of y is not known, so that y is not abducted: given x alone, the mean of y under do(x := 10) has a
    // closed form.
    const text = "model m\nx : real := e where e ~ normal(0, 1)\ny : real := linear(x)";
    const model = trainedOn(text, { x: normal("one unit", 1000), y: zeros(1000) });
    const [finding, ...others] = await found(model, "counterfactual(y | x = 1, do(x := 10))");
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ kind: "range", share: 1, of: "units", total: 1 });
    expect(await found(model, "counterfactual(y | x = 1, do(x := 0.5))")).to.deep.equal([]);
  });

  it("counts the observed units of a counterfactual", async () => {
    const text = "model m\nx : positive := linear()\ny : real := linear(x)";
    const model = trainedOn(text, { x: Float64Array.from({ length: 100 }, (_, row) => 1 + row / 100), y: zeros(100) });
    const units = { x: [1, 1.2, 1.5, 1.6], y: [0, 0, 0, 0] };
    const [finding] = await found(model, "counterfactual(y | do(x := x + 0.5))", units);
    expect(finding!.message).to.equal(
      "2 of 4 units (50.0 %) have x outside its training range [1, 1.99]: y extrapolates there",
    );
  });
});

/** Draws of the causes under a do, looked up for `y`. */
function findingsFor(model: LoadedModel, action: string, values: Numbers): SupportFinding[] {
  const asked = { interventions: interventions(action, model), given: [] };
  const rows = Object.values(values)[0]!.length;
  const tallies = lookUp(model, ["y"], asked, { values: new Map(Object.entries(values)), rows });
  return findingsOf(model, tallies, { of: "draws" });
}

describe("the thresholds of what is said", () => {
  const draws = 4000;
  /** Randomised treatments and covariates of several shapes; under `do(t := 1)` the covariates stay what they are. */
  const shapes: Readonly<Record<string, (name: string, rows: number) => Float64Array>> = {
    normal,
    uniform: (name, rows) => uniform(name, rows) as Float64Array,
    skewed: (name, rows) => normal(name, rows).map(Math.exp),
    likert: (name, rows) => uniform(name, rows).map((u) => Math.floor(5 * u)) as Float64Array,
    bimodal: (name, rows) => normal(name, rows).map((value, row) => value + (row % 2) * 6),
  };

  it("stay quiet on 60 designs in which units and training rows are alike", () => {
    const spoken: string[] = [];
    for (const [shape, drawn] of Object.entries(shapes))
      for (const covariates of [1, 2, 3])
        for (const rows of [300, 3000])
          for (const treated of [0.5, 0.25]) {
            const design = `${shape} ${covariates} ${rows} ${treated}`;
            const names = ["w", "v", "u"].slice(0, covariates);
            const text = `model m\n${names.map((name) => `${name} : real := linear()`).join("\n")}\nt : binary := bernoulli()\ny : real := linear(t, ${names.join(", ")})`;
            const columns = (kind: string, count: number) =>
              Object.fromEntries(names.map((name) => [name, drawn(`${design} ${kind} ${name}`, count)]));
            const t = uniform(`${design} t`, rows).map((u) => (u < treated ? 1 : 0));
            const model = trainedOn(text, { ...columns("training", rows), t, y: zeros(rows) });
            const asked = { ...columns("asked", draws), t: zeros(draws).fill(1) };
            for (const { message } of findingsFor(model, "t := 1", asked)) spoken.push(`${design}: ${message}`);
          }
    expect(spoken).to.deep.equal([]);
  });

  it("speak on all designs in which a fifth of the units has no rows near", () => {
    for (const [shape, drawn] of Object.entries(shapes))
      for (const rows of [300, 3000]) {
        const design = `thin ${shape} ${rows}`;
        const w = drawn(`${design} w`, rows);
        // Nobody in the highest fifth was treated; of Likert scales, nobody in the highest level.
        const limit = shape === "likert" ? 4 : Float64Array.from(w).sort()[Math.floor(0.8 * rows)]!;
        const t = uniform(`${design} t`, rows).map((u, row) => (w[row]! < limit && u < 0.5 ? 1 : 0));
        const model = trainedOn("model m\nw : real := linear()\nt : binary := bernoulli(w)\ny : real := linear(t, w)", {
          w,
          t,
          y: zeros(rows),
        });
        const asked = { w: drawn(`${design} asked`, draws), t: zeros(draws).fill(1) };
        const [finding] = findingsFor(model, "t := 1", asked);
        expect(finding?.kind, design).to.equal("sparse");
        expect(finding!.share, design).to.be.within(0.1, 0.3);
      }
  });
});
