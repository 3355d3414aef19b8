/** The grammar's drawing is the parser's. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { SaxesParser } from "saxes";
import { productions } from "../../scripts/grammar.js";
import { grammarDiagram } from "../../scripts/grammar-diagram.js";

describe("docs/images/grammar.svg", () => {
  const file = readFileSync("docs/images/grammar.svg", "utf8");

  it("is current (node dist/scripts/grammar.js writes it)", () => {
    expect(file).to.equal(grammarDiagram());
  });

  it("is well-formed and names every rule", () => {
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.write(file).close();
    for (const { name } of productions()) expect(file).to.include(`>${name}</text>`);
  });
});
