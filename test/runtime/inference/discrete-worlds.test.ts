/**
 * Laws of interventions and counterfactuals with discrete variables in the chain: classes are joint within a particle.
 */
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions, loaded, scalarRows } from "../models.js";
import { falseAlarmRate } from "../tensors/random/kolmogorov-smirnov.js";

const discrete = ["a", "b", "d", "e", "f"];
const model = loaded(
  `a : binary := bernoulli()
b : ordinal(3) := categorical(a)
c : real := linear(a, b)
d : count := glm(b)
e : ordinal(4) := flow(c, d, transform = [spline(bins = 4), affine])
f : categorical("u", "v", "w") := categorical(c, e)
g : real := 10 * b + b * b
k : categorical(3) := categorical(c)`,
  { d: { mean: 3, sd: 2, low: 0, high: 9 }, c: { mean: 0.2, sd: 1.1, low: -3, high: 3 } },
);
const names = model.model.order;
const engine = createEngine("onnx");

async function units(rows: number, seed: number): Promise<Map<string, Rows>> {
  const { values } = await sample({ loaded: model, engine, rows, key: RandomKey.fromSeed(seed) });
  return new Map(names.map((name) => [name, scalarRows(values.get(name)!)]));
}

const answer = (text: string, observed: ReadonlyMap<string, Rows>, particles: number, on = engine) =>
  counterfactual({
    loaded: model,
    engine: on,
    observed,
    interventions: interventions(text, model),
    particles,
    key: RandomKey.fromSeed(11),
  });

describe("worlds with discrete variables", () => {
  it("do(a := a) returns every class exactly in every particle", async () => {
    const observed = await units(200, 1);
    const { values, probabilities } = await answer("a := a", observed, 9);
    for (const name of discrete) {
      expect([...values.get(name)!], name).to.deep.equal([...observed.get(name)!.data]);
      for (const share of probabilities.get(name) ?? []) expect(Math.min(share, 1 - share)).to.be.closeTo(0, 1e-6);
    }
    for (const name of ["c", "g"])
      values.get(name)!.forEach((value, unit) => {
        expect(value).to.be.closeTo(observed.get(name)!.data[unit]!, 1e-4);
      });
  });

  it("copies what does not descend from the intervention, and gives shares only for what was computed", async () => {
    const observed = await units(50, 2);
    const { values, probabilities, plan } = await answer("b := 2", observed, 20);
    expect(plan.copy).to.have.members(["a"]);
    expect([...values.get("a")!]).to.deep.equal([...observed.get("a")!.data]);
    expect(probabilities.has("a")).to.equal(false);
    expect([...values.get("b")!].every((value) => value === 2)).to.equal(true);
    expect([...probabilities.keys()]).to.have.members(["b", "e", "f", "k"]);
    for (let unit = 0; unit < 50; unit++) {
      const row = [...probabilities.get("e")!.subarray(4 * unit, 4 * unit + 4)];
      expect(row.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-5);
      expect(values.get("e")![unit]).to.equal(row.indexOf(Math.max(...row)));
    }
  });

  it("a class flows to its descendants within its particle", async () => {
    const observed = await units(60, 3);
    const { values, probabilities } = await answer("a := 1 - a", observed, 50);
    const shares = probabilities.get("b")!;
    let undecided = 0;
    for (let unit = 0; unit < 60; unit++) {
      const [, one, two] = shares.subarray(3 * unit, 3 * unit + 3);
      if (Math.max(one!, two!, 1 - one! - two!) < 1) undecided++;
      // The mean of 10 b + b² over the very classes that were drawn: not that of the modal class, nor of the mean
      // class.
      expect(values.get("g")![unit]).to.be.closeTo(11 * one! + 24 * two!, 1e-3);
    }
    expect(undecided).to.be.greaterThan(20);
  });

  it("counterfactuals of the population are distributed as the intervention", async () => {
    const rows = 3000;
    const observed = await units(rows, 4);
    const one = await answer("b := 2", observed, 1);
    const other = await sample({
      loaded: model,
      engine,
      rows,
      key: RandomKey.fromSeed(5),
      interventions: interventions("b := 2", model),
    });
    // Smirnov's two-sample bound 2 exp(-n D²) is conservative for discrete variables.
    const limit = Math.sqrt(Math.log(2 / falseAlarmRate) / rows);
    for (const name of ["c", "d", "e", "f", "k"])
      expect(distance(one.values.get(name)!, other.values.get(name)!), name).to.be.lessThan(limit);
  });

  it("an intervention cuts a class from its parents and reaches its descendants", async () => {
    const request = { loaded: model, engine, rows: 2000, key: RandomKey.fromSeed(6) };
    const before = await sample(request);
    const after = await sample({ ...request, interventions: interventions("b := 0", model) });
    expect([...after.values.get("a")!]).to.deep.equal([...before.values.get("a")!]);
    expect(after.values.get("b")!.every((value) => value === 0)).to.equal(true);
    // The same noise gives the same count where b was 0 anyway.
    let changed = 0;
    before.values.get("b")!.forEach((value, unit) => {
      const same = before.values.get("d")![unit] === after.values.get("d")![unit];
      if (value === 0) expect(same).to.equal(true);
      else if (!same) changed++;
    });
    expect(changed).to.be.greaterThan(0);
  });

  it("a value outside the domain is an error that names unit and value", async () => {
    const observed = new Map([...(await units(6, 8)), ["b", scalarRows([0, 1, 1, 2, 0, 1])]]);
    const messageOf = async (text: string) =>
      answer(text, observed, 3).then(
        () => "none",
        (error: Error) => error.message,
      );
    expect(await messageOf("b := b + 1")).to.include("sets `b` to 3 in unit 4, which is not a value of ordinal(3)");
    expect(await messageOf("b := min(b + 1, 2)")).to.equal("none");
    expect(await messageOf("b := b - 0.5")).to.include("sets `b` to -0.5 in unit 1");
    expect(await messageOf("a := a + 1 for c")).to.include("not a value of binary");
    const drawn = sample({
      loaded: model,
      engine,
      rows: 300,
      key: RandomKey.fromSeed(9),
      interventions: interventions("d := d - 1", model),
    });
    expect(await drawn.then(String, (error: Error) => error.message)).to.include("which is not a value of count");
  });

  it("the engines agree", async () => {
    const observed = await units(30, 7);
    const compiled = await answer("a := 1 - a", observed, 40);
    const reference = await answer("a := 1 - a", observed, 40, createEngine("reference"));
    // Rounding may turn a particle whose noise lies on an edge: at most one of a unit's 40.
    for (const [name, shares] of compiled.probabilities)
      shares.forEach((share, k) => {
        expect(reference.probabilities.get(name)![k]).to.be.closeTo(share, 1 / 40 + 1e-6);
      });
  });
});

/** The largest distance between two empirical distribution functions. */
function distance(one: Float32Array, other: Float32Array): number {
  const both = [...one].map((value) => [value, 1 / one.length] as const);
  both.push(...[...other].map((value) => [value, -1 / other.length] as const));
  both.sort(([a], [b]) => a - b);
  let difference = 0;
  let largest = 0;
  both.forEach(([value, step], k) => {
    difference += step;
    if (both[k + 1]?.[0] !== value) largest = Math.max(largest, Math.abs(difference));
  });
  return largest;
}
