/**
 * Runs one exported model in Node, in Python's onnxruntime and in headless Chromium, with the same units and draws, and
 * compares the answers: `npm run check:export [ARTEFACT] [-- --python python3 --chromium chromium]`. A runner that is
 * not installed is named and left out; onnxruntime-web comes from the npm registry into a temporary folder. The exit
 * status is 1 if two answers a and b of an output differ by more than 1e-5 of its largest |b|, or of 1. Classes are
 * given by their texts.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { exportTo } from "../src/cli/verbs/export.js";
import { sampleDraws } from "../src/runtime/mechanisms/contract/draw-inputs.js";
import type { DrawSpec } from "../src/runtime/mechanisms/contract/mechanism.js";
import { RandomKey } from "../src/runtime/tensors/random/index.js";
import type { ExportDescription } from "../src/schema/types.js";

type Columns = Record<string, readonly number[]>;
type Units = Record<string, readonly (number | string)[]>;
interface Question {
  readonly program: string;
  readonly units: Units;
  readonly actions: Record<string, number | string>;
  readonly random: Columns;
  readonly rows: number;
}
type Answer = Record<string, ArrayLike<number>>;

const tolerance = 1e-5;
const units = 16;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "python3" }, chromium: { type: "string", default: "chromium" } },
});
const folder = mkdtempSync(join(tmpdir(), "scmc-export-"));
const programs = join(folder, "programs");

try {
  const model = positionals[0] ?? "docs/examples/drug.scm";
  await exportTo(model, { out: programs, batch: 8, particles: 4, quiet: true });
  const description = JSON.parse(readFileSync(join(programs, "export.json"), "utf8")) as ExportDescription;
  const node = await import(pathToFileURL(join(programs, "node.mjs")).href).catch(() => inNode(description));
  const run = node.run as (name: string, asked: Omit<Question, "program">) => Promise<Answer>;

  const sampled = await run("sample", question(description, "sample", {}));
  const observed = Object.fromEntries(
    description.variables.map(({ name, domain }) => [name, observable(domain, sampled[`out.${name}`]!)]),
  );
  const first = description.variables.find(({ domain }) => kindOf(domain) !== "image")!.name;
  const questions = description.programs.map(({ name }) =>
    question(description, name, observed, { [first]: observed[first]![0]! }),
  );
  let failed = false;
  for (const asked of questions) {
    const expected = await run(asked.program, asked);
    for (const [peer, answer] of [
      ["Python", inPython(asked)],
      ["Chromium", await inChromium(asked)],
    ] as const) {
      const difference = answer && largestDifference(answer, expected);
      const size = Object.values(expected).reduce((sum, { length }) => sum + length, 0);
      console.log(
        `${asked.program}: ${peer} ${difference === null ? "not installed" : `differs by ${difference.toExponential(1)} of the largest at most, in ${size} numbers`}`,
      );
      if (difference !== null && !(difference <= tolerance)) failed = true;
    }
  }
  process.exitCode = failed ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs the model in Node by the folder's runner, with our onnxruntime-node, because that runner finds only one
 * installed beside it.
 */
async function inNode(description: ExportDescription): Promise<{ run: unknown }> {
  const ort = await import("onnxruntime-node");
  const { open } = await import(pathToFileURL(join(programs, "program.mjs")).href);
  return open(ort, description, (file: string) => join(programs, file));
}

function question(
  description: ExportDescription,
  name: string,
  observed: Units,
  actions: Record<string, number | string> = {},
): Question {
  const program = description.programs.find((candidate) => candidate.name === name)!;
  const key = RandomKey.fromSeed(7).split(name);
  const random: Columns = {};
  for (const input of program.inputs)
    if (input.role === "random") {
      const rows = (units / program.batch) * input.shape[0]!;
      const draw = {
        size: input.shape[1] ?? 1,
        distribution: input.distribution,
        parameters: input.parameters,
      } as DrawSpec;
      random[input.name] = Array.from(sampleDraws(draw, rows, key.split(input.name)));
    }
  const takesActions = program.inputs.some(({ role }) => role === "set");
  return { program: name, units: observed, actions: takesActions ? actions : {}, random, rows: units };
}

function kindOf(domain: object): string {
  return String((domain as { kind?: unknown }).kind);
}

/** A sample in the form that data have: whole grey levels, classes by their texts. */
function observable(domain: object, column: ArrayLike<number>): (number | string)[] {
  const { levels } = domain as { readonly levels?: readonly string[] };
  if (levels) return Array.from(column, (code) => levels[code]!);
  const isImage = kindOf(domain) === "image";
  return Array.from(column, (value) => (isImage ? Math.min(Math.max(Math.round(value), 0), 255) : value));
}

function inPython(asked: Question): Answer | null {
  if (spawnSync(values.python, ["-c", "import numpy, onnxruntime"]).status !== 0) return null;
  const script = `import json, sys, numpy as np
sys.path.insert(0, sys.argv[1])
from runner import run, open_program
q = json.load(open(sys.argv[2]))
shapes = {i["name"]: i["shape"][1:] for i in open_program(q["program"])[0]["inputs"]}
shaped = lambda name, v: np.array(v, dtype=None if isinstance(v[0], str) else "float32").reshape([-1, *shapes[name]])
units = {k: shaped(k, v) if k in shapes else np.array(v) for k, v in q["units"].items()}
out = run(q["program"], units, q["actions"], q["rows"], random={k: shaped(k, v) for k, v in q["random"].items()})
print(json.dumps({k: v.ravel().tolist() for k, v in out.items()}))`;
  const file = join(folder, "question.json");
  writeFileSync(file, JSON.stringify(asked));
  const { stdout, stderr, status } = spawnSync(values.python, ["-c", script, programs, file], {
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

async function inChromium(asked: Question): Promise<Answer | null> {
  if (spawnSync(values.chromium, ["--version"]).status !== 0) return null;
  installWebRuntime();
  writeFileSync(join(programs, "question.json"), JSON.stringify(asked));
  const types: Record<string, string> = {
    ".html": "text/html",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
  };
  let report: (answer: string) => void = () => {};
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    if (request.method === "POST") {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        report(body);
        response.end();
      });
      return;
    }
    const known = readdirSync(programs).includes(pathname.slice(1));
    response.writeHead(known ? 200 : 404, { "content-type": types[extname(pathname)] ?? "application/octet-stream" });
    response.end(known ? readFileSync(join(programs, pathname.slice(1))) : undefined);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  const answered = new Promise<string>((resolve) => {
    report = resolve;
  });
  const browser = spawn(
    values.chromium,
    [...flags, `--user-data-dir=${join(folder, "profile")}`, `${address}/browser.html?question=question.json`],
    { stdio: "ignore" },
  );
  try {
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error("Chromium gave no answer in a minute")), 60_000).unref(),
    );
    const text = await Promise.race([answered, late]);
    if (!text.startsWith("{")) throw new Error(`Chromium: ${text}`);
    return JSON.parse(text) as Answer;
  } finally {
    browser.kill("SIGKILL");
    server.close();
    server.closeAllConnections();
  }
}

function installWebRuntime(): void {
  if (readdirSync(programs).includes("ort.min.mjs")) return;
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "onnxruntime-web@~1.30.0"],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`npm install onnxruntime-web: ${stderr}`);
  const distribution = join(folder, "node_modules/onnxruntime-web/dist");
  copyFileSync(join(distribution, "ort.wasm.min.mjs"), join(programs, "ort.min.mjs"));
  for (const file of readdirSync(distribution).filter((name) => /^ort-wasm.*\.(wasm|mjs)$/.test(name)))
    copyFileSync(join(distribution, file), join(programs, file));
}

/**
 * The largest |a - b|, relative to the largest |b| of the same output or to 1: a sum of products in single precision is
 * accurate to a fraction of its size. Infinite if an answer is missing or has another size.
 */
function largestDifference(answer: Answer, expected: Answer): number {
  let largest = 0;
  for (const [name, values] of Object.entries(expected)) {
    const others = answer[name];
    if (others?.length !== values.length) return Number.POSITIVE_INFINITY;
    const size = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (let at = 0; at < values.length; at++) {
      const difference = Math.abs(others[at]! - values[at]!) / size;
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}
