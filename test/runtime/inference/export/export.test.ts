/**
 * Exported programs, run by the exported runner with nothing but onnxruntime: the answers of scmc, what nothing changed
 * to the bit, standard operators only.
 */
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import * as ort from "onnxruntime-node";
import { variable } from "../../../../src/algebra/expression.js";
import { type ExportedModel, exportModel } from "../../../../src/runtime/inference/export/export-model.js";
import { chunkOf, counterfactual } from "../../../../src/runtime/inference/programs/counterfactual.js";
import { logProbability } from "../../../../src/runtime/inference/programs/log-probability.js";
import { RandomInputs } from "../../../../src/runtime/inference/programs/random-inputs.js";
import { sample } from "../../../../src/runtime/inference/programs/sample.js";
import { questionKey } from "../../../../src/runtime/inference/question-key.js";
import { wholeAnswer } from "../../../../src/runtime/inference/whole-answer.js";
import { type LoadedModel, loadUnfitted } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import type { Intervention, QueryTerm } from "../../../../src/schema/types.js";
import { compiled, interventions, loaded } from "../../models.js";

type Columns = Record<string, ArrayLike<number>>;
interface Runner {
  run(
    name: string,
    asked: {
      units?: Columns | Record<string, ArrayLike<number> | string[]>;
      actions?: Record<string, number | ArrayLike<number> | string | string[]>;
      random?: Columns;
      rows?: number;
    },
  ): Promise<Record<string, Float32Array>>;
}

async function runnerOf({ description, programs }: ExportedModel): Promise<Runner> {
  const { open } = await import(pathToFileURL("integrations/runners/program.mjs").href);
  return open(ort, description, (file: string) => programs.get(file));
}

const text = `a : real := flow(transform = spline(bins = 4))
b : positive := flow(a)
s : categorical("u", "v", "w") := categorical(a)
k : count := glm(b)
c : interval(0, 10) := anm(b, s)
w : binary := bernoulli(s, table = [0.2, 0.5, 0.9])
d := 2 * a - c + e where e ~ laplace(0, 1)
x : image(2, 3) := cvae(c, s, latent = 2, hidden = [5])`;

const units = 11;
const engine = createEngine("onnx");

async function fixture(): Promise<{ model: LoadedModel; columns: Columns; runner: Runner; exported: ExportedModel }> {
  const model = loaded(text);
  const key = RandomKey.fromSeed(5);
  const { values } = await sample({ loaded: model, engine, rows: units, key });
  const columns: Columns = Object.fromEntries(values);
  columns.x = Uint8Array.from(columns.x!, (value) => Math.min(Math.max(Math.round(value), 0), 255));
  const exported = exportModel(model, ["sample", "abduct", "log_probability", "counterfactual"], {
    batch: 4,
    particles: 3,
  });
  return { model, columns, runner: await runnerOf(exported), exported };
}

function rows(columns: Columns) {
  return new Map(
    Object.entries(columns).map(([name, data]) => [
      name,
      { rows: units, size: data.length / units, data: data as Float32Array | Uint8Array },
    ]),
  );
}

/** The draws of one program, all units together, the same for both sides. */
function drawsOf(
  { description }: ExportedModel,
  name: string,
  fill: (count: number, input: string) => Float32Array,
): Columns {
  const program = description.programs.find((candidate) => candidate.name === name)!;
  const random = program.inputs.filter(({ role }) => role === "random");
  const blocks = Math.ceil(units / program.batch);
  return Object.fromEntries(
    random.map(({ name: input, shape }) => [input, fill(blocks * shape[0]! * (shape[1] ?? 1), input)]),
  );
}

const counterfactualOf = (of: readonly string[], set: readonly Intervention[]): QueryTerm => ({
  kind: "counterfactual",
  of: of.map(variable),
  evidence: [],
  interventions: [...set],
});

const unitBlock = (columns: Columns) => ({ firstUnit: 0, rows: units, observed: rows(columns) });

/** The draws that scmc makes for a question, under the names of the exported program. */
function scmcDraws(model: LoadedModel, exported: ExportedModel, key: RandomKey, particles: number): Columns {
  const { batch } = exported.description.programs.find(({ name }) => name === "counterfactual")!;
  const block = Math.ceil(units / batch) * batch;
  const random = new RandomInputs(key, { block, chunk: chunkOf(particles) });
  for (const [name, { draws }] of model.mechanisms)
    for (const [draw, spec] of Object.entries(draws)) random.add(`draw.${name}.${draw}`, spec, block * particles);
  const drawn = Object.entries(random.block(0));
  return Object.fromEntries(drawn.map(([name, data]) => [name.replace("draw.", "random."), data]));
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  expect(actual.length, name).to.equal(expected.length);
  for (let at = 0; at < expected.length; at++)
    expect(actual[at], `${name}[${at}]`).to.be.closeTo(expected[at]!, 1e-5 * Math.max(1, Math.abs(expected[at]!)) * 10);
}

describe("exported programs", function () {
  this.timeout(60_000);
  let made: Awaited<ReturnType<typeof fixture>>;
  before(async () => {
    made = await fixture();
  });

  it("use the operators of the standard alone", () => {
    for (const [file, model] of made.exported.programs)
      expect(Buffer.from(model).toString("latin1"), file).to.not.match(/com\.microsoft|ai\.onnx\.contrib/);
  });

  it("change nothing where nothing is set, to the bit", async () => {
    const answer = await made.runner.run("counterfactual", { units: made.columns });
    for (const [name, column] of Object.entries(made.columns))
      expect([...answer[`out.${name}`]!], name).to.deep.equal([...Float32Array.from(column)]);
  });

  it("give scmc's counterfactuals of exact mechanisms, and leave non-descendants alone to the bit", async () => {
    const { model, columns, runner } = made;
    const answer = await runner.run("counterfactual", { units: columns, actions: { b: 2.5 } });
    const { values } = await counterfactual({
      loaded: model,
      engine,
      observed: rows(columns),
      interventions: interventions("b := 2.5", model),
      particles: 1,
      key: RandomKey.fromSeed(1),
    });
    for (const name of ["b", "c", "d"]) close(answer[`out.${name}`]!, values.get(name)!, name);
    for (const name of ["a", "s"])
      expect([...answer[`out.${name}`]!]).to.deep.equal([...(columns[name]! as Float32Array)]);
    expect([...answer["out.k"]!], "k").to.not.deep.equal([...(columns.k! as Float32Array)]);
  });

  it("give scmc's answer for the same draws, images and classes included", async () => {
    const { model, columns, runner, exported } = made;
    const [particles, seed] = [3, 8];
    const query = { name: "q", expression: counterfactualOf(model.model.order, interventions("c := 4", model)) };
    const source = { rows: units, variables: Object.keys(columns), blocks: () => [unitBlock(columns)] };
    const [own] = await wholeAnswer({ loaded: model, engine, seed }, query, source, { particles });
    if (own?.kind !== "counterfactual") throw new Error("no counterfactual");
    const draws = scmcDraws(model, exported, questionKey({ loaded: model, seed }, query.expression), particles);
    const answer = await runner.run("counterfactual", { units: columns, actions: { c: 4 }, random: draws });
    for (const name of model.model.order) close(answer[`out.${name}`]!, own.values.get(name)!, name);
    for (const [name, shares] of own.probabilities) close(answer[`probabilities.${name}`]!, shares, name);
  });

  it("give images in their range, as scmc does, whatever the likelihood's tails", async () => {
    const { model, runner } = made;
    const far = (count: number) => Float32Array.from({ length: count }, (_, k) => (k % 2 === 0 ? 60 : -60));
    const answer = await runner.run("sample", { rows: units, random: drawsOf(made.exported, "sample", far) });
    const levels = [...answer["out.x"]!];
    expect(Math.min(...levels)).to.equal(0);
    expect(Math.max(...levels)).to.equal(255);
    const query = { name: "q", expression: { ...counterfactualOf(["x"], []), kind: "sample" as const } };
    const [own] = await wholeAnswer({ loaded: model, engine, seed: 1 }, query, undefined, { samples: 2000 });
    if (own?.kind !== "sample") throw new Error("no sample");
    for (const level of own.values.get("x")!) expect(level).to.be.within(0, 255);
  });

  it("take an intervention of each unit, and several at once", async () => {
    const { columns, runner } = made;
    const b = Array.from({ length: units }, (_, unit) => 1 + unit / 10);
    const answer = await runner.run("counterfactual", { units: columns, actions: { b, c: 4 } });
    close(answer["out.b"]!, b, "b");
    close(
      answer["out.c"]!,
      b.map(() => 4),
      "c",
    );
    const noise = b.map((_, unit) => columns.d![unit]! - 2 * columns.a![unit]! + columns.c![unit]!);
    close(
      answer["out.d"]!,
      noise.map((e, unit) => 2 * columns.a![unit]! - 4 + e),
      "d",
    );
  });

  it("aggregate particles: shares of classes add up, and the value is the modal class", async () => {
    const { columns, runner } = made;
    const answer = await runner.run("counterfactual", { units: columns, actions: { a: -1 } });
    const shares = answer["probabilities.s"]!;
    for (let unit = 0; unit < units; unit++) {
      const row = [...shares.subarray(3 * unit, 3 * unit + 3)];
      expect(row.reduce((sum, share) => sum + share)).to.be.closeTo(1, 1e-6);
      expect(row[answer["out.s"]![unit]!]).to.equal(Math.max(...row));
    }
  });

  it("give back the unit from its abducted noises", async () => {
    const { columns, runner, exported } = made;
    const noises = await runner.run("abduct", { units: columns });
    const random: Columns = {};
    for (const [name, values] of Object.entries(noises)) {
      const padded = new Float32Array(Math.ceil(units / 4) * 4 * (values.length / units));
      padded.set(values);
      random[name.replace(/^noise\./, "random.")] = padded;
    }
    expect(Object.keys(random)).to.have.members(Object.keys(drawsOf(exported, "sample", (n) => new Float32Array(n))));
    const again = await runner.run("sample", { random, rows: units });
    for (const [name, column] of Object.entries(columns)) close(again[`out.${name}`]!, column, name);
  });

  it("give scmc's log-probabilities", async () => {
    const { model, columns, runner } = made;
    const answer = await runner.run("log_probability", { units: columns });
    const terms = await logProbability({ loaded: model, engine, observed: rows(columns), key: RandomKey.fromSeed(2) });
    for (const name of ["a", "b", "s", "k", "c", "d"])
      close(answer[`log_probability.${name}`]!, terms.get(name)!, name);
    expect(answer["log_probability.x"]).to.have.length(units);
  });

  it("sample under an intervention: what is set is set", async () => {
    const { s, c } = await made.runner
      .run("sample", { rows: 6, actions: { s: 2 } })
      .then((out) => ({ s: out["out.s"]!, c: out["out.c"]! }));
    expect([...s]).to.deep.equal([2, 2, 2, 2, 2, 2]);
    expect(c.every((value) => value >= 0 && value <= 10)).to.equal(true);
  });

  it("take classes by the texts of their levels, as by their codes", async () => {
    const { columns, runner, exported } = made;
    const random = drawsOf(exported, "counterfactual", (count) => new Float32Array(count).fill(0.5));
    const texts = { ...columns, s: Array.from(columns.s!, (code) => ["u", "v", "w"][code]!) };
    const each = Array.from(texts.s, (level) => (level === "u" ? "w" : "u"));
    const codes = Float32Array.from(each, (level) => (level === "u" ? 0 : 2));
    for (const [text, code] of [
      ["w", 2],
      [each, codes],
    ] as const) {
      const byText = await runner.run("counterfactual", { units: texts, actions: { s: text as string[] }, random });
      const byCode = await runner.run("counterfactual", { units: columns, actions: { s: code }, random });
      expect(byText).to.deep.equal(byCode);
    }
    const wrong = runner.run("counterfactual", { units: texts, actions: { s: "q" } });
    expect(await wrong.catch(({ message }: Error) => message)).to.equal('s is "q"; it is one of u, v, w');
  });

  it("are refused for a latent variable, and for image operators alone", () => {
    const latent = loaded("latent u : real := e where e ~ normal(0, 1)\nv := u + e where e ~ normal(0, 1)");
    expect(() => exportModel(latent, ["sample"], { batch: 4, particles: 1 })).to.throw(/`u` is latent/);
  });

  it("take and give values about a large offset in double precision", async () => {
    // z = 1e8 + e, w = 3 + 2 (z - 1e8) + f, so that under z + 1 each w is larger by 2, and log p(w | z) = log φ(f).
    const model = loadUnfitted(
      compiled("z := 1e8 + e where e ~ normal(0, 1)\nw := 3 + 2 * (z - 1e8) + f where f ~ normal(0, 1)"),
      "model",
    );
    const exported = exportModel(model, ["sample", "abduct", "log_probability", "counterfactual"], {
      batch: 2,
      particles: 1,
    });
    const runner = await runnerOf(exported);
    const z = [1e8 + 0.5, 1e8 - 0.25, 1e8 + 2];
    const given = { z, w: [4.5, 2, 8] };
    const moved = await runner.run("counterfactual", { units: given, actions: { z: z.map((value) => value + 1) } });
    expect([...moved["out.z"]!]).to.deep.equal(z.map((value) => value + 1));
    expect([...moved["out.w"]!]).to.deep.equal([6.5, 4, 10]);
    expect([...(await runner.run("abduct", { units: given }))["noise.w.f"]!]).to.deep.equal([0.5, -0.5, 1]);
    const density = (await runner.run("log_probability", { units: given }))["log_probability.w"]!;
    expect(density[2]!).to.be.closeTo(-0.5 - 0.5 * Math.log(2 * Math.PI), 1e-6);
    const drawn = await runner.run("sample", {
      rows: 3,
      actions: { z: 1e8 + 5 },
      random: { "random.w.f": [0, 1, 2, 0] },
    });
    expect([...drawn["out.w"]!]).to.deep.equal([13, 14, 15]);
    expect([...drawn["out.z"]!]).to.deep.equal([1e8 + 5, 1e8 + 5, 1e8 + 5]);
  });
});
