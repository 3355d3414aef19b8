/** d-separation against a search over all paths, and the truth of assertions. */
import { expect } from "chai";
import type { CausalGraph } from "../../src/model/graph/graph.js";
import { StoredGraph } from "../../src/model/graph/stored-graph.js";
import { whyFalse } from "../../src/model/plans/separation.js";
import { compareAll, compareRandom } from "./separation-trials.js";

function graphOfPairs(size: number, pairs: readonly (readonly [number, number])[]): CausalGraph {
  const vertices = Array.from({ length: size }, (_, vertex) => vertex);
  const parentsOf = (child: number) => pairs.filter(([, to]) => to === child).map(([from]) => `n${from}`);
  return new StoredGraph(vertices.map((vertex) => [`n${vertex}`, parentsOf(vertex)]));
}

describe("d-separation", () => {
  it("agrees with the paths of every DAG of up to 4 vertices", () => {
    const { compared, separated, differing } = compareAll(4);
    expect(differing).to.deep.equal([]);
    // 2 graphs with 2 triples, 8 with 12, and 64 with 48.
    expect(compared).to.equal(2 * 2 + 8 * 12 + 64 * 48);
    expect(separated).to.be.within(compared / 10, (9 * compared) / 10);
  });

  it("agrees with the paths of random DAGs of 5 to 8 vertices", () => {
    const { compared, separated, differing } = compareRandom(10_000, Date.now() % 2 ** 31);
    expect(differing).to.deep.equal([]);
    expect(compared).to.equal(10_000 * 20);
    expect(separated).to.be.within(compared / 20, (19 * compared) / 20);
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
