/**
 * Reads the wanted variables of a data set through its manifest. Problems of every file, variable and row are reported
 * together, in one ScmcError, before anything is computed; variables of the manifest that are not wanted are not read.
 */
import { type Diagnostic, ScmcError } from "../diagnostics/diagnostic.js";
import type { Binding, Domain, NoiseBinding } from "../model/schema-types.js";
import { type BoundColumn, bindCells, bindImages, bindVector } from "./bind-column.js";
import { type Cells, type Read, readNumbers } from "./cells.js";
import { readTable, type Table } from "./csv.js";
import type { Column, ItemCollection, LoadedDataset } from "./dataset.js";
import { suggestion } from "./did-you-mean.js";
import { decodeIdx } from "./idx.js";
import { type LoadedManifest, readManifest } from "./manifest.js";
import { readBytes } from "./read-bytes.js";
import type { DomainRule } from "./scalar-domain.js";
import { columnCells } from "./table-cells.js";

export interface WantedVariable {
  readonly name: string;
  /** null: bound from the data. */
  readonly domain: Domain | null;
}

export interface ReadOptions {
  /** Reads the wanted variables that the manifest binds, and says nothing of the others. */
  readonly allowMissingVariables?: boolean;
  /** Reads empty cells of scalars as missing: NaN, of categories the code -1. */
  readonly allowMissingValues?: boolean;
}

export async function readDataset(
  manifestPath: string,
  wanted: readonly WantedVariable[],
  options: ReadOptions = {},
): Promise<LoadedDataset> {
  return new DatasetReader(await readManifest(manifestPath)).read(wanted, options);
}

const itemCounts: Readonly<Record<ItemCollection, number>> = { "mnist/train": 60_000, "mnist/test": 10_000 };

class DatasetReader {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly columns = new Map<string, Column>();
  private readonly domains = new Map<string, Domain>();
  private readonly noise = new Map<string, Column>();
  /** What each length comes from: the table and every IDX file. */
  private readonly lengths: { file: string; what: string; rows: number }[] = [];
  private table: Table | undefined;
  private allowsMissing = false;

  constructor(private readonly loaded: LoadedManifest) {}

  async read(wanted: readonly WantedVariable[], options: ReadOptions): Promise<LoadedDataset> {
    this.allowsMissing = options.allowMissingValues === true;
    await this.openTable();
    for (const variable of wanted) {
      const binding = own(this.loaded.manifest.variables, variable.name);
      if (binding === undefined) {
        if (!options.allowMissingVariables) this.diagnostics.push(this.unbound(variable.name));
        continue;
      }
      const bound = await this.attempt(() => this.bind(variable, binding));
      if (bound !== undefined) {
        this.columns.set(variable.name, bound.column);
        this.domains.set(variable.name, bound.domain);
      }
      for (const [name, noise] of Object.entries(own(this.loaded.manifest.noise ?? {}, variable.name) ?? {})) {
        const column = await this.attempt(async () => this.readNoise(`${variable.name}.${name}`, noise));
        if (column !== undefined) this.noise.set(`${variable.name}.${name}`, column);
      }
    }
    const ids = await this.attempt(async () => this.readIds());
    this.checkLengths();
    if (this.diagnostics.length > 0) throw new ScmcError(this.diagnostics);
    const rows = this.lengths[0]?.rows ?? 0;
    return {
      rows,
      ids: ids ?? Array.from({ length: rows }, (_, row) => String(row)),
      columns: this.columns,
      noise: this.noise,
      domains: this.domains,
    };
  }

  private async openTable(): Promise<void> {
    const { manifest, path } = this.loaded;
    if (manifest.table === undefined) return;
    const file = path(manifest.table);
    this.table = await this.attempt(async () => ({ value: await readTable(file) }));
    if (this.table !== undefined) this.lengths.push({ file, what: "the table", rows: this.table.records.length });
  }

  private async bind({ name, domain }: WantedVariable, binding: Binding): Promise<Read<BoundColumn> | undefined> {
    if ("idx" in binding) return this.bindIdx(name, domain, binding.idx);
    // A table that could not be read has been reported.
    if (this.table === undefined) return undefined;
    if ("column" in binding) {
      const cells = columnCells(this.table, binding.column, name);
      if (cells.diagnostics !== undefined) return cells;
      return bindCells({ ...cells.value, allowsMissing: this.allowsMissing }, domain, binding.levels);
    }
    const columns: Cells[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const column of binding.columns) {
      const cells = columnCells(this.table, column, name);
      if (cells.diagnostics !== undefined) diagnostics.push(...cells.diagnostics);
      else columns.push(cells.value);
    }
    return diagnostics.length > 0 ? { diagnostics } : bindVector(columns, name, this.table.file, domain);
  }

  private async bindIdx(name: string, domain: Domain | null, relative: string): Promise<Read<BoundColumn>> {
    const file = this.loaded.path(relative);
    const idx = decodeIdx(await readBytes(file, name), file);
    const rows = idx.shape[0]!;
    if (rows === 0) {
      return {
        diagnostics: [
          {
            code: "6007",
            severity: "error",
            file,
            message: `${name}: the IDX file has no items`,
            hint: "Export it again.",
          },
        ],
      };
    }
    this.lengths.push({ file, what: name, rows });
    const labels = idx.shape.length === 1 && domain?.kind !== "image";
    if (!labels) return bindImages(idx, name, file, domain);
    const text = (row: number): string => String(idx.data[row]!);
    return bindCells({ file, name, length: rows, text, place: (row) => `item ${row + 1}` }, domain);
  }

  private readNoise(use: string, { column, items }: NoiseBinding): Read<Column> | undefined {
    if (this.table === undefined) return undefined;
    const cells = columnCells(this.table, column, use);
    if (cells.diagnostics !== undefined) return cells;
    const read = readNumbers(cells.value, noiseRule(items));
    if (read.diagnostics !== undefined) return read;
    const values = read.value;
    return { value: items === undefined ? { kind: "numeric", values } : { kind: "numeric", values, items } };
  }

  private readIds(): Read<string[]> | undefined {
    const { id } = this.loaded.manifest;
    if (id === undefined || this.table === undefined) return undefined;
    const cells = columnCells(this.table, id, "id");
    if (cells.diagnostics !== undefined) return cells;
    return { value: Array.from({ length: cells.value.length }, (_, row) => cells.value.text(row)) };
  }

  /** The value read, or undefined after its problems were noted; anything but a ScmcError is a fault of ours and passes. */
  private async attempt<T>(read: () => Promise<Read<T> | undefined>): Promise<T | undefined> {
    try {
      const result = await read();
      if (result?.diagnostics === undefined) return result?.value;
      this.diagnostics.push(...result.diagnostics);
    } catch (error) {
      if (!(error instanceof ScmcError)) throw error;
      this.diagnostics.push(...error.diagnostics);
    }
    return undefined;
  }

  private unbound(name: string): Diagnostic {
    const known = Object.keys(this.loaded.manifest.variables);
    return {
      code: "6005",
      severity: "error",
      file: this.loaded.file,
      message: `the manifest does not bind the variable "${name}"`,
      hint: `${suggestion(name, known)} Bind it under "variables", e.g. "${name}": { "column": "…" }.`,
    };
  }

  private checkLengths(): void {
    const [first, ...others] = this.lengths;
    for (const other of others) {
      if (first === undefined || other.rows === first.rows) continue;
      this.diagnostics.push({
        code: "6018",
        severity: "error",
        file: other.file,
        message: `${other.what} has ${count(other.rows)} items, but ${first.what} (${first.file}) has ${count(first.rows)} rows`,
        hint: "Row r of the table and item r of every file belong together: check that they are of the same split and complete.",
      });
    }
  }
}

function noiseRule(items: ItemCollection | undefined): DomainRule {
  if (items === undefined) return { name: "real", expected: "a number", admits: () => true };
  const last = itemCounts[items] - 1;
  return {
    name: items,
    expected: `the index of an item, 0 to ${last}`,
    admits: (value) => Number.isInteger(value) && value >= 0 && value <= last,
  };
}

/** Names come from a file: `constructor` must not find what every object has. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
