/**
 * Counterfactuals of units that lack the same values. In closed form, where the changed and missing targets are normal
 * in some coordinate; else each unit is completed by draws from its posterior (`complete-units.ts`), every completion
 * has its counterfactual, and these are aggregated. The spread of units that lack nothing is found in the same way.
 */
import type { QueryPlan } from "../../../schema/types.js";
import { sizeOf } from "../../mechanisms/bound/variables.js";
import type { Tally } from "../../support/tally.js";
import type { Rows } from "../../tensors/core/rows.js";
import type { Aggregate } from "../particles/aggregate.js";
import { closedFormOf } from "../particles/closed-counterfactual.js";
import { completeUnits, notInferable, planFor, requirePossible } from "../particles/complete-units.js";
import type { Pattern } from "../particles/patterns.js";
import { counterfactual, recomputedToLookUp } from "../programs/counterfactual.js";
import { lookUp, namesToLookUp } from "../programs/seen-causes.js";
import { chosenUnits, floatsOf, repeatedRecords } from "./chosen-units.js";
import type { UnitsCollector } from "./collector.js";
import { nameOf, type UnitBlock, type UnitsQuestion } from "./question.js";

/** Numbers in the completed rows of one call, and rows. */
const numbersInCall = 4_000_000;
const rowsInCall = 32_768;

/** `needed` is all that the answer reads, `open` the targets that are not copied. */
export interface PatternTask {
  readonly question: UnitsQuestion;
  readonly plan: QueryPlan;
  readonly block: UnitBlock;
  /** The number of the first unit that is grouped with these. */
  readonly firstUnit: number;
  /** The rows of the block. */
  readonly pattern: Pattern;
  readonly needed: readonly string[];
  readonly open: readonly string[];
  readonly collector: UnitsCollector;
  readonly onUnits: ((done: number) => void) | undefined;
}

export async function answerPattern(task: PatternTask): Promise<void> {
  const { question, block, pattern, needed, open, collector } = task;
  const { loaded, engine, particles, method } = question;
  const inference = planFor(loaded, pattern.observed, needed, method);
  if (inference.method === "impossible") throw notInferable(loaded, inference);
  const proposals = Math.max(particles, question.proposals);
  const { observed } = chosenUnits({ observed: block.observed }, pattern.units, pattern.observed);
  const unitName = (row: number) => nameOf(block, pattern.units[row]!);
  const count = pattern.units.length;
  if (inference.method !== "complete")
    await requirePossible(
      { loaded, engine, observed: floatsOf(observed), units: count, key: question.key, unitName },
      inference,
    );
  const hasClosedForm = method === undefined && inference.method !== "importance" && inference.method !== "enumeration";
  const closed = hasClosedForm ? closedAnswer(task, observed) : undefined;
  const sizes: { size: number; unit: string }[] = [];
  if (closed) {
    for (const [target, answer] of closed) collector.takeTarget(target, answer, pattern.units);
    if (inference.method !== "complete") collector.addTallies(talliesOfMeans(task, observed), 1);
  } else sizes.push(...(await answerByCompletion(task, inference.draw, proposals, inference.method !== "complete")));
  collector.copyObserved(pattern.units, observed, open);
  collector.report({
    plan: inference,
    units: count,
    closedForm: closed !== undefined,
    proposals,
    sizes: inference.method === "importance" ? sizes : [],
  });
}

function closedAnswer(
  { question: { loaded, interventions, wanted }, block, pattern, open }: PatternTask,
  observed: ReadonlyMap<string, Rows>,
): Map<string, Aggregate> | undefined {
  return closedFormOf({
    loaded,
    interventions,
    observed: floatsOf(observed),
    units: pattern.units.length,
    targets: open,
    wanted,
    unitName: (row) => nameOf(block, pattern.units[row]!),
  });
}

/** The effective number of proposals of each unit, where they are weighed. */
async function answerByCompletion(
  { question, block, firstUnit, pattern, needed, open, collector, onUnits }: PatternTask,
  drawn: readonly string[],
  proposals: number,
  isLookedUp: boolean,
): Promise<{ size: number; unit: string }[]> {
  const { loaded, engine, interventions, targets, particles, method, key } = question;
  const width = needed.reduce((sum, one) => sum + sizeOf(loaded.variables.get(one)!.domain), 0);
  const rows = Math.min(rowsInCall, Math.floor(numbersInCall / Math.max(1, width)));
  const inCall = Math.max(1, Math.floor(rows / particles));
  // An exact abduction recovers the very noise that a drawn value was made from, or draws from its posterior.
  const fresh = new Set(
    drawn.filter((one) => ["amortised", "implicit"].includes(loaded.mechanisms.get(one)?.abduction ?? "none")),
  );
  const sizes: { size: number; unit: string }[] = [];
  for (let first = 0; first < pattern.units.length; first += inCall) {
    const chosen = pattern.units.subarray(first, first + inCall);
    const { observed, records } = chosenUnits(block, chosen, pattern.observed);
    const own = key
      .split("completed")
      .split(pattern.observed.join(" "))
      .split(firstUnit + first);
    const name = (row: number) => nameOf(block, chosen[row]!);
    const completion = await completeUnits({
      loaded,
      engine,
      observed: floatsOf(observed),
      units: chosen.length,
      needed,
      particles,
      proposals,
      key: own,
      unitName: name,
      ...(method ? { method } : {}),
    });
    const completed = chosen.length * particles;
    const whole = new Map<string, Rows>();
    for (const [variable, data] of completion.values)
      whole.set(variable, { rows: completed, size: data.length / completed, data });
    const answer = await counterfactual({
      loaded,
      engine,
      interventions,
      targets,
      observed: whole,
      ...(records ? { records: repeatedRecords(records, particles) } : {}),
      particles: 1,
      fresh,
      key: own,
      unitName: (row) => name(Math.floor(row / particles)),
    });
    collector.takeParticles(answer, chosen, particles, open);
    if (isLookedUp) collector.addTallies(answer.tallies, particles);
    completion.effectiveSize?.forEach((size, unit) => {
      sizes.push({ size, unit: name(unit) });
    });
    onUnits?.(first + chosen.length);
  }
  return sizes;
}

/**
 * Without draws, the causes of a unit are looked up at their means; those of mechanisms that have no closed form are
 * not.
 */
function talliesOfMeans(
  { question: { loaded, interventions }, plan, block, pattern }: PatternTask,
  observed: ReadonlyMap<string, Rows>,
): Tally[] {
  const units = pattern.units.length;
  const unitName = (row: number) => nameOf(block, pattern.units[row]!);
  const known = floatsOf(observed);
  return recomputedToLookUp(loaded, interventions, plan).flatMap((mechanism) => {
    const targets = namesToLookUp(loaded, [mechanism], interventions);
    const wanted = { sd: false, quantiles: [] };
    const means = closedFormOf({ loaded, interventions, observed: known, units, targets, wanted, unitName });
    if (means === undefined) return [];
    const values = new Map([...means].map(([name, { mean }]) => [name, mean]));
    return lookUp(loaded, [mechanism], { interventions, given: [] }, { values, rows: units });
  });
}
