/**
 * Reads the wanted variables of a data set, block of rows by block of rows (one block may be the whole data set), and
 * collects all problems with them.
 */
import { type Diagnostic, ScmcError } from "../../diagnostics/diagnostic.js";
import type { Domain, NoiseBinding } from "../../schema/types.js";
import { type Read, readNumbers } from "../binding/cells.js";
import { noiseRule, weightRule } from "../binding/scalar-domain.js";
import { columnCells } from "../binding/table-cells.js";
import type { DecimalSign } from "../columns/column-cells.js";
import type { Advice, Column, DatasetBlock, LoadedDataset } from "../columns/dataset.js";
import { inBlocks, type Table, type TableSource } from "../columns/table.js";
import { rowNumbers, type Texts, textsOf } from "../columns/texts.js";
import { type IdxSource, openIdx } from "../images/idx-source.js";
import { openTable } from "../tables/read-table.js";
import { type LoadedManifest, notationOf } from "./manifest.js";
import { allWeightsZero, type Length, unboundVariable, unequalLengths } from "./reading-problems.js";
import { VariableBinder, type WantedVariable } from "./variable-binder.js";

export interface ReadOptions {
  /** True to read only the wanted variables that the manifest binds, and not to report the others. */
  readonly allowMissingVariables?: boolean;
  /** True to read empty cells of scalars as missing: NaN, and the code -1 for categories. */
  readonly allowMissingValues?: boolean;
}

export interface LoadedBlock extends DatasetBlock {
  readonly domains: ReadonlyMap<string, Domain>;
}

export class BlockReader {
  private readonly diagnostics: Diagnostic[] = [];
  /**
   * Problems with a variable's binding or file, found before any row; reported with the variable's rows, if those are
   * read.
   */
  private readonly unopened = new Map<string, readonly Diagnostic[]>();
  private readonly images = new Map<string, IdxSource>();
  /** The source of each length: the table and every IDX file. */
  private readonly lengths: Length[] = [];
  private readonly binder: VariableBinder;
  private readonly allowsUnbound: boolean;
  private source: TableSource | undefined;

  constructor(
    private readonly loaded: LoadedManifest,
    private readonly wanted: readonly WantedVariable[],
    options: ReadOptions,
  ) {
    this.binder = new VariableBinder(loaded, options.allowMissingValues === true);
    this.allowsUnbound = options.allowMissingVariables === true;
  }

  /** Opens the table and every IDX file, and notes problems with them and with the manifest. */
  async open(): Promise<void> {
    const { manifest, path } = this.loaded;
    const { table } = manifest;
    if (table !== undefined) this.source = await this.attempt(async () => ({ value: await openTable(path(table)) }));
    if (this.source?.rows) this.noteTableLength(this.source.rows);
    for (const { name, domain } of this.wanted) {
      const binding = own(manifest.variables, name);
      if (binding === undefined) {
        if (!this.allowsUnbound) this.unopened.set(name, [unboundVariable(this.loaded, name, domain)]);
      } else if ("idx" in binding) {
        const source = await this.openImages(name, path(binding.idx));
        if (source === undefined) continue;
        this.images.set(name, source);
        this.lengths.push({ file: source.file, what: name, rows: source.shape[0]! });
      }
    }
  }

  private async openImages(name: string, file: string): Promise<IdxSource | undefined> {
    try {
      return await openIdx(file, name);
    } catch (error) {
      if (!(error instanceof ScmcError)) throw error;
      this.unopened.set(name, error.diagnostics);
      return undefined;
    }
  }

  /** The number of rows; null if it is not known before reading. */
  get rows(): number | null {
    return this.source ? this.source.rows : this.imageRows();
  }

  /** Reads all rows as one block. Problems of every file, variable and row are reported together. */
  async whole(): Promise<LoadedDataset> {
    const table = await this.attempt(async () => {
      for await (const value of this.tables(Number.POSITIVE_INFINITY)) return { value };
      return undefined;
    });
    if (table) this.noteTableLength(table.rows);
    const rows = this.lengths[0]?.rows ?? 0;
    const { ids, weights, ...bound } = await this.bindRows(table, rows);
    this.diagnostics.push(...unequalLengths(this.lengths));
    if (weights?.every((weight) => weight === 0)) this.diagnostics.push(allWeightsZero(this.loaded));
    await this.close();
    this.requireGood();
    return {
      rows,
      ids: ids ?? rowNumbers(rows),
      ...bound,
      takenForMissing: this.binder.takenForMissing,
      advice: this.advice(),
      ...(weights ? { weights } : {}),
    };
  }

  /**
   * Reads the rows in blocks of `size`. Problems of the files are reported first, problems of rows with their block.
   */
  async *blocks(size: number): AsyncGenerator<LoadedBlock> {
    let firstRow = 0;
    const tables = this.source && this.tables(size);
    try {
      for (;;) {
        const table = (await tables?.next())?.value as Table | undefined;
        const left = (this.imageRows() ?? 0) - firstRow;
        const rows = tables ? (table?.rows ?? 0) : Math.min(size, left);
        if (rows <= 0) break;
        // A block needs as many items as rows.
        if (this.images.size > 0 && left < rows) this.requireEnd(firstRow + rows);
        const bound = await this.bindRows(table, rows);
        this.requireGood();
        yield { firstRow, rows, ...bound };
        firstRow += rows;
      }
      this.requireEnd(firstRow);
    } finally {
      await tables?.return(undefined);
      await this.close();
    }
  }

  /** The advice from the bindings and from the rows read. */
  advice(): Advice[] {
    return this.binder.advice();
  }

  requireOpened(): void {
    this.diagnostics.push(...[...this.unopened.values()].flat());
    this.requireGood();
  }

  private requireGood(): void {
    if (this.diagnostics.length > 0) throw new ScmcError(this.diagnostics);
  }

  /** Throws if the table has ended and an IDX file goes on, or the other way around. */
  private requireEnd(rows: number): void {
    if (this.source) this.noteTableLength(rows);
    this.diagnostics.push(...unequalLengths(this.lengths));
    this.requireGood();
  }

  private noteTableLength(rows: number): void {
    if (this.lengths[0]?.what !== "the table")
      this.lengths.unshift({ file: this.source!.file, what: "the table", rows });
  }

  private imageRows(): number | null {
    for (const { shape } of this.images.values()) return shape[0]!;
    return null;
  }

  private async close(): Promise<void> {
    for (const source of this.images.values()) await source.close();
  }

  private async *tables(size: number): AsyncGenerator<Table> {
    const signs = this.columnSigns();
    if (this.source) yield* inBlocks(this.source, [...signs.keys()], size, (column) => signs.get(column) ?? ".");
  }

  /** The columns of the table that are read, each with its decimal sign. */
  private columnSigns(): Map<string, DecimalSign> {
    const { manifest } = this.loaded;
    const { decimal } = notationOf(manifest);
    const signs = new Map<string, DecimalSign>();
    for (const { name } of this.wanted) {
      const binding = own(manifest.variables, name);
      if (binding !== undefined && !("idx" in binding))
        for (const column of "png" in binding
          ? [binding.png]
          : "column" in binding
            ? [binding.column]
            : binding.columns)
          signs.set(column, notationOf(manifest, "png" in binding ? {} : binding).decimal);
      for (const { column } of Object.values(own(manifest.noise ?? {}, name) ?? {})) signs.set(column, decimal);
    }
    for (const column of [manifest.id, manifest.weights])
      if (column !== undefined && !signs.has(column)) signs.set(column, decimal);
    return signs;
  }

  private async bindRows(table: Table | undefined, rows: number) {
    const { manifest } = this.loaded;
    const columns = new Map<string, Column>();
    const domains = new Map<string, Domain>();
    const noise = new Map<string, Column>();
    for (const variable of this.wanted) {
      const { name } = variable;
      const binding = own(manifest.variables, name);
      this.diagnostics.push(...(this.unopened.get(name) ?? []));
      if (binding === undefined) continue;
      const given = { rows, table, images: this.images };
      const bound = await this.attempt(() => this.binder.bind(variable, binding, given));
      if (bound !== undefined) {
        columns.set(name, bound.column);
        domains.set(name, bound.domain);
      }
      for (const [term, each] of Object.entries(own(manifest.noise ?? {}, name) ?? {})) {
        const column = await this.attempt(async () => this.readNoise(table, `${name}.${term}`, each));
        if (column !== undefined) noise.set(`${name}.${term}`, column);
      }
    }
    const ids = (await this.attempt(async () => this.readIds(table))) ?? null;
    const weights = await this.attempt(async () => this.readWeights(table));
    const idName = ids === null || manifest.id === undefined ? {} : { idName: manifest.id };
    return { columns, domains, noise, ids, ...idName, ...(weights ? { weights } : {}) };
  }

  private readNoise(table: Table | undefined, use: string, { column, items }: NoiseBinding): Read<Column> | undefined {
    if (table === undefined) return undefined;
    const cells = columnCells(table, column, use, notationOf(this.loaded.manifest));
    if (cells.diagnostics !== undefined) return cells;
    const read = readNumbers(cells.value, noiseRule(items));
    if (read.diagnostics !== undefined) return read;
    return { value: { kind: "numeric", values: read.value, ...(items === undefined ? {} : { items }) } };
  }

  private readIds(table: Table | undefined): Read<Texts> | undefined {
    const { id } = this.loaded.manifest;
    if (id === undefined || table === undefined) return undefined;
    const cells = columnCells(table, id, "id");
    if (cells.diagnostics !== undefined) return cells;
    return { value: textsOf(cells.value.length, cells.value.text) };
  }

  private readWeights(table: Table | undefined): Read<Float64Array> | undefined {
    const { weights } = this.loaded.manifest;
    if (weights === undefined || table === undefined) return undefined;
    const cells = columnCells(table, weights, "weights", notationOf(this.loaded.manifest));
    if (cells.diagnostics !== undefined) return cells;
    const read = readNumbers(cells.value, weightRule);
    if (read.diagnostics !== undefined) return read;
    return { value: Float64Array.from(read.value) };
  }

  /**
   * The value read, or undefined after its problems were noted; any error other than a ScmcError is a bug in scmc and
   * is thrown on.
   */
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
}

/** The record's own entry. Names come from a file, and `constructor` must not find a property that every object has. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
