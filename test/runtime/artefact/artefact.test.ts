/** Artefacts on disk: what is written is what is read, and a damaged or foreign one is a clear error. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ScmcError } from "../../../src/diagnostics/diagnostic.js";
import { serialiseModel } from "../../../src/model/files/serialise.js";
import { readArtefact, writeArtefact } from "../../../src/runtime/artefact/artefact.js";
import { decodeSafetensors, encodeSafetensors } from "../../../src/runtime/artefact/safetensors.js";
import { loaded } from "../models.js";

const provenance = { scmcVersion: "0", engine: "onnx", seed: 1, trainingRows: 10 };
const small = () => loaded("t : positive := flow()\nx : image(2, 2) := cvae(t, latent = 2, hidden = [4])");

async function codeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof ScmcError) return error.diagnostics[0]!.code;
    throw error;
  }
  return "none";
}

describe("fitted artefacts", () => {
  let directory: string;
  let out: string;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "scmc-artefact-"));
    out = join(directory, "fitted");
    await writeArtefact(out, { loaded: small(), fits: [], metrics: { a: 1 }, provenance });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("come back as they were, and are written to the same bytes again", async () => {
    const { loaded: again, description } = await readArtefact(out);
    const original = small();
    expect(again.model).to.deep.equal(original.model);
    expect([...again.variables]).to.deep.equal([...original.variables]);
    for (const [name, { data }] of Object.entries(original.parameters))
      expect([...again.parameters[name]!.data]).to.deep.equal([...data]);
    const second = join(directory, "second");
    await writeArtefact(second, { loaded: again, fits: description.fits, metrics: description.metrics, provenance });
    for (const file of ["model.json", "weights.safetensors"])
      expect(readFileSync(join(second, file)).equals(readFileSync(join(out, file)))).to.equal(true);
  });

  it("are refused when the weights are cut off, of another model, or missing", async () => {
    const weights = join(out, "weights.safetensors");
    const size = readFileSync(weights).length;
    truncateSync(weights, size - 10);
    expect(await codeOf(() => readArtefact(out))).to.equal("7040");
    await writeArtefact(join(directory, "other"), {
      loaded: loaded("t : positive := flow()"),
      fits: [],
      metrics: {},
      provenance,
    });
    writeFileSync(weights, readFileSync(join(directory, "other", "weights.safetensors")));
    expect(await codeOf(() => readArtefact(out))).to.equal("7043");
    rmSync(weights);
    expect(await codeOf(() => readArtefact(out))).to.equal("7042");
  });

  it("are refused when the description is damaged or something else", async () => {
    const file = join(out, "model.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.slice(0, 100));
    expect(await codeOf(() => readArtefact(out))).to.equal("7047");
    writeFileSync(file, "{}");
    expect(await codeOf(() => readArtefact(out))).to.equal("7048");
    rmSync(file);
    expect(await codeOf(() => readArtefact(out))).to.equal("7046");
  });

  it("are replaced whole, and files of the user's stay", async () => {
    writeFileSync(join(out, "notes.txt"), "mine");
    await writeArtefact(out, { loaded: small(), fits: [], metrics: { a: 2 }, provenance });
    expect(readFileSync(join(out, "notes.txt"), "utf8")).to.equal("mine");
    expect((await readArtefact(out)).description.metrics).to.deep.equal({ a: 2 });
    expect(readdirSync(directory)).to.deep.equal(["fitted"]);
  });

  it("never replace a compiled model of the same name", async () => {
    const project = join(directory, "project");
    mkdirSync(project);
    writeFileSync(join(project, "model.json"), serialiseModel(small().model));
    const code = await codeOf(() => writeArtefact(project, { loaded: small(), fits: [], metrics: {}, provenance }));
    expect(code).to.equal("7041");
  });

  it("never replace a directory that is not an artefact", async () => {
    const precious = join(directory, "precious");
    await writeArtefact(precious, { loaded: small(), fits: [], metrics: {}, provenance });
    rmSync(join(precious, "model.json"));
    writeFileSync(join(precious, "thesis.txt"), "years of work");
    const code = await codeOf(() => writeArtefact(precious, { loaded: small(), fits: [], metrics: {}, provenance }));
    expect(code).to.equal("7041");
    expect(readFileSync(join(precious, "thesis.txt"), "utf8")).to.equal("years of work");
  });
});

describe("safetensors", () => {
  it("names a foreign file, a cut header and a wrong length", () => {
    const whole = encodeSafetensors({
      a: { shape: [2, 3], dtype: "float32", data: Float32Array.from([1, 2, 3, 4, 5, 6]) },
    });
    expect([...decodeSafetensors(whole, "w").a!.data]).to.deep.equal([1, 2, 3, 4, 5, 6]);
    for (const bytes of [
      new Uint8Array(3),
      whole.slice(0, 20),
      new TextEncoder().encode("not a tensor file at all, just text"),
    ])
      expect(() => decodeSafetensors(bytes, "w")).to.throw(ScmcError, "not a whole safetensors file");
    const wrong = Uint8Array.from(whole);
    const at = new TextDecoder().decode(wrong).indexOf("[2,3]");
    wrong[at + 1] = "5".charCodeAt(0);
    expect(() => decodeSafetensors(wrong, "w")).to.throw(ScmcError, "wrong length");
  });
});
