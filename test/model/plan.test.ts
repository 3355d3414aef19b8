/** The procedures and counterfactual plans that follow from a model. */
import { expect } from "chai";
import fc from "fast-check";
import { apply, constant, natural, variable } from "../../src/algebra/expression.js";
import { StoredGraph } from "../../src/model/graph/stored-graph.js";
import { deriveProcedures, intervenedGraph, observedFor, planCounterfactual } from "../../src/model/plans/plan.js";
import type { Intervention, Mechanism } from "../../src/schema/types.js";

function modelOf(edges: Readonly<Record<string, readonly string[]>>) {
  const mechanisms = Object.entries(edges).map(
    ([name, parents]): Mechanism => ({
      kind: "flow",
      variable: name,
      parents: [...parents],
      options: {},
      abduction: "exact",
    }),
  );
  return { mechanisms, order: new StoredGraph(Object.entries(edges)).order() };
}

const set = (name: string, value = 1): Intervention => ({ variable: name, expression: constant(value), noises: [] });
const shift = (name: string): Intervention => ({
  variable: name,
  expression: apply("add", natural(name), constant(2)),
  noises: [],
});

const morpho = modelOf({ t: [], i: ["t"], x: ["t", "i"] });
const brain = modelOf({ a: [], s: [], b: ["s", "a"], v: ["a", "b"], x: ["b", "v"] });

function brief(model: typeof morpho, interventions: readonly Intervention[], targets: readonly string[]) {
  const { abduct, replace, recompute, copy } = planCounterfactual(model, interventions, targets);
  return [abduct.map(({ noiseOf }) => noiseOf), replace, recompute, copy].map((names) => names.join(" "));
}

describe("procedures", () => {
  it("follow the order of the model", () => {
    const { sample, abduct, logProbability } = deriveProcedures(morpho);
    expect(sample[2]).to.deep.equal({ assign: "x", mechanism: "flow", parents: ["t", "i"] });
    expect(abduct[1]).to.deep.equal({ noiseOf: "i", method: "exact", given: ["i", "t"] });
    expect(logProbability[0]).to.deep.equal({ term: "t", given: [], kind: "exact" });
  });
});

describe("counterfactual plans", () => {
  it("of a shift recompute the descendants only", () => {
    expect(brief(morpho, [shift("t")], ["t", "i", "x"])).to.deep.equal(["i x", "t", "i x", ""]);
    expect(brief(morpho, [shift("i")], ["t", "i", "x"])).to.deep.equal(["x", "i", "x", "t"]);
    expect(brief(brain, [shift("b")], ["a", "s", "b", "v", "x"])).to.deep.equal(["v x", "b", "v x", "a s"]);
  });

  it("leave out what the targets do not need", () => {
    expect(brief(morpho, [set("t")], ["i"])).to.deep.equal(["i", "t", "i", ""]);
    expect(brief(brain, [set("v")], ["a"])).to.deep.equal(["", "", "", "a"]);
  });

  it("do not look behind what is copied, nor behind a shift that starts from the observed value", () => {
    const chain = modelOf({ u: [], t: ["u"], i: ["t"], x: ["t", "i"] });
    expect(brief(chain, [shift("t")], ["i"])).to.deep.equal(["i", "t", "i", ""]);
    expect(brief(chain, [set("i")], ["x"])).to.deep.equal(["x", "i", "x", "t"]);
    expect(brief(chain, [set("u"), shift("t")], ["i"])).to.deep.equal(["t i", "u t", "i", ""]);
    const observed = (interventions: readonly Intervention[], targets: readonly string[]) =>
      observedFor(chain, interventions, planCounterfactual(chain, interventions, targets));
    expect(observed([shift("t")], ["i"])).to.deep.equal(["t", "i"]);
    expect(observed([shift("t")], ["t"])).to.deep.equal(["t"]);
    expect(observed([set("i")], ["x"])).to.deep.equal(["t", "i", "x"]);
    expect(observed([{ ...set("i"), only: ["x"] }], ["x"])).to.deep.equal(["t", "i", "x"]);
  });

  it("recover the noise of a shifted variable whose causes change", () => {
    expect(brief(morpho, [set("t"), shift("i")], ["x"])).to.deep.equal(["i x", "t i", "x", ""]);
    expect(brief(morpho, [set("t"), set("i")], ["x"])).to.deep.equal(["x", "t i", "x", ""]);
  });

  it("with `for` change the named children only", () => {
    expect(brief(morpho, [{ ...shift("t"), only: ["i"] }], ["t", "i", "x"])).to.deep.equal(["i x", "t", "i x", "t"]);
    expect(brief(morpho, [{ ...set("t"), only: ["x"] }], ["t", "i", "x"])).to.deep.equal(["x", "t", "x", "t i"]);
  });

  it("follow the edges that a new right-hand side adds", () => {
    const replaced: Intervention = { variable: "s", expression: variable("a"), noises: [] };
    expect(brief(brain, [set("a"), replaced], ["b"])).to.deep.equal(["b", "a s", "b", ""]);
  });

  it("split the variables: replaced, recomputed and copied ones are all that the targets need", () => {
    const names = ["n0", "n1", "n2", "n3", "n4", "n5"];
    const parents = names.map((_, index) => fc.subarray(names.slice(0, index)));
    const interventions = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), isShift: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(
        fc.tuple(...parents),
        interventions,
        fc.subarray(names, { minLength: 1 }),
        (edges, actions, targets) => {
          const model = modelOf(Object.fromEntries(names.map((name, index) => [name, edges[index]!])));
          const given = actions.map(({ name, isShift }) => (isShift ? shift(name) : set(name)));
          const graph = intervenedGraph(model, given);
          const plan = planCounterfactual(model, given, targets);
          const all = [...plan.replace, ...plan.recompute, ...plan.copy];
          const needed = new Set([...targets, ...graph.ancestors(targets)]);
          expect(new Set(all).size).to.equal(all.length);
          expect([...needed]).to.include.members(all);
          expect(all).to.include.members([...targets, ...plan.recompute.flatMap((name) => graph.parents(name))]);
          const acted = actions.map(({ name }) => name);
          const affected = graph.descendants(acted);
          for (const name of plan.recompute) expect(affected.has(name) && !acted.includes(name)).to.equal(true);
          for (const name of plan.copy) expect(affected.has(name) || acted.includes(name)).to.equal(false);
          const abducted = plan.abduct.map(({ noiseOf }) => noiseOf);
          expect(abducted).to.include.members(plan.recompute);
          for (const name of abducted) expect([...plan.recompute, ...plan.replace]).to.include(name);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the graph under an intervention", () => {
  it("equals a graph built anew", () => {
    const graph = intervenedGraph(brain, [set("b"), shift("v")]);
    const anew = new StoredGraph([
      ["a", []],
      ["s", []],
      ["b", []],
      ["v", ["a", "b"]],
      ["x", ["b", "v"]],
    ]);
    for (const name of anew.names()) {
      expect([...graph.parents(name)].sort()).to.deep.equal([...anew.parents(name)].sort());
      expect([...graph.children(name)].sort()).to.deep.equal([...anew.children(name)].sort());
    }
  });

  it("lists variables in the order of the model where edges are only cut", () => {
    const late = modelOf({ x: ["t"], t: [], i: ["x"] });
    const graph = intervenedGraph(late, [set("x")]);
    expect(graph.order()).to.deep.equal(late.order);
    expect(graph.parents("x")).to.deep.equal([]);
    const reversed = intervenedGraph(late, [{ variable: "t", expression: variable("i"), noises: [] }, set("x")]);
    expect(reversed.order()).to.deep.equal(["x", "i", "t"]);
  });
});
