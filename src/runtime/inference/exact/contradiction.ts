/** Evidence that the model cannot give: an error that names the unit and the variable. */
import { failure, type ScmcError } from "../../../diagnostics/diagnostic.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import { levelName } from "./level-name.js";

export interface Contradiction {
  readonly unit: string;
  readonly variable: string;
  readonly value?: number;
  /** Whether no value of the missing variables allows it, or none of those that were drawn. */
  readonly how: "alone" | "enumerated" | "sampled";
}

export function contradiction(loaded: LoadedModel, { unit, variable, value, how }: Contradiction): ScmcError {
  const what = value === undefined ? `\`${variable}\`` : `\`${variable}\` = ${levelName(loaded, variable, value)}`;
  const why: Record<Contradiction["how"], string> = {
    alone: "the model gives it probability zero, given its causes",
    enumerated: "the model gives it probability zero, whatever the missing variables are",
    sampled: "its likelihood is zero in every particle: all importance weights are zero",
  };
  return failure(
    "7070",
    loaded.model.name,
    `${unit}: the evidence ${what} contradicts the model: ${why[how]}`,
    how === "sampled"
      ? "Correct the value, or ask for more particles if it is possible but rare."
      : "Correct the value, or leave the unit out.",
  );
}
