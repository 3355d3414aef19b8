/**
 * The origins of a model of expressions alone, which no data tell: from the mean and the spread of a few draws of every
 * variable, in double precision. The origin need only be near the mean, so few draws serve.
 */
import { evaluate } from "../../algebra/evaluate.js";
import { namesIn } from "../../algebra/expression.js";
import { hasOrigin, originOfValues } from "../../algebra/origin.js";
import { mechanismsByName } from "../../model/plans/plan.js";
import type { Model, Noise } from "../../schema/types.js";
import { RandomKey } from "../tensors/random/random-key.js";
import { distributions } from "./distributions/index.js";

const draws = 32;

/** By variable; those without an origin are left out. */
export function unfittedOrigins(model: Model): Map<string, number> {
  const key = RandomKey.fromSeed(0).split("origins");
  const values = new Map<string, Float64Array>();
  const origins = new Map<string, number>();
  const domains = new Map(model.variables.map(({ name, domain }) => [name, domain]));
  const mechanisms = mechanismsByName(model);
  for (const name of model.order) {
    const mechanism = mechanisms.get(name)!;
    // How often a level is taken matters little to where a number lies.
    if (mechanism.kind === "table")
      values.set(
        name,
        Float64Array.from({ length: draws }, (_, row) => row % mechanism.probabilities[0]!.length),
      );
    if (mechanism.kind !== "expression") continue;
    const noises = new Map(
      mechanism.noises.map((noise) => [noise.name, drawsOf(noise, key.split(`${name} ${noise.name}`))]),
    );
    const reads = namesIn(mechanism.expression, "variable");
    const at = (of: ReadonlyMap<string, Float64Array>, names: Iterable<string>, row: number) =>
      new Map([...names].map((one) => [one, of.get(one)?.[row] ?? Number.NaN]));
    const own = Float64Array.from({ length: draws }, (_, row) =>
      evaluate(mechanism.expression, { variables: at(values, reads, row), noises: at(noises, noises.keys(), row) }),
    );
    values.set(name, own);
    const origin = hasOrigin(domains.get(name) ?? { kind: "real" }) ? originOfValues(own) : 0;
    if (origin !== 0) origins.set(name, origin);
  }
  return origins;
}

function drawsOf({ distribution, parameters }: Noise, key: RandomKey): Float64Array {
  if (distribution === "mnist") return new Float64Array(draws).fill(Number.NaN);
  return distributions[distribution].sample(key, draws, parameters);
}
