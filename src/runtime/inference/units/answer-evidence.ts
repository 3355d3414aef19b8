/**
 * The counterfactual of the one unit that some evidence describes, with what its particles leave open: their spread,
 * and the error of their mean. A mean over few particles is far from sure, and a single row of a table does not show
 * it.
 */
import { wholeValue } from "../../mechanisms/bound/columns.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import { type Interval, shareInterval } from "../intervals/interval.js";
import { answerUnits, type UnitsAnswer, type UnitsRequest } from "./answer-units.js";

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

export interface EvidenceAnswer extends UnitsAnswer {
  /** Of each target that is one number or a class. */
  readonly errors: ReadonlyMap<string, ParticleError>;
}

export async function answerEvidence(request: UnitsRequest): Promise<EvidenceAnswer> {
  const wanted = { sd: false, quantiles: [], ...request.wanted };
  const answer = await answerUnits({ ...request, wanted: { ...wanted, sd: true } });
  const { particles } = request;
  const exact = answer.inference.length > 0 && answer.inference.every(({ closedForm }) => closedForm);
  const sizes = answer.inference.flatMap(({ effectiveSize }) => effectiveSize?.smallest ?? []);
  const size = Math.max(1, Math.min(particles, ...sizes));
  const errors = new Map<string, ParticleError>();
  for (const [name, { sd }] of answer.spread) {
    if (sd?.length !== 1) continue;
    const standardError = exact ? 0 : sd[0]! / Math.sqrt(size);
    const mean = wholeValue(originOfVariable(request.loaded.variables.get(name)), answer.values.get(name)![0]!);
    errors.set(name, { kind: "number", mean, sd: sd[0]!, standardError, exact, size });
  }
  for (const [name, shares] of answer.probabilities) {
    const all = Array.from(shares, (share) => {
      const { low, high } = shareInterval(Math.round(share * particles), particles, share, size);
      return { share, low, high };
    });
    errors.set(name, { kind: "class", shares: all, exact, size });
  }
  const spread = wanted.sd
    ? answer.spread
    : new Map(
        [...answer.spread]
          .filter(([, { quantiles }]) => quantiles.size > 0)
          .map(([name, { quantiles }]) => [name, { quantiles }]),
      );
  return { ...answer, spread, errors };
}

/** The figure to the second digit of its error, beyond which its digits say nothing. */
export function toDigitsOf(value: number, standardError: number): number {
  if (!(standardError > 0) || !Number.isFinite(value)) return value;
  const decimals = 1 - Math.floor(Math.log10(standardError));
  if (decimals > 15) return value;
  return decimals >= 0 ? Number(value.toFixed(decimals)) : Math.round(value * 10 ** decimals) / 10 ** decimals;
}
