/**
 * Tables of results: a caption, headed columns, a first column that names the row, and aligned numbers of even
 * precision.
 */
import { element, fragment, type Markup } from "./drawing/markup.js";

export interface TableColumn {
  readonly label: string;
  readonly unit?: string;
  /** The number of decimals in the column; by default numbers have up to four significant digits. */
  readonly decimals?: number;
}

/** A cell; null is a value that does not exist, shown as a dash. */
export type CellValue = string | number | null;

export interface EmphasisedCell {
  readonly value: CellValue;
  /** True for bold, which marks the row's or column's best value. */
  readonly strong?: boolean;
  /** A small addition, such as a standard error: `± 0.02`. */
  readonly note?: string;
}

export type Cell = CellValue | EmphasisedCell;

export interface Table {
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly (string | TableColumn)[];
  readonly rows: readonly (readonly Cell[])[];
}

export function tableMarkup(table: Table): Markup {
  const columns = table.columns.map((column) => (typeof column === "string" ? { label: column } : column));
  const numeric = columns.map((_, at) => table.rows.some((row) => typeof plainValue(row[at] ?? null) === "number"));
  const kind = (at: number) => (numeric[at] ? "number" : null);
  return element(
    "div",
    { class: "card table scroll" },
    element(
      "table",
      {},
      element("caption", {}, element("strong", {}, table.title), table.note && element("p", {}, table.note)),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map(({ label, unit }, at) =>
            element("th", { scope: "col", class: kind(at) }, label, unit && element("span", { class: "unit" }, unit)),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        table.rows.map((row) =>
          element(
            "tr",
            {},
            columns.map((column, at) => cell(row[at] ?? null, column, at, kind(at))),
          ),
        ),
      ),
    ),
  );
}

function cell(content: Cell, column: TableColumn, at: number, kind: string | null): Markup {
  const { strong = false, note = undefined } = isPlain(content) ? {} : content;
  const text = cellText(plainValue(content), column.decimals);
  const inner = fragment(text, note && element("span", { class: "note" }, ` ${note}`));
  const names = [kind, strong ? "strong" : null].filter((name) => name !== null).join(" ");
  const attributes = { class: names === "" ? null : names };
  return at === 0 ? element("th", { scope: "row", ...attributes }, inner) : element("td", attributes, inner);
}

function isPlain(content: Cell): content is CellValue {
  return content === null || typeof content !== "object";
}

function plainValue(content: Cell): CellValue {
  return isPlain(content) ? content : content.value;
}

/** A number with a true minus sign and thin spaces between thousands; not-a-number and infinity by name. */
export function cellText(value: CellValue, decimals?: number): string {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const text = decimals === undefined ? shortest(value) : value.toFixed(decimals);
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202F");
  const all = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return /[1-9]/.test(all) ? all.replace("-", "−") : all.replace("-", "");
}

function shortest(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  return size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
