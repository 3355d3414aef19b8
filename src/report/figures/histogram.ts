/** Histograms and kernel density estimates of samples, both normalised to integrate to one. */
import { type Range, rangeOf } from "./axis.js";

export interface Histogram {
  /** The bin edges; there is one more edge than densities. */
  readonly edges: Float64Array;
  readonly densities: Float64Array;
}

/**
 * Equal bins over the range (the samples' own by default); without `bins`, their number follows Freedman and Diaconis,
 * between 8 and 60. Densities count all finite samples, also those outside the range.
 */
export function histogram(samples: ArrayLike<number>, range: Range = rangeOf(samples), bins?: number): Histogram {
  const finite = sortedFinite(samples);
  const count = bins ?? defaultBins(finite, range);
  const width = (range.high - range.low) / count;
  const densities = new Float64Array(count);
  for (const value of finite) {
    if (value < range.low || value > range.high) continue;
    const bin = Math.min(count - 1, Math.floor((value - range.low) / width));
    densities[bin]! += 1 / (finite.length * width);
  }
  return { edges: Float64Array.from({ length: count + 1 }, (_, k) => range.low + k * width), densities };
}

function defaultBins(sorted: Float64Array, range: Range): number {
  if (sorted.length === 0) return 8;
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length);
  const bins = width > 0 ? Math.ceil((range.high - range.low) / width) : 8;
  return Math.min(60, Math.max(8, bins));
}

export interface SampledCurve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * A Gaussian kernel density estimate on 200 points, with Silverman's bandwidth. With `bounds`, mass that would leave
 * the variable's domain is reflected at its ends, so the estimate does not fall off there.
 */
export function kernelDensity(samples: ArrayLike<number>, bounds: Partial<Range> = {}): SampledCurve {
  const finite = sortedFinite(samples);
  if (finite.length === 0) return { x: new Float64Array(), y: new Float64Array() };
  const bandwidth = silverman(finite);
  const low = Math.max(finite[0]! - 3 * bandwidth, bounds.low ?? Number.NEGATIVE_INFINITY);
  const high = Math.min(finite.at(-1)! + 3 * bandwidth, bounds.high ?? Number.POSITIVE_INFINITY);
  const size = 200;
  const x = Float64Array.from({ length: size }, (_, k) => low + ((high - low) * k) / (size - 1));
  const fine = histogram(finite, { low, high }, 1000);
  const y = new Float64Array(size);
  const step = (high - low) / 1000;
  fine.densities.forEach((density, bin) => {
    if (density === 0) return;
    const centre = low + (bin + 0.5) * step;
    for (let k = 0; k < size; k++) {
      let sum = kernel((x[k]! - centre) / bandwidth);
      if (bounds.low !== undefined) sum += kernel((x[k]! - (2 * bounds.low - centre)) / bandwidth);
      if (bounds.high !== undefined) sum += kernel((x[k]! - (2 * bounds.high - centre)) / bandwidth);
      y[k]! += (density * step * sum) / bandwidth;
    }
  });
  return { x, y };
}

function kernel(distance: number): number {
  return Math.exp(-0.5 * distance * distance) / Math.sqrt(2 * Math.PI);
}

function silverman(sorted: Float64Array): number {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sorted.length - 1);
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
  const scale = Math.min(...[Math.sqrt(variance), spread].filter((value) => value > 0), Number.POSITIVE_INFINITY);
  return Number.isFinite(scale) ? 0.9 * scale * sorted.length ** -0.2 : 0.5;
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}

function sortedFinite(samples: ArrayLike<number>): Float64Array {
  return Float64Array.from(samples)
    .filter((value) => Number.isFinite(value))
    .sort();
}
