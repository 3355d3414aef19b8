/**
 * Makes docs/diagnostics.md from the catalogue: every code with its explanation, the smallest program that causes it,
 * scmc's message about that program, and the corrected program. scripts/generate-docs.mjs writes it.
 */
import { renderPlainly } from "../src/cli/print/render.js";
import { compile } from "../src/compiler/compile.js";
import { groupTitles } from "../src/diagnostics/catalogue/groups.js";
import { type CatalogueEntry, catalogue } from "../src/diagnostics/catalogue/index.js";

/** Lines of a program or message that are too long for a page, such as brackets nested too deeply, are cut. */
const widestLine = 120;

export function diagnosticsPage(): string {
  const sections = Object.entries(groupTitles).map(([digit, title]) => {
    const entries = catalogue.filter(({ code }) => code.startsWith(digit));
    return [`## ${digit}xxx: ${title}`, ...entries.map(entrySection)].join("\n\n");
  });
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Diagnostics

Made from the catalogue by \`node scripts/generate-docs.mjs\`; do not edit. \`scmc explain CODE\` prints the same on the
command line, and \`scmc check --format sarif\` has these texts as its rules. Codes are stable: a code is never given another
meaning. Those that no program alone can cause (a missing file, damaged weights) have no example.`;

function entrySection(entry: CatalogueEntry): string {
  const { code, title, severity, explanation, examples } = entry;
  const parts = [
    `### ${code}\n\n**${title}**${severity === "warning" ? " (warning, with `--pedantic`)" : ""}`,
    explanation,
  ];
  if (examples)
    parts.push(
      fenced(examples.bad, "scm-wrong"),
      fenced(messagesOf(examples.bad), "text"),
      "Put right:",
      fenced(examples.good, "scm"),
    );
  return parts.join("\n\n");
}

function messagesOf(text: string): string {
  const { diagnostics } = compile({ text, file: "example.scm" }, { pedantic: true });
  return renderPlainly(diagnostics, new Map([["example.scm", text]]));
}

function fenced(text: string, language: string): string {
  const lines = text.trimEnd().split("\n");
  const cut = lines.map((line) => (line.length > widestLine ? `${line.slice(0, widestLine - 1)}…` : line));
  return `\`\`\`${language}\n${cut.join("\n")}\n\`\`\``;
}
