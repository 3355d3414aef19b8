/** A class as a program writes it: the level in quotes where it has a text, else the code. */
import type { LoadedModel } from "../mechanisms/loaded-model.js";

export function levelText({ variables }: LoadedModel, variable: string, code: number): string {
  const { domain } = variables.get(variable)!;
  const level = "levels" in domain ? domain.levels?.[code] : undefined;
  return level === undefined ? String(code) : JSON.stringify(level);
}
