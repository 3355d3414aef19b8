/** Every code that the sources report is in the catalogue, so that `scmc explain` knows whatever a message bears. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { catalogue } from "../../src/diagnostics/catalogue/index.js";

const sources = fileURLToPath(new URL("../../../src", import.meta.url));

describe("codes of diagnostics", () => {
  it("are all in the catalogue, and all of the catalogue is reported somewhere", () => {
    const reported = new Set<string>();
    for (const path of readdirSync(sources, { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts") || /^diagnostics\\?\/?/.test(path) || path.endsWith("exit-status.ts")) continue;
      for (const [, code] of readFileSync(join(sources, path), "utf8").matchAll(/"([1-8]\d{3})"/g)) reported.add(code!);
    }
    const known = catalogue.map(({ code }) => code);
    expect([...reported].filter((code) => !known.includes(code))).to.deep.equal([]);
    expect(known.filter((code) => !reported.has(code))).to.deep.equal([]);
  });
});
