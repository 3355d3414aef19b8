/**
 * Columns that are reported before a fit (constants, point masses, edges of intervals, equal pictures) and columns that
 * are not, such as rounded ones.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { Column } from "../../src/data/columns/dataset.js";
import { dataWarnings } from "../../src/data/warnings/data-warnings.js";
import {
  findMasses,
  largeShare,
  largeTimes,
  massRows,
  massShare,
  massTimes,
} from "../../src/data/warnings/value-masses.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { Domain, Mechanism } from "../../src/schema/types.js";

const normal = (count: number, seed = 1) => RandomKey.fromSeed(seed).normal64(count);
const zerosThen = (zeros: number, rest: ArrayLike<number>) => [
  ...new Array<number>(zeros).fill(0),
  ...Array.from(rest),
];
const rounded = (values: ArrayLike<number>, decimals: number) =>
  Array.from(values, (value) => Number(value.toFixed(decimals)));

describe("point masses of a column", () => {
  it("are found where one value holds many rows and those beside it do not", () => {
    // 37 zeros of 100 rows, 60 of 1,000, and two masses at once; every other value is there once.
    expect(findMasses(zerosThen(37, normal(63)))).to.deep.equal({
      kind: "masses",
      masses: [{ value: 0, rows: 37 }],
      smallest: Math.min(...normal(63)),
      rows: 100,
    });
    expect(findMasses(zerosThen(60, normal(940)))?.kind).to.equal("masses");
    const two = [...zerosThen(200, normal(600)), ...new Array<number>(200).fill(-99)];
    expect(findMasses(two)).to.deep.include({ kind: "masses", rows: 1000 });
    // Zeros beside amounts in whole units: 0 has 400 of 1,000 rows, and 600 rows share some 150 values.
    expect(
      findMasses(
        zerosThen(
          400,
          rounded(
            normal(600).map((z) => 100 + 30 * z),
            0,
          ),
        ),
      ),
    ).to.deep.include({
      masses: [{ value: 0, rows: 400 }],
    });
  });

  it("are those that counting every value finds", () => {
    const column = fc.array(fc.tuple(fc.integer({ min: -3, max: 12 }), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(column, fc.nat(), (runs, seed) => {
        const values = runs.flatMap(([value, rows]) => new Array<number>(rows).fill(value / 2));
        const order = RandomKey.fromSeed(seed).permutation(values.length);
        const counts = [...new Set(values)].map((value) => ({
          value,
          rows: values.filter((other) => other === value).length,
        }));
        counts.sort((a, b) => a.value - b.value);
        const masses = counts.filter(({ rows }, k) => {
          const beside = Math.max(counts[k - 1]?.rows ?? 0, counts[k + 1]?.rows ?? 0);
          const isLarge = rows > largeShare * values.length && rows > largeTimes * beside;
          return rows >= massRows && rows > massShare * values.length && (rows > massTimes * beside || isLarge);
        });
        const found = findMasses(Float64Array.from(order, (row) => values[row]!));
        if (counts.length > 2) expect(found?.kind === "masses" ? found.masses : []).to.deep.equal(masses);
        else if (values.length > 1 && counts.length === 1) expect(found?.kind).to.equal("constant");
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("are not found in rounded values, counts of a Likert scale, or a few ties", () => {
    // Ages in whole years, uniform on 20 to 79 and bell-shaped; one decimal; whole standard deviations; half a scale.
    const uniform = Array.from(RandomKey.fromSeed(2).uniform64(3000), (u) => 20 + Math.floor(60 * u));
    expect(findMasses(uniform)).to.equal(undefined);
    for (const [sd, decimals] of [
      [12, 0],
      [1, 1],
      [1, 0],
      [3, 0],
    ] as const)
      for (const rows of [50, 500, 5000])
        expect(
          findMasses(
            rounded(
              normal(rows, rows).map((z) => 40 + sd * z),
              decimals,
            ),
          ),
          `${sd} ${rows}`,
        ).to.equal(undefined);
    // An exponential in whole units: 63, 23, 9, 3 % …
    const floors = Array.from(RandomKey.fromSeed(3).uniform64(2000), (u) => Math.floor(-Math.log(1 - u)));
    expect(findMasses(floors)).to.equal(undefined);
    expect(findMasses([1, 2, 2, 3, 3, 3, 4, 4, 5, 1, 2, 5, 3, 4])).to.equal(undefined);
    // Four percent, and four rows.
    expect(findMasses(zerosThen(40, normal(960)))).to.equal(undefined);
    expect(findMasses(zerosThen(4, normal(16)))).to.equal(undefined);
  });

  it("of an interval are those on its edges, whatever lies beside them", () => {
    const inside = RandomKey.fromSeed(4).uniform64(985);
    const bounds = { low: 0, high: 1 };
    expect(findMasses([...inside, ...new Array<number>(15).fill(1)], bounds)).to.deep.equal({
      kind: "edges",
      low: 0,
      high: 15,
      rows: 1000,
    });
    expect(findMasses([...inside, 0, 1, ...inside.slice(0, 13)], bounds)).to.equal(undefined);
    expect(findMasses([0.5, ...inside, 1], bounds)).to.equal(undefined);
  });
});

describe("warnings about data", () => {
  const learned = (variable: string, parents: string[] = [], kind = "flow") =>
    ({ variable, parents, kind }) as unknown as Mechanism;
  const warn = (
    columns: Record<string, [Column, Domain]>,
    mechanisms = Object.keys(columns).map((one) => learned(one)),
  ) =>
    dataWarnings(mechanisms, {
      columns: new Map(Object.entries(columns).map(([name, [column]]) => [name, column])),
      domains: new Map(Object.entries(columns).map(([name, [, domain]]) => [name, domain])),
    });
  const numeric = (values: ArrayLike<number>): Column => ({ kind: "numeric", values: Float64Array.from(values) });
  const messages = (columns: Record<string, [Column, Domain]>, mechanisms?: Mechanism[]) =>
    warn(columns, mechanisms).map(({ code, message }) => `${code} ${message}`);

  it("name a column that does not vary, of any type, with or without missing values", () => {
    const nothing = "nothing can be learned of its causes or of its effects";
    expect(
      messages({
        a: [numeric([3, 3, 3]), { kind: "real" }],
        b: [numeric([3, Number.NaN, 3]), { kind: "positive" }],
        c: [
          { kind: "category", codes: Int32Array.of(1, -1, 1), levels: ["x", "y"] },
          { kind: "categorical", size: 2 },
        ],
        d: [numeric([0, 0, 0]), { kind: "binary" }],
        e: [numeric([0, 0, 1]), { kind: "binary" }],
      }),
    ).to.deep.equal([
      `6065 \`a\` is 3 in every row: ${nothing}`,
      `6065 \`b\` is 3 in every row that has it: ${nothing}`,
      `6065 \`c\` is "y" in every row that has it: ${nothing}`,
      `6065 \`d\` is 0 in every row: ${nothing}`,
    ]);
  });

  it("name masses, edges and two values where a type has a density, and nowhere else", () => {
    const zeros = numeric(zerosThen(37, normal(63).map(Math.exp)));
    const yes = numeric([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    const edges = numeric([
      ...new Array(147).fill(0),
      ...RandomKey.fromSeed(1).uniform64(761),
      ...new Array(92).fill(1),
    ]);
    const density = "a density has no meaning there";
    expect(
      messages({
        a: [zeros, { kind: "real" }],
        b: [yes, { kind: "real" }],
        c: [edges, { kind: "interval", low: 0, high: 1 }],
        d: [yes, { kind: "binary" }],
        e: [zeros, { kind: "count" }],
      }),
    ).to.deep.equal([
      `6066 37 % of the rows of \`a\` are exactly 0: ${density}`,
      `6069 \`b\` is 0 or 1 in every row: ${density}`,
      `6067 24 % of the rows of \`c\` are on the edges of interval(0, 1) (15 % at 0, 9.2 % at 1): ${density}`,
    ]);
  });

  it("name pictures that are black, or all the same, and elements of a vector that do not vary", () => {
    const pictures = (pixels: number[]): [Column, Domain] => [
      { kind: "image", height: 2, width: 1, channels: 1, pixels: Uint8Array.from(pixels) },
      { kind: "image", height: 2, width: 1, channels: 1 },
    ];
    const vector: [Column, Domain] = [
      { kind: "vector", size: 3, values: Float32Array.of(1, 2, 3, 1.5, 2, 4, 7, 2, 5) },
      { kind: "vector", size: 3 },
    ];
    expect(
      messages({ a: pictures([0, 0, 0, 0]), b: pictures([1, 2, 1, 2]), c: pictures([1, 2, 2, 1]), v: vector }),
    ).to.deep.equal([
      "6068 every pixel of all 2 pictures of `a` is 0 (black): nothing can be learned of them",
      "6068 all 2 pictures of `b` are the same: nothing can be learned of their causes or of their effects",
      "6065 element 2 of `v` is one value in every row: nothing can be learned of it",
    ]);
  });

  it("leave out what no mechanism is fitted to, but for a constant that a fitted one reads", () => {
    const constant: [Column, Domain] = [numeric([1, 1]), { kind: "real" }];
    const masses: [Column, Domain] = [numeric(zerosThen(40, normal(60))), { kind: "real" }];
    const mechanisms = [learned("k", [], "expression"), learned("m", [], "expression"), learned("y", ["k", "m"])];
    expect(warn({ k: constant, m: masses, y: [numeric(normal(9)), { kind: "real" }] }, mechanisms)).to.have.length(1);
    expect(warn({ k: constant }, [learned("k", [], "expression")])).to.deep.equal([]);
  });
});
