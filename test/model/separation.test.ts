/** d-separation against a search over all paths, and the truth of assertions. */
import { expect } from "chai";
import fc from "fast-check";
import type { CausalGraph } from "../../src/model/graph.js";
import { areSeparated, whyFalse } from "../../src/model/separation.js";
import { StoredGraph } from "../../src/model/stored-graph.js";

/** All graphs whose edges go from lower to higher numbers: every DAG up to the naming of its vertices. */
function* dags(size: number): Generator<CausalGraph> {
  const pairs: [number, number][] = [];
  for (let child = 1; child < size; child++) for (let parent = 0; parent < child; parent++) pairs.push([parent, child]);
  for (let bits = 0; bits < 2 ** pairs.length; bits++)
    yield graphOfPairs(
      size,
      pairs.filter((_, index) => bits & (1 << index)),
    );
}

function graphOfPairs(size: number, pairs: readonly (readonly [number, number])[]): CausalGraph {
  const vertices = Array.from({ length: size }, (_, vertex) => vertex);
  const parentsOf = (child: number) => pairs.filter(([, to]) => to === child).map(([from]) => `n${from}`);
  return new StoredGraph(vertices.map((vertex) => [`n${vertex}`, parentsOf(vertex)]));
}

/** By definition: is every path between the two blocked? */
function separatedByPaths(graph: CausalGraph, left: string, right: string, given: readonly string[]): boolean {
  const opened = new Set([...given, ...graph.ancestors(given)]);
  const isOpen = (path: readonly string[]): boolean => {
    for (let index = 1; index < path.length - 1; index++) {
      const name = path[index]!;
      const isCollider = [path[index - 1]!, path[index + 1]!].every((end) => graph.parents(name).includes(end));
      if (isCollider ? !opened.has(name) : given.includes(name)) return false;
    }
    return true;
  };
  const search = (path: readonly string[]): boolean => {
    const last = path.at(-1)!;
    if (last === right) return isOpen(path);
    return [...graph.parents(last), ...graph.children(last)].some(
      (next) => !path.includes(next) && search([...path, next]),
    );
  };
  return !search([left]);
}

function subsets(names: readonly string[]): string[][] {
  const count = 2 ** names.length;
  return Array.from({ length: count }, (_, bits) => names.filter((_name, index) => bits & (1 << index)));
}

describe("d-separation", () => {
  it("agrees with the paths of every DAG of up to 4 vertices", () => {
    for (let size = 2; size <= 4; size++) {
      for (const graph of dags(size)) {
        const names = graph.names();
        for (const left of names) {
          for (const right of names.filter((name) => name !== left)) {
            for (const given of subsets(names.filter((name) => name !== left && name !== right))) {
              expect(areSeparated(graph, left, right, given)).to.equal(separatedByPaths(graph, left, right, given));
            }
          }
        }
      }
    }
  });

  it("agrees with the paths of random DAGs of 5 to 8 vertices", () => {
    const random = fc.integer({ min: 5, max: 8 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        pairs: fc.array(
          fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).filter(([a, b]) => a < b),
          { maxLength: 10 },
        ),
        triple: fc.shuffledSubarray(
          Array.from({ length: size }, (_, index) => `n${index}`),
          { minLength: 2, maxLength: 5 },
        ),
      }),
    );
    fc.assert(
      fc.property(random, ({ size, pairs, triple: [left, right, ...given] }) => {
        const graph = graphOfPairs(size, pairs);
        expect(areSeparated(graph, left!, right!, given)).to.equal(separatedByPaths(graph, left!, right!, given));
      }),
      { numRuns: 2000 },
    );
  });

  it("gives the reason of a false assertion", () => {
    const graph = graphOfPairs(3, [
      [0, 1],
      [1, 2],
    ]);
    expect(whyFalse({ kind: "not_cause", from: "n0", to: "n2" }, graph)).to.equal("n0 → n1 → n2 is a directed path");
    expect(whyFalse({ kind: "cause", from: "n2", to: "n0" }, graph)).to.equal(
      "no directed path leads from `n2` to `n0`",
    );
    expect(whyFalse({ kind: "independent", left: "n0", right: "n2", given: ["n1"] }, graph)).to.equal(undefined);
    expect(whyFalse({ kind: "independent", left: "n0", right: "n2", given: [] }, graph)).to.equal(
      "`n0` and `n2` are connected",
    );
  });
});
