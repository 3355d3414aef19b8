/**
 * Names in letters of any script: one form for each, places in the text as written, and warnings of names that look
 * alike.
 */
import { expect } from "chai";
import { compile } from "../../src/compiler/index.js";
import { checkManifest } from "../../src/data/dataset/manifest.js";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { isName, mixesScripts, skeleton } from "../../src/diagnostics/names.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { format } from "../../src/parser/format.js";

const compiled = (text: string) => compile({ text, file: "p.scm" });
const composed = "gr\u00f6\u00dfe";
const decomposed = "gro\u0308\u00dfe";

describe("names", () => {
  it("may have letters of any script", () => {
    const names = ["β", composed, "因子", "возраст", "عمر", "उम्र", "x\u0304", "_größe2", "\u{20BB7}野"];
    const text = names.map((name, k) => `${name} := ${k === 0 ? "flow()" : `flow(${names[k - 1]})`}`).join("\n");
    const { model, diagnostics } = compiled(text);
    expect(diagnostics).to.deep.equal([]);
    expect(model!.order).to.deep.equal(names.map((name) => name.normalize("NFC")));
    const written = serialiseModel(model!);
    expect(serialiseModel(parseModel(written, "p.scm.json"))).to.equal(written);
  });

  it("are one name however their letters are composed, with places in the text as written", () => {
    const { model, diagnostics } = compiled(`${decomposed} := flow()\ny := flow(${composed})`);
    expect(diagnostics).to.deep.equal([]);
    expect(model!.order).to.deep.equal([composed, "y"]);
    const wrong = compiled(`${decomposed} := flow(z)\ny := flow(${decomposed}, q)`).diagnostics;
    expect(wrong.map(({ code, span }) => [code, span!.start.column])).to.deep.equal([
      ["2001", `${decomposed} := flow(z`.length],
      ["2001", `y := flow(${decomposed}, q`.length],
    ]);
    expect(format(`${decomposed}  := flow()\n`, "p.scm").text).to.equal(`${composed} := flow()\n`);
  });

  it("do not begin with a digit, and signs are no letters", () => {
    const codeOf = (text: string) => compiled(text).diagnostics.map(({ code, hint }) => [code, hint]);
    expect(codeOf("y := 3β + e where e ~ normal(0, 1)")).to.deep.equal([["1007", "a product is written `3 * β`"]]);
    expect(codeOf("a \u2192 b")).to.deep.equal([["1006", "write `->` instead"]]);
    expect(codeOf("a := 2\u00d7b")[0]).to.deep.equal(["1006", "write `*` instead"]);
    expect(["", "2a", "a b", "a-b", "\u{1F600}", "a\u0308"].map(isName)).to.deep.equal([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it("that look alike are warned of, with their letters", () => {
    const { diagnostics } = compiled("age := flow()\n\u0430ge := flow(age)\nсекс := flow()\nα := flow()\na := flow()");
    expect(diagnostics.map(({ code, severity, message }) => [code, severity, message])).to.deep.equal([
      ["2030", "warning", "`\u0430ge` looks like `age`, and is another name"],
    ]);
    expect(diagnostics[0]!.hint).to.equal(
      "rename one of them; their letters are U+0061 U+0067 U+0065 and U+0430 U+0067 U+0065",
    );
    expect(compiled("\u0430ge := flow()").diagnostics.map(({ code }) => code)).to.deep.equal(["2031"]);
    expect(skeleton("\uff41ge")).to.equal("age");
    expect(["vozrast_возраст", "β1_age"].map(mixesScripts)).to.deep.equal([false, false]);
  });

  it("of a manifest are the program's, however they are composed, and not two spellings of one", () => {
    const manifest = (...names: string[]) => ({
      table: "t.csv",
      variables: Object.fromEntries(names.map((name) => [name, { column: name }])),
    });
    expect(checkManifest(manifest(decomposed), "m.json").variables).to.deep.equal({
      [composed]: { column: decomposed },
    });
    expect(() => checkManifest(manifest(decomposed, composed), "m.json")).to.throw(ScmcError, "twice");
    expect(() => checkManifest(manifest("a-b"), "m.json")).to.throw(ScmcError, "is not a name");
  });
});
