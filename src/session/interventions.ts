/**
 * Interventions as a caller of the library writes them: `{ t: add(2) }`, `{ sex: "F" }`, `{ i: written("if(t > 3, 200,
 * i)") }`. Each becomes an assignment in the language's own syntax, so the checks and their messages are the same as in
 * a program.
 */
import { compileInterventions } from "../compiler/interventions.js";
import { ScmcError } from "../diagnostics/diagnostic.js";
import { boundModel, type LoadedModel } from "../runtime/mechanisms/loaded-model.js";
import type { Intervention } from "../schema/types.js";

/**
 * A new right-hand side for a variable. In `text` the variable's own name is its value without the intervention on it.
 */
export interface Assignment {
  readonly text: (variable: string) => string;
  /** The only children that see the new value; all of them where left out. */
  readonly only?: readonly string[];
}

/** A constant, the name of a level, or a right-hand side. */
export type Action = number | string | Assignment;

/**
 * The assignments of one `do`, which hold together. A variable has several where its children see different values:
 * `{ t: [seenBy(["y"], 1), seenBy(["m"], 0)] }`.
 */
export type Actions<Names extends PropertyKey = string> = { readonly [Name in Names]?: Action | readonly Action[] };

/** v := v + amount. */
export function add(amount: number): Assignment {
  return { text: (variable) => `${variable} + (${amount})` };
}

/** v := v · factor. */
export function multiply(factor: number): Assignment {
  return { text: (variable) => `${variable} * (${factor})` };
}

/** Any right-hand side of the language: `written("t + e where e ~ normal(0, 1)")`. */
export function written(text: string): Assignment {
  return { text: () => text };
}

/** The same, seen by the named children alone: direct and indirect effects. */
export function seenBy(children: readonly string[], action: Action): Assignment {
  return { text: (variable) => textOf(variable, action), only: children };
}

function textOf(variable: string, action: Action): string {
  if (typeof action === "number") return String(action);
  return typeof action === "string" ? JSON.stringify(action) : action.text(variable);
}

function listOf(action: Action | readonly Action[]): readonly Action[] {
  return Array.isArray(action) ? action : [action as Action];
}

/** Throws ScmcError with every mistake of the assignments. */
export function interventionsOf(actions: Actions, loaded: LoadedModel): Intervention[] {
  const assignments = Object.entries(actions).flatMap(([variable, action]) => {
    if (action === undefined) return [];
    return listOf(action).map((one) => {
      const only = typeof one === "object" && one.only ? ` for ${one.only.join(", ")}` : "";
      return `${variable} := ${textOf(variable, one)}${only}`;
    });
  });
  if (assignments.length === 0) return [];
  const { interventions, diagnostics } = compileInterventions(assignments.join(", "), boundModel(loaded), "do");
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ScmcError(errors);
  return interventions;
}
