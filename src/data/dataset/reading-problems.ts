/** Problems of a manifest's bindings, or of the files that they name, as diagnostics. */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Domain } from "../../schema/types.js";
import { suggestion } from "../binding/suggestion.js";
import type { LoadedManifest } from "./manifest.js";
import { missingInTable } from "./table-manifest.js";

export function unboundVariable(loaded: LoadedManifest, name: string, domain: Domain | null): Diagnostic {
  const { file, manifest, isTable } = loaded;
  const known = Object.keys(manifest.variables);
  if (isTable) return missingInTable(file, name, domain, known);
  return {
    code: "6005",
    severity: "error",
    file,
    message: `the manifest does not bind the variable "${name}"`,
    hint: `${suggestion(name, known)} Bind it under "variables", e.g. "${name}": { "column": "…" }.`,
  };
}

/** The source of a length: the table or an IDX file. */
export interface Length {
  readonly file: string;
  readonly what: string;
  readonly rows: number;
}

/** Reports lengths that differ from the first, so rows and items cannot belong together. */
export function unequalLengths([first, ...others]: readonly Length[]): Diagnostic[] {
  const count = (number: number): string => number.toLocaleString("en");
  return others.flatMap(({ file, what, rows }): Diagnostic[] =>
    first === undefined || rows === first.rows
      ? []
      : [
          {
            code: "6018",
            severity: "error",
            file,
            message: `${what} has ${count(rows)} items, but ${first.what} (${first.file}) has ${count(first.rows)} rows`,
            hint: "Row r of the table and item r of every file belong together: check that they are of the same split and complete.",
          },
        ],
  );
}

export function allWeightsZero({ file, manifest }: LoadedManifest): Diagnostic {
  return {
    code: "6090",
    severity: "error",
    file,
    message: `the weights (column "${manifest.weights}") are 0 in every row, so no row counts`,
    hint: 'Name the column of the weights, or leave "weights" out of the manifest.',
  };
}

export function otherChannels(file: string, name: string, stated: number, typed: number): Diagnostic {
  return {
    code: "6017",
    severity: "error",
    file,
    message: `${name}: the manifest asks for "channels": ${stated}, but the type of \`${name}\` has ${typed}`,
    hint: "Make the two agree, or leave it out of the manifest.",
  };
}

export function alphaOnBackground(file: string, name: string, typed: number): Diagnostic {
  return {
    code: "6017",
    severity: "error",
    file,
    message: `${name}: the manifest lays pictures on a "background", but the type of \`${name}\` has ${typed} channels, of which one is the transparency`,
    hint: `Write ${typed - 1} for the channels of the type, or leave "background" out of the manifest.`,
  };
}
