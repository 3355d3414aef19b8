/**
 * Laws of interventions and counterfactuals on random models of up to twelve variables, over every kind of mechanism
 * and domain.
 */
import { expect } from "chai";
import fc from "fast-check";
import { features } from "../../../scripts/features.js";
import { counterfactual } from "../../../src/runtime/inference/programs/counterfactual.js";
import { reconstructionErrors } from "../../../src/runtime/inference/programs/reconstruction.js";
import { sample } from "../../../src/runtime/inference/programs/sample.js";
import { sizeOf } from "../../../src/runtime/mechanisms/bound/variables.js";
import type { LoadedModel } from "../../../src/runtime/mechanisms/loaded-model.js";
import type { Rows } from "../../../src/runtime/tensors/core/rows.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../../src/runtime/tensors/random/index.js";
import { interventions } from "../models.js";
import {
  bind,
  constantOf,
  type Drawn,
  isDiscreteKind,
  isExact,
  isImplicit,
  isRecovered,
  kinds,
  modelOf,
  reachedBy,
  thereAndBack,
} from "./random-models.js";

const engine = createEngine("onnx", { threads: 1 });
const units = 8;
const seeded = { seed: 11, endOnFailure: true };
const model = modelOf(kinds);
type Values = ReadonlyMap<string, Float32Array>;

const rowsOf = (drawn: LoadedModel, values: Values, rows = units): Map<string, Rows> =>
  new Map([...values].map(([name, data]) => [name, { rows, size: sizeOf(drawn.variables.get(name)!.domain), data }]));

async function draw(drawn: LoadedModel, text?: string, rows = units, seed = 4): Promise<Values> {
  const given = text === undefined ? {} : { interventions: interventions(text, drawn) };
  return (await sample({ loaded: drawn, engine, rows, key: RandomKey.fromSeed(seed), ...given })).values;
}

async function ask(drawn: LoadedModel, observed: ReadonlyMap<string, Rows>, text: string): Promise<Values> {
  const key = RandomKey.fromSeed(9);
  const request = { loaded: drawn, engine, observed, particles: 1, key };
  return (await counterfactual({ ...request, interventions: interventions(text, drawn) })).values;
}

const settingOf = (index: number, kind: string) => `v${index} := ${constantOf(kind)}`;

function law(title: string, check: (drawn: Drawn) => Promise<void>, of = model, numRuns = 12): void {
  it(title, async () => {
    await fc.assert(fc.asyncProperty(of, check), { ...seeded, numRuns });
  });
}

/** Classes are the same; numbers agree to what single precision leaves of the largest element of their row. */
function close(actual: Float32Array, wanted: Float32Array, what: string, kind: string): void {
  if (isDiscreteKind(kind)) expect([...actual], what).to.deep.equal([...wanted]);
  const size = wanted.length / units;
  actual.forEach((value, k) => {
    const row = wanted.subarray(Math.floor(k / size) * size, (Math.floor(k / size) + 1) * size);
    const largest = row.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    expect(value, `${what}, element ${k}`).to.be.closeTo(wanted[k]!, 2e-3 * (1 + largest));
  });
}

describe("random models", () => {
  it("are of every kind and domain that runs, expressions with and without noise", () => {
    const wanted = features().flatMap(({ mechanism, domain, runs: own }) => (own ? [`${mechanism} of ${domain}`] : []));
    expect(kinds).to.include.members(wanted);
    expect(kinds).to.include.members(["expression of real", "deterministic of real"]);
  });
});

describe("laws of counterfactuals on random models", () => {
  const recomputed = new Set<string>();
  law(
    "the null intervention changes nothing; of an implicit mechanism it gives the reconstruction",
    async (one) => {
      const drawn = bind(one.text);
      const natural = await draw(drawn);
      const observed = rowsOf(drawn, natural);
      const values = await ask(drawn, observed, `v${one.at} := v${one.at}`);
      const implicit = one.kinds.flatMap((kind, index) => (isImplicit(kind) ? [index] : []));
      const reached = reachedBy(drawn, [one.at]);
      const rebuilt = implicit.filter((index) => reached.has(index));
      const exempt = reachedBy(drawn, rebuilt);
      const errors = await reconstructionErrors({ loaded: drawn, engine, observed });
      for (const [index, kind] of one.kinds.entries()) {
        const name = `v${index}`;
        if (reached.has(index)) recomputed.add(kind);
        if (!exempt.has(index)) close(values.get(name)!, natural.get(name)!, `${name} of\n${one.text}\n`, kind);
        // Below another reconstruction, what is abducted at the observed parents is not what is predicted with.
        const above = rebuilt.filter((other) => other !== index && reachedBy(drawn, [other]).has(index));
        if (!rebuilt.includes(index) || above.length > 0) continue;
        const { size } = observed.get(name)!;
        errors.get(name)!.forEach((error, unit) => {
          let sum = 0;
          for (let k = unit * size; k < (unit + 1) * size; k++)
            sum += Math.abs(values.get(name)![k]! - natural.get(name)![k]!);
          expect(sum / size, `${name}, unit ${unit}`).to.be.closeTo(error, 2e-3 * (1 + error));
        });
      }
    },
    model,
    32,
  );

  it("… and every kind was among what it recomputes", () => {
    expect(kinds.filter((kind) => !recomputed.has(kind))).to.deep.equal([]);
  });

  law("do(x := a) gives a, and what x does not cause stays, bit for bit", async (one) => {
    const drawn = bind(one.text);
    const natural = await draw(drawn);
    const set = constantOf(one.kinds[one.at]!);
    const values = await ask(drawn, rowsOf(drawn, natural), settingOf(one.at, one.kinds[one.at]!));
    const reached = reachedBy(drawn, [one.at]);
    expect([...values.get(`v${one.at}`)!]).to.deep.equal(new Array(units).fill(Math.fround(set)));
    for (const index of one.kinds.keys())
      if (!reached.has(index)) expect([...values.get(`v${index}`)!]).to.deep.equal([...natural.get(`v${index}`)!]);
  });

  law(
    "do and undo returns, where noises are recovered exactly",
    async (one) => {
      const drawn = bind(one.text);
      const natural = await draw(drawn);
      const [there, back] = thereAndBack(`v${one.at}`, one.kinds[one.at]!);
      const moved = await ask(drawn, rowsOf(drawn, natural), there);
      const returned = await ask(drawn, rowsOf(drawn, moved), back);
      one.kinds.forEach((kind, index) => {
        close(returned.get(`v${index}`)!, natural.get(`v${index}`)!, `v${index} of\n${one.text}\n${there}`, kind);
      });
    },
    modelOf(kinds.filter(isExact)),
  );

  law("do and undo with the noises carried over returns, for every kind, bit for bit", async (one) => {
    const drawn = bind(one.text);
    const natural = await draw(drawn);
    const name = `v${one.at}`;
    // Both steps are exact in binary; names of classes have no arithmetic.
    const isName = one.kinds[one.at]!.endsWith("categorical");
    const returned = await draw(drawn, `${name} := ${isName ? name : `${name} * 2 / 2`}`);
    for (const [variable, data] of natural) expect([...returned.get(variable)!], variable).to.deep.equal([...data]);
  });

  law("the assignments of one `do` hold together, whatever their order", async (one) => {
    const drawn = bind(one.text);
    const observed = rowsOf(drawn, await draw(drawn));
    const [first, second] = [one.at, one.other].map((index) => settingOf(index, one.kinds[index]!));
    const values = await ask(drawn, observed, `${first}, ${second}`);
    const again = await ask(drawn, observed, `${second}, ${first}`);
    for (const [name, data] of values) expect([...again.get(name)!]).to.deep.equal([...data]);
  });
});

describe("a counterfactual of units drawn from the model", () => {
  // With amortised abduction, the noises of a population have their own distribution only once the encoder is right.
  it("has the interventional distribution, where noises are recovered or drawn from their posterior", async () => {
    const rows = 4000;
    await fc.assert(
      fc.asyncProperty(modelOf(kinds.filter(isRecovered)), async ({ text, kinds: own, at }) => {
        const drawn = bind(text);
        const setting = settingOf(at, own[at]!);
        const values = await ask(drawn, rowsOf(drawn, await draw(drawn, undefined, rows), rows), setting);
        const fresh = await draw(drawn, setting, rows, 77);
        for (const name of drawn.model.order) {
          const size = sizeOf(drawn.variables.get(name)!.domain);
          for (let element = 0; element < size; element++) {
            const [mine, theirs] = [values, fresh].map((all) =>
              all.get(name)!.filter((_, k) => k % size === element),
            ) as [Float32Array, Float32Array];
            // The comparison uses ranks, which are bounded whatever the tails. The false-alarm rate is below 1e-6 per
            // comparison.
            const middle = Float32Array.from(theirs).sort()[rows >> 1]!;
            const share = (data: Float32Array) => data.reduce((sum, value) => sum + Number(value > middle), 0) / rows;
            expect(Math.abs(share(mine) - share(theirs)), `${name} in\n${text}\n${setting}`).to.be.below(
              5 * Math.sqrt(0.5 / rows),
            );
          }
        }
      }),
      { numRuns: 6, seed: 12 },
    );
  });
});
