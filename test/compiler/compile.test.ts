/** Programs to models: the five graphs, the rules of the language, what is reported and where. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { checkSchema } from "../../src/model/files/schema-check.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { compiled, diagnosticsOf, expectMarked, expressionOf } from "./support.js";

const graphs = ["morpho", "morpho_truth", "morpho_independent", "morpho_conditional", "brain"];
const textOf = (name: string): string => readFileSync(new URL(`../../../graphs/${name}.scm`, import.meta.url), "utf8");

describe("compile", () => {
  for (const name of graphs) {
    it(`${name} into JSON that follows the schema, the same each time`, () => {
      const model = compiled(textOf(name));
      expect(checkSchema(JSON.parse(serialiseModel(model)))).to.equal(undefined);
      expect(serialiseModel(compiled(textOf(name)))).to.equal(serialiseModel(model));
    });
  }

  it("the graph of the brain as in Fig. 5a of the paper", () => {
    const parents = compiled(textOf("brain")).mechanisms.map((mechanism) => [mechanism.variable, mechanism.parents]);
    expect(Object.fromEntries(parents)).to.deep.equal({ a: [], s: [], b: ["s", "a"], v: ["a", "b"], x: ["b", "v"] });
  });

  it("the shortest program", () => {
    const { mechanisms, variables } = compiled("t := flow() ; i := flow(t) ; x := cvae(t, i)");
    expect(variables.map(({ domain }) => domain)).to.deep.equal([null, null, null]);
    expect(mechanisms[0]).to.deep.equal({
      kind: "flow",
      variable: "t",
      parents: [],
      options: { hidden: [16, 16], transform: [{ call: "spline", options: { bins: 8, order: "linear" } }] },
      abduction: "exact",
    });
    expect(mechanisms[1]).to.deep.include({
      options: { hidden: [16, 16], transform: [{ call: "affine", options: {} }] },
    });
  });

  it("every type", () => {
    const { variables } = compiled(`let k = 2 * 3
      a : real := flow()
      b : positive := flow()
      c : interval(-k, k / 2) := flow()
      d : binary := bernoulli()
      e : categorical(k) := categorical()
      f : categorical("F", "M") := categorical()
      g : ordinal(3) := flow()
      h : count := glm()
      i : vector(4) := flow()
      j : image := cvae()
      l : image(8, 9, 3) := hvae()`);
    expect(variables.map(({ domain }) => domain)).to.deep.equal([
      { kind: "real" },
      { kind: "positive" },
      { kind: "interval", low: -6, high: 3 },
      { kind: "binary" },
      { kind: "categorical", size: 6 },
      { kind: "categorical", size: 2, levels: ["F", "M"] },
      { kind: "ordinal", size: 3 },
      { kind: "count" },
      { kind: "vector", size: 4 },
      { kind: "image", height: null, width: null, channels: 1 },
      { kind: "image", height: 8, width: 9, channels: 3 },
    ]);
  });

  it("every learned mechanism, with its options complete", () => {
    const { mechanisms } = compiled(`v : vector(3) := flow()
      t := flow(transform = [affine, spline(bins = 4, order = quadratic), coupling()])
      a := linear(t)
      b := anm(t, a, hidden = [8])
      c : binary := glm(t)
      x := cvae(t, latent = 4, likelihood = laplace)
      y := hvae(x)
      z := ali(t)`);
    expect(mechanisms.map(({ abduction }) => abduction)).to.deep.equal([
      "exact",
      "exact",
      "exact",
      "exact",
      "posterior_sample",
      "amortised",
      "amortised",
      "implicit",
    ]);
    const [, flow, , , , cvae] = mechanisms;
    expect(flow?.kind === "flow" && flow.options.transform).to.deep.equal([
      { call: "affine", options: {} },
      { call: "spline", options: { bins: 4, order: "quadratic" } },
      { call: "coupling", options: { hidden: [64, 64], layers: 4 } },
    ]);
    expect(cvae?.kind === "cvae" && cvae.options).to.deep.equal({
      hidden: [512, 512],
      latent: 4,
      likelihood: "laplace",
      architecture: "dense",
      pixels: "linear",
      scale: "pixel",
    });
  });

  it("image operators of recorded items", () => {
    const { mechanisms } = compiled(`t : positive := flow()
      x : image(28, 28) := set_intensity(set_thickness(e, t + 1, mode = exact), 100) where e ~ mnist(split = test)`);
    expect(mechanisms[1]).to.deep.equal({
      kind: "operator",
      variable: "x",
      parents: ["t"],
      noises: [{ name: "e", distribution: "mnist", parameters: [], split: "test" }],
      call: {
        operator: "set_intensity",
        image: {
          operator: "set_thickness",
          image: { kind: "noise", name: "e" },
          arguments: [
            {
              kind: "apply",
              function: "add",
              arguments: [
                { kind: "variable", name: "t" },
                { kind: "constant", value: 1 },
              ],
            },
          ],
          mode: "exact",
        },
        arguments: [{ kind: "constant", value: 100 }],
        mode: "fast",
      },
      abduction: "record",
    });
  });

  it("words of options are never constants, numbers may be", () => {
    const { mechanisms } = compiled(`let affine = 3
      let parents = 2
      let bins = 5
      t := flow(transform = [affine, spline(bins = bins + 1, order = quadratic)], hidden = [affine, max(2, parents)])
      x := cvae(t, latent = bins)
      fit x(balance = parents, batch = 2 * bins)`);
    expect(mechanisms[0]).to.deep.include({
      options: {
        hidden: [3, 2],
        transform: [
          { call: "affine", options: {} },
          { call: "spline", options: { bins: 6, order: "quadratic" } },
        ],
      },
    });
  });

  it("folds constants and keeps deterministic variables", () => {
    const model = compiled(`let k = 3
      a := k ^ 2 - 1
      s : categorical("F", "M") := categorical()
      old : binary := a > 2
      b := if(s == "M", 2 * k, 0)`);
    expect(expressionOf(model, "a").expression).to.deep.equal({ kind: "constant", value: 8 });
    expect(expressionOf(model, "a").abduction).to.equal("deterministic");
    expect(expressionOf(model, "b").parents).to.deep.equal(["s"]);
  });

  it("takes names that are properties of every object", () => {
    const model = compiled(
      "__proto__ := flow()\nconstructor := flow(__proto__)\ntoString := flow(constructor)\nfit toString()",
    );
    expect(model.order).to.deep.equal(["__proto__", "constructor", "toString"]);
    expect(Object.keys(model.source!.spans)).to.include("__proto__");
    expect(diagnosticsOf("t := constructor(3)").map(({ code }) => code)).to.deep.equal(["2003"]);
    expect(diagnosticsOf("t : toString := flow(valueOf = 3)").map(({ code }) => code)).to.deep.equal(["2019", "2008"]);
  });

  it("names the model after the file where the program does not", () => {
    const name = (file: string) => compile({ text: "t := flow()", file }).model!.name;
    expect([name("a/b/heart-1.scm"), name("C:\\x\\y.scm"), name("1.scm"), name("-")]).to.deep.equal([
      "heart_1",
      "y",
      "model",
      "_",
    ]);
  });
});

describe("what is reported", () => {
  it("a cycle, as a path, with the places of the edges beside the main one", () => {
    const text = "t := flow(i)\ni := flow(s)\ns := flow(t)";
    const [cycle, ...others] = expectMarked("t := flow(i)\ni := flow(s)\ns := flow(<|4001 t|>)");
    expect(others).to.deep.equal([]);
    expect(cycle!.message).to.equal("`t` causes itself: t → s → i → t");
    expect(
      cycle!.related!.map(({ span, message }) => [text.slice(span.start.offset, span.end.offset), message]),
    ).to.deep.equal([
      ["s", "`s` causes `i` here"],
      ["i", "`i` causes `t` here"],
    ]);
  });

  it("a cycle through an expression, and of one variable", () => {
    expectMarked("t := <|4001 t|> + 1");
    expectMarked("t := i + e where e ~ normal(0, 1)\ni := 2 * <|4001 t|>");
  });

  it("two separate cycles, each once", () => {
    expectMarked("a := flow(b)\nb := flow(<|4001 a|>)\nc := flow(d, a)\nd := flow(<|4001 c|>)\nz := flow(c)");
  });

  it("slips of the pen, with a suggestion", () => {
    const hints = (text: string) => diagnosticsOf(text).map(({ hint }) => hint);
    expect(hints("thickness := flow()\ni := flow(thicknes)")).to.deep.equal(["did you mean `thickness`?"]);
    expect(hints("t := flwo()")).to.deep.equal(["did you mean `flow`?"]);
    expect(hints("t : positiv := flow()")).to.deep.equal(["did you mean `positive`?"]);
    expect(hints("x := cvae(latnt = 3)")).to.deep.equal(["did you mean `latent`?"]);
    expect(hints("t := flow(transform = splin)")).to.deep.equal(["did you mean `spline`?"]);
    expect(hints("t := flow(transform = spline(bin = 3))")).to.deep.equal(["did you mean `bins`?"]);
    expect(hints("t := e where e ~ norml(0, 1)")).to.deep.equal(["did you mean `normal`?"]);
    expect(hints("t := a + e where e ~ normal(0, 1)")[0]).to.match(/`linear/);
    expect(hints("t := 2 + eps")[0]).to.match(/`where eps ~ normal/);
    expect(hints("t := flow()\nquery q = expectaton(t)")).to.deep.equal(["did you mean `expectation`?"]);
    expect(
      hints('s : categorical("female", "male") := categorical()\nquery q = sample(s | do(s := "femal"))'),
    ).to.deep.equal(["did you mean `female`?"]);
  });

  it("twenty independent mistakes, all in one run", () => {
    const diagnostics = expectMarked(
      `model m
a : <|2019 reel|> := flow()
b : <|3002 interval(2, 1)|> := flow(<|2001 q|>)
c := flow(<|2008 latent|> = 3)
d := cvae(latent = <|3009 0|>)
e <|1009 =|> flow()
f := flow(<|5002 2 * a|>)
g := <|5001 flow(a)|> + 1
h := <|2003 foo|>(a)
h2 := flow<|1002 (|>
i := noise where noise ~ <|2004 gauss|>(0, 1)
j := noise where noise ~ <|5004 normal(0, 0)|>
k := noise where noise ~ normal(<|5003 c|>, 1)
l : positive := <|3006 noise|> where noise ~ normal(0, 1)
m : real := <|5006 abs(noise)|> where noise ~ normal(0, 1)
n := flow(<|4001 n|>)
o := flow(c, <|4002 c|>)
fit <|2001 r|>(epochs = 3)
query s = expectation(<|2001 t|>)
query u = expectation(c | do(b := <|3013 [1] + 1|>))
`.replace("<|3013 [1] + 1|>", "<|3013 [1]|> + 1"),
    );
    expect(diagnostics).to.have.length(20);
  });

  it("nothing of what an earlier mistake causes", () => {
    expectMarked("t : positive := flow<|1002 (|>\ni := flow(t)\nquery q = expectation(i | do(t := 3))\nassert t -> i");
    expectMarked("let k = <|2001 m|>\nt : interval(0, k) := flow()\ni := k + e where e ~ normal(0, k)");
    expectMarked("t : <|2019 foo|> := flow()\ni : positive := exp(t) + e where e ~ gamma(1, 1)");
    expectMarked("t := flow() <|1001 i|> := flow()\nj := flow(t, i)");
  });

  it("a transform that needs several numbers", () => {
    expectMarked("t : real := flow(transform = <|3009 [affine, coupling()]|>)");
    compiled("t : vector(3) := flow(transform = [affine, coupling()])\nu := flow(transform = coupling())");
  });

  it("transforms of images", () => {
    expectMarked("x : image(8, 8) := flow(transform = <|3009 autoregressive|>)");
    expectMarked("x : image(8, 8) := flow(transform = <|3009 [pixels, multiscale]|>)");
    expectMarked("v : vector(3) := flow(transform = <|3009 multiscale|>)");
    expectMarked("x : image(28, 28) := flow(transform = <|3009 multiscale(levels = 3)|>)");
    expectMarked("x : image(9, 8) := <|3009 flow|>()");
    compiled("x : image(9, 8) := flow(transform = coupling)\ny : image := flow()");
    compiled("x : image(8, 8) := flow(transform = [multiscale(levels = 3), affine, pixels(map = glow)])");
  });

  it("types that are left to the data are not checked", () => {
    compiled("t := flow()\ni := log(t) + t * e where e ~ normal(0, 1)");
  });

  it("what conditions rule out is not reported", () => {
    compiled("r : real := flow()\ni := if(r > 0, log(r), 0) + e where e ~ normal(0, 1)");
    expectMarked("r : real := flow()\ni := if(r > 0, 0, log(<|3007 r|>)) + e where e ~ normal(0, 1)");
    compiled("r : real := flow()\ni := log(1 + r * r) + sqrt(abs(r)) + e / max(r, 1) where e ~ normal(0, 1)");
  });

  it("a domain that is left, with a case to show", () => {
    const messages = (text: string) => diagnosticsOf(text).map(({ message }) => message);
    expect(messages("p : positive := flow()\ni := log(p - 1) + e where e ~ normal(0, 1)")[0]).to.match(
      /^`log\(p - 1\)` needs a number above 0, and `p - 1` can be 0, where p = 1$/,
    );
    expect(messages("r : real := flow()\ni : positive := 1 + r + e where e ~ gamma(1, 1)")[0]).to.match(
      /^`i` is positive, and this can be \S+, where r = -\S+, e = /,
    );
    expect(messages("r : real := flow()\ns : real := flow()\ni := e / (r - s) where e ~ normal(0, 1)")).to.have.length(
      1,
    );
  });

  it("no domain that only seems to be left", () => {
    compiled("w : interval(0, 1) := e / (1 + e) where e ~ gamma(2, 1)");
    compiled("p : positive := flow()\ni := log(1 + p - p / 2) + e / (1 + p - p / 2) where e ~ normal(0, 1)");
    compiled("b : binary := bernoulli()\ni := e / (b - 0.5) + sqrt(b * b) where e ~ normal(0, 1)");
    compiled("r : real := flow()\ni := (1 + r^2 - r) * e where e ~ normal(0, 1)");
    compiled("r : real := flow()\ns : real := flow()\ni := if(r > s, log(r - s), 0) + e where e ~ normal(0, 1)");
  });
});
