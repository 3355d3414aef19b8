/**
 * A law: one question with one seed has one answer, or one refusal, by whichever door it comes. The doors are the verbs
 * that put a question together from options, `scmc query`, the queries of `scmc run`, the library's methods, and its
 * `ask`.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { requireModel } from "../../src/cli/places/model-file.js";
import { counterfactualTo } from "../../src/cli/verbs/counterfactual.js";
import { density } from "../../src/cli/verbs/density.js";
import { effect } from "../../src/cli/verbs/effect.js";
import { expectation } from "../../src/cli/verbs/expectation.js";
import { query } from "../../src/cli/verbs/query.js";
import { runModel } from "../../src/cli/verbs/run.js";
import { sampleTo } from "../../src/cli/verbs/sample.js";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { readTable } from "../../src/data/tables/read-table.js";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { type CausalModel, load, seenBy, written } from "../../src/index.js";
import { keepDirectory } from "../cli/support.js";
import { printed } from "./written.js";

const rows = 40;

/** Every kind of abduction: exact, of classes, of thresholds, amortised; and levels with names. */
const learned = `model doors

c : categorical("lo", "hi", "top") := categorical()
t : positive := flow(c)
b : binary := bernoulli(t)
n : ordinal("low", "middle", "high") := glm(t)
y : real := linear(t, b)
x : image(3, 2) := cvae(t, latent = 2, hidden = [8])

fit t(epochs = 2)
fit x(epochs = 2)
`;

/** Questions as the language writes them, and as the options of a verb. */
const numbers: readonly { readonly text: string; readonly verb: (path: string, own: Own) => Promise<unknown> }[] = [
  { text: "expectation(y)", verb: (path, own) => expectation(path, { ...own, of: "y" }) },
  {
    text: "expectation(exp(y / 9) | do(t := 1))",
    verb: (path, own) => expectation(path, { ...own, of: "exp( y/9 )", do: ["t := 1.0"] }),
  },
  {
    text: 'probability(n == "high" | c = "hi", do(t := 2))',
    verb: (path, own) => expectation(path, { ...own, of: 'n == "high"', given: ['c = "hi"'], do: ["t := 2"] }),
  },
  {
    text: "expectation(if(t > 1, 1, 0))",
    verb: (path, own) => expectation(path, { ...own, of: "if(t > 1, 1, 0)" }),
  },
  {
    text: "quantile(0.9, y | b = 1)",
    verb: (path, own) => expectation(path, { ...own, of: "y", quantile: [0.9], given: ["b = 1"] }),
  },
  {
    text: "expectation(y | do(t := t + e where e ~ normal(0, 0.1)))",
    verb: (path, own) => expectation(path, { ...own, of: "y", do: ["t := t + e where e ~ normal(0, 0.1)"] }),
  },
  {
    text: "expectation(y | do(t := 2)) - expectation(y | do(t := 1))",
    verb: (path, own) => effect(path, { ...own, of: "y", do: ["t := 2"], versus: ["t := 1"] }),
  },
  { text: "density(y = 0.5, t = 1)", verb: (path, own) => density(path, { ...own, at: ["y = 0.5", "t = 1"] }) },
  { text: "density(y)", verb: (path, own) => density(path, { ...own, of: ["y"], data: own.units }) },
];

/** Questions about units: the interventions as options of a verb and as actions of the library. */
const ofUnits: readonly {
  readonly do: readonly string[];
  readonly of: readonly string[];
  readonly actions?: Parameters<CausalModel<Record<string, never>>["counterfactual"]>[1];
}[] = [
  { do: ["t := 2"], of: ["y", "b", "n"], actions: { t: 2 } as never },
  { do: ["t := t + 0.5"], of: ["y", "c"], actions: { t: written("t + 0.5") } as never },
  { do: ["t := 2 for y, t := 1 for b"], of: ["y"], actions: { t: [seenBy(["y"], 2), seenBy(["b"], 1)] } as never },
  { do: ['c := "top"'], of: ["t", "y"], actions: { c: "top" } as never },
  { do: ["t := t + e where e ~ normal(0, 0.1)"], of: ["t", "y"] },
];

interface Own {
  readonly seed: number;
  readonly engine: string;
  readonly threads: number;
  readonly samples: number;
  readonly particles: number;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly units: string;
}

function tableOf(gap: (row: number, column: string) => boolean): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const level = ["lo", "hi", "top"][row % 3]!;
    const t = 1 + (row % 7) / 4 + (row % 3) / 5;
    const cells: Record<string, string | number> = {
      c: level,
      t,
      b: Number(t + (row % 5) / 3 > 2.4),
      n: ["low", "middle", "high"][Math.min(2, Math.floor(t - 1 + (row % 2)))]!,
      y: (t * 2 + ((row * 13) % 11) / 6 - 1).toFixed(3),
    };
    return Object.entries(cells)
      .map(([name, cell]) => (gap(row, name) ? "" : cell))
      .join(",");
  });
  return `c,t,b,n,y\n${lines.join("\n")}\n`;
}

/** Numbers as programs have them, in single precision; levels by their texts. */
function valuesOf(column: ArrayLike<unknown>): unknown[] {
  return Array.from(column, (value) => (Number.isNaN(Number(value)) ? value : Math.fround(Number(value))));
}

function columnOf(table: string, name: string): unknown[] {
  const [header, ...lines] = table
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return valuesOf(lines.map((cells) => cells[header!.indexOf(name)]));
}

/** A data set numbers its rows where they have no ids; a table does not. */
function withoutIds(table: string | undefined): string | undefined {
  if (!table?.startsWith("id,")) return table;
  return table.replace(/^[^,\n]*,/gm, "");
}

function images(): Uint8Array {
  const header = Buffer.alloc(16);
  for (const [index, word] of [0x0803, rows, 3, 2].entries()) header.writeUInt32BE(word, 4 * index);
  return Buffer.concat([header, Buffer.from(Array.from({ length: rows * 6 }, (_, k) => (k * 37) % 256))]);
}

const bindings = Object.fromEntries(["c", "t", "b", "n", "y"].map((name) => [name, { column: name }]));
const manifestOf = (table: string, withImages = true) =>
  JSON.stringify({ table, variables: { ...bindings, ...(withImages ? { x: { idx: "images" } } : {}) } });

describe("one question by every door", function () {
  this.timeout(120_000);
  let cwd: string;
  let model: CausalModel<Record<string, never>>;
  const at = (name: string) => join(cwd, name);
  const own = (units: string): Own => ({
    seed: 3,
    engine: "onnx",
    threads: 1,
    samples: 400,
    particles: 6,
    quiet: true,
    json: true,
    units: at(units),
  });
  const answersOf = async (verb: () => Promise<unknown>) => JSON.parse(await printed(verb)).answers;
  const unitsOf = async (name: string) => {
    const { cells, header, rows: count } = await readTable(at(name));
    const column = (variable: string) =>
      Array.from({ length: count }, (_, row) => cells(header.indexOf(variable)).text(row));
    const number = (variable: string) => column(variable).map(Number);
    return { c: column("c"), t: number("t"), b: number("b"), n: column("n"), y: number("y") };
  };
  /** The queries of a run are those of its program; everything else of it is as it was fitted. */
  const run = async (queries: readonly string[], test: string) => {
    const text = `${learned}\n${queries.map((one, k) => `query q${k} = ${one}`).join("\n")}\n`;
    const file = keepDirectory({ "doors.scm": text });
    try {
      const { seed, engine, threads, samples, particles } = own("");
      const options = { seed, engine, threads, samples, particles, data: at("whole.json"), test: at(test) };
      const out = join(file, "out");
      const done = await runModel(
        await requireModel(join(file, "doors.scm")),
        { ...options, out, reuse: [at("fitted")] },
        { note() {}, progress() {}, done() {} },
      );
      const tables = queries.map((_, k) => tableText(join(out, "queries", `q${k}`, "table.csv")));
      return { queries: done.metrics.queries, tables };
    } finally {
      rmSync(file, { recursive: true, force: true });
    }
  };
  const tableText = (path: string): string | undefined => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  };

  before(async () => {
    cwd = keepDirectory({
      "doors.scm": learned,
      images: images(),
      "whole.csv": tableOf(() => false),
      "gaps.csv": tableOf((row, name) => (row % 4 === 1 && name === "y") || (row % 6 === 2 && name === "t")),
      "whole.json": manifestOf("whole.csv"),
      "gaps.json": manifestOf("gaps.csv", false),
    });
    const { seed, engine, threads, samples, particles } = own("");
    const options = { seed, engine, threads, samples, particles, data: at("whole.json"), out: at("fitted") };
    await runModel(await requireModel(at("doors.scm")), options, { note() {}, progress() {}, done() {} });
    model = await load(at("fitted"), { threads: 1 });
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  it("has one number, whatever its layout and its name", async () => {
    const inRun = await run(
      numbers.map(({ text }) => text),
      "whole.json",
    );
    for (const [k, { text, verb }] of numbers.entries()) {
      const options = own("whole.json");
      const takesUnits = text === "density(y)";
      const units = takesUnits ? ((await unitsOf("whole.csv")) as never) : {};
      const [byVerb] = await answersOf(() => verb(at("fitted"), options));
      const [byQuery] = await answersOf(() =>
        query(at("fitted"), text.replaceAll(" ", "  "), { ...options, ...(takesUnits ? { data: options.units } : {}) }),
      );
      const [byAsk] = await model.ask(text, { seed: 3, samples: 400, units });
      const byRun = inRun.queries[k] as { value: number };
      const values = [byVerb.value, byQuery.value, (byAsk as { value: number }).value, byRun.value];
      expect(values, text).to.deep.equal(values.map(() => values[0]));
      expect(Number.isFinite(values[0]), text).to.equal(true);
    }
  });

  it("has one number through the library's methods", async () => {
    const byMethod = await model.expectation("y" as never, { t: 2 } as never, { samples: 400, seed: 3 });
    const [byAsk] = await model.ask("expectation(y | do(t := 2))", { samples: 400, seed: 3 });
    expect((byAsk as { value: number }).value).to.equal(byMethod.value);
  });

  for (const data of ["whole", "gaps"])
    it(`gives units the same worlds, where the data are ${data === "whole" ? "whole" : "incomplete"}`, async () => {
      const texts = ofUnits.map((one) => `counterfactual(${one.of.join(", ")} | do(${one.do.join(", ")}))`);
      const inRun = data === "whole" ? await run(texts, "whole.json") : undefined;
      for (const [k, one] of ofUnits.entries()) {
        const options = { ...own(`${data}.json`), json: false };
        const verb = (batch?: number) =>
          printed(() =>
            counterfactualTo(at("fitted"), {
              ...options,
              data: options.units,
              do: one.do,
              of: one.of,
              ...(batch === undefined ? {} : { batch }),
            }),
          );
        const byVerb = await verb();
        expect(byVerb.split("\n"), texts[k]!).to.have.length(rows + 2);
        expect(await verb(1), texts[k]!).to.equal(byVerb);
        expect(await printed(() => query(at("fitted"), texts[k]!, { ...options, data: options.units }))).to.equal(
          byVerb,
        );
        if (inRun) expect(withoutIds(inRun.tables[k]), texts[k]!).to.equal(byVerb);
        if (!inRun || !one.actions) continue;
        const units = (await unitsOf("whole.csv")) as never;
        const asked = { seed: 3, particles: 6, targets: one.of as never };
        const byMethod = await model.counterfactual(units, one.actions, asked);
        const [byAsk] = await model.ask(texts[k]!, { units, seed: 3, particles: 6 });
        expect((byAsk as unknown as typeof byMethod).values).to.deep.equal(byMethod.values);
        const column = columnOf(byVerb, one.of[0]!);
        expect(valuesOf((byMethod.values as Record<string, ArrayLike<unknown>>)[one.of[0]!]!)).to.deep.equal(column);
      }
    });

  it("gives the same worlds of a grid, and of the one unit of its evidence", async () => {
    const options = own("whole.json");
    const grid = "counterfactual(y | do(t := [1, 2]))";
    const inRun = await run([grid, "counterfactual(y, b | t = 1.5, do(t := 2))"], "whole.json");
    await counterfactualTo(at("fitted"), {
      ...options,
      json: false,
      data: options.units,
      do: ["t := [1, 2]"],
      of: ["y"],
      out: at("grid/"),
    });
    const units = (await unitsOf("whole.csv")) as never;
    const byAsk = await model.ask(grid, { units, seed: 3, particles: 6 });
    for (const [index, world] of byAsk.entries()) {
      const column = columnOf(tableText(at(`grid/${index + 1}/table.csv`))!, "y");
      expect(valuesOf((world as unknown as { values: Record<string, ArrayLike<unknown>> }).values.y!)).to.deep.equal(
        column,
      );
    }
    const given = { ...options, json: false, given: ["t = 1.5"], do: ["t := 2"], of: ["y", "b"] };
    expect(withoutIds(inRun.tables[1])).to.equal(
      withoutIds(await printed(() => counterfactualTo(at("fitted"), given))),
    );
  });

  it("writes data sets that read back, with shares, deviations and quantiles beside the variables", async () => {
    const out = at("spread/");
    await counterfactualTo(at("fitted"), {
      ...own("whole.json"),
      json: false,
      data: at("whole.json"),
      do: ['c := "top"'],
      of: ["c", "t", "y", "n"],
      sd: true,
      quantiles: [0.1, 0.9],
      out,
    });
    const { variables } = model.loaded;
    const { columns } = await readDataset(
      join(out, "manifest.json"),
      ["c", "t", "y", "n"].map((name) => variables.get(name)!),
    );
    expect([...columns.keys()]).to.have.members(["c", "t", "y", "n"]);
    expect(columnOf(tableText(join(out, "table.csv"))!, "c.p.top")).to.deep.equal(Array<number>(rows).fill(1));
  });

  it("draws the same units, however many at a time", async () => {
    const options = { ...own("whole.json"), json: false };
    const verb = (batch?: number) =>
      printed(() =>
        sampleTo(at("fitted"), {
          ...options,
          rows: 400,
          do: ["t := 2"],
          of: ["y", "c"],
          ...(batch === undefined ? {} : { batch }),
        }),
      );
    const byVerb = await verb();
    expect(await verb(7)).to.equal(byVerb);
    expect(await printed(() => query(at("fitted"), "sample(y, c | do(t := 2))", options))).to.equal(byVerb);
    const byMethod = await model.sample(400, { t: 2 } as never, { seed: 3, targets: ["y", "c"] as never });
    const column = columnOf(byVerb, "y");
    expect(valuesOf((byMethod as Record<string, ArrayLike<unknown>>).y!)).to.deep.equal(column);
  });

  it("refuses in the same words what a common cause disturbs", async () => {
    const text = "t := e where e ~ normal(0, 1)\ni := t + e where e ~ normal(0, 1)\nt <-> i\n";
    const path = at("confounded.scm");
    writeFileSync(path, text);
    const confounded = await load(path);
    const options = own("whole.json");
    const units = { t: [1], i: [2] } as never;
    const doors: readonly (() => Promise<unknown>)[] = [
      () => confounded.counterfactual(units, { t: 2 } as never),
      () => confounded.sample(4),
      () => confounded.expectation("i" as never),
      () => printed(() => expectation(path, { ...options, of: "i" })),
      () => printed(() => sampleTo(path, { ...options, rows: 4 })),
    ];
    for (const [index, door] of doors.entries()) {
      const refused = await door().then(
        () => "an answer",
        (error: unknown) => (error instanceof ScmcError ? error.diagnostics[0]!.message : String(error)),
      );
      expect(refused, `door ${index}`).to.contain("have an unobserved common cause");
    }
  });
});
