/**
 * One variable set differently for different children: `do(t := 1 for y, t := 0 for m)`, the nested worlds of
 * path-specific effects. The children named after `for` are disjoint; an assignment without `for` holds for the rest,
 * including the variable itself. The rules for combining assignments are decided here, for programs and for models that
 * other tools wrote.
 */
import type { Intervention } from "../../schema/types.js";

/** The reason why an assignment cannot stand beside an earlier one of the same variable. */
export type Conflict =
  | { readonly kind: "twice" }
  | { readonly kind: "overlap"; readonly children: readonly string[] }
  | { readonly kind: "grid" }
  | { readonly kind: "noise"; readonly noise: string };

/** The parts of an intervention that decide if it can stand beside another. */
export type Assigned = Pick<Intervention, "only" | "grid" | "noises">;

/** The conflict between two assignments of one variable; undefined if they can stand together. */
export function conflictOf(earlier: Assigned, later: Assigned): Conflict | undefined {
  if (earlier.only === undefined && later.only === undefined) return { kind: "twice" };
  const children = (later.only ?? []).filter((child) => earlier.only?.includes(child));
  if (children.length > 0) return { kind: "overlap", children };
  if (earlier.grid !== undefined || later.grid !== undefined) return { kind: "grid" };
  const shared = later.noises.find(({ name }) => earlier.noises.some((other) => other.name === name));
  return shared === undefined ? undefined : { kind: "noise", noise: shared.name };
}

/** The first conflict of an assignment with those before it. */
export function firstConflict<One extends Assigned>(
  before: readonly One[],
  later: Assigned,
): { readonly earlier: One; readonly conflict: Conflict } | undefined {
  for (const earlier of before) {
    const conflict = conflictOf(earlier, later);
    if (conflict !== undefined) return { earlier, conflict };
  }
  return undefined;
}

export function describeConflict(variable: string, conflict: Conflict): string {
  switch (conflict.kind) {
    case "twice":
      return `\`${variable}\` is set twice in one \`do\``;
    case "overlap":
      return `${conflict.children.map((child) => `\`${child}\``).join(", ")} would see two values of \`${variable}\``;
    case "grid":
      return `\`${variable}\` is set to a grid of values beside another assignment of it`;
    case "noise":
      return `two assignments of \`${variable}\` draw a noise \`${conflict.noise}\``;
  }
}

export const conflictCodes = { twice: "2016", overlap: "2022", grid: "2023", noise: "2006" } as const;

/** `t`, or `t for m, y`: names the value of the variable that these children see. */
export function seenName({ variable, only }: Pick<Intervention, "variable" | "only">): string {
  return only === undefined ? variable : `${variable} for ${only.join(", ")}`;
}

/** The variable in such a name. */
export function variableOf(seen: string): string {
  return seen.split(" ", 1)[0]!;
}

/** All assignments of each variable. */
export function byVariable(interventions: readonly Intervention[]): Map<string, Intervention[]> {
  const groups = new Map<string, Intervention[]>();
  for (const one of interventions) groups.set(one.variable, [...(groups.get(one.variable) ?? []), one]);
  return groups;
}
