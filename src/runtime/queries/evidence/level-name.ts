/** A scalar's value as it is written: the level's name of a category, else the number. */
import type { LoadedModel } from "../../loaded-model.js";

export function levelName(loaded: LoadedModel, variable: string, value: number): string {
  const { domain } = loaded.variables.get(variable)!;
  const level = domain.kind === "categorical" ? domain.levels?.[value] : undefined;
  return level === undefined ? String(Number(value.toPrecision(6))) : JSON.stringify(level);
}
