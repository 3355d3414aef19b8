/** Linear scales, round tick values (1, 2 or 5 times a power of ten) and their labels. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Maps a value to a pixel. */
export type Scale = (value: number) => number;

export function linearScale(domain: Range, pixels: Range): Scale {
  const slope = (pixels.high - pixels.low) / (domain.high - domain.low);
  return (value) => pixels.low + slope * (value - domain.low);
}

/** Round values inside the range, about `count` of them. */
export function ticks(range: Range, count: number): number[] {
  const rough = (range.high - range.low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  const step = factor * power;
  const values: number[] = [];
  const first = Math.ceil(range.low / step - 1e-9);
  const last = Math.floor(range.high / step + 1e-9);
  for (let k = first; k <= last; k++) values.push(Number((k * step).toPrecision(12)));
  return values;
}

/** A number for people: a true minus sign, no trailing zeros, powers of ten only if they save space. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential().replace("-", "−").replace("e+", "e");
  return String(Number(value.toPrecision(12))).replace("-", "−");
}

/** The smallest range that holds all finite values of the lists; a single value is widened by one half each way. */
export function rangeOf(...lists: readonly ArrayLike<number>[]): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let k = 0; k < list.length; k++) {
      const value = list[k]!;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return { low: 0, high: 1 };
  return low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
}

/** `thickness (px)`; the unit may be absent. */
export function labelWithUnit(label: string, unit?: string): string {
  return unit ? `${label} (${unit})` : label;
}
