/**
 * Positions in a text. Offsets are UTF-16 units from 0; lines and columns count from 1; a line ends with LF, CRLF or
 * CR.
 */
import type { Position, Span } from "./diagnostic.js";

export class SourceText {
  readonly text: string;
  readonly file: string;
  readonly #lineStarts: number[] = [0];

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    for (const match of text.matchAll(/\r\n|\n|\r/g)) this.#lineStarts.push(match.index + match[0].length);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { offset, line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }

  /** The half-open range [start, end). */
  span(start: number, end: number): Span {
    return { start: this.position(start), end: this.position(end) };
  }

  slice(span: Span): string {
    return this.text.slice(span.start.offset, span.end.offset);
  }
}

/** The smallest span that contains both. */
export function join(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}
