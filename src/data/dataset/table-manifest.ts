/**
 * The manifest of a table that is named without one: its columns have the variables' names, and a column `id` names the
 * rows.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Domain, Manifest } from "../../schema/types.js";
import { domainName } from "../binding/scalar-domain.js";
import { suggestion } from "../binding/suggestion.js";
import { firstBytes } from "../files/byte-reader.js";
import { isParquet } from "../tables/parquet-source.js";
import { openTable } from "../tables/read-table.js";

/** True for a table, recognised by the ending of its name, or for Parquet by its first bytes. */
export async function isTableFile(file: string): Promise<boolean> {
  return /\.(csv|tsv|tab|txt|parquet|pq)(\.gz)?$/i.test(file) || isParquet(await firstBytes(file, "the manifest", 4));
}

/** The table's manifest. Columns `v.0`, `v.1`, … are also the elements of the vector `v`, as scmc writes them. */
export async function manifestOfTable(file: string): Promise<Manifest> {
  const { header, decimal } = await openTable(file);
  const variables: Manifest["variables"] = Object.create(null);
  for (const column of header) variables[column] = { column };
  for (const column of header) {
    const vector = /^(.+)\.0$/.exec(column)?.[1];
    if (vector === undefined || header.includes(vector)) continue;
    let size = 1;
    while (header.includes(`${vector}.${size}`)) size++;
    variables[vector] = { columns: Array.from({ length: size }, (_, element) => `${vector}.${element}`) as [string] };
  }
  // Answers of a model that has a variable `id` name their ids `row_id`.
  const id = ["row_id", "id"].find((name) => header.includes(name));
  return { table: file, variables, ...(decimal === "," ? { decimal } : {}), ...(id === undefined ? {} : { id }) };
}

/** The reason why a variable is not found in a table without a manifest. */
export function missingInTable(
  file: string,
  name: string,
  domain: Domain | null,
  columns: readonly string[],
): Diagnostic {
  const base = { code: "6071", severity: "error", file } as const;
  if (domain?.kind === "image")
    return {
      ...base,
      message: `"${name}" is ${domainName(domain)}, and a table by itself holds no images`,
      hint: `Name a manifest, which binds "${name}" to an IDX file or to PNG pictures and the other variables to this table; \`scmc init\` writes a first one.`,
    };
  const elements =
    domain?.kind === "vector"
      ? ` A vector has a column for each element, "${name}.0" to "${name}.${domain.size - 1}".`
      : "";
  return {
    ...base,
    message: `the table has no column "${name}"`,
    hint: `${suggestion(name, columns)}${elements} A manifest binds variables to columns of other names.`,
  };
}
