/**
 * Given tables through the library's doors: the sprinkler network against enumeration of its published tables, and a
 * counterfactual against the closed form of Gumbel–max. Nothing is fitted.
 */
import { expect } from "chai";
import type { LoadedDataset } from "../../../src/data/columns/dataset.js";
import { type CausalModel, load, type VariableTypes } from "../../../src/index.js";
import { bindVariables } from "../../../src/runtime/fitting/fit-model.js";
import { compiled } from "../models.js";

const pairs = [0, 1] as const;
const given = (p: number, value: number) => (value === 1 ? p : 1 - p);
const wet = [
  [0, 0.9],
  [0.9, 0.99],
] as const;

/** P(cloudy, sprinkler, rain, wet) of the published tables. */
function joint(c: number, s: number, r: number, w: number): number {
  return 0.5 * given(c === 1 ? 0.1 : 0.5, s) * given(c === 1 ? 0.8 : 0.2, r) * given(wet[s]![r]!, w);
}

/** The sum of `term` over all joint values. */
function total(term: (c: number, s: number, r: number, w: number) => number): number {
  let sum = 0;
  for (const c of pairs) for (const s of pairs) for (const r of pairs) for (const w of pairs) sum += term(c, s, r, w);
  return sum;
}

describe("given tables", () => {
  let model: CausalModel<VariableTypes>;
  const ask = async (text: string): Promise<number> => {
    const [answer] = await model.ask(text);
    if (answer?.kind !== "estimate") throw new Error("not a number");
    expect(answer.standardError).to.equal(0);
    return answer.value;
  };

  before(async () => {
    model = await load("graphs/sprinkler.scm");
  });

  it("give the published posteriors of the sprinkler network, exactly", async () => {
    const evidence = total((c, s, r, w) => w * joint(c, s, r, w));
    const rain = total((c, s, r, w) => w * r * joint(c, s, r, w)) / evidence;
    const sprinkler = total((c, s, r, w) => w * s * joint(c, s, r, w)) / evidence;
    // Murphy's published figures, 0.7079 and 0.4298.
    expect([rain, sprinkler].map((p) => p.toFixed(4))).to.deep.equal(["0.7079", "0.4298"]);
    expect(await ask("probability(rain == 1 | wet = 1)")).to.be.closeTo(rain, 1e-6);
    expect(await ask("probability(sprinkler == 1 | wet = 1)")).to.be.closeTo(sprinkler, 1e-6);
    expect(Math.exp(await ask("density(wet = 1)"))).to.be.closeTo(evidence, 1e-6);
    // do(sprinkler := 1) leaves rain and cloudy as they are: P(wet | rain) = 0.99, and rain given cloudy = 1 is 0.8.
    expect(await ask("probability(wet == 1 | rain = 1, do(sprinkler := 1))")).to.be.closeTo(0.99, 1e-6);
    expect(await ask("probability(wet == 1 | cloudy = 1, do(sprinkler := 1))")).to.be.closeTo(
      0.8 * 0.99 + 0.2 * 0.9,
      1e-6,
    );
  });

  it("answer without evidence as well", async () => {
    const rows = 20_000;
    const [estimate] = await model.ask("probability(wet == 1)", { samples: rows });
    const share = estimate?.kind === "estimate" ? estimate.value : Number.NaN;
    const p = total((c, s, r, w) => w * joint(c, s, r, w));
    // Five standard errors: a false alarm in 1.7 million.
    expect(share).to.be.closeTo(p, 5 * Math.sqrt((p * (1 - p)) / rows));
  });

  it("keep the noise of a unit as Gumbel–max does", async () => {
    const unit = { cloudy: [1], sprinkler: [1], rain: [1], wet: [1] };
    // P(stays | observed) of a class whose odds fall from 99 to 9: the posterior of the logistic difference L > -log 99
    // given L > -log 9, that is (9 / 10) / (99 / 100).
    const { probabilities } = await model.counterfactual(unit, { rain: 0 }, { particles: 20_000, targets: ["wet"] });
    const p = 0.9 / 0.99;
    expect(probabilities.wet![1]).to.be.closeTo(p, 5 * Math.sqrt((p * (1 - p)) / 20_000));
    // Composition, and what a table forbids: without sprinkler and rain nothing is wet.
    const same = await model.counterfactual(unit, { rain: 1 }, { particles: 200 });
    expect([...same.probabilities.wet!]).to.deep.equal([0, 1]);
    const dry = await model.counterfactual(unit, { rain: 0, sprinkler: 0 }, { particles: 200 });
    expect([...dry.probabilities.wet!]).to.deep.equal([1, 0]);
  });

  it("give impossible values density zero, and refuse them as evidence", async () => {
    const terms = await model.logProbability({ cloudy: [1], sprinkler: [0], rain: [0], wet: [1] });
    expect(terms.wet![0]).to.equal(Number.NEGATIVE_INFINITY);
    expect(terms.sprinkler![0]).to.be.closeTo(Math.log(0.9), 1e-6);
    const refused = await model.ask("probability(cloudy == 1 | sprinkler = 0, rain = 0, wet = 1)").then(
      () => "answered",
      (error: Error) => error.message,
    );
    expect(refused).to.contain("probability zero");
  });

  it("are not bound to data that name levels which the program leaves out", () => {
    const program = compiled(
      "a : categorical(2) := categorical(table = [0.2, 0.8])\nb : binary := bernoulli(a, table = [0.1, 0.5])",
    );
    const domains = (levels?: string[]): LoadedDataset => ({
      rows: 1,
      ids: ["1"],
      noise: new Map(),
      columns: new Map([
        ["a", { kind: "category", codes: Int32Array.of(0), levels: levels ?? ["0", "1"] }],
        ["b", { kind: "numeric", values: Float64Array.of(1) }],
      ]),
      domains: new Map([
        ["a", { kind: "categorical", size: 2, ...(levels ? { levels } : {}) }],
        ["b", { kind: "binary" }],
      ]),
    });
    expect(() => bindVariables(program, domains(["no", "yes"]))).to.throw("the data name the levels of `a`");
    expect(() => bindVariables(program, domains())).not.to.throw();
  });
});
