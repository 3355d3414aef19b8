/** Intervals of numbers and their arithmetic. Ends may be open (a positive variable is never 0). */
import { shortNumber } from "../diagnostics/short-number.js";

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  /** True for a leaf that takes only whole numbers. */
  readonly whole?: true;
}

export const everything = open(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

export function open(low: number, high: number): Range {
  return { low, high, lowOpen: true, highOpen: true };
}

export function closed(low: number, high: number): Range {
  return { low, high, lowOpen: low === Number.NEGATIVE_INFINITY, highOpen: high === Number.POSITIVE_INFINITY };
}

export function canBe(range: Range, value: number): boolean {
  const above = range.lowOpen ? value > range.low : value >= range.low;
  const below = range.highOpen ? value < range.high : value <= range.high;
  return above && below;
}

export function isWithin(inner: Range, outer: Range): boolean {
  const low = inner.low > outer.low || (inner.low === outer.low && (inner.lowOpen || !outer.lowOpen));
  const high = inner.high < outer.high || (inner.high === outer.high && (inner.highOpen || !outer.highOpen));
  return low && high;
}

export const isPositive = (range: Range | undefined): boolean =>
  range !== undefined && (range.low > 0 || (range.low === 0 && range.lowOpen));
export const isNegative = (range: Range | undefined): boolean =>
  range !== undefined && (range.high < 0 || (range.high === 0 && range.highOpen));

export function plus(a: Range, b: Range): Range {
  return {
    low: a.low + b.low,
    high: a.high + b.high,
    lowOpen: a.lowOpen || b.lowOpen,
    highOpen: a.highOpen || b.highOpen,
  };
}

export function minus({ low, high, lowOpen, highOpen }: Range): Range {
  return { low: 0 - high, high: 0 - low, lowOpen: highOpen, highOpen: lowOpen };
}

interface Corner {
  readonly value: number;
  readonly open: boolean;
}

export function times(a: Range, b: Range): Range {
  const ends = ({ low, high, lowOpen, highOpen }: Range): Corner[] => [
    { value: low, open: lowOpen },
    { value: high, open: highOpen },
  ];
  const corners = ends(a).flatMap((x) =>
    ends(b).map((y): Corner => {
      // 0 times anything is 0, even an infinite end; a closed 0 is reached whatever the other factor.
      const value = x.value === 0 || y.value === 0 ? 0 : x.value * y.value;
      const reached = (x.value === 0 && !x.open) || (y.value === 0 && !y.open);
      return { value, open: !reached && (x.open || y.open) };
    }),
  );
  return between(corners);
}

function between(corners: readonly Corner[]): Range {
  const low = Math.min(...corners.map(({ value }) => value));
  const high = Math.max(...corners.map(({ value }) => value));
  const isOpen = (end: number) => corners.every(({ value, open: isEndOpen }) => value !== end || isEndOpen);
  return { low, high, lowOpen: isOpen(low), highOpen: isOpen(high) };
}

/** The range of 1 / x for x in a range that does not contain 0. */
export function reciprocal({ low, high, lowOpen, highOpen }: Range): Range {
  const inverse = (value: number, sign: number) => (value === 0 ? sign * Number.POSITIVE_INFINITY : 1 / value);
  return { low: inverse(high, -1), high: inverse(low, 1), lowOpen: highOpen, highOpen: lowOpen };
}

export function rangeOfPower(base: Range, exponent: Range): Range | undefined {
  if (exponent.low === exponent.high && Number.isInteger(exponent.low)) {
    const n = exponent.low;
    if (n >= 0) return integerPower(base, n);
    return canBe(base, 0) || (base.low < 0 && base.high > 0) ? undefined : reciprocal(integerPower(base, -n));
  }
  if (base.low < 0) return undefined;
  // a^b over a box has its extremes at the corners, or at a = 1.
  const corners: Corner[] = [];
  for (const [a, aOpen] of [
    [base.low, base.lowOpen],
    [base.high, base.highOpen],
  ] as const) {
    for (const [b, bOpen] of [
      [exponent.low, exponent.lowOpen],
      [exponent.high, exponent.highOpen],
    ] as const) {
      const value = a === 1 ? 1 : a ** b;
      if (Number.isNaN(value)) return open(0, Number.POSITIVE_INFINITY);
      corners.push({ value, open: aOpen || bOpen });
    }
  }
  if (canBe(base, 1) || canBe(exponent, 0)) corners.push({ value: 1, open: false });
  if (canBe(base, 0) && exponent.high > 0) corners.push({ value: 0, open: false });
  return between(corners);
}

export function integerPower(base: Range, n: number): Range {
  if (n === 0) return closed(1, 1);
  const ends: Corner[] = [
    { value: base.low ** n, open: base.lowOpen },
    { value: base.high ** n, open: base.highOpen },
  ];
  if (n % 2 === 0 && base.low < 0 && base.high > 0) ends.push({ value: 0, open: false });
  return between(ends);
}

/** The range of a function that grows with its argument; undefined if it has no value at an end. */
export function monotone(
  value: (at: number) => number,
  { low, high, lowOpen, highOpen }: Range,
  { never = [] }: { readonly never?: readonly number[] } = {},
): Range | undefined {
  const at = (end: number, isOpen: boolean): Corner => {
    const result = value(end);
    // Rounding may reach a limit that the function itself does not (`exp(-1000)`), so such an end counts as open.
    return { value: result, open: isOpen || !Number.isFinite(end) || never.includes(result) };
  };
  const first = at(low, lowOpen);
  const last = at(high, highOpen);
  if (Number.isNaN(first.value) || Number.isNaN(last.value)) return undefined;
  return {
    low: first.value,
    high: last.value,
    lowOpen: first.open || first.value === Number.NEGATIVE_INFINITY,
    highOpen: last.open || last.value === Number.POSITIVE_INFINITY,
  };
}

/** The range of an absolute value whose argument may be 0. */
export function upTo({ low, high, lowOpen, highOpen }: Range): Range {
  return between([
    { value: 0, open: false },
    { value: Math.abs(low), open: lowOpen },
    { value: Math.abs(high), open: highOpen },
  ]);
}

export function larger(a: Range, b: Range): Range {
  const low = Math.max(a.low, b.low);
  const high = Math.max(a.high, b.high);
  return {
    low,
    high,
    // The larger of the two lower ends decides; at equal ends, both must be reached.
    lowOpen: [a, b].some((range) => range.low === low && range.lowOpen),
    highOpen: [a, b].every((range) => range.high !== high || range.highOpen),
  };
}

export function hull(a: Range, b: Range): Range {
  return between([
    { value: a.low, open: a.lowOpen },
    { value: a.high, open: a.highOpen },
    { value: b.low, open: b.lowOpen },
    { value: b.high, open: b.highOpen },
  ]);
}

/** The range as messages show it: "above 0", "from 64 to 255". */
export function describeRange({ low, high, lowOpen, highOpen }: Range): string {
  const [from, to] = [shortNumber(low), shortNumber(high)];
  if (low === high) return `equal to ${from}`;
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return "any number";
  if (high === Number.POSITIVE_INFINITY) return lowOpen ? `any number above ${from}` : `any number from ${from} up`;
  if (low === Number.NEGATIVE_INFINITY) return highOpen ? `any number below ${to}` : `any number up to ${to}`;
  return `anything between ${from} and ${to}`;
}
