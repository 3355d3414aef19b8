/**
 * Levels that only the data know, through every door of the library: the texts and numbers are the data's own
 * (tables/08, images/14).
 */
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { exportModel } from "../../src/runtime/inference/export/export-model.js";
import { loadModel } from "../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import type { Domain } from "../../src/schema/types.js";
import { CausalModel } from "../../src/session/causal-model.js";

/**
 * A five-point scale, and an outcome that is its number: E[y | do(L := n)] = n to the error of a draw of variance 1e-6.
 */
const program = `
L : ordinal(5) := e where e ~ categorical(0.1, 0.2, 0.4, 0.2, 0.1)
s : binary := e where e ~ bernoulli(0.25)
y : real := L + 10 * s + e where e ~ normal(0, 0.001)
query low = probability(L <= 2)
`;

const domains: Readonly<Record<string, Domain>> = {
  L: { kind: "ordinal", size: 5, levels: ["1", "2", "3", "4", "5"] },
  s: { kind: "binary", levels: ["False", "True"] },
  y: { kind: "real" },
};

async function model() {
  const { model: compiled } = compile({ text: program, file: "m.scm" });
  const variables = new Map(
    Object.entries(domains).map(([name, domain]) => [name, { name, domain, normalisation: null }] as const),
  );
  const engine = createEngine("onnx", {});
  await engine.start();
  return new CausalModel<{ L: never; s: never; y: never }>(loadModel(compiled!, variables, {}), engine);
}

describe("levels of the data in the library", () => {
  it("are what an intervention, a mean, an event and evidence say", async () => {
    const m = await model();
    const figureOf = async (query: string) => {
      const [answer] = await m.ask(query, { samples: 20_000 });
      if (answer?.kind !== "estimate") throw new Error(`no estimate of ${query}`);
      return answer.value;
    };
    for (const set of ["3", '"3"'])
      expect(await figureOf(`expectation(y | do(L := ${set}, s := "False"))`)).to.be.closeTo(3, 1e-3);
    expect(await figureOf('expectation(y | do(L := 5, s := "True"))')).to.be.closeTo(15, 1e-3);
    // Six standard errors of 20,000 draws: of the mean 6 · sqrt(1.2 / 20000) = 0.046, of a share at most 0.021.
    expect(await figureOf("expectation(L)")).to.be.closeTo(3, 0.046);
    expect((await m.expectation("L" as never)).value).to.be.closeTo(3, 0.066);
    expect(await figureOf("probability(L > 3)")).to.be.closeTo(0.3, 0.021);
    expect(await figureOf('probability(L > "3")')).to.be.closeTo(0.3, 0.021);
    expect(await figureOf('probability(s == "True")')).to.be.closeTo(0.25, 0.021);
    expect(await figureOf('expectation(y | L = 4, s = "False")')).to.be.closeTo(4, 1e-3);
    const [low] = m.loaded.model.queries;
    expect(low).to.deep.include({ name: "low" });
  }).timeout(30_000);

  it("are what was observed where nothing reaches them, and move by their numbers", async () => {
    const m = await model();
    const units = { L: ["3", "1"], s: ["False", "True"], y: [3, 11] } as never;
    const same = await m.counterfactual(units, { y: 0 } as never);
    expect(same.values).to.deep.include({ L: ["3", "1"], s: ["False", "True"] });
    const { written } = await import("../../src/session/interventions.js");
    const moved = await m.counterfactual(units, { L: written("L + 1") } as never);
    expect((moved.values as { L: string[] }).L).to.deep.equal(["4", "2"]);
    expect([...(moved.values as { y: Float32Array }).y]).to.deep.equal([4, 12]);
    // Numbers of the units are on the same scale.
    const numbered = await m.counterfactual({ L: [3], s: [0], y: [3] } as never, { s: "True" } as never);
    expect(numbered.values).to.deep.include({ L: ["3"], s: ["True"] });
    const drawn = await m.sample(50);
    expect((drawn as unknown as { L: string[] }).L.every((level) => /^[1-5]$/.test(level))).to.equal(true);
  }).timeout(30_000);

  it("stand in an export, with the numbers that name them", async () => {
    const { description } = exportModel((await model()).loaded, ["sample"], { batch: 4, particles: 1 });
    const described = new Map(description.variables.map(({ name, ...rest }) => [name, rest]));
    expect(described.get("L")).to.deep.equal({ domain: domains.L, numbers: [1, 2, 3, 4, 5] });
    expect(described.get("s")).to.deep.equal({ domain: domains.s, numbers: [0, 1] });
  });
});
