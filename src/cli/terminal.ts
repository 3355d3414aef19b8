/** What the command line prints besides results: notes, progress, colour. All of it goes to stderr. */
import { styleText } from "node:util";

type Colour = "red" | "yellow" | "cyan" | "green" | "dim";

const coloured = process.stderr.isTTY === true && !process.env.NO_COLOR;

export function colour(name: Colour, text: string): string {
  return coloured ? styleText(name, text) : text;
}

export interface Terminal {
  note(text: string): void;
  /** Replaces the progress line on a terminal; elsewhere prints it now and then. */
  progress(text: string): void;
  /** Ends the progress line. */
  done(text: string): void;
}

/** Seconds between progress lines where there is no terminal to redraw. */
const quietInterval = 10;

export function createTerminal(quiet: boolean): Terminal {
  if (quiet) return { note() {}, progress() {}, done() {} };
  const interactive = process.stderr.isTTY === true;
  let lastPrinted = Number.NEGATIVE_INFINITY;
  const clear = interactive ? "\r\u001b[K" : "";
  const write = (text: string) => process.stderr.write(`${clear}${text}\n`);
  return {
    note: write,
    progress(text) {
      const now = performance.now() / 1000;
      if (now - lastPrinted < (interactive ? 0.1 : quietInterval)) return;
      lastPrinted = now;
      process.stderr.write(interactive ? `${clear}${text}` : `${text}\n`);
    },
    done(text) {
      lastPrinted = Number.NEGATIVE_INFINITY;
      write(text);
    },
  };
}

/** `done` of `total` as a bar and a percentage. */
export function bar(done: number, total: number, width = 24): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * width);
  return `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${String(Math.floor(share * 100)).padStart(3)}%`;
}
