/** The layers of ARCHITECTURE.md: imports go down only, and the files and packages of a layer stay in it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect } from "chai";

/** What each folder of src/ may import, beside itself. */
const below: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  parser: ["diagnostics"],
  model: ["diagnostics"],
  compiler: ["parser", "model", "diagnostics"],
  data: ["model", "diagnostics"],
  runtime: ["data", "model", "diagnostics"],
  report: ["runtime", "data", "model", "diagnostics"],
  library: ["runtime", "data", "compiler", "parser", "model", "diagnostics"],
  cli: ["library", "report", "runtime", "data", "compiler", "parser", "model", "diagnostics"],
};

/** Packages that belong to one place. */
const homes: readonly (readonly [RegExp, RegExp])[] = [
  [/^chevrotain$/, /^src\/parser\/chevrotain\.ts$/],
  [/^@tensorflow\//, /^src\/runtime\/engine\/tfjs\.ts$/],
  [/^onnxruntime-node$|^onnx-buf$|^@bufbuild\//, /^src\/runtime\/engine\/onnx\//],
  [/^commander$/, /^src\/cli\//],
  [/^tinypool$/, /^src\/data\//],
  [/^ajv/, /^src\/(model|data|runtime\/artefact)\//],
  [/^node:fs/, /^src\/(cli|library|data|runtime\/artefact)\//],
];

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
}

const layerOf = (file: string) => relative("src", file).split("/")[0]!;

describe("architecture", () => {
  const files = sourceFiles("src");

  it("every folder of src/ has its place among the layers", () => {
    const folders = readdirSync("src", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name)).to.have.members(Object.keys(below));
  });

  it("imports go down the layers", () => {
    const wrong: string[] = [];
    for (const file of files) {
      const allowed = below[layerOf(file)];
      if (!allowed) continue;
      for (const specifier of importsOf(file).filter((name) => name.startsWith("."))) {
        const target = layerOf(join(dirname(file), specifier));
        if (target !== layerOf(file) && !allowed.includes(target)) wrong.push(`${file} imports ${specifier}`);
      }
    }
    expect(wrong).to.deep.equal([]);
  });

  it("packages and the file system are used in their own places only", () => {
    const wrong: string[] = [];
    for (const file of files)
      for (const specifier of importsOf(file))
        for (const [name, home] of homes)
          if (name.test(specifier) && !home.test(file)) wrong.push(`${file} imports ${specifier}`);
    expect(wrong).to.deep.equal([]);
  });

  it("every file says what it is in its first comment", () => {
    const silent = files.filter((file) => !/^(#!.*\n)?\s*\/[/*]/.test(readFileSync(file, "utf8")));
    expect(silent).to.deep.equal([]);
  });
});
