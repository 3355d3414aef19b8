/**
 * `scmc run` of an implicit mechanism through the real binary: reconstructions are reported where there is no
 * log-probability.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { directoryWith, scmc } from "./support.js";
import { study } from "./tiny-study.js";

const program = `model tiny

t : positive    := flow()
i : real        := flow(t)
x : image(4, 4) := ali(t, i, latent = 2, hidden = [8])

fit t(epochs = 1)
fit i(epochs = 1)
fit x(epochs = 2, finetune = 1)

query thicker = counterfactual(x | do(t := t + 1))
`;

describe("scmc run of an implicit mechanism", () => {
  it("fits it in two stages and reports reconstructions, in text, metrics and report", () => {
    const cwd = directoryWith({ ...study(), "tiny.scm": program });
    const words = [
      "run",
      "tiny.scm",
      "--data",
      "data.json",
      "--test",
      "data.json",
      "--out",
      "fitted",
      "--threads",
      "1",
    ];
    const { status, stdout, stderr } = scmc(words, { cwd });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(/fitted x: 3 epochs, .* held-out loss \d+\.\d+ \(mean absolute error of reconstructions\)/);
    expect(stdout).to.match(
      /^x from its abducted noise: off by \d+\.\d+ ± \d+\.\d+ on average \(standard error over 60 test units\)/m,
    );
    expect(stdout).not.to.contain("log p(x");
    const { metrics, fits } = JSON.parse(readFileSync(join(cwd, "fitted", "model.json"), "utf8"));
    expect(metrics.reconstruction.x.units).to.equal(60);
    // The pixels are noise in 0 … 255, so that no reconstruction is near.
    expect(metrics.reconstruction.x.mean).to.be.within(20, 130);
    expect(metrics.logProbability).to.have.all.keys("t", "i");
    expect(fits.find(({ variable }: { variable: string }) => variable === "x").options.finetune).to.equal(1);
    expect(readFileSync(join(cwd, "fitted", "report.html"), "utf8")).to.contain("reconstructed to within ");
  });
});
