/**
 * Computes the reference vectors once more in double precision: to 1e-10, including log-determinants and gradients.
 * Their single-precision results are tested beside the code.
 */
import { spawnSync } from "node:child_process";
import { expect } from "chai";

const preload = new URL("./as-double.js", import.meta.url).href;

/** The number of a file's tests that pass in double precision; throws if one fails. */
function passesOf(file: string, only: string): number {
  const mocha = ["node_modules/mocha/bin/mocha.js", "--no-config", "--reporter", "json", "--grep", only];
  const args = ["--import", preload, ...mocha, `dist/test/runtime/${file}.test.js`];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return (JSON.parse(stdout) as { stats: { passes: number } }).stats.passes;
}

describe("vectors of the original packages, in double precision", function () {
  this.timeout(60_000);
  const cases: readonly (readonly [title: string, file: string, only: string, tests: number])[] = [
    ["splines and conditional affine maps, both ways, with gradients", "mechanisms/transforms/reference", "", 9],
    [
      "the covariate flows, their likelihood and its gradient",
      "mechanisms/transforms/covariate-flows",
      "log-densities, noises, contexts|joint negative log-likelihood|conditional model's intensity",
      3,
    ],
    [
      "layers of image flows, their composition, and the likelihood of pixels",
      "mechanisms/transforms/image/reference",
      "values and log-determinants both ways|same permutation|composed step|log-densities and noises",
      10,
    ],
    ["normal distributions of vectors", "mechanisms/distributions/multivariate-normal", "", 13],
  ];
  for (const [title, file, only, tests] of cases)
    it(title, () => {
      expect(passesOf(file, only)).to.equal(tests);
    });
});
