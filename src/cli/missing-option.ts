/** `--missing t,x`: variables that the units do not have. */
import type { Model } from "../model/schema-types.js";
import { requireKnown } from "./known-names.js";

export function namesOfMissing({ variables }: Pick<Model, "variables">, missing: readonly string[] = []): string[] {
  const absent = missing.flatMap((list) => list.split(",")).map((name) => name.trim());
  requireKnown(
    "--missing",
    absent,
    variables.map(({ name }) => name),
  );
  return absent;
}
