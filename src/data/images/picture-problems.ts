/** The problem with a row's picture, and the one diagnostic for all such rows. */
import { type Diagnostic, ScmcError } from "../../diagnostics/diagnostic.js";
import { BadRows } from "../columns/bad-rows.js";
import type { Cells } from "../columns/cell-column.js";
import { PngProblem } from "./png-chunks.js";

export type PictureAspect = "channels" | "size" | "range" | "file";

/** The problem with one row's picture, in words that follow its name. */
export class RowProblem extends Error {
  constructor(
    message: string,
    readonly about: PictureAspect,
  ) {
    super(message);
  }
}

/** The error as a problem of the row; any other error is a bug in scmc and is thrown on. */
export function asRowProblem(error: unknown): RowProblem {
  if (error instanceof RowProblem) return error;
  if (error instanceof PngProblem) return new RowProblem(`not a readable PNG file: ${error.message}`, "file");
  if (error instanceof ScmcError) return new RowProblem(error.diagnostics[0]!.message, "file");
  throw error;
}

export const pictureHints: Readonly<Record<PictureAspect, string>> = {
  channels:
    'The type says how many channels a picture has: image(28, 28) has one, image(28, 28, 3) three. "channels": 1 beside "png" in the manifest turns pictures in colour grey, "channels": 3 grey ones into red, green and blue.',
  size: '"crop" and "resize" beside "png" in the manifest bring pictures to one size.',
  range: 'State the "range" that all pictures have, or leave it out where they use all of their bits.',
  file: 'File names are relative to the manifest, or to its "directory"; a damaged file has to be copied or written again.',
};

export function pictureDiagnostics(cells: Cells, problems: ReadonlyMap<number, RowProblem>): Diagnostic[] {
  const bad = new BadRows(
    (row) => `${cells.place(row)} ${JSON.stringify(cells.text(row))} (${problems.get(row)!.message})`,
  );
  for (const row of problems.keys()) bad.add(row);
  const kinds = new Set([...problems.values()].map(({ about }) => about));
  const apart = (Object.keys(pictureHints) as PictureAspect[]).filter((about) => kinds.has(about));
  return bad.diagnostics({
    code: "6025",
    file: cells.file,
    message: `${cells.name}: ${bad.counted("picture", "pictures")} cannot be taken`,
    hint: apart.map((about) => pictureHints[about]).join(" "),
  });
}
