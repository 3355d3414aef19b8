/** docs/diagnostics.md is what the catalogue gives. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { diagnosticsPage } from "../../scripts/diagnostics-page.js";
import { catalogue } from "../../src/diagnostics/catalogue/index.js";

describe("docs/diagnostics.md", () => {
  const page = readFileSync(new URL("../../../docs/diagnostics.md", import.meta.url), "utf8");

  it("is current (node scripts/generate-docs.mjs writes it)", () => {
    expect(page).to.equal(diagnosticsPage());
  });

  it("has a heading for every code, which the links of check --format json lead to", () => {
    const headings = [...page.matchAll(/^### (\d{4})$/gm)].map((match) => match[1]);
    expect(headings).to.deep.equal(catalogue.map(({ code }) => code));
  });

  it("shows with every example what is said of it", () => {
    for (const section of page.split(/^### /m).slice(1)) {
      if (!section.includes("```scm-wrong")) continue;
      expect(section).to.match(new RegExp(`\\n(?:error|warning)\\[${section.slice(0, 4)}\\]: `));
    }
  });
});
