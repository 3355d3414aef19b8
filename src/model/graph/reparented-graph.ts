/**
 * A causal graph with the parents of some variables replaced, as an intervention does. The rest is read from the base
 * graph, so a query on a large graph does not rebuild it.
 */
import { CausalGraph } from "./graph.js";

export class ReparentedGraph extends CausalGraph {
  readonly #base: CausalGraph;
  readonly #parents = new Map<string, readonly string[]>();
  readonly #newChildren = new Map<string, string[]>();
  #hasNewEdges = false;

  constructor(base: CausalGraph, changes: Iterable<readonly [name: string, parents: readonly string[]]>) {
    super();
    this.#base = base;
    for (const [name, parents] of changes) {
      if (!base.has(name)) continue;
      const known = parents.filter((parent) => base.has(parent));
      this.#parents.set(name, known);
      const before = base.parents(name);
      if (known.some((parent) => !before.includes(parent))) this.#hasNewEdges = true;
      for (const parent of known) {
        const children = this.#newChildren.get(parent);
        if (children === undefined) this.#newChildren.set(parent, [name]);
        else children.push(name);
      }
    }
  }

  /** Cutting edges keeps the base's order, so plans list variables in the same order. */
  protected override findOrder(): readonly string[] {
    return this.#hasNewEdges ? super.findOrder() : this.#base.order();
  }

  override names(): readonly string[] {
    return this.#base.names();
  }

  override has(name: string): boolean {
    return this.#base.has(name);
  }

  override parents(name: string): readonly string[] {
    return this.#parents.get(name) ?? this.#base.parents(name);
  }

  override children(name: string): readonly string[] {
    const kept = this.#base.children(name).filter((child) => !this.#parents.has(child));
    return [...kept, ...(this.#newChildren.get(name) ?? [])];
  }
}
