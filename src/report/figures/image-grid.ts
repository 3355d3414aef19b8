/** A grid of labelled images for a page: a table with a heading per row, pictures enlarged without smoothing. */

import { pngDataUri } from "../../data/images/png-encode.js";
import { element, type Markup } from "../drawing/markup.js";
import { type ImageRow, pictureAt, stackLength } from "./image-rows.js";

export interface ImageGridInput {
  /** A sentence that says what the grid shows; screen readers read it as the table's name. */
  readonly title: string;
  readonly rows: readonly ImageRow[];
  /** Headings of the columns, such as the rows' ids in the test set. */
  readonly columns?: readonly string[];
  /** The number of CSS pixels per image pixel; by default a whole number that makes images about 80 wide. */
  readonly scale?: number;
}

export function imageGrid(input: ImageGridInput): Markup {
  const { rows, columns } = input;
  const scale = input.scale ?? Math.max(1, Math.round(80 / (rows[0]?.images.width ?? 80)));
  return element(
    "table",
    { class: "image-grid", "aria-label": input.title },
    columns &&
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("td"),
          columns.map((column) => element("th", { scope: "col" }, column)),
        ),
      ),
    element(
      "tbody",
      {},
      rows.map((row) => gridRow(row, columns, scale)),
    ),
  );
}

function gridRow(row: ImageRow, columns: readonly string[] | undefined, scale: number): Markup {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, row.label, row.note && element("span", { class: "note" }, row.note)),
    Array.from({ length: stackLength(row.images) }, (_, index) => {
      const picture = pictureAt(row.images, index);
      const caption = row.captions?.[index];
      const which = columns?.[index] ?? `image ${index + 1}`;
      return element(
        "td",
        {},
        element("img", {
          src: pngDataUri(picture),
          width: picture.width * scale,
          height: picture.height * scale,
          alt: `${row.label}, ${which}${caption ? `, ${caption}` : ""}`,
        }),
        caption && element("span", { class: "note", style: `max-width: ${picture.width * scale}px` }, caption),
      );
    }),
  );
}
