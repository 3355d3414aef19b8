/** A scalar's value as it is written: the text of its level, where levels have texts, else the number. */
import { levelTexts } from "../../../model/levels.js";
import type { LoadedModel } from "../../loaded-model.js";

export function levelName(loaded: LoadedModel, variable: string, value: number): string {
  const level = levelTexts(loaded.variables.get(variable)!.domain)?.[value];
  return level === undefined ? String(Number(value.toPrecision(6))) : JSON.stringify(level);
}
