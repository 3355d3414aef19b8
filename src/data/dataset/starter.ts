/**
 * A starter program and manifest for a CSV file: one variable for each usable column. All are roots, since only the
 * author can say which causes which. Comments say what was left out and why, and how to add parents.
 */
import { constants } from "node:fs";
import { access, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { assertNever } from "../../diagnostics/assert-never.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { isName, normalName } from "../../diagnostics/names.js";
import type { Manifest } from "../../schema/types.js";
import type { DecimalSign } from "../columns/column-cells.js";
import type { Table } from "../columns/table.js";
import { openTable, readTable } from "../tables/read-table.js";
import { examineColumn, type StarterColumn } from "./starter-column.js";

export interface Starter {
  /** Text of the program. */
  readonly program: string;
  readonly manifest: Manifest;
  /** The variables of the program. */
  readonly variables: readonly string[];
  /** Columns that do not become variables, with the reason. */
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
}

export interface StarterFiles {
  readonly program: string;
  readonly manifest: string;
}

/** The language's reserved words, which cannot name a variable. */
const reserved = new Set(
  "model let latent fit query assert require where do given independent import param for scm".split(" "),
);

/**
 * Writes `NAME.scm` and `NAME.manifest.json`, beside the table unless a directory is given; existing files are not
 * replaced. `layout` formats the program.
 */
export async function writeStarter(
  csvFile: string,
  directory = dirname(csvFile),
  layout: (program: string) => string = (program) => program,
): Promise<{ files: StarterFiles; starter: Starter }> {
  const stem = basename(csvFile, extname(csvFile));
  const files = { program: join(directory, `${stem}.scm`), manifest: join(directory, `${stem}.manifest.json`) };
  for (const file of Object.values(files)) await refuseExisting(file);
  const decimal = (await openTable(csvFile)).decimal ?? ".";
  const proposed = proposeStarter(
    await readTable(csvFile),
    { table: relative(directory, csvFile), manifest: basename(files.manifest) },
    decimal,
  );
  const starter = { ...proposed, program: layout(proposed.program) };
  await writeFile(files.program, starter.program, { flag: "wx" });
  try {
    await writeFile(files.manifest, `${JSON.stringify(starter.manifest, null, 2)}\n`, { flag: "wx" });
  } catch (error) {
    await rm(files.program);
    throw error;
  }
  return { files, starter };
}

/**
 * `paths` are the paths in the texts: the table as seen from the manifest, and the manifest. `decimal` is the decimal
 * sign that the table seems to use.
 */
export function proposeStarter(
  table: Table,
  paths: { readonly table: string; readonly manifest: string },
  decimal: DecimalSign = ".",
): Starter {
  const names = new Set<string>();
  const manifest: Manifest = { table: paths.table, ...(decimal === "," ? { decimal } : {}), variables: {} };
  const statements: { statement: string; remarks: readonly string[] }[] = [];
  const leftOut: { column: string; reason: string }[] = [];
  for (const [at, column] of table.header.entries()) {
    const examined = examine(table, at, decimal);
    if (examined.kind === "left out") {
      leftOut.push({ column, reason: examined.reason });
      if (examined.isId) manifest.id ??= column;
      continue;
    }
    const name = legalName(column, at, names);
    names.add(name);
    statements.push({ statement: statement(name, column, examined), remarks: examined.remarks });
    manifest.variables[name] = binding(column, examined);
  }
  if (names.size === 0) {
    const reasons = leftOut.map(({ column, reason }) => `${JSON.stringify(column)}: ${reason}`).join("; ");
    throw failure(
      "6041",
      table.file,
      `no column can be a variable (${reasons})`,
      "A model needs columns whose values vary.",
    );
  }
  return { program: programText(table, paths, statements, leftOut), manifest, variables: [...names], leftOut };
}

function examine(table: Table, at: number, decimal: DecimalSign): StarterColumn {
  const column = table.header[at]!;
  if (table.header.indexOf(column) !== table.header.lastIndexOf(column)) {
    return { kind: "left out", isId: false, reason: "two columns have this name: rename one" };
  }
  const { unreadable, ...cells } = table.cells(at, decimal);
  if (unreadable !== undefined)
    return { kind: "left out", isId: false, reason: `it is of the Parquet type ${unreadable}, which is not read` };
  return examineColumn(column, {
    file: table.file,
    name: column,
    length: table.rows,
    ...cells,
    notation: { decimal },
    place: (row) => table.place(row),
  });
}

function programText(
  table: Table,
  paths: { readonly table: string; readonly manifest: string },
  statements: readonly { statement: string; remarks: readonly string[] }[],
  leftOut: Starter["leftOut"],
): string {
  const stem = basename(paths.table, extname(paths.table));
  const width = Math.max(...statements.map((each) => each.statement.length));
  const lines = [
    `# A first model of ${comment(basename(paths.table))} (${table.rows.toLocaleString("en")} rows; bound in ${comment(paths.manifest)}).`,
    "# Every variable is a root so far: nothing causes anything. Name the causes of a variable as its parents: `b := flow(a)`",
    "# says that a causes b. A category has parents as well: `c := categorical(a, b)`.",
    `model ${legalName(stem, 0, new Set())}`,
    "",
    ...statements.map(({ statement, remarks }) =>
      remarks.length === 0 ? statement : `${statement.padEnd(width)}  # ${remarks.map(comment).join("; ")}`,
    ),
  ];
  if (leftOut.length > 0) {
    lines.push("", "# Left out:");
    for (const { column, reason } of leftOut) lines.push(`# ${comment(JSON.stringify(column))}: ${comment(reason)}`);
  }
  return `${lines.join("\n")}\n`;
}

function statement(name: string, column: string, examined: Exclude<StarterColumn, { kind: "left out" }>): string {
  const doc = name === column ? "" : ` ${JSON.stringify(column)}`;
  switch (examined.kind) {
    case "real":
      return `${name} : real${doc} := flow()`;
    case "binary":
      return `${name} : binary${doc} := bernoulli()`;
    case "categorical":
      return `${name} : categorical(${examined.levels.map((level) => JSON.stringify(level)).join(", ")})${doc} := categorical()`;
    default:
      return assertNever(examined);
  }
}

function binding(
  column: string,
  examined: Exclude<StarterColumn, { kind: "left out" }>,
): Manifest["variables"][string] {
  if (examined.kind === "real") return { column, ...examined.notation };
  if (examined.levels === undefined) return { column };
  const [zero, one, ...rest] = examined.levels;
  return { column, levels: [zero!, one!, ...rest] };
}

/**
 * A legal name: letters, digits and underscores of any script, neither reserved nor taken. Other signs become
 * underscores.
 */
function legalName(column: string, at: number, taken: ReadonlySet<string>): string {
  let name = normalName(column)
    .replace(/[^\p{XID_Continue}]+|_+/gu, "_")
    .replace(/^_+|_+$/g, "");
  if (name === "") name = `column_${at + 1}`;
  if (!isName(name)) name = `_${name}`;
  if (reserved.has(name)) name = `${name}_`;
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name}_${number}`;
  return unique;
}

/** A text from the data as a comment; it must not end the comment's line. */
function comment(text: string): string {
  return text.replace(/\s+/g, " ");
}

async function refuseExisting(file: string): Promise<void> {
  const exists = await access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw failure(
      "6040",
      file,
      "the file exists already; it is left as it is",
      "Move it away, or choose another directory.",
    );
  }
}
