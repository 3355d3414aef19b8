/** Laws of interventions and counterfactuals on random models of up to twelve variables, over the kinds of mechanisms. */
import { expect } from "chai";
import fc from "fast-check";
import { graphOf } from "../../../src/model/plan.js";
import { createEngine } from "../../../src/runtime/engine/index.js";
import type { LoadedModel } from "../../../src/runtime/loaded-model.js";
import { counterfactual } from "../../../src/runtime/queries/counterfactual.js";
import { sample } from "../../../src/runtime/queries/sample.js";
import { RandomKey } from "../../../src/runtime/random/index.js";
import type { Rows } from "../../../src/runtime/rows.js";
import { interventions, loaded } from "../models.js";

const engine = createEngine("onnx");
const units = 8;
const runs = { numRuns: 8, seed: 11 };

interface Drawn {
  readonly text: string;
  readonly kinds: readonly Kind[];
}
type Kind = keyof typeof declarations;

/** A variable's declaration from its name and parents. */
const declarations = {
  expression: (name: string, parents: readonly string[]) =>
    `${name} : real := ${["0.3", ...parents.map((parent) => `0.5 * tanh(${parent})`), "e"].join(" + ")} where e ~ normal(0, 1)`,
  linear: (name: string, parents: readonly string[]) => `${name} : real := linear(${parents.join(", ")})`,
  anm: (name: string, parents: readonly string[]) =>
    `${name} : real := anm(${[...parents, "hidden = [4]"].join(", ")})`,
  flow: (name: string, parents: readonly string[]) =>
    `${name} : real := flow(${[...parents, "hidden = [4]"].join(", ")})`,
  positive: (name: string, parents: readonly string[]) => `${name} : positive := linear(${parents.join(", ")})`,
  bernoulli: (name: string, parents: readonly string[]) =>
    `${name} : binary := bernoulli(${[...parents, "hidden = [4]"].join(", ")})`,
  categorical: (name: string, parents: readonly string[]) =>
    `${name} : categorical(3) := categorical(${[...parents, "hidden = [4]"].join(", ")})`,
} as const;

/** Expressions read numbers alone. */
const isNumber = (kind: Kind) => kind !== "categorical" && kind !== "bernoulli";

const modelOf = (allowedKinds: readonly Kind[]) =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom(...allowedKinds),
        parents: fc.array(fc.nat(), { maxLength: 3 }),
      }),
      { minLength: 3, maxLength: 12 },
    )
    .map((nodes): Drawn => {
      const lines = nodes.map(({ kind, parents }, index) => {
        const allowed = nodes
          .slice(0, index)
          .flatMap((node, k) => (kind !== "expression" || isNumber(node.kind) ? [`v${k}`] : []));
        const chosen = [
          ...new Set(allowed.length === 0 ? [] : parents.map((parent) => allowed[parent % allowed.length]!)),
        ];
        return declarations[kind](`v${index}`, chosen);
      });
      return { text: lines.join("\n"), kinds: nodes.map(({ kind }) => kind) };
    });

const kindsOfAll = Object.keys(declarations) as Kind[];
const model = modelOf(kindsOfAll);
const exactModel = modelOf(kindsOfAll.filter(isNumber));
const drawnFrom = (text: string) => loaded(text);

async function unitsOf(drawn: LoadedModel, rows = units): Promise<Map<string, Rows>> {
  const { values } = await sample({ loaded: drawn, engine, rows, key: RandomKey.fromSeed(4) });
  return new Map([...values].map(([name, data]) => [name, { rows, size: 1, data }]));
}

async function ask(drawn: LoadedModel, observed: ReadonlyMap<string, Rows>, text: string) {
  return counterfactual({
    loaded: drawn,
    engine,
    observed,
    interventions: interventions(text, drawn),
    particles: 1,
    key: RandomKey.fromSeed(9),
  });
}

/** A constant that every kind of variable can have. */
const settingOf = (index: number, kind: Kind) => `v${index} := ${kind === "positive" ? 1.5 : isNumber(kind) ? 0.4 : 1}`;

function law(title: string, check: (drawn: Drawn, at: number) => Promise<void>, of = model): void {
  it(title, async () => {
    await fc.assert(
      fc.asyncProperty(of, fc.nat(), (drawn, at) => check(drawn, at % drawn.kinds.length)),
      runs,
    );
  });
}

function close(actual: Float32Array, wanted: Float32Array | Uint8Array, what: string): void {
  actual.forEach((value, row) => {
    expect(value, `${what}, row ${row}`).to.be.closeTo(wanted[row]!, 2e-3 * (1 + Math.abs(wanted[row]!)));
  });
}

describe("laws of counterfactuals on random models", () => {
  law("the null intervention changes nothing", async ({ text, kinds }, at) => {
    const drawn = drawnFrom(text);
    const observed = await unitsOf(drawn);
    const { values } = await ask(drawn, observed, `v${at} := v${at}`);
    for (const index of kinds.keys()) close(values.get(`v${index}`)!, observed.get(`v${index}`)!.data, `v${index}`);
  });

  law("do(x := a) gives a, and what x does not cause stays, bit for bit", async ({ text, kinds }, at) => {
    const drawn = drawnFrom(text);
    const observed = await unitsOf(drawn);
    const { values } = await ask(drawn, observed, settingOf(at, kinds[at]!));
    const reached = graphOf(drawn.model).descendants([`v${at}`]);
    const set = Math.fround(Number(settingOf(at, kinds[at]!).split(":= ")[1]));
    expect([...values.get(`v${at}`)!]).to.deep.equal(Array.from({ length: units }, () => set));
    for (const index of kinds.keys()) {
      const name = `v${index}`;
      if (index === at || reached.has(name)) continue;
      expect([...values.get(name)!]).to.deep.equal([...observed.get(name)!.data]);
    }
  });

  law(
    "do and undo returns, where noises are recovered exactly",
    async ({ text, kinds }, at) => {
      const drawn = drawnFrom(text);
      const observed = await unitsOf(drawn);
      const name = `v${at}`;
      const there = kinds[at] === "positive" ? `${name} := ${name} * 2` : `${name} := ${name} + 1`;
      const back = kinds[at] === "positive" ? `${name} := ${name} / 2` : `${name} := ${name} - 1`;
      const { values } = await ask(drawn, observed, there);
      const moved = new Map([...values].map(([one, data]) => [one, { rows: units, size: 1, data }]));
      const { values: returned } = await ask(drawn, moved, back);
      for (const index of kinds.keys()) close(returned.get(`v${index}`)!, observed.get(`v${index}`)!.data, `v${index}`);
    },
    exactModel,
  );

  law("the assignments of one `do` hold together, whatever their order", async ({ text, kinds }, at) => {
    const drawn = drawnFrom(text);
    const observed = await unitsOf(drawn);
    const other = (at + 1) % kinds.length;
    const [first, second] = [settingOf(at, kinds[at]!), settingOf(other, kinds[other]!)];
    const one = await ask(drawn, observed, `${first}, ${second}`);
    const two = await ask(drawn, observed, `${second}, ${first}`);
    for (const [name, data] of one.values) expect([...two.values.get(name)!]).to.deep.equal([...data]);
  });
});

describe("a counterfactual of units drawn from the model", () => {
  it("has the interventional distribution", async () => {
    const rows = 4000;
    await fc.assert(
      fc.asyncProperty(model, fc.nat(), async ({ text, kinds }, choice) => {
        const at = choice % kinds.length;
        const drawn = drawnFrom(text);
        const observed = await unitsOf(drawn, rows);
        const setting = settingOf(at, kinds[at]!);
        const { values } = await ask(drawn, observed, setting);
        const fresh = await sample({
          loaded: drawn,
          engine,
          rows,
          key: RandomKey.fromSeed(77),
          interventions: interventions(setting, drawn),
        });
        for (const index of kinds.keys()) {
          const [mine, theirs] = [values.get(`v${index}`)!, fresh.values.get(`v${index}`)!];
          // Of the ranks: a bounded quantity, whatever the tails. The false-alarm rate is below 1e-6 a comparison.
          const middle = Float32Array.from(theirs).sort()[rows >> 1]!;
          const share = (data: Float32Array) => data.reduce((sum, value) => sum + Number(value > middle), 0) / rows;
          expect(Math.abs(share(mine) - share(theirs)), `v${index} in\n${text}\n${setting}`).to.be.below(
            5 * Math.sqrt(0.5 / rows),
          );
        }
      }),
      { numRuns: 4, seed: 12 },
    );
  });
});
