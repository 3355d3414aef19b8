/** The steps of a particle method: which variables each computes and weighs, and which of its draws are adapted. */
import { fixedVariables } from "../../../model/plans/plan-inference.js";
import { adaptable, type NormalDraws } from "./adaptive-draws.js";
import type { ParticleRequest } from "./particle-request.js";
import { compileStep, normalDrawsOf, type ParticleStep, worldOrder } from "./particle-step.js";
import { proposersOf } from "./proposals.js";
import type { StepSpec } from "./step-spec.js";

export interface Segment {
  readonly compute: readonly string[];
  readonly weigh: readonly string[];
}

/** Up to each weighed variable, the missing ones before it; what follows the last is drawn elsewhere. */
export function segmentsOf({ loaded, interventions, plan }: ParticleRequest): Segment[] {
  const missing = new Set([...plan.infer, ...fixedOf({ loaded, interventions, plan })]);
  const segments: Segment[] = [];
  let compute: string[] = [];
  for (const name of worldOrder(loaded, interventions)) {
    if (missing.has(name)) compute.push(name);
    if (!plan.weigh.includes(name)) continue;
    segments.push({ compute, weigh: [name] });
    compute = [];
  }
  return segments;
}

export const fixedOf = ({ loaded, interventions, plan }: Pick<ParticleRequest, "loaded" | "interventions" | "plan">) =>
  fixedVariables(loaded.model, interventions, plan.observed);

export async function compileSegments(
  { loaded, engine, interventions, plan, key }: ParticleRequest,
  segments: readonly Segment[],
  enumerated: readonly string[],
  shape: Pick<StepSpec, "units" | "particles" | "adapted">,
): Promise<ParticleStep[]> {
  const steps: ParticleStep[] = [];
  const state = [...plan.observed, ...enumerated];
  for (const { compute, weigh } of segments) {
    steps.push(
      await compileStep({
        loaded,
        engine,
        interventions,
        state: [...state],
        compute,
        weigh,
        ...shape,
        proposers: proposersOf(plan),
        key: key.split("step"),
      }),
    );
    state.push(...compute);
  }
  return steps;
}

/**
 * The draws to adapt, where all is weighed in one step and an encoder or a learned posterior proposes: those of other
 * steps would be adapted to a part of the evidence.
 */
export function drawsToAdapt(
  { loaded, plan }: ParticleRequest,
  segments: readonly Segment[],
  particles: number,
): NormalDraws[] {
  const [segment] = segments;
  const isAmortised = plan.weigh.some((name) => loaded.mechanisms.get(name)?.logWeight !== undefined);
  if (segment === undefined || segments.length > 1 || plan.method === "enumeration") return [];
  if (!isAmortised && plan.proposals === undefined) return [];
  return adaptable(normalDrawsOf({ loaded, ...segment, proposers: proposersOf(plan) }), particles);
}
