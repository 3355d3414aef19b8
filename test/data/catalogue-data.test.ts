import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { dataCatalogue } from "../../src/diagnostics/catalogue/data.js";

describe("the catalogue of data diagnostics", () => {
  it("explains every code that reading data gives, and no other, once", () => {
    const folder = join(import.meta.dirname, "../../src/data");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
    // A model meets the levels of its data in one file of the model's own.
    const texts = [...files, "../model/files/bind-levels.js"].map((file) => readFileSync(join(folder, file), "utf8"));
    const used = new Set(texts.flatMap((text) => text.match(/"6\d{3}"/g) ?? []).map((code) => code.slice(1, -1)));
    expect(dataCatalogue.map(({ code }) => code)).to.deep.equal([...used].sort());
  });
});
