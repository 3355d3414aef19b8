/**
 * Laws of formatting, compiling, writing and reading, on every program of the repository and on generated ones:
 * formatting changes neither tree, model nor comments, and is done once; compiling is deterministic; a model comes back
 * as it was.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { compile } from "../../src/compiler/compile.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { format } from "../../src/parser/format.js";
import { parseProgram } from "../../src/parser/parse.js";
import type { Model } from "../../src/schema/types.js";
import { programs } from "../programs/program-arbitrary.js";

const root = new URL("../../../", import.meta.url);
const files = ["graphs/", "test/fixtures/good/", "test/fixtures/warn/"].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(".scm"))
    .map((name) => [name, readFileSync(new URL(folder + name, root), "utf8")] as const),
);

function formatted(text: string): string {
  const result = format(text, "test.scm");
  expect(result.diagnostics.map(({ message }) => message)).to.deep.equal([]);
  return result.text;
}

/** The tree without its places. */
function treeOf(text: string): unknown {
  const { program, diagnostics } = parseProgram(text, "test.scm");
  expect(diagnostics).to.deep.equal([]);
  return JSON.parse(JSON.stringify(program, (key, value: unknown) => (key === "span" ? undefined : value)));
}

/** By characters, not by the lexer's tokens: a `#` that no string holds, up to the end of its line. */
function commentsOf(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    let inString = false;
    for (let index = 0; index < line.length; index++) {
      const character = line[index];
      if (character === "\\" && inString) index++;
      else if (character === '"') inString = !inString;
      else if (character === "#" && !inString) {
        found.push(line.slice(index).trimEnd());
        break;
      }
    }
  }
  return found;
}

function compiled(text: string): Model | undefined {
  return compile({ text, file: "test.scm" }).model;
}

const withoutSource = ({ source: _source, ...rest }: Model): string => serialiseModel(rest);

function checkLaws(text: string): Model | undefined {
  const once = formatted(text);
  expect(treeOf(once), "tree").to.deep.equal(treeOf(text));
  expect(formatted(once), "twice").to.equal(once);
  expect(commentsOf(once), "comments").to.deep.equal(commentsOf(text));
  const model = compiled(text);
  const again = compiled(once);
  expect(again === undefined).to.equal(model === undefined);
  if (model === undefined || again === undefined) return undefined;
  expect(withoutSource(again), "model of the formatted program").to.equal(withoutSource(model));
  const json = serialiseModel(model);
  expect(serialiseModel(compiled(text)!), "deterministic").to.equal(json);
  expect(parseModel(json, "test.scm.json"), "read back").to.deep.equal(JSON.parse(json));
  expect(serialiseModel(parseModel(json, "test.scm.json")), "written again").to.equal(json);
  return model;
}

describe("laws of formatting, compiling and reading", () => {
  for (const [name, text] of files) it(name, () => void checkLaws(text));

  it("generated programs", () => {
    fc.assert(
      fc.property(programs, (text) => {
        const { diagnostics } = compile({ text, file: "test.scm" });
        expect(diagnostics.map(({ message }) => message)).to.deep.equal([]);
        expect(checkLaws(text)).to.not.equal(undefined);
      }),
      { numRuns: 400 },
    );
  });

  it("generated programs are of every kind", () => {
    const texts = fc.sample(programs, { seed: 1, numRuns: 300 }).join("\n");
    const kinds = [
      "latent ",
      "<->",
      "query ",
      "assert ",
      "fit ",
      "cvae(",
      "categorical(",
      "glm(",
      "if(",
      "  # own line",
      "\r\n",
      ";",
    ];
    for (const kind of kinds) expect(texts, kind).to.include(kind);
  });
});
