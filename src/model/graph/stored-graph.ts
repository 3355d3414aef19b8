/**
 * A causal graph stored in graphlib. Keys are prefixed, since names such as `__proto__` break it; its own traversals
 * recurse and are not used.
 */
import { Graph } from "@dagrejs/graphlib";
import { CausalGraph } from "./graph.js";

const key = (name: string): string => `v:${name}`;
const nameOf = (node: string): string => node.slice(2);

export class StoredGraph extends CausalGraph {
  readonly #graph = new Graph({ directed: true });
  readonly #names: readonly string[];
  // graphlib makes a new list at each call, and the searches ask for the same ones again and again.
  readonly #parents = new Map<string, readonly string[]>();
  readonly #children = new Map<string, readonly string[]>();

  /** Parents that are not vertices are left out; they are reported elsewhere. */
  constructor(parentsOf: Iterable<readonly [name: string, parents: readonly string[]]>) {
    super();
    const entries = [...parentsOf];
    for (const [name] of entries) this.#graph.setNode(key(name));
    this.#names = this.#graph.nodes().map(nameOf);
    for (const [name, parents] of entries) {
      for (const parent of parents) if (this.has(parent)) this.#graph.setEdge(key(parent), key(name));
    }
  }

  override names(): readonly string[] {
    return this.#names;
  }

  override has(name: string): boolean {
    return this.#graph.hasNode(key(name));
  }

  override parents(name: string): readonly string[] {
    return recalled(this.#parents, name, () => this.#graph.predecessors(key(name)));
  }

  override children(name: string): readonly string[] {
    return recalled(this.#children, name, () => this.#graph.successors(key(name)));
  }
}

function recalled(
  known: Map<string, readonly string[]>,
  name: string,
  find: () => readonly string[] | undefined,
): readonly string[] {
  let found = known.get(name);
  if (found === undefined) {
    found = (find() ?? []).map(nameOf);
    known.set(name, found);
  }
  return found;
}
