/**
 * The uncertainty that a finite number of particles leaves in one unit's counterfactual, as lines of text and as JSON.
 */

import { levelName } from "../../runtime/inference/exact/level-name.js";
import { type ParticleError, toDigitsOf } from "../../runtime/inference/units/particle-error.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";

type Errors = ReadonlyMap<string, ParticleError> | undefined;

export function errorLines(loaded: LoadedModel, errors: Errors): string[] {
  return [...(errors ?? [])].flatMap(([name, error]) =>
    error.kind === "class" ? classLines(loaded, name, error) : numberLines(name, error),
  );
}

function numberLines(
  name: string,
  { mean, sd, standardError, exact, size }: Extract<ParticleError, { kind: "number" }>,
): string[] {
  const spread = `standard deviation ${sd.toPrecision(2)}`;
  if (exact)
    return sd === 0
      ? []
      : [`  ${name} = ${mean.toPrecision(5)} on average (exact), with ${spread} over what is not known of the unit`];
  if (sd === 0) return [];
  return [
    `  ${name} = ${toDigitsOf(mean, standardError)} ± ${standardError.toPrecision(2)} on average (standard error of the simulation, particles worth ${Math.round(size)}), with ${spread} over particles; more of them narrow the error: --particles`,
  ];
}

function classLines(
  loaded: LoadedModel,
  name: string,
  { shares, exact, size }: Extract<ParticleError, { kind: "class" }>,
): string[] {
  if (exact || shares.some(({ share }) => share === 1)) return [];
  const parts = shares.map(
    ({ share, low, high }, code) =>
      `${levelName(loaded, name, code)} ${share.toPrecision(2)} (${low.toPrecision(2)} to ${high.toPrecision(2)})`,
  );
  return [`  ${name}: shares of particles worth ${Math.round(size)}, with 95 % intervals: ${parts.join(", ")}`];
}

export function errorsJson(errors: Errors): { readonly errors?: Readonly<Record<string, ParticleError>> } {
  return errors === undefined || errors.size === 0 ? {} : { errors: Object.fromEntries(errors) };
}
