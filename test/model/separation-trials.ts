/** The triples on which d-separation is compared with the paths: all of small graphs, random ones of larger graphs. */

import { StoredGraph } from "../../src/model/graph/stored-graph.js";
import { areSeparated } from "../../src/model/plans/separation.js";
import { type Random, randomFrom } from "../programs/random.js";
import { type Dag, isSeparatedByPaths } from "./paths.js";

export interface Comparison {
  readonly compared: number;
  readonly separated: number;
  /** The first few on which the two differ. */
  readonly differing: readonly string[];
}

class Comparer {
  compared = 0;
  separated = 0;
  readonly differing: string[] = [];

  compare(dag: Dag, graph: StoredGraph, left: number, right: number, given: readonly number[]): void {
    const expected = isSeparatedByPaths(dag, left, right, new Set(given));
    const found = areSeparated(graph, nameOf(left), nameOf(right), given.map(nameOf));
    this.compared++;
    if (expected) this.separated++;
    if (found !== expected && this.differing.length < 5)
      this.differing.push(JSON.stringify({ dag, left, right, given, found }));
  }
}

const nameOf = (vertex: number): string => `n${vertex}`;

function stored(dag: Dag): StoredGraph {
  return new StoredGraph(dag.map((parents, vertex) => [nameOf(vertex), parents.map(nameOf)]));
}

/** Every DAG with its vertices in topological order, which is every DAG up to the names of its vertices. */
export function compareAll(largest: number): Comparison {
  const comparer = new Comparer();
  for (let size = 2; size <= largest; size++) {
    const pairs = (size * (size - 1)) / 2;
    for (let bits = 0; bits < 2 ** pairs; bits++) compareTriples(dagOf(size, bits), comparer);
  }
  return comparer;
}

function dagOf(size: number, bits: number): Dag {
  let pair = 0;
  return Array.from({ length: size }, (_, child) =>
    Array.from({ length: child }, (_unused, parent) => parent).filter(() => bits & (1 << pair++)),
  );
}

function compareTriples(dag: Dag, comparer: Comparer): void {
  const graph = stored(dag);
  const vertices = dag.map((_, vertex) => vertex);
  for (const left of vertices) {
    for (const right of vertices.filter((vertex) => vertex !== left)) {
      const others = vertices.filter((vertex) => vertex !== left && vertex !== right);
      for (let bits = 0; bits < 2 ** others.length; bits++) {
        comparer.compare(
          dag,
          graph,
          left,
          right,
          others.filter((_, index) => bits & (1 << index)),
        );
      }
    }
  }
}

/** Random DAGs of 5 to 8 vertices, sparse to dense, and 20 triples on each. */
export function compareRandom(count: number, seed: number): Comparison {
  const comparer = new Comparer();
  const random = randomFrom(seed);
  for (let index = 0; index < count; index++) {
    const dag = randomDag(5 + random.below(4), random);
    const graph = stored(dag);
    for (let triple = 0; triple < 20; triple++) {
      const left = random.below(dag.length);
      const right = (left + 1 + random.below(dag.length - 1)) % dag.length;
      const others = dag.map((_, vertex) => vertex).filter((vertex) => vertex !== left && vertex !== right);
      comparer.compare(
        dag,
        graph,
        left,
        right,
        others.filter(() => random.once(3)),
      );
    }
  }
  return comparer;
}

function randomDag(size: number, random: Random): Dag {
  const oneIn = 1.5 + random.below(5);
  return Array.from({ length: size }, (_, child) =>
    Array.from({ length: child }, (_unused, parent) => parent).filter(() => random.below(1000) < 1000 / oneIn),
  );
}
