/** Counterfactuals in closed form, unit by unit: the targets are normal in some coordinate, given what is observed. */
import type { Intervention } from "../../../schema/types.js";
import { classesOf, originOfVariable, sizeOf } from "../../mechanisms/bound/variables.js";
import type { LoadedModel } from "../../mechanisms/loaded-model.js";
import type { CoordinateForm } from "../exact/affine-form.js";
import { momentsOf, normalCoordinate, quantileOf } from "../exact/closed-form.js";
import { gaussianUnit } from "../exact/gaussian-unit.js";
import type { Aggregate, Wanted } from "./aggregate.js";
import { knownValues, posteriorOf } from "./complete-units.js";

export interface ClosedFormRequest {
  readonly loaded: LoadedModel;
  readonly interventions: readonly Intervention[];
  /** `[units, size]` of the observed variables. */
  readonly observed: ReadonlyMap<string, Float32Array>;
  readonly units: number;
  readonly targets: readonly string[];
  readonly wanted: Wanted;
  readonly unitName: (unit: number) => string;
}

/** Less the variables' origins; undefined where some target has no closed form. */
export function closedFormOf(request: ClosedFormRequest): Map<string, Aggregate> | undefined {
  const { loaded, interventions, observed, units, targets, wanted, unitName } = request;
  const variables = targets.map((name) => loaded.variables.get(name)!);
  const domains = variables.map(({ domain }) => domain);
  if (domains.some((domain) => classesOf(domain) > 0 || sizeOf(domain) !== 1)) return undefined;
  const answers = new Map(
    targets.map((name) => [
      name,
      {
        mean: new Float32Array(units),
        sd: new Float32Array(units),
        quantiles: new Map(wanted.quantiles.map((level) => [level, new Float32Array(units)])),
      },
    ]),
  );
  for (let number = 0; number < units; number++) {
    const unit = gaussianUnit(loaded, knownValues(loaded, observed, units, number));
    const world = unit.intervened(interventions, targets);
    if (world === undefined || !interventions.every((one) => staysInside(loaded, one, world.forms))) return undefined;
    const posterior = posteriorOf({ loaded, unitName }, unit, number);
    for (const [index, name] of targets.entries()) {
      const domain = domains[index]!;
      const origin = originOfVariable(variables[index]);
      const normal = normalCoordinate(world.forms.get(name)!, posterior);
      const moments = momentsOf(normal, domain);
      if (moments === undefined) return undefined;
      const answer = answers.get(name)!;
      answer.mean[number] = moments.mean - origin;
      answer.sd[number] = moments.sd;
      for (const [level, all] of answer.quantiles) all[number] = quantileOf(normal, domain, level) - origin;
    }
  }
  return new Map(
    [...answers].map(([name, { mean, sd, quantiles }]) => [
      name,
      { mean, spread: { ...(wanted.sd ? { sd } : {}), quantiles } },
    ]),
  );
}

/** Where an intervention may leave its variable's domain, particles are needed to see whether it does. */
export function staysInside(
  loaded: LoadedModel,
  { variable, expression, only }: Intervention,
  forms: ReadonlyMap<string, CoordinateForm>,
): boolean {
  const { kind } = loaded.variables.get(variable)!.domain;
  if (kind === "real" || expression.kind === "constant") return true;
  // What only some children see has no form of its own here.
  return only === undefined && kind === "positive" && forms.get(variable)?.coordinate === "log";
}
