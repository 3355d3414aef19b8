/**
 * Evidence as numbers: a level's name becomes its code, and a value that the variable never takes contradicts the
 * model.
 */

import { LevelFault, numberedCode, textCode } from "../../../algebra/level-expressions.js";
import { isLevelDomain } from "../../../algebra/levels.js";
import { failure } from "../../../diagnostics/diagnostic.js";
import type { Domain, Evidence } from "../../../schema/types.js";
import { originOfVariable, sizeOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";

/** The value as programs have it: less the variable's origin. */
export function requireValue(loaded: LoadedModel, { variable, value }: Evidence): number {
  const bound = loaded.variables.get(variable)!;
  const { domain } = bound;
  const impossible = (why: string) =>
    failure(
      "7070",
      loaded.model.name,
      `the query: the evidence \`${variable}\` = ${JSON.stringify(value)} contradicts the model: ${why}`,
      "Correct the value.",
    );
  if (domain.kind !== "image" && sizeOf(domain) !== 1) throw impossible("evidence is one number");
  if (!isLevelDomain(domain)) {
    if (typeof value === "string") throw impossible("it has no levels");
    if (!isValueOf(domain, value)) throw impossible(`it is no value of ${domain.kind}`);
    return value - originOfVariable(bound);
  }
  const named = { name: variable, domain };
  const code = typeof value === "string" ? textCode(named, value) : numberedCode(named, value);
  if (code instanceof LevelFault) throw impossible(code.hint);
  return code;
}

export function isValueOf(domain: Domain, value: number): boolean {
  switch (domain.kind) {
    case "positive":
      return value > 0 && Number.isFinite(value);
    case "nonnegative":
      return value >= 0 && Number.isFinite(value);
    case "interval":
      return value >= domain.low && value <= domain.high;
    case "binary":
      return value === 0 || value === 1;
    case "categorical":
    case "ordinal":
      return Number.isInteger(value) && value >= 0 && value < domain.size;
    case "count":
      return Number.isInteger(value) && value >= 0;
    case "real":
      return Number.isFinite(value);
    case "vector":
    case "image":
      return false;
  }
}
