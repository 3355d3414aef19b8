/** The learning rate over the steps of a fit, as a factor of the option `rate`: a linear rise, then the chosen fall. */

export const schedules = ["cosine", "linear", "constant"] as const;
export type Schedule = (typeof schedules)[number];

/** Share of the steps over which the rate rises, where `warmup` does not say how many. */
const warmupShare = 0.02;

/** The factor of step `step` (from 0) of `total`. `warmup` is in steps; null for the share above. */
export function rateFactor(schedule: Schedule, warmup: number | null, step: number, total: number): number {
  const rise = Math.max(1, warmup ?? warmupShare * total);
  if (step < rise) return (step + 1) / rise;
  const progress = (step - rise) / Math.max(1, total - rise);
  switch (schedule) {
    case "cosine":
      return 0.5 * (1 + Math.cos(Math.PI * progress));
    case "linear":
      return 1 - progress;
    case "constant":
      return 1;
  }
}
