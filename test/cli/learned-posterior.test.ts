/** Units with an image and without its causes, through the real binary: fitted, planned, answered. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import { keepDirectory, scmc } from "./support.js";
import { manifest, table } from "./tiny-study.js";

const side = 6;
const key = RandomKey.fromSeed(5);

/** Bars as long as t is large, as bright as i: what an image shows of both is clear, but for noise of its pixels. */
function units(count: number, from: RandomKey) {
  const [t, i] = [from.split("t").normal64(count), from.split("i").normal64(count)];
  const lengths = t.map((e) => Math.exp(0.4 * e + 1));
  const brightness = i.map((e) => 150 + 25 * e);
  const noise = from.split("pixels").uniform64(count * side * side);
  const pixels = Uint8Array.from(noise, (u, k) => {
    const unit = Math.floor(k / side ** 2);
    const covered = Math.min(1, Math.max(0, lengths[unit]! - (k % side)));
    return Math.min(255, Math.max(0, covered * brightness[unit]! + 20 * u));
  });
  const header = Buffer.alloc(16);
  for (const [place, number] of [0x0803, count, side, side].entries()) header.writeUInt32BE(number, 4 * place);
  return { t: lengths, i: brightness, images: Buffer.concat([header, pixels]) };
}

function study(count: number, from: RandomKey, knows: (row: number) => boolean = () => true) {
  const { t, i, images } = units(count, from);
  const rows = Array.from(t, (value, row) => `${knows(row) ? value.toFixed(4) : ""},${i[row]!.toFixed(3)}`);
  return { t, i, table: table(rows), images };
}

const program = (rest: string) => `model bars
t : positive         := flow(transform = affine)
i : interval(0, 255) := flow(t, transform = affine)
x : image(6, 6)      := cvae(t, i, latent = 2, hidden = [32])
fit t(epochs = 100)
fit i(epochs = 100)
${rest}
`;

describe("an image whose causes are missing", function () {
  this.timeout(120_000);
  const few = 12;
  const training = study(1500, key);
  const test = study(few, key.split("test"), (row) => row % 2 === 1);
  let cwd: string;
  before(() => {
    cwd = keepDirectory({
      "learned.scm": program("fit x(epochs = 40, posterior = learned(epochs = 60))"),
      "none.scm": program("fit x(epochs = 40, posterior = none)"),
      "asked.scm": program("query q = density(x)"),
      "table.csv": training.table,
      images: training.images,
      "data.json": manifest(),
      "few.csv": test.table,
      "few-images": test.images,
      "few.json": manifest({ table: "few.csv", x: "few-images" }),
    });
  });
  after(() => rmSync(cwd, { recursive: true }));

  const answer = (artefact: string, out: string, ...more: string[]) => {
    const question = [
      "--data",
      "few.json",
      "--do",
      "i := 100",
      "--of",
      "t,i",
      "--particles",
      "200",
      "--engine",
      "onnx",
      "--seed",
      "2",
    ];
    const { status, stderr } = scmc(["counterfactual", artefact, ...question, "--out", out, ...more], { cwd });
    expect(status, stderr).to.equal(0);
    const [header, ...lines] = readFileSync(join(cwd, out, "table.csv"), "utf8")
      .trim()
      .split("\n");
    const column = header!.split(",").indexOf("t");
    return { stderr, t: lines.map((line) => Number(line.split(",")[column])) };
  };
  const median = (stderr: string) => Number(stderr.match(/size of 1024 proposals: median (\d+)/)![1]);

  it("`scmc run` learns its posterior beside its mechanism, which stays as it was, and takes it over", () => {
    const run = (file: string, out: string, ...more: string[]) =>
      scmc(["run", file, "--data", "data.json", "--out", out, "--json", ...more], { cwd });
    const first = run("learned.scm", "learned");
    expect(first.status, first.stderr).to.equal(0);
    expect(first.stderr).to.match(/fitted the posterior of x: \d+ epochs/);
    const [found, [posterior]] = [JSON.parse(first.stdout).fits, JSON.parse(first.stdout).posteriors];
    expect(posterior).to.deep.include({ variable: "x" });
    const without = run("none.scm", "none", "--reuse", "learned");
    expect(without.status, without.stderr).to.equal(0);
    expect(without.stderr).to.contain("fitted x: unchanged, taken over").and.not.to.contain("posterior");
    expect(JSON.parse(without.stdout).fits).to.deep.equal(found);
    expect(JSON.parse(without.stdout)).not.to.have.property("posteriors");
    const again = run("learned.scm", "learned");
    expect(again.stderr).to.contain("fitted the posterior of x: unchanged, taken over");
  });

  it("the plan says what proposes", () => {
    const plan = (...args: string[]) => scmc(["plan", ...args], { cwd }).stdout;
    const question = ["--do", "i := 100", "--of", "t", "--missing", "t"];
    const inference = "posterior of t by importance sampling";
    expect(plan("learned", ...question)).to.contain(
      `${inference}: proposed by the learned posterior of x, weighed by i, x`,
    );
    expect(plan("learned.scm", ...question)).to.contain("proposed by the learned posterior of x");
    const without = plan("none", ...question);
    expect(without).to.contain(`${inference}: proposed by mechanisms, weighed by i, x`);
    expect(without).to.contain("x could propose its causes: fit x(posterior = learned)");
    expect(plan("asked.scm")).to.contain("t, i by importance sampling: proposed by the learned posterior of x");
    expect(plan("none.scm", ...question)).to.contain("proposed by mechanisms");
    expect(scmc(["plan", "learned", ...question.slice(0, -1), "tt"], { cwd }).stderr).to.contain("`tt` is not defined");
  });

  it("`scmc counterfactual` finds them, and copies what was observed", () => {
    const { t, stderr } = answer("learned", "out");
    expect(stderr).to.contain(
      "6 units without t, found from i, x by importance sampling, proposed by the learned posterior of x",
    );
    t.forEach((value, row) => {
      if (row % 2 === 1) expect(value).to.be.closeTo(test.t[row]!, 1e-4);
      else expect(Math.abs(Math.log(value / test.t[row]!)), `t of unit ${row + 1}`).to.be.below(0.35);
    });
    const all = answer("learned", "all", "--missing", "t,i");
    expect(all.stderr).to.contain("12 units without t, i, found from x");
    const worst = Math.max(...all.t.map((value, row) => Math.abs(Math.log(value / test.t[row]!))));
    expect(worst).to.be.below(0.4);
    expect(median(all.stderr)).to.be.greaterThan(100);
  });

  it("a warning of few effective particles says that a posterior can be learned", () => {
    // So few proposals are not adapted, and those of the mechanisms hardly meet the image.
    const { stderr } = answer("none", "prior", "--missing", "t,i", "--particles", "20", "--proposals", "30");
    expect(stderr).to.contain("warning: the smallest effective sample size is");
    expect(stderr).to.contain("half of these units or more rest on so few particles that the figures say little");
    expect(stderr).to.contain("ask for more with --proposals, or fit with `x(posterior = learned)`");
  });
});
