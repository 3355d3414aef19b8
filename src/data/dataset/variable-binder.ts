/**
 * Binds variables to their sources, block by block: columns of the table, items of IDX files, pictures. Decisions made
 * on the first block, such as the size of pictures, hold for the later ones; advice is collected over all rows.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Binding, Domain, IdxBinding, ImageDomain, PngBinding } from "../../schema/types.js";
import { type BoundColumn, bindCells, bindVector, idxImages, pictureDomain } from "../binding/bind-column.js";
import { bindLists } from "../binding/bind-lists.js";
import { type Read, textsTakenForMissing } from "../binding/cells.js";
import { columnCells, columnLists } from "../binding/table-cells.js";
import type { Cells } from "../columns/cell-column.js";
import type { Advice, Column } from "../columns/dataset.js";
import type { Table } from "../columns/table.js";
import { clippedNote, levelsOf, type Range } from "../images/idx-levels.js";
import type { IdxSource } from "../images/idx-source.js";
import { labelAdvice } from "../images/label-advice.js";
import { PictureNotes } from "../images/picture-notes.js";
import { readPictures } from "../images/png-images.js";
import { type LoadedManifest, notationOf } from "./manifest.js";
import { alphaOnBackground, otherChannels } from "./reading-problems.js";

export interface WantedVariable {
  readonly name: string;
  /** Null to bind the type from the data. */
  readonly domain: Domain | null;
}

/** Some rows of a data set's files; only of its IDX files if the table could not be read. */
export interface RowsOfFiles {
  readonly rows: number;
  readonly table: Table | undefined;
  readonly images: ReadonlyMap<string, IdxSource>;
}

export class VariableBinder {
  /** Cells whose text was taken for missing, by variable and text. */
  readonly takenForMissing = new Map<string, Map<string, number>>();
  private readonly pictureDomains = new Map<string, ImageDomain>();
  private readonly pictureNotes = new Map<string, PictureNotes>();
  private readonly listSizes = new Map<string, number>();
  /** Values beyond the range of an IDX file. */
  private readonly clipped = new Map<string, { readonly range: Range; readonly file: string; count: number }>();
  private readonly labels: Advice[] = [];

  constructor(
    private readonly loaded: LoadedManifest,
    private readonly allowsMissing: boolean,
  ) {}

  /** Undefined if a file that the binding names could not be opened, which has been reported. */
  async bind(
    { name, domain }: WantedVariable,
    binding: Binding,
    { rows, table, images }: RowsOfFiles,
  ): Promise<Read<BoundColumn> | undefined> {
    if ("idx" in binding) {
      const source = images.get(name);
      return source && this.bindIdx(name, domain, binding, source, rows);
    }
    if (table === undefined) return undefined;
    if ("png" in binding) return this.bindPictures(table, name, domain, binding);
    if ("columns" in binding) {
      const columns: Cells[] = [];
      const diagnostics: Diagnostic[] = [];
      for (const column of binding.columns) {
        const cells = columnCells(table, column, name, notationOf(this.loaded.manifest, binding));
        if (cells.diagnostics !== undefined) diagnostics.push(...cells.diagnostics);
        else columns.push(cells.value);
      }
      return diagnostics.length > 0 ? { diagnostics } : bindVector(columns, name, table.file, domain);
    }
    const lists = domain === null || domain.kind === "vector" ? columnLists(table, binding.column) : undefined;
    if (lists) {
      const size = domain?.kind === "vector" ? domain.size : (this.listSizes.get(name) ?? null);
      const bound = bindLists(table, lists, name, size);
      if (bound.diagnostics === undefined && bound.value.domain.kind === "vector")
        this.listSizes.set(name, bound.value.domain.size);
      return bound;
    }
    const { allowsMissing } = this;
    const cells = columnCells(table, binding.column, name, notationOf(this.loaded.manifest, binding));
    if (cells.diagnostics !== undefined) return cells;
    const bound = bindCells({ ...cells.value, allowsMissing }, domain, binding.levels);
    if (allowsMissing && bound.diagnostics === undefined) this.noteMissing(name, cells.value, bound.value.column);
    return bound;
  }

  /** The advice from the bindings and from the rows read. */
  advice(): Advice[] {
    const pictures = [...this.pictureNotes.values()].flatMap((notes) => notes.advice());
    const clipped = [...this.clipped].flatMap(([name, { file, count, range }]) =>
      count === 0 ? [] : [clippedNote(name, file, count, range)],
    );
    return [...this.labels, ...pictures, ...clipped];
  }

  private async bindIdx(
    name: string,
    domain: Domain | null,
    binding: IdxBinding,
    source: IdxSource,
    rows: number,
  ): Promise<Read<BoundColumn>> {
    const { file, shape } = source;
    const range = binding.range as Range | undefined;
    if (shape.length === 1 && domain?.kind !== "image") {
      const { data } = await source.read(Math.max(rows, 1));
      const text = (row: number): string => String(data[row]!);
      if (domain === null) this.labels.push(...labelAdvice(name, file, data));
      return bindCells({ file, name, length: data.length, text, place: (row) => `item ${row + 1}` }, domain);
    }
    const found = idxImages(name, file, shape, domain);
    if (found.diagnostics !== undefined) return found;
    const { height, width, channels } = found.value;
    const { pixels, clipped } = levelsOf(await source.read(Math.max(rows, 1)), source, name, range);
    const count = clipped + (this.clipped.get(name)?.count ?? 0);
    if (range) this.clipped.set(name, { range, file, count });
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
    const known = this.takenForMissing.get(name) ?? new Map<string, number>();
    for (const [text, count] of textsTakenForMissing(cells, isMissingAt))
      known.set(text, (known.get(text) ?? 0) + count);
    if (known.size > 0) this.takenForMissing.set(name, known);
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
    this.pictureDomains.set(name, found);
    return { value: { column, domain: found } };
  }
}
