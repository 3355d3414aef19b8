/** `--missing t,x`: variables that the units do not have. */
import { failure } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { Model } from "../model/schema-types.js";

export function namesOfMissing({ variables }: Pick<Model, "variables">, missing: readonly string[] = []): string[] {
  const names = variables.map(({ name }) => name);
  const absent = missing.flatMap((list) => list.split(",")).map((name) => name.trim());
  const unknown = absent.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw failure("2001", "--missing", `\`${unknown}\` is not defined`, didYouMean(unknown, names));
  return absent;
}
