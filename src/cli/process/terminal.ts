/** The output of the command line besides results: notes, progress, colour. All of it goes to stderr. */
import { styleText } from "node:util";

type Colour = "red" | "yellow" | "cyan" | "green" | "dim";

const coloured = process.stderr.isTTY === true && !process.env.NO_COLOR;

export function colour(name: Colour, text: string): string {
  return coloured ? styleText(name, text) : text;
}

export interface Terminal {
  note(text: string): void;
  /** Replaces the progress line on a terminal; elsewhere prints a line only now and then. */
  progress(text: string): void;
  /** Ends the progress line. */
  done(text: string): void;
}

/** Seconds between progress lines if there is no terminal to redraw. */
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

/**
 * Reports progress in rows: a bar if the total is known, the rate since the first call, and the remaining time at that
 * rate. The text is `label [####....] 50% 500/1000, 83/s, 6 s left`.
 */
export function rowProgress(
  terminal: Terminal,
  now: () => number = () => performance.now() / 1000,
): (label: string, done: number, total: number | null) => void {
  const starts = new Map<string, { readonly done: number; readonly time: number }>();
  const begun = now();
  return (label, done, total) => {
    const start = starts.get(label) ?? { done, time: now() };
    starts.set(label, start);
    // Very short work needs no progress line.
    if (now() - begun < leastSeconds && starts.size === 1) return;
    const amount = total === null ? `${done}` : `${bar(done, total)} ${done}/${total}`;
    const pace = paceText(done - start.done, total === null ? null : total - done, now() - start.time);
    terminal.progress(`${label} ${amount}${pace}`);
  };
}

/** Seconds of work before a rate means something. */
const leastSeconds = 1;

function paceText(done: number, remaining: number | null, seconds: number): string {
  if (seconds < leastSeconds || done === 0) return "";
  const rate = done / seconds;
  const left = remaining === null ? "" : `, ${durationText(remaining / rate)} left`;
  return `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s${left}`;
}

/** Seconds in the largest useful units: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
