/** A grid of labelled images as one PNG, for pages that accept only pictures; labels use the built-in bitmap font. */

import { encodePng } from "../../data/images/png-encode.js";
import type { Picture } from "../../data/images/resize-picture.js";
import { drawText, glyphHeight, textColumns } from "./bitmap-font.js";
import { type ImageRow, pictureAt, stackLength } from "./image-rows.js";

export interface GridPngOptions {
  /** Image pixels are enlarged by this whole number; 3 by default. */
  readonly scale?: number;
  /** Font pixels are enlarged by this; 2 by default. */
  readonly textScale?: number;
  /** Output pixels between images; 6 by default. */
  readonly gap?: number;
  /** False if the text around the picture gives the labels. */
  readonly labels?: boolean;
}

export interface Canvas {
  readonly height: number;
  readonly width: number;
  /** Red, green and blue of each pixel. */
  readonly pixels: Uint8Array;
}

const background = [255, 255, 255] as const;
const ink = [27, 34, 44] as const;
const margin = 12;

export function writeGridPng(rows: readonly ImageRow[], options: GridPngOptions = {}): Uint8Array {
  const { scale = 3, textScale = 2, gap = 6, labels = true } = options;
  const lines = rows.map((row) => (labels ? [row.label, ...(row.note ? [row.note] : [])] : []));
  const labelWidth = Math.max(0, ...lines.flat().map((line) => textColumns(line) * textScale));
  const left = margin + (labelWidth > 0 ? labelWidth + margin : 0);
  const widest = Math.max(...rows.map((row) => stackLength(row.images) * (row.images.width * scale + gap) - gap));
  const tops: number[] = [];
  let bottom = margin;
  for (const row of rows) {
    tops.push(bottom);
    bottom += row.images.height * scale + gap;
  }
  const canvas = blank(bottom - gap + margin, left + widest + margin);
  rows.forEach((row, at) => {
    const top = tops[at]!;
    writeLabel(canvas, lines[at]!, top + (row.images.height * scale) / 2, textScale);
    for (let index = 0; index < stackLength(row.images); index++) {
      paste(canvas, pictureAt(row.images, index), top, left + index * (row.images.width * scale + gap), scale);
    }
  });
  return encodePng({ ...canvas, channels: 3 });
}

function blank(height: number, width: number): Canvas {
  const pixels = new Uint8Array(height * width * 3);
  for (let at = 0; at < pixels.length; at += 3) pixels.set(background, at);
  return { height, width, pixels };
}

function writeLabel(canvas: Canvas, lines: readonly string[], middle: number, scale: number): void {
  const lineHeight = (glyphHeight + 3) * scale;
  const top = Math.round(middle - (lines.length * lineHeight - 3 * scale) / 2);
  lines.forEach((line, at) => {
    drawText(line, (row, column) =>
      fill(canvas, top + at * lineHeight + row * scale, margin + column * scale, scale, ink),
    );
  });
}

function paste(canvas: Canvas, picture: Picture, top: number, left: number, scale: number): void {
  const { height, width, channels, pixels } = picture;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * channels;
      const grey = pixels[at]!;
      const colour =
        channels === 3 ? ([grey, pixels[at + 1]!, pixels[at + 2]!] as const) : ([grey, grey, grey] as const);
      fill(canvas, top + row * scale, left + column * scale, scale, colour);
    }
  }
}

function fill(
  canvas: Canvas,
  top: number,
  left: number,
  size: number,
  colour: readonly [number, number, number],
): void {
  for (let row = top; row < Math.min(top + size, canvas.height); row++) {
    for (let column = left; column < Math.min(left + size, canvas.width); column++) {
      canvas.pixels.set(colour, (row * canvas.width + column) * 3);
    }
  }
}
