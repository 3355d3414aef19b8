/**
 * A scalar's value, as programs have it, as it is written: the text of its level, where levels have texts, else the
 * number.
 */
import { levelTexts } from "../../../algebra/levels.js";
import { shortValue } from "../../mechanisms/bound/columns.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";

export function levelName(loaded: LoadedModel, variable: string, value: number): string {
  const bound = loaded.variables.get(variable)!;
  const level = levelTexts(bound.domain)?.[value];
  return level === undefined ? shortValue(bound, value) : JSON.stringify(level);
}
