import { expect } from "chai";
import { RandomKey } from "../../../../src/runtime/tensors/random/index.js";
import { threefry } from "../../../../src/runtime/tensors/random/threefry.js";
import { unit32, unit64 } from "../../../../src/runtime/tensors/random/unit-interval.js";
import { distance, distanceBound, normalBound } from "./kolmogorov-smirnov.js";

const hex = (words: Int32Array): string[] => [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0"));

describe("threefry", () => {
  // Known answers of the authors' Random123 distribution, threefry2x32 with 20 rounds.
  for (const [key, counter, answer] of [
    [
      [0, 0],
      [0, 0],
      ["6b200159", "99ba4efe"],
    ],
    [
      [-1, -1],
      [-1, -1],
      ["1cb996fc", "bb002be7"],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      ["c4923a9c", "483df7a0"],
    ],
  ] as const) {
    it(`encrypts to ${answer.join(" ")}`, () => {
      expect(hex(threefry(key[0], key[1], counter[0], counter[1], 1))).to.deep.equal(answer);
    });
  }

  it("counts upwards", () => {
    expect(threefry(1, 2, 7, 3, 1)).to.deep.equal(threefry(1, 2, 5, 3, 4).slice(4, 6));
  });
});

describe("RandomKey", () => {
  const key = RandomKey.fromSeed(1);
  const n = 200_000;

  it("gives the same numbers for the same seed, pinned", () => {
    expect([...RandomKey.fromSeed(1).uniform(3)]).to.deep.equal([...key.uniform(3)]);
    expect([...key.integers(8, 100)]).to.deep.equal([84, 5, 90, 91, 12, 53, 24, 90]);
    expect([...key.split("x").split(3).integers(8, 100)]).to.deep.equal([59, 79, 42, 96, 46, 75, 7, 94]);
    expect([...key.permutation(8)]).to.deep.equal([1, 5, 4, 7, 6, 0, 2, 3]);
  });

  it("does not depend on the order of draws, and shorter fills are prefixes", () => {
    const before = key.normal(101);
    key.uniform(10);
    key.split("anything").normal(5);
    expect(key.normal(1000).slice(0, 101)).to.deep.equal(before);
    expect(key.uniform(1000).slice(0, 7)).to.deep.equal(key.uniform(7));
    expect(key.integers(1000, 9).slice(0, 7)).to.deep.equal(key.integers(7, 9));
    expect(key.normal(99)).to.deep.equal(Float32Array.from(key.normal64(99)));
  });

  it("keeps uniforms strictly between 0 and 1 after rounding to float32", () => {
    const extremes = [Math.fround(unit32(0)), Math.fround(unit32(-1)), unit64(0, 0), unit64(-1, -1)];
    expect(extremes).to.deep.equal([2 ** -24, 1 - 2 ** -24, 2 ** -53, 1 - 2 ** -53]);
    for (const values of [key.uniform(n), key.uniform64(n)]) {
      expect(values.every((value) => value > 0 && value < 1)).to.equal(true);
    }
  });

  it("draws uniforms that pass KS and have their moments (false alarms 1e-6)", () => {
    for (const values of [key.uniform(n), key.uniform64(n)]) {
      expect(distance(values, (u) => u)).to.be.lessThan(distanceBound(n));
      checkMoment(values, (u) => u - 0.5, 0, Math.sqrt(1 / 12));
      checkMoment(values, (u) => (u - 0.5) ** 2, 1 / 12, Math.sqrt(1 / 180));
    }
  });

  it("draws normals that pass KS and have their first four moments (false alarms 1e-6)", () => {
    const values = key.normal64(n);
    expect(distance(values, standardNormalCdf)).to.be.lessThan(distanceBound(n));
    checkMoment(values, (z) => z, 0, 1);
    checkMoment(values, (z) => z ** 2, 1, Math.sqrt(2));
    checkMoment(values, (z) => z ** 3, 0, Math.sqrt(15));
    checkMoment(values, (z) => z ** 4, 3, Math.sqrt(96));
    checkMoment(
      values.filter((_, at) => at + 1 < n),
      (z, at) => z * values[at + 1]!,
      0,
      1,
    );
  });

  it("keeps sibling keys, fills and generations uncorrelated (false alarms 1e-6 each)", () => {
    const streams = [
      key.uniform64(n),
      key.split(0).uniform64(n),
      key.split(1).uniform64(n),
      key.split("0").uniform64(n),
      key.split("a").uniform64(n),
      key.split("a").split("a").uniform64(n),
      RandomKey.fromSeed(2).uniform64(n),
      Float64Array.from(key.uniform(n)),
      Float64Array.from(key.normal64(n), standardNormalCdf),
      Float64Array.from(key.integers(n, 2 ** 31), (value) => (value + 0.5) * 2 ** -31),
    ];
    for (const [at, left] of streams.entries()) {
      for (const right of streams.slice(at + 1)) {
        checkMoment(left, (u, i) => 12 * (u - 0.5) * (right[i]! - 0.5), 0, 1);
      }
    }
  });

  it("gives each of many labels and seeds its own key", () => {
    const firsts = new Set<number>();
    const labels = ["", "\0", "\0\0", "a", "b", "ab", "abcdefgh", "abcdefghi", "é", "0", "1"];
    for (const label of labels) firsts.add(key.split(label).uniform64(1)[0]!);
    for (let label = -500; label < 500; label++) firsts.add(key.split(label).uniform64(1)[0]!);
    for (let seed = -500; seed < 500; seed++) firsts.add(RandomKey.fromSeed(seed).uniform64(1)[0]!);
    for (const large of [2 ** 32, 2 ** 32 + 1, 2 ** 33]) firsts.add(RandomKey.fromSeed(large).uniform64(1)[0]!);
    expect(firsts.size).to.equal(labels.length + 2003);
  });

  it("spreads first draws of successive keys evenly (KS, false alarms 1e-6)", () => {
    const firsts = Array.from({ length: 20_000 }, (_, label) => key.split(label).uniform64(1)[0]!);
    expect(distance(firsts, (u) => u)).to.be.lessThan(distanceBound(firsts.length));
  });

  it("draws integers evenly (chi-square, false alarms 1e-6)", () => {
    const bound = 10;
    const counts = new Float64Array(bound);
    for (const value of key.integers(n, bound)) counts[value]! += 1;
    const statistic = counts.reduce((sum, count) => sum + (count - n / bound) ** 2 / (n / bound), 0);
    // The 1 - 1e-6 quantile of chi-square with 9 degrees of freedom.
    expect(statistic).to.be.lessThan(45.08);
    expect(key.integers(3, 1)).to.deep.equal(Int32Array.of(0, 0, 0));
  });

  it("permutes: each integer once, every place equally likely (false alarms 1e-6)", () => {
    expect([...key.permutation(1000)].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect(key.permutation(0)).to.have.length(0);
    const orders = new Map<string, number>();
    const trials = 24_000;
    for (let trial = 0; trial < trials; trial++) {
      const order = key.split(trial).permutation(4).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).to.equal(24);
    const statistic = [...orders.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // The 1 - 1e-6 quantile of chi-square with 23 degrees of freedom.
    expect(statistic).to.be.lessThan(70.6);
  });

  it("refuses what is not an integer", () => {
    expect(() => RandomKey.fromSeed(0.5)).to.throw(RangeError, "seed must be an integer");
    expect(() => key.split(Number.NaN)).to.throw(RangeError, "label must be an integer");
    expect(() => key.integers(1, 0)).to.throw(RangeError, "bound must be an integer");
    expect(() => key.uniform(-1)).to.throw(RangeError, "length must be an integer");
  });
});

/**
 * Fails where the mean of f over the values is further from `expected` than chance allows, given f's standard
 * deviation.
 */
function checkMoment(
  values: Float32Array | Float64Array,
  f: (value: number, at: number) => number,
  expected: number,
  deviation: number,
): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += f(values[i]!, i);
  const z = (sum / values.length - expected) / (deviation / Math.sqrt(values.length));
  expect(Math.abs(z)).to.be.lessThan(normalBound);
}

/** Φ by Marsaglia's series (2004), to double precision within ±7. */
function standardNormalCdf(z: number): number {
  let sum = z;
  let term = z;
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}
