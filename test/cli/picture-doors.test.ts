/**
 * Pictures at every verb that reads them: other channels than the model's are refused before anything runs, and lost
 * levels are told of.
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { requireModel } from "../../src/cli/places/model-file.js";
import { counterfactualTo } from "../../src/cli/verbs/counterfactual.js";
import { density } from "../../src/cli/verbs/density.js";
import { evaluate } from "../../src/cli/verbs/evaluate.js";
import { runModel } from "../../src/cli/verbs/run.js";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { readArtefact } from "../../src/runtime/artefact/artefact.js";
import { pngFile } from "../data/png-writer.js";
import { keepDirectory } from "./support.js";

const rows = 30;
const size = { width: 2, height: 3 };
const program =
  "t : real := flow()\nx : image(3, 2) := cvae(t, latent = 1, hidden = [8])\nfit t(epochs = 1)\nfit x(epochs = 1)\n";

function table(name: (row: number) => string): string {
  return `t,f\n${Array.from({ length: rows }, (_, row) => `${(row % 7) / 3},${name(row)}\n`).join("")}`;
}

/** 12 bits in 16: values up to 4000. */
function scan(row: number): Uint8Array {
  const values = Array.from({ length: 6 }, (_, at) => (row * 700 + at * 431) % 4001);
  return pngFile({ ...size, depth: 16, colourType: 0, values });
}

const manifest = (file: string, binding: object = {}) =>
  JSON.stringify({ table: file, variables: { t: { column: "t" }, x: { png: "f", ...binding } } });

const options = { seed: 1, engine: "onnx", particles: 2, samples: 10, quiet: false };

/** The text that the verb writes to both streams. */
async function written(verb: () => Promise<unknown>): Promise<string> {
  const streams = [process.stdout, process.stderr] as const;
  const before = streams.map(({ write }) => write);
  let text = "";
  const write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  for (const stream of streams) stream.write = write as typeof stream.write;
  try {
    await verb();
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = before[index]!;
  }
  return text;
}

describe("pictures at the verbs", function () {
  this.timeout(60_000);
  let cwd: string;
  const at = (name: string) => join(cwd, name);
  const terminal = { note() {}, progress() {}, done() {} };
  const run = async (data: string, test: string | undefined, out: string) =>
    runModel(
      await requireModel(at("p.scm")),
      { ...options, data: at(data), out: at(out), ...(test ? { test: at(test) } : {}) },
      terminal,
    );

  before(async () => {
    const colour = pngFile({ ...size, depth: 8, colourType: 2, values: Array.from({ length: 18 }, (_, k) => k) });
    cwd = keepDirectory({
      "p.scm": program,
      "colour.png": colour,
      ...Object.fromEntries(Array.from({ length: rows }, (_, row) => [`${row}.png`, scan(row)])),
      "scans.csv": table((row) => `${row}.png`),
      "mixed.csv": table((row) => (row === 3 ? "colour.png" : `${row}.png`)),
      "scans.json": manifest("scans.csv"),
      "ranged.json": manifest("scans.csv", { range: [0, 4095] }),
      "mixed.json": manifest("mixed.csv"),
    });
    await run("scans.json", undefined, "fitted");
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const doors: Readonly<Record<string, (data: string) => Promise<unknown>>> = {
    "run --test": (data) => run("scans.json", data, "other"),
    evaluate: (data) => evaluate(at("fitted"), { ...options, data: at(data), level: 0.001 }),
    density: (data) => density(at("fitted"), { ...options, data: at(data), of: ["x"] }),
    counterfactual: (data) =>
      counterfactualTo(at("fitted"), { ...options, data: at(data), do: ["t := 1"], of: ["x"], out: at("answer/") }),
    "counterfactual --sd": (data) =>
      counterfactualTo(at("fitted"), {
        ...options,
        data: at(data),
        do: ["t := 1"],
        of: ["x"],
        sd: true,
        out: at("sd/"),
      }),
  };
  for (const [name, door] of Object.entries(doors)) {
    it(`${name} refuses those in colour, with their line`, async () => {
      let found: unknown;
      await written(async () => {
        found = await door("mixed.json").then(
          () => undefined,
          (error: unknown) => error,
        );
      });
      if (!(found instanceof ScmcError)) throw new Error(`not refused in words: ${String(found)}`);
      expect(found.diagnostics.map(({ code }) => code)).to.deep.equal(["6025"]);
      expect(found.diagnostics[0]?.message).to.include(
        '1 picture cannot be taken: line 5 "colour.png" (it is 3×2 with 3 channels, not 3×2 with 1 channel)',
      );
    });

    if (name !== "run --test")
      it(`${name} tells of levels that are lost, and of none where the range is stated`, async () => {
        expect(await written(() => door("scans.json"))).to.include("of 65,535: 17 grey levels are left of them");
        rmSync(at("answer"), { recursive: true, force: true });
        rmSync(at("sd"), { recursive: true, force: true });
        expect(await written(() => door("ranged.json"))).to.not.include("grey levels");
      });
  }

  it("a fit keeps the warning with the artefact, as those of other columns", async () => {
    const { description } = await readArtefact(at("fitted"));
    expect(description.warnings?.map(({ code, variable }) => `${variable} ${code}`)).to.deep.equal(["x 6072"]);
  });
});
