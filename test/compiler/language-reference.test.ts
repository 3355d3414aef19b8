/**
 * The examples of docs/language.md compile, or are refused with the code that they state; its grammar is the parser's.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { withGrammar } from "../../scripts/grammar.js";
import { compile } from "../../src/compiler/compile.js";
import { distributions, functions, mechanisms } from "../../src/model/catalogue/catalogue.js";

const reference = readFileSync(new URL("../../../docs/language.md", import.meta.url), "utf8");

describe("language reference", () => {
  const blocks = [...reference.matchAll(/```scm ?(\d*)\n([\s\S]*?)```/g)];
  for (const [, code = "", text = ""] of blocks) {
    it(`${code === "" ? "compiles" : code}: ${text.trim().split("\n")[0]}`, () => {
      const { diagnostics } = compile({ text, file: "reference.scm" });
      expect(diagnostics.map((diagnostic) => diagnostic.code)).to.deep.equal(code === "" ? [] : [code]);
    });
  }

  it("names every mechanism, function and distribution", () => {
    for (const name of [...Object.keys(mechanisms), ...functions.keys(), ...Object.keys(distributions)]) {
      expect(reference, name).to.match(new RegExp(`\\b${name}\\b`));
    }
  });

  it("holds the grammar of the parser (node dist/scripts/grammar.js writes it)", () => {
    expect(withGrammar(reference)).to.equal(reference);
  });
});
