/**
 * JUnit XML: one test case per file, which fails if the file did not pass; the warnings of a file that passed are its
 * output.
 */
import type { CheckedFile, CheckReport } from "../print/check-report.js";
import { renderPlainly } from "../print/render.js";

export function junit({ files, sources }: CheckReport): string {
  const failures = files.filter(({ passed }) => !passed).length;
  const counts = `tests="${files.length}" failures="${failures}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="scmc check" ${counts}>`,
    `  <testsuite name="scmc check" ${counts}>`,
    ...files.map((file) => testCase(file, sources)),
    "  </testsuite>",
    "</testsuites>\n",
  ].join("\n");
}

function testCase({ file, diagnostics, passed }: CheckedFile, sources: ReadonlyMap<string, string>): string {
  const open = `    <testcase classname="scmc.check" name="${escapeXml(file)}"`;
  const [first] = diagnostics;
  if (!first) return `${open} />`;
  const text = escapeXml(renderPlainly(diagnostics, sources));
  const codes = [...new Set(diagnostics.map(({ code }) => code))].join(" ");
  const result = passed
    ? `      <system-out>${text}</system-out>`
    : `      <failure type="${codes}" message="${escapeXml(first.message)}">${text}</failure>`;
  return `${open}>\n${result}\n    </testcase>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters cannot stand in XML 1.0 in any form, so they become the replacement character. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>"]/g, (character) => entities[character]!);
}
