/** The causal graph: order, cycles, reachability, awkward names and long chains. */
import { expect } from "chai";
import fc from "fast-check";
import { StoredGraph } from "../../src/model/graph/stored-graph.js";

type Edges = readonly (readonly [name: string, parents: readonly string[]])[];

const anyGraph = fc.integer({ min: 1, max: 9 }).chain((size) => {
  const names = Array.from({ length: size }, (_, index) => `n${index}`);
  const parents = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 });
  return fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), parents)));
});

/** Does a path of one edge or more lead from one to the other? By repeated squaring of nothing but loops. */
function reaches(edges: Edges, from: string, to: string): boolean {
  const reached = new Set([from]);
  for (let step = 0; step <= edges.length; step++) {
    const next = edges.filter(([, parents]) => parents.some((parent) => reached.has(parent))).map(([name]) => name);
    if (next.includes(to)) return true;
    for (const name of next) reached.add(name);
  }
  return false;
}

describe("causal graph", () => {
  it("orders parents before children and finds every cyclic group", () => {
    fc.assert(
      fc.property(anyGraph, (edges) => {
        const graph = new StoredGraph(edges);
        const cyclic = edges.filter(([name]) => reaches(edges, name, name)).map(([name]) => name);
        const cycles = graph.cycles();
        expect(cycles.length > 0).to.equal(cyclic.length > 0);
        for (const cycle of cycles) {
          cycle.forEach((name, index) => {
            expect(graph.children(name)).to.include(cycle[(index + 1) % cycle.length]);
          });
        }
        for (const name of cyclic) {
          const covered = cycles.some(
            ([first]) => first === name || (reaches(edges, first!, name) && reaches(edges, name, first!)),
          );
          expect(covered).to.equal(true);
        }
        const order = graph.order();
        if (cyclic.length === 0) expect([...order].sort()).to.deep.equal(edges.map(([name]) => name).sort());
        for (const [name, parents] of edges) {
          if (!order.includes(name)) continue;
          for (const parent of parents) expect(order.indexOf(parent)).to.be.lessThan(order.indexOf(name));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("knows ancestors and descendants", () => {
    fc.assert(
      fc.property(anyGraph, (edges) => {
        const graph = new StoredGraph(edges);
        for (const [from] of edges) {
          for (const [to] of edges) {
            expect(graph.descendants([from]).has(to)).to.equal(reaches(edges, from, to));
            expect(graph.ancestors([to]).has(from)).to.equal(reaches(edges, from, to));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("keeps the order of the names where the edges allow it", () => {
    const graph = new StoredGraph([
      ["c", ["a"]],
      ["b", []],
      ["a", []],
    ]);
    expect(graph.order()).to.deep.equal(["b", "a", "c"]);
  });

  it("takes names that are properties of every object", () => {
    const graph = new StoredGraph([
      ["__proto__", []],
      ["constructor", ["__proto__"]],
      ["toString", ["constructor", "__proto__"]],
    ]);
    expect(graph.order()).to.deep.equal(["__proto__", "constructor", "toString"]);
    expect(graph.parents("toString")).to.deep.equal(["constructor", "__proto__"]);
  });

  it("takes chains and rings of 30,000 variables", () => {
    const size = 30_000;
    const chain = (first: readonly string[]): Edges =>
      Array.from({ length: size }, (_, index) => [`n${index}`, index === 0 ? first : [`n${index - 1}`]]);
    expect(new StoredGraph(chain([])).order()).to.have.length(size);
    const [ring] = new StoredGraph(chain([`n${size - 1}`])).cycles();
    expect(ring).to.have.length(size);
  });
});
