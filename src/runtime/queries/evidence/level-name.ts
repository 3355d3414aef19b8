/** A scalar's value, as programs have it, as it is written: the text of its level, where levels have texts, else the number. */
import { levelTexts } from "../../../model/levels.js";
import { shortValue } from "../../columns.js";
import type { LoadedModel } from "../../loaded-model.js";

export function levelName(loaded: LoadedModel, variable: string, value: number): string {
  const bound = loaded.variables.get(variable)!;
  const level = levelTexts(bound.domain)?.[value];
  return level === undefined ? shortValue(bound, value) : JSON.stringify(level);
}
