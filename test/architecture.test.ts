/**
 * The layers and rooms of ARCHITECTURE.md: imports go down only, no files and no folders import each other in a circle,
 * and packages stay in the places that own them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect } from "chai";

/**
 * The folders of src/ that have an order, from the top down: a file imports from its own folder and from those below.
 * `runtime` and `session` and the rooms within are listed at the depth that the order is kept at.
 */
const order: readonly string[] = [
  "cli",
  "session",
  "runtime/inspection",
  "runtime/artefact",
  "runtime/fitting",
  "runtime/inference",
  "runtime/support",
  "runtime/mechanisms",
  "runtime/tensors",
  "report",
  "data",
  "morphology",
  "compiler",
  "parser",
  "model",
  "algebra",
  "schema",
  "diagnostics",
];

/** Beside the order: rooms that do not know rooms below them either. */
const strangers: readonly (readonly [string, RegExp])[] = [
  ["report", /^(compiler|parser|morphology)\//],
  ["data", /^(compiler|parser)\//],
  ["runtime", /^(report|compiler|parser)\//],
  ["compiler", /^morphology\//],
  ["morphology", /^(compiler|parser|model|algebra|schema)\//],
];

/** Packages that belong to one place. */
const homes: readonly (readonly [RegExp, RegExp])[] = [
  [/^chevrotain$/, /^src\/parser\/chevrotain\.ts$/],
  [/^@tensorflow\//, /^src\/runtime\/tensors\/core\/tfjs\.ts$/],
  [/^onnxruntime-node$|^onnx-buf$|^@bufbuild\//, /^src\/runtime\/tensors\/engine\/onnx\//],
  [/^commander$/, /^src\/cli\//],
  [/^tinypool$/, /^src\/morphology\//],
  [/^@dagrejs\/graphlib$/, /^src\/model\/graph\//],
  [/^ajv/, /^src\/(model|data|runtime\/artefact)\//],
  [/^node:fs/, /^src\/(cli|session|data|runtime\/artefact)\//],
];

/** As biome formats code. */
const lineWidth = 120;

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
}

/** The files that a file imports, as paths below src/. */
function targetsOf(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((specifier) => join(dirname(file), specifier).replace(/\.js$/, ".ts"));
}

const below = (file: string) => relative("src", file);

/** The place in the order; files directly in src/ are the faces of the package, above everything. */
function placeOf(file: string): number {
  const path = below(file);
  if (!path.includes("/")) return -1;
  return order.findIndex((room) => path.startsWith(`${room}/`));
}

/** The circles of a graph: its strongly connected components of more than one node (Tarjan 1972), sorted. */
function circlesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles;
}

describe("architecture", () => {
  const files = sourceFiles("src");
  const written = files.filter((file) => !file.startsWith("src/schema/"));

  it("every folder of src/ has its place in the order", () => {
    const homeless = files.filter((file) => below(file).includes("/") && placeOf(file) < 0);
    expect(homeless).to.deep.equal([]);
    const empty = order.filter((room) => !files.some((file) => below(file).startsWith(`${room}/`)));
    expect(empty).to.deep.equal([]);
  });

  it("imports go down the layers and rooms", () => {
    const wrong: string[] = [];
    for (const file of files)
      for (const target of targetsOf(file)) {
        if (placeOf(target) < placeOf(file)) wrong.push(`${file} imports ${target}`);
        for (const [room, stranger] of strangers)
          if (below(file).startsWith(`${room}/`) && stranger.test(below(target)))
            wrong.push(`${file} imports ${target}`);
      }
    expect(wrong).to.deep.equal([]);
  });

  it("no files import each other in a circle", () => {
    expect(circlesOf(new Map(files.map((file) => [file, new Set(targetsOf(file))])))).to.deep.equal([]);
  });

  it("no folders import each other in a circle, a folder's own files counted without those of its subfolders", () => {
    const folders = new Map<string, Set<string>>();
    for (const file of files) {
      const known = folders.get(dirname(file)) ?? new Set();
      folders.set(dirname(file), known);
      for (const target of targetsOf(file)) if (dirname(target) !== dirname(file)) known.add(dirname(target));
    }
    expect(circlesOf(folders)).to.deep.equal([]);
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
    const silent = written.filter((file) => !/^(#!.*\n)?\s*\/[/*]/.test(readFileSync(file, "utf8")));
    expect(silent).to.deep.equal([]);
  });

  it("no comment is wider than a line", () => {
    const wide = written.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) =>
          /^\s*(\/\/|\/?\*)/.test(line) && line.length > lineWidth ? [`${file}:${index + 1}`] : [],
        ),
    );
    expect(wide).to.deep.equal([]);
  });
});
