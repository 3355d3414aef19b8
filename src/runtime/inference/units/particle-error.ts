/**
 * What the particles of the one unit that some evidence describes leave open: their spread, and the error of their
 * mean. A mean over few particles is far from sure, and a single row of a table does not show it.
 */
import { wholeValue } from "../../mechanisms/bound/columns.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import { type Interval, shareInterval } from "../intervals/interval.js";
import type { UnitsPart } from "./collector.js";
import type { PatternReport } from "./patterns-found.js";

export type ParticleError =
  | {
      readonly kind: "number";
      readonly mean: number;
      /** Over particles, or of the distribution itself where it has a closed form. */
      readonly sd: number;
      /** sd / √n, with n equally weighted particles that they are worth; 0 in closed form. */
      readonly standardError: number;
      readonly exact: boolean;
      /** Equally weighted particles that they are worth. */
      readonly size: number;
    }
  | {
      readonly kind: "class";
      /** By code: the share of particles, with its 95 % interval. */
      readonly shares: readonly (Interval & { readonly share: number })[];
      readonly exact: boolean;
      readonly size: number;
    };

/** The errors of each target of the unit that is one number or a class; `spread` holds its standard deviations. */
export function particleErrors(
  loaded: LoadedModel,
  { values, probabilities, spread }: Pick<UnitsPart, "values" | "probabilities" | "spread">,
  inference: readonly PatternReport[],
  particles: number,
): Map<string, ParticleError> {
  const exact = inference.length > 0 && inference.every(({ closedForm }) => closedForm);
  const sizes = inference.flatMap(({ effectiveSize }) => effectiveSize?.smallest ?? []);
  const size = Math.max(1, Math.min(particles, ...sizes));
  const errors = new Map<string, ParticleError>();
  for (const [name, { sd }] of spread) {
    if (sd?.length !== 1) continue;
    const standardError = exact ? 0 : sd[0]! / Math.sqrt(size);
    const mean = wholeValue(originOfVariable(loaded.variables.get(name)), values.get(name)![0]!);
    errors.set(name, { kind: "number", mean, sd: sd[0]!, standardError, exact, size });
  }
  for (const [name, shares] of probabilities) {
    const all = Array.from(shares, (share) => {
      const { low, high } = shareInterval(Math.round(share * particles), particles, share, size);
      return { share, low, high };
    });
    errors.set(name, { kind: "class", shares: all, exact, size });
  }
  return errors;
}

/** The figure to the second digit of its error, beyond which its digits say nothing. */
export function toDigitsOf(value: number, standardError: number): number {
  if (!(standardError > 0) || !Number.isFinite(value)) return value;
  const decimals = 1 - Math.floor(Math.log10(standardError));
  if (decimals > 15) return value;
  return decimals >= 0 ? Number(value.toFixed(decimals)) : Math.round(value * 10 ** decimals) / 10 ** decimals;
}
