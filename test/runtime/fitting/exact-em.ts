/**
 * EM by formula, for models whose posteriors and maximum likelihood estimates are known: what a fit by draws is
 * compared with.
 */

/** v = slope * parent + intercept + sd * e. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly sd: number;
}

/** Least squares with weights 1, from the moments of (x, y) given what is known of them. */
function lineOf(rows: number, x: number, y: number, xx: number, xy: number, yy: number): Line {
  const [mx, my] = [x / rows, y / rows];
  const slope = (xy / rows - mx * my) / (xx / rows - mx * mx);
  const variance = yy / rows - my * my - slope * (xy / rows - mx * my);
  return { slope, intercept: my - slope * mx, sd: Math.sqrt(variance) };
}

/** The chain a → b → c, of which b is missing (NaN) in some rows. Without `complete`, those rows are left out. */
export function linearChain(a: Float64Array, b: Float64Array, c: Float64Array, complete: boolean): [Line, Line] {
  let lines: [Line, Line] = [
    { slope: 0, intercept: 0, sd: 1 },
    { slope: 0, intercept: 0, sd: 1 },
  ];
  for (let round = 0; round < (complete ? 400 : 1); round++) {
    const [first, second] = lines;
    const sums = new Float64Array(9);
    a.forEach((cause, row) => {
      const effect = c[row]!;
      let [mean, variance] = [b[row]!, 0];
      if (Number.isNaN(mean)) {
        if (!complete) return;
        variance = 1 / (1 / first.sd ** 2 + second.slope ** 2 / second.sd ** 2);
        const prior = (first.slope * cause + first.intercept) / first.sd ** 2;
        mean = variance * (prior + (second.slope * (effect - second.intercept)) / second.sd ** 2);
      }
      const square = mean * mean + variance;
      const terms = [1, cause, mean, cause * cause, cause * mean, square, effect, mean * effect, effect * effect];
      terms.forEach((term, k) => {
        sums[k]! += term;
      });
    });
    const [n, sa, sb, saa, sab, sbb, sc, sbc, scc] = [...sums] as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    lines = [lineOf(n, sa, sb, saa, sab, sbb), lineOf(n, sb, sc, sbb, sbc, scc)];
  }
  return lines;
}

/** p(b | a) and p(c | b) of classes, as tables by parent; b is missing (-1) in some rows. */
export interface ClassTables {
  readonly b: number[][];
  readonly c: number[][];
}

export function classChain(
  rows: readonly (readonly [a: number, b: number, c: number])[],
  [sizeA, sizeB, sizeC]: readonly [number, number, number],
  complete: boolean,
): ClassTables {
  const flat = (parents: number, size: number) =>
    Array.from({ length: parents }, (_, parent) =>
      Array.from({ length: size }, (__, k) => 1 + 0.1 * ((k + parent) % 2)),
    );
  let tables: ClassTables = { b: flat(sizeA, sizeB).map(normalised), c: flat(sizeB, sizeC).map(normalised) };
  for (let round = 0; round < (complete ? 400 : 1); round++) {
    const counts = { b: flat(sizeA, sizeB).map(zeros), c: flat(sizeB, sizeC).map(zeros) };
    for (const [a, b, c] of rows) {
      if (b < 0 && !complete) continue;
      const shares =
        b < 0
          ? normalised(tables.b[a]!.map((share, k) => share * tables.c[k]![c]!))
          : zeros(tables.b[a]!).map((_, k) => Number(k === b));
      shares.forEach((share, k) => {
        counts.b[a]![k]! += share;
        counts.c[k]![c]! += share;
      });
    }
    tables = { b: counts.b.map(normalised), c: counts.c.map(normalised) };
  }
  return tables;
}

const zeros = (values: readonly number[]): number[] => values.map(() => 0);

function normalised(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}
