/**
 * `scmc explain CODE`: prints from the catalogue what a diagnostic means and what to do; without a code, the list of
 * all.
 */
import { distance } from "fastest-levenshtein";
import { groupTitles } from "../../diagnostics/catalogue/groups.js";
import { type CatalogueEntry, catalogue, explain } from "../../diagnostics/catalogue/index.js";
import { failure } from "../../diagnostics/diagnostic.js";

export function explainCode(code: string | undefined): void {
  process.stdout.write(code === undefined ? listText() : entryText(entryOf(code)));
}

/** The entry for a code, which may be written as it is printed: `error[4001]`. */
function entryOf(written: string): CatalogueEntry {
  const code = /^(?:error|warning|note)?\[?(\w+)\]?:?$/.exec(written.trim())?.[1] ?? written;
  const entry = explain(code);
  if (entry !== undefined) return entry;
  const nearest = nearestTo(code).map((candidate) => `${candidate.code} (${candidate.title})`);
  const advice = nearest.length > 0 ? `did you mean ${nearest.join(" or ")}?` : "`scmc explain` lists all codes";
  throw failure("7106", "explain", `there is no diagnostic with the code ${written}`, advice);
}

/** At most three codes that were possibly meant, those of the same group first. */
function nearestTo(code: string): CatalogueEntry[] {
  const digits = (text: string): string => [...text].sort().join("");
  const slips = (candidate: string): number =>
    (digits(candidate) === digits(code) ? 1 : distance(candidate, code)) + (candidate[0] === code[0] ? 0 : 0.5);
  return catalogue
    .filter((candidate) => slips(candidate.code) < 2)
    .toSorted((a, b) => slips(a.code) - slips(b.code))
    .slice(0, 3);
}

function listText(): string {
  return Object.entries(groupTitles)
    .map(([digit, title]) => {
      const entries = catalogue.filter(({ code }) => code.startsWith(digit));
      return `${digit}xxx  ${title}\n${entries.map((entry) => `  ${entry.code}  ${entry.title}\n`).join("")}`;
    })
    .join("\n");
}

function entryText({ code, title, severity, explanation, examples }: CatalogueEntry): string {
  const parts = [`${code}: ${title}${severity === "warning" ? " (warning, with --pedantic)" : ""}`, wrap(explanation)];
  if (examples) parts.push(`Wrong:\n\n${indent(examples.bad)}`, `Right:\n\n${indent(examples.good)}`);
  return `${parts.join("\n\n")}\n`;
}

const textWidth = 80;

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= textWidth) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

function indent(program: string): string {
  return program.replaceAll(/^(?=.)/gm, "    ");
}
