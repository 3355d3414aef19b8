/** The formatter: the graphs are in its layout, it changes no meaning, loses no comment, and is idempotent. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { format } from "../../src/parser/format.js";
import { parseProgram } from "../../src/parser/parse.js";

const folder = new URL("../../../graphs/", import.meta.url);

function formatted(text: string): string {
  const result = format(text, "test.scm");
  expect(result.diagnostics).to.deep.equal([]);
  return result.text;
}

/** The tree without its places. */
function meaning(text: string): unknown {
  const { program, diagnostics } = parseProgram(text, "test.scm");
  expect(diagnostics).to.deep.equal([]);
  return JSON.parse(JSON.stringify(program, (key, value: unknown) => (key === "span" ? undefined : value)));
}

const commentsIn = (text: string): string[] =>
  text
    .replaceAll(/"[^"\n]*"/g, "")
    .match(/#[^\n]*/g)
    ?.map((comment) => comment.trimEnd()) ?? [];

function checkLaws(text: string): void {
  const once = formatted(text);
  expect(meaning(once)).to.deep.equal(meaning(text));
  expect(formatted(once)).to.equal(once);
  expect(commentsIn(once)).to.deep.equal(commentsIn(text));
}

describe("format", () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".scm"))) {
    it(`leaves ${name} as it is`, () => {
      const text = readFileSync(new URL(name, folder), "utf8");
      expect(formatted(text)).to.equal(text);
    });
  }

  const cases: readonly (readonly [what: string, before: string, after: string])[] = [
    ["one statement a line", "t:=flow();i:=flow( t )  # both", "t := flow()\ni := flow(t)  # both\n"],
    ["spaces", "y:=-a*(b-  -c)^ - 2+ f ( 1,x=[ 1,2 ] )", "y := -a * (b - -c)^-2 + f(1, x = [1, 2])\n"],
    [
      "columns of a block",
      'latent u\nt:positive"thick":=flow()\nlong : real := e where e~normal(0,1)\n\nz := flow()',
      'latent u\nt    : positive "thick" := flow()\nlong : real             := e where e ~ normal(0, 1)\n\nz := flow()\n',
    ],
    [
      "queries",
      "query a=expectation(t|do(t:=3))\nquery bbb=sample(t)",
      "query a   = expectation(t | do(t := 3))\nquery bbb = sample(t)\n",
    ],
    ["constants", "let a=1\nlet bbb=2", "let a   = 1\nlet bbb = 2\n"],
    ["blank lines", "\n\n\na := f()\n\n\n\nb := f()\n\n", "a := f()\n\nb := f()\n"],
    [
      "comments",
      "# head\n\n  # own line\na := f( # one\n  # two\n  b,\nc # three\n)\n#tail",
      "# head\n\n# own line\na := f(  # one\n  # two\n  b,\n  c  # three\n  )\n#tail\n",
    ],
    [
      "line breaks inside a statement",
      "a := b +\nc\n      where e ~ normal(0, 1)",
      "a := b +\n  c\n  where e ~ normal(0, 1)\n",
    ],
    [
      "levels are no descriptions",
      's:categorical("F","M") "sex":=categorical()',
      's : categorical("F", "M") "sex" := categorical()\n',
    ],
    [
      "other statements",
      "scm   1\nmodel  m\na<->b\nassert a->b\nassert a-/>b\nassert a independent b given c,d\nfit a(epochs=3)",
      "scm 1\nmodel m\na <-> b\nassert a -> b\nassert a -/> b\nassert a independent b given c, d\nfit a(epochs = 3)\n",
    ],
    ["other line ends", "\uFEFFa := f()\r\nb := f() # c\r\n", "a := f()\nb := f()  # c\n"],
    ["nothing", "", ""],
  ];
  for (const [what, before, after] of cases) {
    it(what, () => {
      expect(formatted(before)).to.equal(after);
      if (!before.includes("\r")) checkLaws(before);
    });
  }

  it("leaves programs with syntax errors alone", () => {
    const text = "a  :=  f(\n";
    const result = format(text, "test.scm");
    expect(result.text).to.equal(text);
    expect(result.diagnostics).to.have.length(1);
  });

  it("keeps meaning and comments of random programs, and changes nothing when applied twice", () => {
    const gap = fc.constantFrom(" ", "  ", "\t");
    const line = fc.constantFrom("\n", "\n\n\n", ";", " ; ", " # note\n", "\n# line\n", "\n\n# line\n\n");
    const inside = fc.constantFrom("", " ", "\n", " # in\n", "\n# in\n  ", "\n\n");
    const expression = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom("a", "b", "2", "1.5e3", "-c"),
        fc
          .tuple(tie("node"), fc.constantFrom("+", "-", "*", "/", "^", " - -"), inside, tie("node"))
          .map((parts) => `(${parts.join("")})`),
        fc.tuple(tie("node"), inside).map(([node, space]) => `exp(${space}${node}${space})`),
        fc.tuple(tie("node"), inside, tie("node")).map(([one, space, two]) => `max(${one},${space}${two})`),
      ),
    })).node;
    const statement = fc.oneof(
      fc
        .tuple(fc.constantFrom("t", "long_name"), gap, expression)
        .map(([name, space, body]) => `${name}${space}:=${space}${body}`),
      fc
        .tuple(gap, inside)
        .map(([space, inner]) => `x:image( 2,3 )${space}"doc # no comment":=cvae(t,${inner}latent=4)`),
      expression.map((body) => `y:real:=${body}\n where e~normal( 0,1 ),f ~gamma(1,2)`),
      expression.map((body) => `query q=expectation(t|do(t:=${body}))`),
      fc.constant("latent u"),
      fc.constant("assert a->b"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(statement, line), { maxLength: 6 }), (parts) => {
        checkLaws(parts.map(([text, separator]) => text + separator).join(""));
      }),
      { numRuns: 600 },
    );
  });
});
