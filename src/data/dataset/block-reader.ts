/**
 * The wanted variables of a data set, block of rows by block of rows, of which the whole data set may be one; and all
 * that is wrong with them.
 */
import { type Diagnostic, ScmcError } from "../../diagnostics/diagnostic.js";
import type { Binding, Domain, IdxBinding, ImageDomain, NoiseBinding, PngBinding } from "../../schema/types.js";
import { type BoundColumn, bindCells, bindVector, idxImages, pictureDomain } from "../binding/bind-column.js";
import { bindLists } from "../binding/bind-lists.js";
import { type Read, readNumbers, textsTakenForMissing } from "../binding/cells.js";
import { suggestion } from "../binding/did-you-mean.js";
import { noiseRule, weightRule } from "../binding/scalar-domain.js";
import { columnCells, columnLists } from "../binding/table-cells.js";
import type { Cells } from "../columns/cell-column.js";
import type { Advice, Column, DatasetBlock, LoadedDataset } from "../columns/dataset.js";
import type { Table } from "../columns/table.js";
import { clippedNote, levelsOf, type Range } from "../images/idx-levels.js";
import { type IdxSource, openIdx } from "../images/idx-source.js";
import { labelAdvice } from "../images/label-advice.js";
import { PictureNotes } from "../images/picture-notes.js";
import { readPictures } from "../images/png-images.js";
import { type LoadedManifest, notationOf } from "./manifest.js";
import { missingInTable } from "./table-manifest.js";

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

export interface LoadedBlock extends DatasetBlock {
  readonly domains: ReadonlyMap<string, Domain>;
}

/** Reads blocks of rows, of which the whole data set may be one. */
export class BlockReader {
  private readonly diagnostics: Diagnostic[] = [];
  /**
   * What is wrong with a variable's binding or file, before any row: reported with the variable's rows, if those are
   * read.
   */
  private readonly unopened = new Map<string, readonly Diagnostic[]>();
  private readonly images = new Map<string, IdxSource>();
  /** What each length comes from: the table and every IDX file. */
  private readonly lengths: { file: string; what: string; rows: number }[] = [];
  private readonly pictureDomains = new Map<string, ImageDomain>();
  private readonly pictureNotes = new Map<string, PictureNotes>();
  private readonly listSizes = new Map<string, number>();
  /** Values beyond the range of an IDX file, over all blocks. */
  private readonly clipped = new Map<string, number>();
  private readonly takenForMissing = new Map<string, ReadonlyMap<string, number>>();
  private readonly advice: Advice[] = [];
  private table: Table | undefined;

  constructor(
    private readonly loaded: LoadedManifest,
    private readonly wanted: readonly WantedVariable[],
    private readonly options: ReadOptions,
  ) {}

  /** Opens the table and every IDX file, and notes what is wrong with them and with the manifest. */
  async open(read: (file: string, columns: readonly string[]) => Promise<Table>): Promise<void> {
    const { manifest, path } = this.loaded;
    if (manifest.table !== undefined) {
      const file = path(manifest.table);
      this.table = await this.attempt(async () => ({ value: await read(file, this.columnNames()) }));
      if (this.table !== undefined && this.table.rows > 0)
        this.lengths.push({ file, what: "the table", rows: this.table.rows });
    }
    for (const { name, domain } of this.wanted) {
      const binding = own(manifest.variables, name);
      if (binding === undefined) {
        if (!this.options.allowMissingVariables) this.unopened.set(name, [this.unbound(name, domain)]);
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

  /** All rows. */
  async whole(): Promise<LoadedDataset> {
    const rows = this.lengths[0]?.rows ?? 0;
    const { columns, noise, domains, ids, weights, ...idName } = await this.bindRows(rows);
    this.checkLengths();
    if (weights?.every((weight) => weight === 0)) this.diagnostics.push(allWeightsZero(this.loaded));
    await this.close();
    this.requireGood();
    const named = ids ?? Array.from({ length: rows }, (_, row) => String(row));
    const notes = { takenForMissing: this.takenForMissing, advice: this.allAdvice() };
    return { rows, ids: named, ...idName, columns, noise, domains, ...notes, ...(weights ? { weights } : {}) };
  }

  /** The rows of a part of the table, or the next items where there is no table; undefined after the last. */
  async block(table: Table | undefined, firstRow: number, size: number): Promise<LoadedBlock | undefined> {
    this.table = table;
    const left = (this.imageRows() ?? 0) - firstRow;
    const rows = table?.rows ?? Math.min(size, left);
    if (rows <= 0) return undefined;
    // Without as many items as rows no block can be made.
    if (this.images.size > 0 && left < rows) this.requireEnd(firstRow + rows);
    const bound = await this.bindRows(rows);
    this.requireGood();
    return { firstRow, rows, ...bound };
  }

  /** Throws where the table has ended and an IDX file goes on, or the other way around. */
  requireEnd(rows: number): void {
    if (this.loaded.manifest.table !== undefined && this.lengths[0]?.what !== "the table")
      this.lengths.unshift({ file: this.loaded.path(this.loaded.manifest.table), what: "the table", rows });
    this.checkLengths();
    this.requireGood();
  }

  /** What the bindings and the rows that were read suggest. */
  allAdvice(): Advice[] {
    const pictures = [...this.pictureNotes.values()].flatMap((notes) => notes.advice());
    const clipped = [...this.clipped].flatMap(([name, count]) => {
      const binding = own(this.loaded.manifest.variables, name);
      if (count === 0 || binding === undefined || !("idx" in binding) || binding.range === undefined) return [];
      return [clippedNote(name, this.loaded.path(binding.idx), count, binding.range as Range)];
    });
    return [...this.advice, ...pictures, ...clipped];
  }

  requireOpened(): void {
    this.diagnostics.push(...[...this.unopened.values()].flat());
    this.requireGood();
  }

  requireGood(): void {
    if (this.diagnostics.length > 0) throw new ScmcError(this.diagnostics);
  }

  imageRows(): number | null {
    for (const { shape } of this.images.values()) return shape[0]!;
    return null;
  }

  async close(): Promise<void> {
    for (const source of this.images.values()) await source.close();
  }

  /** The columns of the table that are read. */
  columnNames(): string[] {
    const { manifest } = this.loaded;
    const names = [manifest.id, manifest.weights].filter((name) => name !== undefined);
    for (const { name } of this.wanted) {
      const binding = own(manifest.variables, name);
      if (binding !== undefined && "column" in binding) names.push(binding.column);
      if (binding !== undefined && "columns" in binding) names.push(...binding.columns);
      if (binding !== undefined && "png" in binding) names.push(binding.png);
      for (const { column } of Object.values(own(manifest.noise ?? {}, name) ?? {})) names.push(column);
    }
    return names;
  }

  private async bindRows(rows: number) {
    const columns = new Map<string, Column>();
    const domains = new Map<string, Domain>();
    const noise = new Map<string, Column>();
    for (const variable of this.wanted) {
      const binding = own(this.loaded.manifest.variables, variable.name);
      this.diagnostics.push(...(this.unopened.get(variable.name) ?? []));
      if (binding === undefined) continue;
      const bound = await this.attempt(() => this.bind(variable, binding, rows));
      if (bound !== undefined) {
        columns.set(variable.name, bound.column);
        domains.set(variable.name, bound.domain);
      }
      for (const [name, each] of Object.entries(own(this.loaded.manifest.noise ?? {}, variable.name) ?? {})) {
        const column = await this.attempt(async () => this.readNoise(`${variable.name}.${name}`, each));
        if (column !== undefined) noise.set(`${variable.name}.${name}`, column);
      }
    }
    const ids = (await this.attempt(async () => this.readIds())) ?? null;
    const weights = await this.attempt(async () => this.readWeights());
    const { id } = this.loaded.manifest;
    return {
      columns,
      domains,
      noise,
      ids,
      ...(ids === null || id === undefined ? {} : { idName: id }),
      ...(weights ? { weights } : {}),
    };
  }

  private async bind(
    { name, domain }: WantedVariable,
    binding: Binding,
    rows: number,
  ): Promise<Read<BoundColumn> | undefined> {
    if ("idx" in binding) return this.bindIdx(name, domain, binding, rows);
    // A table that could not be read has been reported.
    if (this.table === undefined) return undefined;
    if ("png" in binding) return this.bindPictures(this.table, name, domain, binding);
    const lists =
      "column" in binding && (domain === null || domain.kind === "vector")
        ? columnLists(this.table, binding.column)
        : undefined;
    if (lists) {
      const size = domain?.kind === "vector" ? domain.size : (this.listSizes.get(name) ?? null);
      const bound = bindLists(this.table, lists, name, size);
      // Later blocks must have the size of the first.
      if (bound.diagnostics === undefined && bound.value.domain.kind === "vector")
        this.listSizes.set(name, bound.value.domain.size);
      return bound;
    }
    if ("column" in binding) {
      const cells = columnCells(this.table, binding.column, name, notationOf(this.loaded.manifest, binding));
      if (cells.diagnostics !== undefined) return cells;
      const allowsMissing = this.options.allowMissingValues === true;
      const bound = bindCells({ ...cells.value, allowsMissing }, domain, binding.levels);
      if (allowsMissing && bound.diagnostics === undefined) this.noteMissing(name, cells.value, bound.value.column);
      return bound;
    }
    const columns: Cells[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const column of binding.columns) {
      const cells = columnCells(this.table, column, name, notationOf(this.loaded.manifest, binding));
      if (cells.diagnostics !== undefined) diagnostics.push(...cells.diagnostics);
      else columns.push(cells.value);
    }
    return diagnostics.length > 0 ? { diagnostics } : bindVector(columns, name, this.table.file, domain);
  }

  private async bindIdx(
    name: string,
    domain: Domain | null,
    { range }: IdxBinding,
    rows: number,
  ): Promise<Read<BoundColumn> | undefined> {
    // A file that could not be opened has been reported.
    const source = this.images.get(name);
    if (source === undefined) return undefined;
    const { file, shape } = source;
    if (shape.length === 1 && domain?.kind !== "image") {
      const { data } = await source.read(Math.max(rows, 1));
      const text = (row: number): string => String(data[row]!);
      if (domain === null) this.advice.push(...labelAdvice(name, file, data));
      return bindCells({ file, name, length: data.length, text, place: (row) => `item ${row + 1}` }, domain);
    }
    const found = idxImages(name, file, shape, domain);
    if (found.diagnostics !== undefined) return found;
    const { height, width, channels } = found.value;
    const { pixels, clipped } = levelsOf(
      await source.read(Math.max(rows, 1)),
      source,
      name,
      range as Range | undefined,
    );
    this.clipped.set(name, (this.clipped.get(name) ?? 0) + clipped);
    return {
      value: {
        column: { kind: "image", height: height!, width: width!, channels, pixels },
        domain: found.value,
      },
    };
  }

  private noteMissing(name: string, cells: Cells, column: Column): void {
    const isMissingAt = (row: number) =>
      column.kind === "category"
        ? column.codes[row]! < 0
        : column.kind === "numeric" && Number.isNaN(column.values[row]!);
    const texts = textsTakenForMissing(cells, isMissingAt);
    if (texts.size > 0) this.takenForMissing.set(name, texts);
  }

  private async bindPictures(
    table: Table,
    name: string,
    domain: Domain | null,
    binding: PngBinding,
  ): Promise<Read<BoundColumn>> {
    const cells = columnCells(table, binding.png, name);
    if (cells.diagnostics !== undefined) return cells;
    const wanted = pictureDomain(name, table.file, this.pictureDomains.get(name) ?? domain);
    if (wanted.diagnostics !== undefined) return wanted;
    const typed = wanted.value?.channels;
    if (binding.channels !== undefined && typed !== undefined && typed !== binding.channels)
      return { diagnostics: [otherChannels(table.file, name, binding.channels, typed)] };
    if (binding.background !== undefined && (typed === 2 || typed === 4))
      return { diagnostics: [alphaOnBackground(table.file, name, typed)] };
    const path = (file: string) =>
      this.loaded.path(binding.directory === undefined ? file : `${binding.directory.replace(/\/$/, "")}/${file}`);
    const notes = this.pictureNotes.get(name) ?? new PictureNotes(name, cells.value.name, table.file, binding);
    this.pictureNotes.set(name, notes);
    const column = await readPictures(cells.value, { binding, wanted: wanted.value, path, notes });
    const { height, width, channels } = column;
    const found: ImageDomain = { kind: "image", height, width, channels };
    // Later blocks must have the size of the first.
    this.pictureDomains.set(name, found);
    return { value: { column, domain: found } };
  }

  private readNoise(use: string, { column, items }: NoiseBinding): Read<Column> | undefined {
    if (this.table === undefined) return undefined;
    const cells = columnCells(this.table, column, use, notationOf(this.loaded.manifest));
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

  private readWeights(): Read<Float64Array> | undefined {
    const { weights } = this.loaded.manifest;
    if (weights === undefined || this.table === undefined) return undefined;
    const cells = columnCells(this.table, weights, "weights", notationOf(this.loaded.manifest));
    if (cells.diagnostics !== undefined) return cells;
    const read = readNumbers(cells.value, weightRule);
    if (read.diagnostics !== undefined) return read;
    return { value: Float64Array.from(read.value) };
  }

  /**
   * The value read, or undefined after its problems were noted; anything but a ScmcError is a fault of ours and passes.
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

  private unbound(name: string, domain: Domain | null): Diagnostic {
    const known = Object.keys(this.loaded.manifest.variables);
    if (this.loaded.isTable) return missingInTable(this.loaded.file, name, domain, known);
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

/** Names come from a file: `constructor` must not find what every object has. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function allWeightsZero({ file, manifest }: LoadedManifest): Diagnostic {
  return {
    code: "6090",
    severity: "error",
    file,
    message: `the weights (column "${manifest.weights}") are 0 in every row, so no row counts`,
    hint: 'Name the column of the weights, or leave "weights" out of the manifest.',
  };
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function otherChannels(file: string, name: string, stated: number, typed: number): Diagnostic {
  return {
    code: "6017",
    severity: "error",
    file,
    message: `${name}: the manifest asks for "channels": ${stated}, but the type of \`${name}\` has ${typed}`,
    hint: "Make the two agree, or leave it out of the manifest.",
  };
}

function alphaOnBackground(file: string, name: string, typed: number): Diagnostic {
  return {
    code: "6017",
    severity: "error",
    file,
    message: `${name}: the manifest lays pictures on a "background", but the type of \`${name}\` has ${typed} channels, of which one is the transparency`,
    hint: `Write ${typed - 1} for the channels of the type, or leave "background" out of the manifest.`,
  };
}
