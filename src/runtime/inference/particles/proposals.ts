/**
 * Missing causes of an image proposed by its learned posterior q, within a particle step. A tenth of the proposals are
 * of the cause's own mechanism p (a defensive mixture; Hesterberg 1995), so that the ratio p / (0.1 p + 0.9 q), by
 * which a proposal is weighed, is at most 10 however wrong q is. The ratio is owed until the image is weighed:
 * particles that were resampled by it before would forget what the image told. All proposals are of q where its draw is
 * adapted (`adaptive-draws.ts`): its density is positive wherever p's is, what the image tells away from q is found by
 * adaptation, and a choice between p and q could not be adapted. A class has no normal draw to adapt, so that q alone
 * would never come to one that it takes for impossible.
 */
import type { InferencePlan } from "../../../schema/types.js";
import { classesOf } from "../../mechanisms/bound/variables.js";
import { repeatRows } from "../../mechanisms/contract/context.js";
import { standard } from "../../mechanisms/contract/mechanism.js";
import { logAddExp } from "../../mechanisms/kinds/logistic-cells.js";
import { parametersOf } from "../../mechanisms/loaded-model.js";
import { type Posterior, posteriorName } from "../../mechanisms/posteriors/posterior.js";
import type { Tensors } from "../../tensors/core/engine.js";
import * as tf from "../../tensors/core/tfjs.js";
import type { RandomInputs } from "../programs/random-inputs.js";
import { naturalLogProbability, type World, type WorldInputs } from "../programs/world.js";
import type { StepSpec } from "./step-spec.js";

/** Share of the mechanism's own proposals, where the draw is not adapted. */
const ownShare = 0.1;
const prefix = "propose.";

/** The normal draw of a proposed number. */
export const proposalDraw = (name: string): string => `${prefix}${name}.normal`;

export function isClass({ loaded }: Pick<StepSpec, "loaded">, name: string): boolean {
  return classesOf(loaded.variables.get(name)!.domain) > 0;
}

/** Which image's posterior proposes a variable. */
export function proposersOf({ proposals = [] }: InferencePlan): ReadonlyMap<string, string> {
  return new Map(proposals.flatMap(({ by, variables }) => variables.map((name) => [name, by] as const)));
}

/** The variables that a step proposes, with the posterior that does. */
function proposedBy({ loaded, proposers, compute }: StepSpec): [variable: string, posterior: Posterior][] {
  return compute.flatMap((name) => {
    const by = proposers?.get(name);
    return by === undefined ? [] : [[name, loaded.posteriors.get(by)!] as [string, Posterior]];
  });
}

export function addProposalDraws(random: RandomInputs, spec: StepSpec): void {
  const rows = spec.units * spec.particles;
  for (const [name] of proposedBy(spec)) {
    random.add(`${prefix}${name}.places`, { size: 2, distribution: "uniform", parameters: standard }, rows);
    random.add(proposalDraw(name), { size: 1, distribution: "normal", parameters: standard }, rows);
  }
}

export interface StepProposals {
  /**
   * The proposed value, `[rows, 1]`; `own` is that of the mechanism. Undefined where no posterior proposes the
   * variable.
   */
  propose(name: string, values: ReadonlyMap<string, tf.Tensor>, own: () => tf.Tensor): tf.Tensor | undefined;
  /** By image: the sum over what it proposed of log p less the proposal's log-density, `[rows]`. */
  logRatios(inputs: WorldInputs, world: World): ReadonlyMap<string, tf.Tensor>;
}

/**
 * `given` holds the draws, `known` the values of the state, `[rows, size]`, an image's the same in all particles of a
 * unit.
 */
export function stepProposals(
  spec: StepSpec,
  given: Tensors,
  parameters: Tensors,
  known: ReadonlyMap<string, tf.Tensor>,
): StepProposals {
  const posteriors = new Map(proposedBy(spec));
  const features = new Map<Posterior, tf.Tensor>();
  const logDensities = new Map<string, tf.Tensor>();
  const isMixed = (name: string) => spec.adapted?.some((draw) => draw.name === proposalDraw(name)) !== true;
  const featuresOf = (posterior: Posterior, own: Tensors) => {
    const found = features.get(posterior);
    if (found) return found;
    const image = known.get(posterior.variable)!;
    const byUnit = tf.reshape(image, [spec.units, spec.particles * image.shape[1]!]);
    const once = posterior.features(own, tf.slice(byUnit, [0, 0], [spec.units, image.shape[1]!]));
    const all = repeatRows(once, spec.particles);
    features.set(posterior, all);
    return all;
  };
  return {
    propose(name, values, ofMechanism) {
      const posterior = posteriors.get(name);
      if (!posterior) return undefined;
      const own = parametersOf(parameters, posteriorName(posterior.variable));
      const seen = new Map(
        posterior.causes.flatMap((cause) => {
          const value = values.get(cause) ?? known.get(cause);
          return value ? [[cause, value] as const] : [];
        }),
      );
      const density = posterior.targets.get(name)!;
      const theta = posterior.theta(own, name, featuresOf(posterior, own), seen);
      const places = given[`${prefix}${name}.places`]!;
      const drawn = density.draw(theta, tf.slice(places, [0, 1], [-1, 1]), given[proposalDraw(name)]!);
      const isOwn = tf.less(tf.slice(places, [0, 0], [-1, 1]), ownShare);
      const value = isMixed(name) ? tf.where(isOwn, ofMechanism(), drawn) : drawn;
      logDensities.set(name, density.logDensity(theta, value));
      return value;
    },
    logRatios(inputs, world) {
      const ratios = new Map<string, tf.Tensor>();
      for (const [name, { variable: image }] of posteriors) {
        const own = tf.reshape(naturalLogProbability(name, world.values.get(name)!, inputs, world, {}), [-1]);
        const learned = logDensities.get(name)!;
        const proposed = isMixed(name)
          ? logAddExp(tf.add(own, Math.log(ownShare)), tf.add(learned, Math.log(1 - ownShare)))
          : learned;
        const ratio = tf.sub(own, proposed);
        const others = ratios.get(image);
        ratios.set(image, others ? tf.add(others, ratio) : ratio);
      }
      return ratios;
    },
  };
}
