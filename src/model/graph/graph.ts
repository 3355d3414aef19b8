/**
 * Causal graphs: order, cycles and reachability, all found in loops, since recursion overflows on long chains. There
 * are two kinds of graph, which keep their edges differently: stored, or another graph with some parents replaced.
 */

export abstract class CausalGraph {
  #order: readonly string[] | undefined;

  /** The names in the order of definition. */
  abstract names(): readonly string[];
  abstract has(name: string): boolean;
  abstract parents(name: string): readonly string[];
  abstract children(name: string): readonly string[];

  /**
   * A topological order, as near to the order of the names as the edges allow; shorter than the names if there is a
   * cycle. A graph does not change, so the order is found once.
   */
  order(): readonly string[] {
    this.#order ??= this.findOrder();
    return this.#order;
  }

  protected findOrder(): readonly string[] {
    const names = this.names();
    const rank = new Map(names.map((name, index) => [name, index]));
    const waiting = new Map(names.map((name) => [name, this.parents(name).length]));
    const ready = new RankedQueue();
    for (const [name, count] of waiting) if (count === 0) ready.push(rank.get(name)!);
    const order: string[] = [];
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
      const name = names[next]!;
      order.push(name);
      for (const child of this.children(name)) {
        const left = waiting.get(child)! - 1;
        waiting.set(child, left);
        if (left === 0) ready.push(rank.get(child)!);
      }
    }
    return order;
  }

  /** One shortest cycle for each group of variables that cause one another, as `[a, b, c]` with a → b → c → a. */
  cycles(): readonly (readonly string[])[] {
    if (this.order().length === this.names().length) return [];
    return this.components()
      .map((component) => this.#shortestCycle(component[0]!, new Set(component)))
      .filter((cycle) => cycle !== undefined);
  }

  /** Strongly connected components, each in the order of the names (Tarjan 1972, with an explicit stack). */
  components(): readonly (readonly string[])[] {
    const rank = new Map(this.names().map((name, index) => [name, index]));
    const index = new Map<string, number>();
    const low = new Map<string, number>();
    const pending: string[] = [];
    const isPending = new Set<string>();
    const found: string[][] = [];
    const enter = (name: string) => {
      index.set(name, index.size);
      low.set(name, index.get(name)!);
      pending.push(name);
      isPending.add(name);
      return { name, children: this.children(name), next: 0 };
    };
    for (const root of this.names()) {
      if (index.has(root)) continue;
      const visits = [enter(root)];
      for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
        const child = visit.children[visit.next++];
        if (child !== undefined) {
          if (!index.has(child)) visits.push(enter(child));
          else if (isPending.has(child)) low.set(visit.name, Math.min(low.get(visit.name)!, index.get(child)!));
          continue;
        }
        visits.pop();
        const { name } = visit;
        const parent = visits.at(-1)?.name;
        if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(name)!));
        if (low.get(name) !== index.get(name)) continue;
        const component = pending.splice(pending.lastIndexOf(name));
        for (const member of component) isPending.delete(member);
        found.push(component.sort((a, b) => rank.get(a)! - rank.get(b)!));
      }
    }
    return found.sort((a, b) => rank.get(a[0]!)! - rank.get(b[0]!)!);
  }

  descendants(names: Iterable<string>): ReadonlySet<string> {
    return this.#reach(names, (name) => this.children(name));
  }

  /** The ancestors of the names; a name itself is one only if a cycle leads back to it. */
  ancestors(names: Iterable<string>): ReadonlySet<string> {
    return this.#reach(names, (name) => this.parents(name));
  }

  #reach(names: Iterable<string>, next: (name: string) => readonly string[]): Set<string> {
    const reached = new Set<string>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      for (const neighbour of next(name)) {
        if (reached.has(neighbour)) continue;
        reached.add(neighbour);
        open.push(neighbour);
      }
    }
    return reached;
  }

  /** The shortest cycle through a vertex inside `within`, found breadth first. */
  #shortestCycle(start: string, within: ReadonlySet<string>): readonly string[] | undefined {
    const cameFrom = new Map<string, string>();
    const open = [start];
    for (let index = 0; index < open.length; index++) {
      const name = open[index]!;
      for (const child of this.children(name)) {
        if (child === start) return pathTo(name, start, cameFrom);
        if (!within.has(child) || cameFrom.has(child)) continue;
        cameFrom.set(child, name);
        open.push(child);
      }
    }
    return undefined;
  }
}

function pathTo(last: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [last];
  for (let name = last; name !== start; ) {
    name = cameFrom.get(name)!;
    path.push(name);
  }
  return path.reverse();
}

/** A binary heap of ranks, smallest first. */
class RankedQueue {
  readonly #heap: number[] = [];

  push(rank: number): void {
    const heap = this.#heap;
    let index = heap.push(rank) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]! <= heap[index]!) break;
      [heap[parent], heap[index]] = [heap[index]!, heap[parent]!];
      index = parent;
    }
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      let least = index;
      if (left < heap.length && heap[left]! < heap[least]!) least = left;
      if (left + 1 < heap.length && heap[left + 1]! < heap[least]!) least = left + 1;
      if (least === index) break;
      [heap[least], heap[index]] = [heap[index]!, heap[least]!];
      index = least;
    }
    return top;
  }
}
