/**
 * Values whose mean is large beside their spread, 1e8 ± 1 say, of which single precision holds little or nothing. Laws:
 * a shift of a variable by a constant shifts its values in every answer and leaves effects, densities and noises as
 * they were.
 */
import { expect } from "chai";
import type { Column, LoadedDataset } from "../../src/data/columns/dataset.js";
import { fitModel } from "../../src/runtime/fitting/fit-model.js";
import { loadUnfitted } from "../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { Domain } from "../../src/schema/types.js";
import { CausalModel } from "../../src/session/causal-model.js";
import { compiled } from "./models.js";

type Named = Record<string, { units: ArrayLike<number>; answer: Float32Array | Float64Array }>;

const engine = createEngine("onnx");
const unfitted = (text: string) => new CausalModel<Named>(loadUnfitted(compiled(text), "model"), engine);

async function figure(model: CausalModel<Named>, question: string): Promise<{ value: number; error: number }> {
  const [answer] = await model.ask(question);
  if (answer?.kind !== "estimate") throw new Error(`${question} is no estimate`);
  return { value: answer.value, error: answer.standardError };
}

async function counterfactuals(model: CausalModel<Named>, question: string, units: Record<string, ArrayLike<number>>) {
  const [answer] = await model.ask(question, { units });
  if (answer?.kind !== "counterfactual") throw new Error(`${question} is no counterfactual`);
  return answer.values as Record<string, Float32Array | Float64Array>;
}

describe("expressions about a large constant", () => {
  // z = 1e8 + e, w = z - 1e8 + f with e, f ~ N(0, 1): w ~ N(0, 2), E(w w) = 2, and the 0.9 quantile of z is 1e8 +
  // 1.2816.
  const text = `model large
z := 1e8 + e where e ~ normal(0, 1)
w := z - 1e8 + f where f ~ normal(0, 1)`;
  /** The right value, and how far five standard errors of 10,000 draws reach; 0 where it is exact. */
  const figures: readonly (readonly [question: string, value: number, reach: number])[] = [
    ["expectation(w | do(z := z + 1)) - expectation(w)", 1, 1e-6],
    ["expectation(w | do(z := 1e8 + 3)) - expectation(w | do(z := 1e8))", 3, 1e-6],
    ["probability(z > 1e8)", 0.5, 5 * 0.005],
    // The density there is 0.1755, so that the standard error is √(0.9 · 0.1/1e4)/0.1755 = 0.0171.
    ["quantile(0.9, z) - 1e8", 1.2816, 5 * 0.0171],
    // The variance of w² is 2 · 2².
    ["expectation(w*w)", 2, 5 * 0.0283],
    ["expectation((z - 1e8)*(z - 1e8))", 1, 5 * 0.0141],
    ["expectation(z | w = 1) - 1e8", 0.5, 1e-6],
    ["expectation(z) - 1e8", 0, 5 * 0.01],
    ["expectation(max(z, 1e8)) - 1e8", 0.3989, 5 * 0.0059],
  ];
  const model = unfitted(text);
  for (const [question, right, reach] of figures)
    it(question, async () => expect((await figure(model, question)).value).to.be.closeTo(right, reach));

  it("have the density of the noise", async () => {
    const density = (question: string) => figure(model, question).then(({ value }) => value);
    // log φ(1) = -1.4189
    expect(await density("density(z = 100000001)")).to.be.closeTo(-1.41894, 1e-4);
    expect(await density("density(w = 2 | z = 100000001)")).to.be.closeTo(-1.41894, 1e-4);
  });

  it("have the counterfactuals of the very units", async () => {
    const units = { z: [1e8 + 0.5, 1e8 - 1.25], w: [0.75, -1] };
    const values = await counterfactuals(model, "counterfactual(z, w | do(z := z + 1))", units);
    expect([...values.z!]).to.deep.equal([1e8 + 1.5, 1e8 - 0.25]);
    expect([...values.w!]).to.deep.equal([1.75, 0]);
  });

  it("draw noises and values whose distances are those of the noise", async () => {
    const clock = unfitted(`model clock
t := e where e ~ normal(1700000000, 600)
u := g where g ~ uniform(1700000000, 1700003600)
lag := 0.5 * (t - 1.7e9) + f where f ~ normal(0, 1)`);
    const { t, u } = await clock.sample(4000);
    const spread = (values: ArrayLike<number>, centre: number) =>
      Math.sqrt(Array.from(values).reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length);
    // The standard error of a standard deviation is σ/√(2n) = 0.0112 σ, less for the uniform.
    expect(spread(t!, 1.7e9)).to.be.closeTo(600, 5 * 6.7);
    expect(spread(u!, 1.7e9 + 1800)).to.be.closeTo(3600 / Math.sqrt(12), 5 * 11.6);
    expect(new Set(t).size).to.be.greaterThan(3990);
    expect((await figure(clock, "expectation(lag | do(t := 1.7e9 + 60))")).value).to.be.closeTo(30, 5 * 0.01);
    expect((await figure(clock, "expectation(lag | do(t := t + d where d ~ normal(1e6, 1)))")).value).to.be.closeTo(
      5e5,
      20,
    );
  });

  it("are exact through functions that keep the spread small", async () => {
    // √(1e8 + a) = 1e4 + a/(2e4), and so on: of z = 1e8 + e each has mean 0 and standard deviation 1 in its own
    // measure.
    const functions = unfitted(`model functions
z := 1e8 + e where e ~ normal(0, 1)
a := 2e4 * (sqrt(z) - 1e4)
b := 1e8 * log(z / 1e8)
c := 1e8 * (z / 1e8 - 1)
d := (z^2 - 1e16) / 2e8
g := abs(z) - 1e8
h := if(z > 0, z, 0) - clip(1e8, 0, 2e8)
k := 1e8 * (exp(1e-8 * (z - 1e8)) - 1)`);
    const { z, ...others } = await functions.sample(1000);
    for (const [name, values] of Object.entries(others))
      for (let row = 0; row < 1000; row++) expect(values![row]!, name).to.be.closeTo(z![row]! - 1e8, 2e-4);
  });
});

const rows = 400;

/** x ~ N(0, 1) about its offset, y = 2 x + N(0, 1) about its own. */
function study(
  type: string,
  offset: number,
  scale: number,
): { dataset: LoadedDataset; x: Float64Array; y: Float64Array } {
  const key = RandomKey.fromSeed(7);
  const e = key.split("e").normal64(rows);
  const f = key.split("f").normal64(rows);
  const x = e.map((value) => offset + scale * value);
  const y = e.map((value, row) => offset + scale * (2 * value + f[row]!));
  const columns = new Map<string, Column>([
    ["x", { kind: "numeric", values: x }],
    ["y", { kind: "numeric", values: y }],
  ]);
  const domain: Domain =
    type === "interval"
      ? { kind: "interval", low: offset - 20 * scale, high: offset + 20 * scale }
      : { kind: type as "real" | "positive" };
  const ids = Array.from({ length: rows }, (_, row) => String(row));
  return {
    dataset: {
      rows,
      ids,
      columns,
      noise: new Map(),
      domains: new Map([
        ["x", domain],
        ["y", domain],
      ]),
    },
    x,
    y,
  };
}

async function fittedTo(mechanism: string, type: string, offset: number, scale: number) {
  const { dataset, x, y } = study(type, offset, scale);
  const written = type === "interval" ? `interval(${offset - 20 * scale}, ${offset + 20 * scale})` : type;
  const model = compiled(`model shifted
x : ${written} := ${mechanism.replace("PARENTS", "")}
y : ${written} := ${mechanism.replace("PARENTS", "x")}`);
  const fits = ["x", "y"].map((variable) => ({ variable, options: { epochs: 8, batch: 100, rate: 0.05 } }));
  const { loaded } = await fitModel({ model, dataset, engine, seed: 1, fits });
  return { model: new CausalModel<Named>(loaded, engine), x, y };
}

describe("mechanisms of values about a large offset", () => {
  const kinds: readonly (readonly [mechanism: string, type: string, offset: number, scale: number])[] = [
    ["glm(PARENTS)", "real", 1e9, 1],
    ["linear(PARENTS)", "real", 1.7e9, 600],
    ["linear(PARENTS)", "positive", 1e8, 10],
    ["linear(PARENTS)", "interval", 1.7e9, 600],
    ["flow(PARENTS)", "real", -1e9, 1],
    ["flow(PARENTS)", "positive", 1.7e9, 600],
    ["flow(PARENTS)", "interval", 1e8, 1],
    ["anm(PARENTS)", "real", 1e8, 1],
  ];
  for (const [mechanism, type, offset, scale] of kinds)
    it(`${mechanism.replace("PARENTS", "x")} of ${type}, ${offset} ± ${scale}`, async () => {
      const { model, x, y } = await fittedTo(mechanism, type, offset, scale);
      // The same values about 0; a positive is then about 100 standard deviations, where its logarithm is as good as
      // affine too.
      const base = type === "positive" ? 900 : 0;
      const { model: plain } = await fittedTo(mechanism, type, base, 1);
      const own = (text: string, by: number, unit: number) =>
        text.replaceAll(/AT\((-?[\d.]+)\)/g, (_, at) => `(${by} + ${Number(at) * unit})`);
      const both = async (text: string) => {
        const shifted = await figure(model, own(text, offset, scale));
        return { shifted: shifted.value, plain: (await figure(plain, own(text, base, 1))).value };
      };
      // Rounding apart, all training is the same, and steps of Adam let rounding grow; a positive about 900 is curved
      // by 1/900.
      const near = type === "positive" ? 0.05 : 0.02;
      const effect = await both("expectation(y | do(x := AT(1))) - expectation(y | do(x := AT(0)))");
      expect(effect.shifted / scale, "effect").to.be.closeTo(effect.plain, near);
      expect(effect.shifted / scale).to.be.greaterThan(0.1);
      const share = await both("probability(y > AT(1) | do(x := AT(0.5)))");
      expect(share.shifted, "probability").to.be.closeTo(share.plain, near);
      const level = await both("quantile(0.9, y)");
      expect((level.shifted - offset) / scale, "quantile").to.be.closeTo(level.plain - base, 2 * near);
      const evidence = await both("expectation(x | y = AT(2))");
      expect((evidence.shifted - offset) / scale, "evidence").to.be.closeTo(evidence.plain - base, 5 * near);
      // The evidence is all that the answer's support is looked up for.
      const given = await both("expectation(y | x = AT(1))");
      expect((given.shifted - offset) / scale, "known cause").to.be.closeTo(given.plain - base, 5 * near);
      const density = await both("density(y = AT(0.5))");
      expect(density.shifted + Math.log(scale), "density").to.be.closeTo(density.plain, near);

      const values = await counterfactuals(model, "counterfactual(x, y | do(x := x))", { x, y });
      const plus = await counterfactuals(model, `counterfactual(x, y | do(x := x + ${scale}))`, { x, y });
      for (let row = 0; row < rows; row++) {
        // 2^-20 of a standard deviation: as much as the recomputed noise and value of 24 bits lose.
        expect(values.y![row]!, "null intervention").to.be.closeTo(y[row]!, 2e-5 * scale);
        expect(plus.x![row]!).to.be.closeTo(x[row]! + scale, 2e-6 * scale + 2e-7 * Math.abs(offset) * 2 ** -29);
        expect(plus.y![row]! - y[row]!, "counterfactual").to.be.closeTo(effect.shifted, 2.5 * scale);
      }
    }).timeout(60_000);
});
