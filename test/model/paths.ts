/**
 * d-separation by its definition: every path between two vertices is walked, and is open where none of its inner
 * vertices blocks it. Works on lists of parents alone, so that it shares nothing with what it checks.
 */

/** The parents of the vertices 0, 1, …; each is less than its child. */
export type Dag = readonly (readonly number[])[];

export function isSeparatedByPaths(dag: Dag, left: number, right: number, given: ReadonlySet<number>): boolean {
  const opens = dag.map((_, vertex) => hasDescendantIn(dag, vertex, given));
  const onPath = new Array<boolean>(dag.length).fill(false);
  const leadsOn = (from: number, to: number, intoFrom: boolean): boolean => {
    // The edge to `to` is `from → to` or `to → from`; `from` is a collider where both of its edges point at it.
    const pointsAtFrom = dag[from]!.includes(to);
    if (from === left) return true;
    return intoFrom && pointsAtFrom ? opens[from]! : !given.has(from);
  };
  const search = (from: number, intoFrom: boolean): boolean => {
    onPath[from] = true;
    for (let to = 0; to < dag.length; to++) {
      const isChild = dag[to]!.includes(from);
      if (onPath[to] || (!isChild && !dag[from]!.includes(to)) || !leadsOn(from, to, intoFrom)) continue;
      if (to === right || search(to, isChild)) return true;
    }
    onPath[from] = false;
    return false;
  };
  return !search(left, false);
}

/** Is the vertex, or a descendant of it, among the given ones? */
function hasDescendantIn(dag: Dag, vertex: number, given: ReadonlySet<number>): boolean {
  if (given.has(vertex)) return true;
  return dag.some((parents, child) => parents.includes(vertex) && hasDescendantIn(dag, child, given));
}
