/** A data set of sixty units with images of 4 × 4 pixels and a program for it that fits in a second. */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const units = 60;

export const program = `model tiny

t : positive    := flow()
i : real        := flow(t)
x : image(4, 4) := cvae(t, i, latent = 2)

fit t(epochs = 1)
fit i(epochs = 1)
fit x(epochs = 1)
`;

export const rows = Array.from({ length: units }, (_, row) => `${1 + (row % 7) / 4},${(row % 11) / 5 - 1}`);

export function table(lines: readonly string[] = rows): string {
  return `t,i\n${lines.join("\n")}\n`;
}

/** The table with some of its lines replaced; the header is line 1. */
export function tableWith(replaced: Readonly<Record<number, string>>): string {
  return table(rows.map((row, index) => replaced[index + 2] ?? row));
}

export function images(height = 4, width = 4, count = units): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(0x0803, 0);
  for (const [index, size] of [count, height, width].entries()) header.writeUInt32BE(size, 4 + 4 * index);
  return Buffer.concat([header, randomBytes(count * height * width)]);
}

export interface Bindings {
  readonly table?: string;
  readonly t?: string;
  readonly x?: string;
}

export function manifest({ table = "table.csv", t = "t", x = "images" }: Bindings = {}): string {
  return JSON.stringify({ table, variables: { t: { column: t }, i: { column: "i" }, x: { idx: x } } });
}

export function study(): Record<string, string | Uint8Array> {
  return { "tiny.scm": program, "table.csv": table(), images: images(), "data.json": manifest() };
}

/** Every file and directory below a directory with a checksum: equal before and after where nothing was written. */
export function contents(directory: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const path of readdirSync(directory, { recursive: true, encoding: "utf8" }).sort()) {
    const file = join(directory, path);
    all[path] = statSync(file).isDirectory()
      ? "directory"
      : createHash("sha256").update(readFileSync(file)).digest("hex");
  }
  return all;
}
