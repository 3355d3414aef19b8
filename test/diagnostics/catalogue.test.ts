/** Every code of the catalogue is caused by its bad example alone, and its good example is clean. */
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { catalogue, explain } from "../../src/diagnostics/catalogue/index.js";

describe("catalogue of diagnostics", () => {
  it("has each code once, in order", () => {
    const codes = catalogue.map(({ code }) => code);
    expect(codes).to.deep.equal([...new Set(codes)].sort());
    expect(explain("4001")?.title).to.equal("A cycle");
    expect(explain("9999")).to.equal(undefined);
  });

  for (const { code, title, examples, severity, always } of catalogue) {
    if (examples === undefined) continue;
    it(`${code} ${title}`, () => {
      const pedantic = severity === "warning";
      const bad = compile({ text: examples.bad, file: "bad.scm" }, { pedantic });
      expect(bad.diagnostics.map((diagnostic) => diagnostic.code)).to.deep.equal([code]);
      expect(bad.diagnostics[0]!.severity).to.equal(severity ?? "error");
      expect(bad.model === undefined).to.equal(!pedantic);
      const { start, end } = bad.diagnostics[0]!.span!;
      expect(start.offset).to.be.at.most(end.offset);
      expect(end.offset).to.be.at.most(examples.bad.length);
      const good = compile({ text: examples.good, file: "good.scm" }, { pedantic });
      expect(good.diagnostics).to.deep.equal([]);
      expect(good.model).to.be.an("object");
      const plain = compile({ text: examples.bad, file: "bad.scm" }).diagnostics.map((diagnostic) => diagnostic.code);
      if (pedantic) expect(plain).to.deep.equal(always ? [code] : []);
    });
  }
});
