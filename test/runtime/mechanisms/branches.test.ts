/**
 * Binary mechanisms by a threshold of their noise, and noises that single branches reveal: evidence, counterfactuals,
 * probabilities of necessity and sufficiency against closed forms; the abducted noise against its truncated
 * distribution.
 */
import { expect } from "chai";
import type { VariableTypes } from "../../../src/index.js";
import { parseModel } from "../../../src/model/files/load.js";
import { serialiseModel } from "../../../src/model/files/serialise.js";
import { loadUnfitted } from "../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../src/runtime/tensors/engine/index.js";
import { CausalModel } from "../../../src/session/causal-model.js";
import { compiled } from "../models.js";

const engine = createEngine("onnx");
const particles = 20_000;

// Through the JSON, which another machine would read.
const modelOf = (text: string) =>
  new CausalModel<VariableTypes>(
    loadUnfitted(parseModel(serialiseModel(compiled(text)), "m.scm.json"), "test.scm"),
    engine,
  );

async function exact(model: ReturnType<typeof modelOf>, text: string): Promise<number> {
  const [answer] = await model.ask(text);
  if (answer?.kind !== "estimate") throw new Error("not a number");
  expect(answer.standardError, text).to.equal(0);
  return answer.value;
}

/** Five standard errors of a share: a false alarm in 1.7 million. */
const near = (p: number) => 5 * Math.sqrt((p * (1 - p)) / particles) + 1e-6;

describe("mechanisms of branches and cells", function () {
  this.timeout(60_000);

  it("give the sprinkler network by thresholds, and by a noise for each branch, its published posteriors", async () => {
    const thresholds = modelOf(`c : binary := e where e ~ bernoulli(0.5)
s : binary := if(u < if(c == 1, 0.1, 0.5), 1, 0) where u ~ uniform(0, 1)
r : binary := if(u < if(c == 1, 0.8, 0.2), 1, 0) where u ~ uniform(0, 1)
w : binary := if(u < if(s == 1, if(r == 1, 0.99, 0.9), if(r == 1, 0.9, 0)), 1, 0) where u ~ uniform(0, 1)`);
    const noises = modelOf(`c : binary := e where e ~ bernoulli(0.5)
s : binary := if(c == 1, e1, e0) where e1 ~ bernoulli(0.1), e0 ~ bernoulli(0.5)
r : binary := if(c == 1, e1, e0) where e1 ~ bernoulli(0.8), e0 ~ bernoulli(0.2)
w : binary := if(s == 1, if(r == 1, a, b), if(r == 1, c1, 0)) where a ~ bernoulli(0.99), b ~ bernoulli(0.9), c1 ~ bernoulli(0.9)`);
    for (const model of [thresholds, noises]) {
      // By enumeration: 0.4581 / 0.6471 and 0.2781 / 0.6471 (given-tables.test.ts sums them).
      expect(await exact(model, "probability(r == 1 | w = 1)")).to.be.closeTo(0.4581 / 0.6471, 1e-5);
      expect(await exact(model, "probability(s == 1 | w = 1)")).to.be.closeTo(0.2781 / 0.6471, 1e-5);
      // 0 where neither is: evidence there contradicts the model.
      const refused = await model.ask("expectation(c | s = 0, r = 0, w = 1)").then(
        () => "answered",
        (error: Error) => error.message,
      );
      expect(refused).to.contain("probability zero");
    }
  });

  it("give probabilities of necessity and sufficiency", async () => {
    // One uniform noise: y is monotone in z, so that PN = (0.9 - 0.2) / 0.9 and PS = (0.9 - 0.2) / 0.8.
    const monotone = modelOf(`z : binary := e where e ~ bernoulli(0.5)
y : binary := if(u < 0.2 + 0.7 * z, 1, 0) where u ~ uniform(0, 1)`);
    // Two noises, independent of each other: PN = P(f = 0) = 0.8, PS = P(e = 1) = 0.9.
    const independent = modelOf(`z : binary := e where e ~ bernoulli(0.5)
y : binary := if(z == 1, e, f) where e ~ bernoulli(0.9), f ~ bernoulli(0.2)`);
    for (const [model, necessity, sufficiency] of [
      [monotone, 0.7 / 0.9, 0.7 / 0.8],
      [independent, 0.8, 0.9],
    ] as const) {
      const pn = await model.counterfactual({ z: [1], y: [1] }, { z: 0 }, { particles, targets: ["y"] });
      expect(pn.probabilities.y![0]).to.be.closeTo(necessity, near(necessity));
      const ps = await model.counterfactual({ z: [0], y: [0] }, { z: 1 }, { particles, targets: ["y"] });
      expect(ps.probabilities.y![1]).to.be.closeTo(sufficiency, near(sufficiency));
      const same = await model.counterfactual(
        { z: [0, 1, 1], y: [1, 0, 1] },
        { z: { text: (z) => z } },
        { particles: 50 },
      );
      expect([...same.probabilities.y!]).to.deep.equal([0, 1, 1, 0, 0, 1]);
    }
  });

  it("have the exact density of the branch, and draw the other noise from its prior", async () => {
    const model = modelOf(`z : binary := e where e ~ bernoulli(0.3)
y : real := if(z == 1, 1 + e, 2 * f) where e ~ normal(0, 1), f ~ laplace(0, 1)`);
    const normal = Math.exp(-0.5 * 0.25) / Math.sqrt(2 * Math.PI);
    const laplace = Math.exp(-0.75) / 4;
    expect(await exact(model, "density(y = 1.5 | z = 1)")).to.be.closeTo(Math.log(normal), 1e-5);
    expect(await exact(model, "density(y = 1.5 | z = 0)")).to.be.closeTo(Math.log(laplace), 1e-5);
    const posterior = (0.3 * normal) / (0.3 * normal + 0.7 * laplace);
    expect(await exact(model, "probability(z == 1 | y = 1.5)")).to.be.closeTo(posterior, 1e-6);
    // f is not seen where z is 1: its mean is 0, with standard deviation 2 · √2 under z := 0.
    const other = await model.counterfactual({ z: [1], y: [1.5] }, { z: 0 }, { particles, targets: ["y"] });
    expect(other.values.y![0]).to.be.closeTo(0, (5 * 2 * Math.SQRT2) / Math.sqrt(particles));
  });

  it("draw the noise uniformly by its rank within the cell", async () => {
    // e given y = 1, z = 1: normal above 0.3. Other thresholds tell the ranks of the draws.
    const model = modelOf(`z : binary := e where e ~ bernoulli(0.5)
k : real := 0.3 + e where e ~ normal(0, 1)
y : binary := if(e > k, 1, 0) where e ~ normal(0, 1)`);
    // Thresholds that leave a share of 1 - Φ(0.3) above them: Φ⁻¹(1 - share · 0.3820886), by Wichura (1988).
    const quantiles = [
      [0.75, 0.5634435829],
      [0.5, 0.8740544939],
      [0.25, 1.3074960696],
    ] as const;
    for (const [share, threshold] of quantiles) {
      const moved = await model.counterfactual(
        { z: [1], k: [0.3], y: [1] },
        { k: threshold },
        { particles, targets: ["y"] },
      );
      expect(moved.probabilities.y![1]).to.be.closeTo(share, near(share));
    }
  });
});
