import { expect } from "chai";
import { causalGraphSvg, imageGrid, planTable, type ReportInput, renderReport } from "../../src/report/index.js";
import { cellText } from "../../src/report/table.js";
import { morpho } from "./morpho-models.js";
import { parseXml, withClass } from "./xml.js";

const hostile = `</title><script>alert("1")</script> & 'q' \u0000 \ud800`;
const image = { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(7) };

const input: ReportInput = {
  title: "Morpho-MNIST",
  lead: "Three models.",
  summary: [
    {
      title: "Errors",
      note: "lower is better",
      columns: ["model", { label: "error", unit: "grey levels", decimals: 2 }, "remark"],
      rows: [
        ["full", { value: 16.8444, strong: true, note: "± 0.1" }, null],
        ["truth", -0.001, hostile],
      ],
    },
  ],
  sections: [
    {
      title: "Graphs",
      text: [hostile],
      figures: [
        { drawing: causalGraphSvg(morpho), title: "Full.", caption: hostile },
        {
          drawing: imageGrid({ title: "Digits", rows: [{ label: hostile, images: image }] }),
          caption: "c",
          wide: true,
        },
      ],
    },
  ],
  programs: [
    {
      name: "morpho.scm",
      text: "# a <comment>\nmodel morpho\nassert t -> x\n\n",
      plans: [
        planTable("thicker", "counterfactual(x | do(t := t + 2))", {
          abduct: [{ noiseOf: "x", method: "amortised", given: ["t", "i"] }],
          replace: ["t"],
          recompute: ["x"],
          copy: ["i"],
        }),
      ],
    },
  ],
  made: [
    { label: "command", value: "scmc run graphs/morpho.scm --seed 1", code: true },
    { label: "seed", value: 1 },
  ],
};

describe("the report", () => {
  const page = renderReport(input);
  const elements = parseXml(page);
  const named = (name: string) => elements.filter((element) => element.name === name);

  it("is one well-formed page with all that it was given", () => {
    expect(page).to.match(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(named("h1").map((element) => element.text)).to.deep.equal(["Morpho-MNIST"]);
    expect(named("h2").map((element) => element.text)).to.deep.equal(["Graphs", "Program", "How this was made"]);
    expect(named("code").map((element) => element.text)).to.deep.equal([
      "# a <comment>\nmodel morpho\nassert t -> x",
      "scmc run graphs/morpho.scm --seed 1",
    ]);
    expect(page).to.contain("approximate posterior, then exact inverse, given t, i");
    expect(renderReport(input)).to.equal(page);
  });

  it("fetches nothing and runs nothing", () => {
    for (const { name, attributes } of elements) {
      expect(name).not.to.be.oneOf(["script", "link", "iframe", "object", "embed", "base", "audio", "video", "form"]);
      for (const [key, value] of Object.entries(attributes)) {
        expect(key).not.to.match(/^on/);
        if (key === "src") expect(value).to.match(/^data:image\/png;base64,/);
        if (key === "href") expect(value).to.match(/^#section-\d+$/);
        if (key !== "xmlns") expect(value).not.to.match(/https?:/);
      }
    }
    for (const style of named("style")) expect(style.text).not.to.match(/url\(|@import|https?:/);
  });

  it("links only to sections that exist, each id once", () => {
    const ids = elements.flatMap((element) => element.attributes.id ?? []);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const link of named("a")) expect(ids).to.include(link.attributes.href!.slice(1));
  });

  it("escapes whatever it is given", () => {
    const safe = `</title><script>alert("1")</script> & 'q' \ufffd \ufffd`;
    expect(named("figcaption")[0]!.text).to.equal(`Full. ${safe}`);
    expect(named("img")[0]!.attributes.alt).to.equal(`${safe}, image 1`);
    expect(parseXml(renderReport({ ...input, title: hostile })).find(({ name }) => name === "h1")!.text).to.equal(safe);
  });

  it("gives tables a caption, headed columns and rows, and images an alternative text", () => {
    const columns = named("th").filter((element) => element.attributes.scope === "col");
    expect(columns.slice(0, 3).map((element) => element.text)).to.deep.equal(["model", "errorgrey levels", "remark"]);
    expect(withClass(elements, "strong").map((element) => element.text)).to.deep.equal(["16.84 ± 0.1"]);
    for (const svg of named("svg"))
      expect(svg.attributes).to.include({ role: "img" }).and.to.have.property("aria-label");
    for (const picture of named("img")) expect(picture.attributes.alt).not.to.equal("");
  });

  it("writes numbers for people", () => {
    expect(cellText(null)).to.equal("–");
    expect(cellText(-0.001, 2)).to.equal("0.00");
    expect(cellText(-1234567.891, 1)).to.equal("−1\u202f234\u202f567.9");
    expect(cellText(0.000012)).to.equal("1.20e−5");
    expect(cellText(16.84449)).to.equal("16.84");
    expect(cellText(Number.NaN)).to.equal("not a number");
    expect(cellText(Number.NEGATIVE_INFINITY)).to.equal("−∞");
  });
});
