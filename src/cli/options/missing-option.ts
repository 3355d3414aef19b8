/** `--missing t,x`: variables that the units do not have. */
import type { Model } from "../../schema/types.js";
import { listedNames, requireKnown } from "./known-names.js";

export function namesOfMissing({ variables }: Pick<Model, "variables">, missing: readonly string[] = []): string[] {
  const absent = listedNames(missing);
  requireKnown(
    "--missing",
    absent,
    variables.map(({ name }) => name),
  );
  return absent;
}
