/** The words of `scmc plan`. */
import { expect } from "chai";
import { writePlan } from "../../src/compiler/describe-plan.js";
import { compiled } from "./support.js";

describe("plans in words", () => {
  it("of a counterfactual", () => {
    const model = compiled(`t : positive := 0.5 + e where e ~ gamma(10, 5)
      i : interval(64, 255) := 191 * sigmoid(0.5 * e + 2 * t - 5) + 64 where e ~ normal(0, 1)
      x : image(28, 28) := cvae(t, i)
      query thicker = counterfactual(x | do(t := t + 2))
      query brighter = counterfactual(t, x | do(i := 200))`);
    expect(model.queries.map((query) => writePlan(model, query)).join("")).to.equal(`query thicker
  counterfactual(x | do(t := t + 2))
    abduction   noise of i, exactly: e = (logit((i - 64) / 191) - (2 * t - 5)) / 0.5
                noise of x, its latent part sampled from the encoder, the rest exactly, from x, t, i
    action      t := t + 2
    prediction  recompute i, x
    observe     t, i, x
query brighter
  counterfactual(t, x | do(i := 200))
    abduction   noise of x, its latent part sampled from the encoder, the rest exactly, from x, t, i
    action      i := 200
    prediction  recompute x
                copy t
    observe     t, i, x
`);
  });

  it("of a difference of expectations", () => {
    const model = compiled(`t := flow()
      i := flow(t)
      query effect = expectation(i | i = 3, do(t := t + e for i where e ~ normal(0, 1))) - quantile(0.5, i)`);
    expect(writePlan(model, model.queries[0]!)).to.equal(`query effect
  expectation(i | i = 3, do(t := t + e for i where e ~ normal(0, 1)))
    inference   posterior of t by importance sampling: proposed by mechanisms, weighed by i
                not exact, since an intervention changes a variable that the evidence tells about
    action      t := t + e for i where e ~ normal(0, 1)
    prediction  sample i and what causes it, with fresh noise, given i = 3
  quantile(0.5, i)
    prediction  sample i and what causes it, with fresh noise
`);
  });
});
