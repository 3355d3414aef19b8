/** Set SCMC_UPDATE_SNAPSHOTS=1 to rewrite the drawings in `snapshots/`; look at them before committing. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { causalGraphDot, causalGraphMermaid, causalGraphSvg } from "../../src/report/index.js";
import type { Intervention, Model } from "../../src/schema/types.js";
import {
  apply,
  c,
  gallery,
  learned,
  model,
  morpho,
  morphoConditional,
  morphoIndependent,
  morphoTruth,
  natural,
  v,
  variable,
} from "./morpho-models.js";
import { parseXml, withClass } from "./xml.js";

const snapshots = new URL("../../../test/report/snapshots/", import.meta.url);

function expectSnapshot(name: string, text: string): void {
  const file = new URL(name, snapshots);
  if (process.env.SCMC_UPDATE_SNAPSHOTS) writeFileSync(file, text);
  expect(text).to.equal(readFileSync(file, "utf8"));
}

const shift: Intervention = { variable: "t", expression: apply("add", natural("t"), c(2)), noises: [] };
const atomic: Intervention = { variable: "i", expression: c(200), noises: [] };

describe("the causal graph", () => {
  for (const each of [morpho, morphoConditional, morphoIndependent, morphoTruth, gallery]) {
    it(`of ${each.name} is drawn as recorded`, () => {
      expectSnapshot(`${each.name}.dot`, causalGraphDot(each));
      expectSnapshot(`${each.name}.mmd`, causalGraphMermaid(each));
      expectSnapshot(`${each.name}.svg`, `${causalGraphSvg(each)}\n`);
    });
  }

  it("holds a circle for each variable, a small one for each noise, a path for each edge", () => {
    const elements = parseXml(String(causalGraphSvg(morpho)));
    const names = withClass(elements, "name").map((element) => element.text);
    expect(names).to.deep.equal(["t", "i", "x"]);
    expect(withClass(elements, "noise").map((element) => element.text)).to.have.length(4);
    expect(withClass(elements, "edge")).to.have.length(3);
    expect(withClass(elements, "amortised").some((element) => element.text.includes("cvae(t, i)"))).to.equal(true);
    const [svg] = elements;
    expect(svg!.attributes["aria-label"]).to.equal("Causal graph of morpho: t → i, t → x, i → x");
  });

  it("keeps the edges into a shifted variable and cuts those into one that is set", () => {
    const shifted = causalGraphDot(morpho, {
      interventions: [{ ...shift, variable: "i", expression: apply("add", natural("i"), c(2)) }],
    });
    expect(shifted)
      .to.contain('"variable t" -> "variable i"')
      .and.to.contain("do(i := i + 2)")
      .and.to.contain("noise 2 of i");
    const set = causalGraphDot(morpho, { interventions: [atomic] });
    expect(set).not.to.contain('"variable t" -> "variable i"');
    expect(set).not.to.contain("of i");
    expect(set).to.contain("do(i := 200)").and.to.contain('"variable i" -> "variable x"');
  });

  it("adds the edges that a new right-hand side makes, and the noises of a stochastic intervention", () => {
    const surrogate: Intervention = {
      variable: "i",
      expression: apply("add", apply("multiply", c(40), v("t")), { kind: "noise", name: "w" }),
      noises: [{ name: "w", distribution: "normal", parameters: [0, 5] }],
    };
    const text = causalGraphDot(morphoConditional, { interventions: [surrogate] });
    expect(text).to.match(/"variable t" -> "variable i" \[color=/);
    expect(text).to.contain("w ~ normal(0, 5)").and.to.contain("do(i := 40 * t + w where w ~ normal(0, 5))");
  });

  it("marks only the edges to the children that an intervention with `for` names", () => {
    const text = causalGraphDot(morpho, { interventions: [{ ...shift, expression: c(3), only: ["i"] }] });
    expect(text).to.match(/"variable t" -> "variable i" \[color=/);
    expect(text).to.match(/"variable t" -> "variable x"$/m);
    expect(text).to.contain("noise 1 of t");
  });

  it("cuts an unobserved common cause of a variable that is set", () => {
    const set: Intervention = { variable: "s", expression: c(1), noises: [] };
    expect(causalGraphMermaid(gallery)).to.contain('v_s <-. "unobserved" .-> v_stage');
    expect(causalGraphMermaid(gallery, { interventions: [set] })).not.to.contain("unobserved");
  });

  it("escapes documents in every format and takes any legal name", () => {
    const doc = `a "b" <i> & \\n {x} ; ]--> \u0007`;
    const names = ["constructor", "__proto__", "toString", "end", "graph", "legend"];
    const odd = model(
      "odd",
      names.map((name) => variable(name, { kind: "real" }, doc)),
      names.map((name, at) => learned(name, "flow", names.slice(0, at))),
    );
    const elements = parseXml(String(causalGraphSvg(odd)));
    expect(withClass(elements, "name").map((element) => element.text)).to.deep.equal(names);
    expect(withClass(elements, "edge")).to.have.length(15);
    expect(causalGraphMermaid(odd)).to.contain("a #34;b#34; #60;i#62; #38; #92;n #123;x#125; #59; #93;--#62; #7;");
    expect(causalGraphDot(odd)).to.contain("a &quot;b&quot; &lt;i&gt; &amp; ");
  });

  it("has no node twice in one place and none outside the drawing", () => {
    const elements = parseXml(String(causalGraphSvg(wide(60))));
    const [svg] = elements;
    const places = elements
      .filter((element) => element.attributes.class === "node")
      .map(({ attributes }) => [Number(attributes.x ?? attributes.cx), Number(attributes.y ?? attributes.cy)] as const)
      .filter(([, y]) => y > 20);
    expect(new Set(places.map(String)).size).to.equal(60);
    for (const [x, y] of places) {
      expect(x).to.be.within(0, Number(svg!.attributes.width));
      expect(y).to.be.within(0, Number(svg!.attributes.height));
    }
  });

  it("draws a chain of 3,000 variables without overflowing the stack", () => {
    expect(parseXml(String(causalGraphSvg(wide(3000))))).to.have.length.above(3000);
  }).timeout(20_000);
});

/** A chain whose variables also have the variable three before them as a parent. */
function wide(count: number): Model {
  const names = Array.from({ length: count }, (_, k) => `v${k}`);
  const parents = (at: number) => [at - 1, at - 3].filter((parent) => parent >= 0).map((parent) => names[parent]!);
  return model(
    "chain",
    names.map((name) => variable(name, { kind: "real" })),
    names.map((name, at) => learned(name, "flow", parents(at))),
  );
}
