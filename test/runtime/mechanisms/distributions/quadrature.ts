/**
 * Double-exponential quadrature (Takahasi & Mori 1974): points and weights for an integral over a finite, half-infinite
 * or infinite interval. The points crowd towards the ends, so densities that are unbounded there are integrated as
 * well.
 */
export interface QuadraturePoint {
  readonly x: number;
  readonly weight: number;
}

export function quadrature(low: number, high: number, centre: number, scale: number): QuadraturePoint[] {
  const step = 1 / 128;
  const points: QuadraturePoint[] = [];
  for (let t = -4; t <= 4; t += step) {
    const inner = 0.5 * Math.PI * Math.sinh(t);
    const slope = 0.5 * Math.PI * Math.cosh(t) * step;
    if (Number.isFinite(low) && Number.isFinite(high)) {
      const half = 0.5 * (high - low);
      points.push({ x: low + half * (1 + Math.tanh(inner)), weight: (half * slope) / Math.cosh(inner) ** 2 });
    } else if (Number.isFinite(low)) {
      points.push({ x: low + scale * Math.exp(inner), weight: scale * Math.exp(inner) * slope });
    } else {
      points.push({ x: centre + scale * Math.sinh(inner), weight: scale * Math.cosh(inner) * slope });
    }
  }
  // Points that the transformation rounds to an end or moves out of single precision have negligible weight.
  return points.filter(({ x, weight }) => weight > 0 && Math.abs(x) < 1e30);
}
