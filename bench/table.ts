/** The results of the benchmark as text. */
import type { Figure, GroupResult, Spread } from "./comparison.js";

function milliseconds({ median, least }: Spread): string {
  return `${shown(median)} ms (least ${shown(least)})`;
}

function shown(value: number): string {
  return value < 10 ? value.toPrecision(3) : value.toFixed(value < 100 ? 1 : 0);
}

function figureText({ name, value, unit, limit }: Figure): string {
  const verdict =
    limit === undefined ? "" : value <= limit ? `  (limit ${shown(limit)})` : `  ABOVE the limit of ${shown(limit)}`;
  return `  ${name}: ${unit === "nodes" ? value : shown(value)} ${unit}${verdict}\n`;
}

export function groupText(title: string, { comparisons, figures, notes }: GroupResult): string {
  const lines = [`\n${title}\n`];
  for (const { name, ours, peers } of comparisons) {
    lines.push(`  ${name}\n    ${"scmc".padEnd(28)} ${milliseconds(ours)}\n`);
    for (const { label, milliseconds: time, ratio, ratioOfLeast, target } of peers) {
      const verdict =
        target === null ? "" : ratio >= target ? `  (target ${target})` : `  BELOW the target of ${target}`;
      lines.push(
        `    ${label.padEnd(28)} ${milliseconds(time).padEnd(32)} ratio ${ratio.toFixed(2)} (of least ${ratioOfLeast.toFixed(2)})${verdict}\n`,
      );
    }
  }
  for (const figure of figures) lines.push(figureText(figure));
  for (const note of notes) lines.push(`  note: ${note}\n`);
  return lines.join("");
}
