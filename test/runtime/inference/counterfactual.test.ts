/** Counterfactuals and samples under interventions: closed forms, laws, and what is copied. */
import { expect } from "chai";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import { estimate } from "../../../src/runtime/inference/terms/expectation.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { compiled, interventions, loaded, scalarRows } from "../models.js";

const chain = `a := e where e ~ normal(0, 1)
b := 2 * a + e where e ~ normal(0, 1)
c := a - 3 * b + 0.5 * e where e ~ normal(0, 1)
d := e where e ~ uniform(0, 1)`;

const units: Record<string, number[]> = {
  a: [0.5, -1, 2, 0.25, 1.5],
  b: [1.5, -1, 3.5, 0, 2],
  c: [-4, 2.5, -8, 1, -5],
  d: [0.1, 0.2, 0.3, 0.7, 0.95],
};

const engine = createEngine("reference");
const observed = new Map(Object.entries(units).map(([name, values]) => [name, scalarRows(values)]));

async function answer(model: LoadedModel, text: string, given: ReadonlyMap<string, Rows> = observed, particles = 1) {
  return counterfactual({
    loaded: model,
    engine,
    observed: given,
    interventions: interventions(text, model),
    particles,
    key: RandomKey.fromSeed(1),
  });
}

describe("counterfactuals of a linear model", () => {
  const model = loaded(chain);
  const at = (name: string, unit: number) => units[name]![unit]!;

  it("atomic: descendants move by the closed form, the rest are copied bit for bit", async () => {
    const { values, plan } = await answer(model, "b := 7");
    expect(plan.copy).to.have.members(["a", "d"]);
    for (let unit = 0; unit < 5; unit++) {
      expect(values.get("b")![unit]).to.equal(7);
      expect(values.get("c")![unit]).to.be.closeTo(at("c", unit) - 3 * (7 - at("b", unit)), 1e-4);
      expect(values.get("a")![unit]).to.equal(Math.fround(at("a", unit)));
      expect(values.get("d")![unit]).to.equal(Math.fround(at("d", unit)));
    }
  });

  it("shift: keeps the edges into the variable", async () => {
    const { values } = await answer(model, "a := a + 1, b := b * 2");
    for (let unit = 0; unit < 5; unit++) {
      const b = 2 * (at("b", unit) + 2);
      expect(values.get("b")![unit]).to.be.closeTo(b, 1e-4);
      expect(values.get("c")![unit]).to.be.closeTo(at("c", unit) + 1 - 3 * (b - at("b", unit)), 1e-4);
    }
  });

  it("twin worlds: only the named child sees the new value", async () => {
    const { values } = await answer(model, "a := a + 1 for c");
    for (let unit = 0; unit < 5; unit++) {
      expect(values.get("a")![unit]).to.equal(Math.fround(at("a", unit)));
      expect(values.get("b")![unit]).to.equal(Math.fround(at("b", unit)));
      expect(values.get("c")![unit]).to.be.closeTo(at("c", unit) + 1, 1e-4);
    }
  });

  it("conditional on other variables: the right-hand side reads the new world", async () => {
    const { values } = await answer(model, "a := 1, b := if(a > 0, b, 9)");
    for (let unit = 0; unit < 5; unit++)
      expect(values.get("b")![unit]).to.be.closeTo(at("b", unit) + 2 * (1 - at("a", unit)), 1e-4);
  });

  it("an intervention may add an edge against the model's own order", async () => {
    const { values } = await answer(model, "a := d + 1");
    for (let unit = 0; unit < 5; unit++) {
      const a = Math.fround(at("d", unit)) + 1;
      expect(values.get("a")![unit]).to.be.closeTo(a, 1e-6);
      expect(values.get("b")![unit]).to.be.closeTo(at("b", unit) + 2 * (a - at("a", unit)), 1e-4);
    }
    // d comes last in the program, so it is no ancestor of a before the intervention.
    expect(model.model.order.indexOf("d")).to.be.greaterThan(model.model.order.indexOf("a"));
  });

  it("a shift starts from what the variable sees, also through `for`", async () => {
    const { values } = await answer(model, "a := 5 for c, c := c + 1");
    for (let unit = 0; unit < 5; unit++)
      expect(values.get("c")![unit]).to.be.closeTo(at("c", unit) + (5 - at("a", unit)) + 1, 1e-4);
  });

  it("agrees with sampling under the same noises, for every kind of intervention", async () => {
    const rows = 40;
    const key = RandomKey.fromSeed(8);
    const before = await sample({ loaded: model, engine, rows, key });
    const drawn = new Map([...before.values].map(([name, values]) => [name, scalarRows(values)]));
    for (const text of [
      "a := 2",
      "a := a + 1, c := c * 2",
      "b := 3 for c, c := c + a",
      "a := d + 1",
      "b := if(a > 0, b, 1)",
    ]) {
      const world = await sample({ loaded: model, engine, rows, key, interventions: interventions(text, model) });
      const { values } = await answer(model, text, drawn);
      for (const [name, expected] of world.values)
        expected.forEach((value, unit) => {
          expect(values.get(name)![unit], `${name} under ${text}`).to.be.closeTo(
            value,
            1e-4 * Math.max(1, Math.abs(value)),
          );
        });
    }
  });

  it("the order of assignments does not matter", async () => {
    const one = await answer(model, "a := 1, b := b + a");
    const other = await answer(model, "b := b + a, a := 1");
    for (const [name, values] of one.values) expect([...other.values.get(name)!]).to.deep.equal([...values]);
  });

  it("do(x := x) changes nothing; do and undo returns", async () => {
    const nothing = await answer(model, "a := a");
    for (const name of ["a", "b", "c", "d"])
      for (let unit = 0; unit < 5; unit++) expect(nothing.values.get(name)![unit]).to.be.closeTo(at(name, unit), 1e-5);
    const there = await answer(model, "a := a + 3");
    const back = await answer(
      model,
      "a := a - 3",
      new Map([...there.values].map(([name, values]) => [name, scalarRows(values)])),
    );
    for (const name of ["a", "b", "c", "d"])
      for (let unit = 0; unit < 5; unit++) expect(back.values.get(name)![unit]).to.be.closeTo(at(name, unit), 1e-4);
  });

  it("names the variables whose observed values are missing", async () => {
    const { c: _, ...rest } = units;
    const partial = new Map(Object.entries(rest).map(([name, values]) => [name, scalarRows(values)]));
    const error = await answer(model, "b := 7", partial).catch((thrown: Error) => thrown);
    expect(error).to.be.an("error").with.property("message").that.includes("`c`");
  });
});

describe("counterfactuals of fitted mechanisms", () => {
  const norms = { t: { mean: 0.9, sd: 0.3, low: 1, high: 6 }, i: { mean: 0.5, sd: 1.5, low: 70, high: 250 } };
  const model = loaded(
    "t : positive := flow()\ni : interval(64, 255) := flow(t)\nx : image(4, 4) := cvae(t, i, latent = 3, hidden = [16, 16])",
    norms,
  );
  const given = new Map<string, Rows>([
    ["t", scalarRows([2.2, 3.1, 1.4])],
    ["i", scalarRows([120, 200, 90])],
    ["x", { rows: 3, size: 16, data: Uint8Array.from({ length: 48 }, (_, k) => (k * 37) % 256) }],
  ]);

  it("do(t := t) returns every value, images to 1e-3 grey levels, whatever the particles", async () => {
    const { values } = await answer(model, "t := t", given, 7);
    given.get("x")!.data.forEach((pixel, k) => {
      expect(values.get("x")![k]).to.be.closeTo(pixel, 1e-3);
    });
    given.get("i")!.data.forEach((value, k) => {
      expect(values.get("i")![k]).to.be.closeTo(value, 1e-3);
    });
  });

  it("gives the same on the compiled engine", async () => {
    const request = {
      loaded: model,
      observed: given,
      interventions: interventions("t := t + 2", model),
      particles: 4,
      key: RandomKey.fromSeed(2),
    };
    const reference = await counterfactual({ ...request, engine });
    const onnx = await counterfactual({ ...request, engine: createEngine("onnx") });
    for (const [name, values] of reference.values)
      values.forEach((value, k) => {
        expect(onnx.values.get(name)![k]).to.be.closeTo(value, 1e-3 * Math.max(1, Math.abs(value)));
      });
  });

  it("does not depend on how units are blocked where nothing is drawn", async () => {
    const request = {
      loaded: model,
      engine,
      observed: given,
      interventions: interventions("t := 3", model),
      targets: ["i"],
      particles: 1,
      key: RandomKey.fromSeed(2),
    };
    const whole = await counterfactual(request);
    const single = await counterfactual({ ...request, block: 1 });
    expect([...single.values.get("i")!]).to.deep.equal([...whole.values.get("i")!]);
  });
});

describe("sampling under interventions", () => {
  const model = loaded(chain);

  it("do(b := 1) sets b, moves c, and leaves a as it was drawn", async () => {
    const request = { loaded: model, engine, rows: 500, key: RandomKey.fromSeed(4) };
    const before = await sample(request);
    const after = await sample({ ...request, interventions: interventions("b := 1", model) });
    expect([...after.values.get("a")!]).to.deep.equal([...before.values.get("a")!]);
    expect(after.values.get("b")!.every((value) => value === 1)).to.equal(true);
    const a = after.values.get("a")!;
    const noise = after.noises.get("c.e")!;
    after.values.get("c")!.forEach((value, k) => {
      expect(value).to.be.closeTo(a[k]! - 3 + 0.5 * noise[k]!, 1e-4);
    });
  });

  it("a constant, by intervention or by definition, fills every row", async () => {
    const constant = loaded("k := 3\na := k + e where e ~ normal(0, 1)\nb := 2 * a + e where e ~ normal(0, 1)");
    const { values } = await sample({
      loaded: constant,
      engine,
      rows: 7,
      key: RandomKey.fromSeed(4),
      interventions: interventions("a := 4", constant),
    });
    expect([...values.get("k")!]).to.deep.equal(new Array(7).fill(3));
    expect([...values.get("a")!]).to.deep.equal(new Array(7).fill(4));
    expect(new Set(values.get("b")).size).to.equal(7);
  });

  it("stochastic interventions draw their own noise", async () => {
    const { values } = await sample({
      loaded: model,
      engine,
      rows: 4000,
      key: RandomKey.fromSeed(5),
      interventions: interventions("a := 10 + e where e ~ uniform(0, 1)", model),
    });
    const a = values.get("a")!;
    expect(Math.min(...a)).to.be.greaterThan(10);
    expect(Math.max(...a)).to.be.lessThan(11);
    // The mean of 4,000 uniforms has a standard error of 0.0046; 5.5 of them is a false-alarm rate of 4e-8.
    expect(a.reduce((sum, value) => sum + value, 0) / 4000).to.be.closeTo(10.5, 0.026);
  });

  it("a contrast of two worlds has the closed form and the standard error of the contrast", async () => {
    const text = `${chain}\nquery effect = expectation(c | do(a := a + 1)) - expectation(c)`;
    const { expression } = compiled(text).queries[0]!;
    const { value, standardError } = await estimate({
      loaded: loaded(text),
      engine,
      expression,
      rows: 2000,
      key: RandomKey.fromSeed(6),
    });
    // c moves by 1 - 3 * 2 in every unit: common random numbers leave no variance.
    expect(value).to.be.closeTo(-5, 1e-3);
    expect(standardError).to.be.lessThan(1e-4);
  });
});
