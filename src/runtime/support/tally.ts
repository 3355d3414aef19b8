/**
 * Looks up the causes that learned mechanisms see in the units of an answer: which of them lie where the training rows
 * hold (almost) nothing. Tallies of parts of an answer are added, so that answers may stream.
 */
import type { MechanismSupport, VariableSupport } from "../../schema/types.js";
import { pointsNear } from "./boxes.js";
import { placeOf } from "./summarise.js";
import { fewRows } from "./thresholds.js";

/** Weights of the units by what is wrong with them; keys of combinations are their codes. */
export interface Tally {
  readonly support: MechanismSupport;
  rows: number;
  weight: number;
  /** By parent: units with few rows of its class, by code; or outside its range. */
  readonly levels: Map<string, Map<number, number>>;
  readonly outside: Map<string, number>;
  readonly combinations: Map<string, number>;
  sparse: number;
  /** Units in each combination of classes, by its codes: what their training rows are like says what is ordinary. */
  readonly classes: Map<string, number>;
}

export function emptyTally(support: MechanismSupport): Tally {
  return {
    support,
    rows: 0,
    weight: 0,
    levels: new Map(),
    outside: new Map(),
    combinations: new Map(),
    sparse: 0,
    classes: new Map(),
  };
}

const add = <Key>(sums: Map<Key, number>, key: Key, weight: number) => sums.set(key, (sums.get(key) ?? 0) + weight);

/** `factor`: how much of a unit each of the added ones is. */
export function addTally(sum: Tally, more: Tally, factor = 1): void {
  sum.rows += factor * more.rows;
  sum.weight += factor * more.weight;
  sum.sparse += factor * more.sparse;
  for (const [parent, codes] of more.levels) {
    const own = sum.levels.get(parent) ?? new Map<number, number>();
    sum.levels.set(parent, own);
    for (const [code, weight] of codes) add(own, code, factor * weight);
  }
  for (const [parent, weight] of more.outside) add(sum.outside, parent, factor * weight);
  for (const [key, weight] of more.classes) add(sum.classes, key, factor * weight);
  for (const [key, weight] of more.combinations) add(sum.combinations, key, factor * weight);
}

/** Values of one row for each unit; a unit of weight 0 does not count. */
export class LookUp {
  readonly tally: Tally;
  private readonly combinations: ReadonlyMap<string, NonNullable<MechanismSupport["combinations"]>[number]> | null;
  private readonly place: Float64Array;
  private readonly classes: readonly number[];
  private readonly axes: readonly number[];

  /** `isOwn`: whether a parent's own value is looked up, beside what it is together with others. */
  constructor(
    private readonly support: MechanismSupport,
    private readonly isOwn: readonly boolean[],
  ) {
    this.tally = emptyTally(support);
    this.combinations = support.combinations && new Map(support.combinations.map((one) => [one.codes.join(), one]));
    this.place = new Float64Array(support.coordinates.length);
    this.classes = support.parents.flatMap(({ levels }, index) => (levels === null ? [] : [index]));
    this.axes = support.coordinates.map(({ name }) => support.parents.findIndex((parent) => parent.name === name));
  }

  /** `values` are the parents', in their order. */
  unit(values: ArrayLike<number>, weight = 1): void {
    const { tally, support } = this;
    tally.rows++;
    tally.weight += weight;
    for (let index = 0; index < support.parents.length; index++) if (Number.isNaN(values[index]!)) return;
    let isOut = false;
    for (const [index, parent] of support.parents.entries()) {
      const value = values[index]!;
      if (!this.isOwn[index]) continue;
      if (parent.levels !== null) {
        if ((parent.levels[value] ?? 0) >= fewRows) continue;
        const codes = tally.levels.get(parent.name) ?? new Map<number, number>();
        tally.levels.set(parent.name, codes);
        add(codes, value, weight);
      } else if (isInside(parent, value)) continue;
      else add(tally.outside, parent.name, weight);
      isOut = true;
    }
    if (!isOut && this.combinations) this.inside(values, weight);
  }

  /** Each parent alone is within what training held. */
  private inside(values: ArrayLike<number>, weight: number): void {
    const { tally, support } = this;
    const key = this.classes.map((index) => values[index]).join();
    const combination = this.combinations!.get(key);
    if (combination === undefined || combination.rows < fewRows) {
      // Without classes there is one combination, that of all rows.
      if (this.classes.length > 1 || (this.classes.length === 1 && support.parents.length > 1))
        add(tally.combinations, key, weight);
      return;
    }
    if (support.reach === null) return;
    add(tally.classes, key, weight);
    for (const [axis, index] of this.axes.entries())
      this.place[axis] = placeOf(support.coordinates[axis]!, values[index]!);
    if (pointsNear(combination.boxes, this.place, support.reach, fewRows) < fewRows) tally.sparse += weight;
  }
}

/** Programs compute in single precision: a training value that was rounded, or computed anew, is inside. */
export function isInside({ low, high }: Pick<VariableSupport, "low" | "high">, value: number): boolean {
  if (low === null || high === null || Number.isNaN(value)) return true;
  const slack = 1e-6 * (high - low);
  // About a large origin programs compute with the distance to it, of which single precision leaves no more than the
  // slack.
  const single = (edge: number) => {
    const rounded = Math.fround(edge);
    return high > low && Math.abs(rounded - edge) > 1e-3 * (high - low) ? edge : rounded;
  };
  return value >= Math.min(low, single(low)) - slack && value <= Math.max(high, single(high)) + slack;
}
