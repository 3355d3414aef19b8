/** SARIF 2.1.0, the exchange format of static analysis; the rules are the catalogue of diagnostics. */
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { type CatalogueEntry, catalogue } from "../../diagnostics/catalogue/index.js";
import type { Diagnostic, Severity, Span } from "../../diagnostics/diagnostic.js";
import { allDiagnostics, type CheckReport } from "../print/check-report.js";
import { version } from "../process/version.js";
import { fixOf } from "./fix.js";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "note" };

export function sarif(report: CheckReport): string {
  const ruleIndex = new Map(catalogue.map(({ code }, index) => [code, index]));
  const run = {
    tool: { driver: { name: "scmc", semanticVersion: version, rules: catalogue.map(rule) } },
    columnKind: "utf16CodeUnits",
    results: allDiagnostics(report).map((diagnostic) =>
      result(diagnostic, ruleIndex.get(diagnostic.code), report.sources),
    ),
  };
  return `${JSON.stringify({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function rule({ code, title, explanation, examples }: CatalogueEntry): unknown {
  const example = examples ? `\n\nWrong:\n\n${examples.bad}\n\nRight:\n\n${examples.good}` : "";
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: `${explanation}${example}` },
  };
}

function result(
  diagnostic: Diagnostic,
  ruleIndex: number | undefined,
  sources: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { code, severity, message, file, span, related = [], hint } = diagnostic;
  const fix = fixOf(diagnostic, sources);
  return {
    ruleId: code,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: hint ? `${message}\n${hint}` : message },
    locations: [{ physicalLocation: location(file, span) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) => ({
            id,
            message: { text: other.message },
            physicalLocation: location(other.file, other.span),
          })),
        }),
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: fix.description },
              artifactChanges: [
                {
                  artifactLocation: { uri: uriOf(fix.file) },
                  replacements: [{ deletedRegion: region(fix.range), insertedContent: { text: fix.newText } }],
                },
              ],
            },
          ],
        }),
  };
}

function location(file: string, span: Span | undefined): Record<string, unknown> {
  return { artifactLocation: { uri: uriOf(file) }, ...(span ? { region: region(span) } : {}) };
}

function region({ start, end }: Span): Record<string, number> {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  };
}

function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(/[\\/]/).map(encodeURIComponent).join("/");
}
