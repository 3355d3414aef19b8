/**
 * A question that cannot be answered is refused through every interface, and a latent variable that the program gives
 * in full does not change any answer.
 */
import { expect } from "chai";
import { compile } from "../../../src/compiler/compile.js";
import { exportModel } from "../../../src/runtime/inference/export/export-model.js";
import { loadUnfitted } from "../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { CausalModel } from "../../../src/session/causal-model.js";

const engine = createEngine("onnx");

function modelOf(text: string): CausalModel<Record<string, never>> {
  const { model, diagnostics } = compile({ text, file: "p.scm" });
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return new CausalModel(loadUnfitted(model, "p.scm"), engine);
}

async function codeOf(ask: () => unknown): Promise<string> {
  try {
    await ask();
    return "answered";
  } catch (error) {
    return (error as { diagnostics: { code: string }[] }).diagnostics[0]!.code;
  }
}

describe("a common cause that nobody observed", () => {
  const m = modelOf(
    "t := e where e ~ normal(0, 1)\ni := t + e where e ~ normal(0, 1)\nz := 1 + e where e ~ normal(0, 1)\nt <-> i",
  );

  it("is refused by every method of the library and by the export, where the answer depends on it", async () => {
    const units = { t: [1], i: [2], z: [0] } as never;
    expect(await codeOf(() => m.sample(2))).to.equal("7109");
    expect(await codeOf(() => m.expectation("i"))).to.equal("7109");
    expect(await codeOf(() => m.expectation("i", { t: 1 } as never))).to.equal("7109");
    expect(await codeOf(() => m.counterfactual(units, { t: 1 } as never))).to.equal("7109");
    expect(await codeOf(() => m.ask("expectation(i)"))).to.equal("4006");
    for (const name of ["sample", "counterfactual"] as const)
      expect(await codeOf(() => exportModel(m.loaded, [name], { batch: 2, particles: 1 })), name).to.equal("7109");
  });

  it("does not matter to what is independent of it", async () => {
    expect((await m.expectation("z")).value).to.equal(1);
    expect((await m.sample(3, {}, { targets: ["z" as never] })) as object).to.have.property("z");
    expect(exportModel(m.loaded, ["log_probability"], { batch: 2, particles: 1 }).programs.size).to.equal(1);
  });
});

describe("a latent variable that the program gives in full", () => {
  const programs = {
    linear: "u := e where e ~ normal(0, 1)\nx := u + e where e ~ normal(0, 1)\ny := x - 2*u + e where e ~ normal(0, 1)",
    discrete:
      "u : categorical(3) := categorical(table = [0.2, 0.3, 0.5])\nx : binary := bernoulli(u, table = [0.1, 0.5, 0.9])\ny : binary := bernoulli(u, x, table = [[0.1, 0.3], [0.4, 0.6], [0.7, 0.8]])",
  };
  const questions = {
    linear: ["expectation(y | x = 1)", "density(y = 0)", "expectation(y | do(x := 1))", "probability(y > 1 | x = 0.5)"],
    discrete: ["probability(y == 1 | x = 1)", "probability(y == 1 | do(x := 1))", "density(y = 1)"],
  };
  const counterfactuals = {
    linear: "counterfactual(y | x = 1, y = 0, do(x := 2))",
    discrete: "counterfactual(y | x = 1, y = 0, do(x := 0))",
  };

  for (const kind of ["linear", "discrete"] as const) {
    const [plain, latent] = [modelOf(programs[kind]), modelOf(`latent ${programs[kind]}`)];

    it(`changes no answer: ${kind}`, async () => {
      for (const question of [...questions[kind], counterfactuals[kind]])
        expect(await latent.ask(question), question).to.deep.equal(await plain.ask(question));
    });

    it(`is found for units without it: ${kind}`, async () => {
      const units = { x: [1, 0], y: [0, 1] } as never;
      const asked = { targets: ["y" as never] };
      const answer = await latent.counterfactual(units, { x: 1 } as never, asked);
      expect(answer.values).to.deep.equal((await plain.counterfactual(units, { x: 1 } as never, asked)).values);
    });
  }

  it("gives the closed forms", async () => {
    const m = modelOf(`latent ${programs.linear}`);
    const figureOf = async (question: string) => {
      const [answer] = await m.ask(question);
      return answer!.kind === "estimate" ? answer!.value : Number.NaN;
    };
    // E[u | x = 1] = 1/2, so y = 1 - 2/2 = 0; y = e_x - u + e_y has the variance 3; given u, y = x - 2.
    expect(await figureOf("expectation(y | x = 1)")).to.be.closeTo(0, 1e-12);
    expect(await figureOf("density(y = 0)")).to.be.closeTo(-0.5 * Math.log(2 * Math.PI * 3), 1e-6);
    expect(await figureOf("expectation(y | u = 1, x = 3)")).to.be.closeTo(1, 1e-12);
    const [counterfactual] = await m.ask("counterfactual(y | x = 1, y = 0, do(x := 2))");
    expect(
      counterfactual!.kind === "counterfactual" && [...(counterfactual!.values as unknown as { y: Float32Array }).y],
    ).to.deep.equal([1]);
  });

  it("is refused where its child is learned", async () => {
    const { diagnostics } = compile({
      text: "latent u := e where e ~ normal(0, 1)\nx := flow(u)\nquery q = expectation(x)",
      file: "p.scm",
    });
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(["4006"]);
  });
});
