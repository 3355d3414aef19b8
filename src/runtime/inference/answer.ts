/**
 * Answers a question, whichever door it came by: the one place where a query is refused, planned, keyed and computed.
 *
 * A question is a query of the model. Its answer is a stream of parts: a number for each world of its grid; or, block
 * by block, the units that were drawn or that the observed ones would have been, and at the end what is to be said of
 * them all. The random numbers depend on the seed, on the question's compiled form (`question-key.ts`) and on the
 * units' places alone.
 */
import { targetNames } from "../../algebra/expression.js";
import type { Column } from "../../data/columns/dataset.js";
import { worldsOf } from "../../model/plans/plan.js";
import { termsOf } from "../../model/plans/query-terms.js";
import type { Expression, Intervention, Query, QueryPlan, QueryTerm } from "../../schema/types.js";
import type { LoadedModel } from "../mechanisms/loaded-model.js";
import type { SupportFinding } from "../support/finding.js";
import { findingsOf } from "../support/findings.js";
import type { Engine } from "../tensors/core/engine.js";
import type { RandomKey } from "../tensors/random/random-key.js";
import { requireValue } from "./exact/evidence-values.js";
import type { Spread, Wanted } from "./particles/aggregate.js";
import { oneAhead } from "./programs/ahead.js";
import { batchOf } from "./programs/block-size.js";
import { questionKey } from "./question-key.js";
import { supportOfTerms } from "./terms/asked-support.js";
import { drawnBlocks, drawnGivenEvidence } from "./terms/draw-units.js";
import { type Estimate, estimate } from "./terms/expectation.js";
import { requireTermAnswerable } from "./terms/require-answerable.js";
import { groupOf, UnitsAnswer, UnitsSummary } from "./units/answer-units.js";
import { type ParticleError, particleErrors } from "./units/particle-error.js";
import type { PatternReport } from "./units/patterns-found.js";
import { defaultParticles, defaultProposals, type UnitBlock, type UnitsQuestion } from "./units/question.js";
import { wholeBlock } from "./units/whole-block.js";

/** What questions are asked of. */
export interface Session {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly seed: number;
}

/** Observed units, read in blocks of a size that the answer asks for; a block may also be the whole of them. */
export interface UnitSource<Block extends UnitBlock = UnitBlock> {
  /** Null where nobody knows before they are read. */
  readonly rows: number | null;
  /** The variables that the units have columns of. */
  readonly variables: readonly string[];
  blocks(size: number): AsyncIterable<Block> | Iterable<Block>;
}

export interface AnswerOptions {
  /** Draws of an estimate, units of a sample, particles a unit of a density that is not exact; 10,000 by default. */
  readonly samples?: number;
  /** Particles a unit of a counterfactual; 32 by default. */
  readonly particles?: number;
  /** Proposals a unit, where missing values are found by importance sampling; 1,024 by default. */
  readonly proposals?: number;
  /** What is told of a unit's particles beside their mean. */
  readonly wanted?: Wanted;
  /** The exogenous noises of a sample as well. */
  readonly noises?: boolean;
  /** The split of the digits that a sample's image operators start from. */
  readonly split?: string;
  /** Units that are handed on at a time. The answer does not depend on it. */
  readonly batch?: number;
  readonly onUnits?: (world: World, done: number, total: number | null) => void;
}

/** One of the worlds of a question's grid, or the only one. */
export interface World {
  readonly index: number;
  readonly of: number;
  readonly interventions: readonly Intervention[];
  /** The values of the grids in this world, by variable; undefined where there is no grid. */
  readonly setting?: Setting;
}

export type Setting = Readonly<Record<string, Expression>>;

export interface EstimatePart {
  readonly kind: "estimate";
  readonly world: World;
  readonly estimate: Estimate;
}

/** Some units that were drawn. */
export interface DrawnUnits {
  readonly kind: "drawn units";
  readonly world: World;
  readonly targets: readonly string[];
  readonly firstRow: number;
  readonly rows: number;
  /** `[rows, size]` by target, less its origin. */
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly noises: ReadonlyMap<string, Column>;
}

/** What some units would have been. */
export interface CounterfactualUnits<Block extends UnitBlock = UnitBlock> {
  readonly kind: "counterfactual units";
  readonly world: World;
  readonly plan: QueryPlan;
  readonly targets: readonly string[];
  /** The observed units; of a question with evidence, the one unit that it describes. */
  readonly block: Block | UnitBlock;
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  readonly spread: ReadonlyMap<string, Spread>;
  /** Of the one unit of the question's evidence: what its particles leave open. */
  readonly errors?: ReadonlyMap<string, ParticleError>;
}

/** What is to be said of all units of a world: its last part. */
export type SummaryPart = SampleSummary | CounterfactualSummary;

export interface SampleSummary {
  readonly kind: "sample";
  readonly world: World;
  readonly rows: number;
  readonly targets: readonly string[];
  /** Where evidence weighs the draws: how many equally weighted ones they are worth. */
  readonly effectiveSize: number | null;
  /** Where the draws lean on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
}

export interface CounterfactualSummary {
  readonly kind: "counterfactual";
  readonly world: World;
  readonly rows: number;
  readonly targets: readonly string[];
  /** Whether the units are the observed ones, or the one of the question's evidence. */
  readonly units: "observed" | "evidence";
  readonly plan: QueryPlan;
  /** Where the answer leans on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
  /** How missing values were found. */
  readonly inference: readonly PatternReport[];
  readonly errors?: ReadonlyMap<string, ParticleError>;
}

/** The question is of observed units, and there are none. */
export interface UnansweredPart {
  readonly kind: "unanswered";
  readonly world: World;
  readonly needs: "units";
}

export type AnswerPart<Block extends UnitBlock = UnitBlock> =
  | EstimatePart
  | DrawnUnits
  | CounterfactualUnits<Block>
  | SummaryPart
  | UnansweredPart;

/**
 * The parts of the answer, world by world and block by block. Throws a ScmcError where data or model stand in the way.
 */
export async function* answer<Block extends UnitBlock>(
  session: Session,
  { expression }: Pick<Query, "expression">,
  units: UnitSource<Block> | undefined,
  options: AnswerOptions = {},
): AsyncGenerator<AnswerPart<Block>> {
  const known = units?.variables ?? [];
  for (const term of termsOf(expression)) requireTermAnswerable(session.loaded.model, term, known);
  const key = questionKey(session, expression);
  if (expression.kind === "counterfactual") {
    yield* answerCounterfactual(session, expression, units, options, key);
    return;
  }
  // All worlds share their draws.
  for (const { world, of } of worldsAsked(expression))
    if (of.kind === "sample") yield* answerSample(session, of, world, options, key);
    else yield await answerEstimate(session, of, world, units, options, key);
}

/** The worlds of a question's grid with their terms; arithmetic over terms has one world. */
function worldsAsked(expression: Query["expression"]): { readonly world: World; readonly of: Query["expression"] }[] {
  if (expression.kind === "constant" || expression.kind === "apply")
    return [{ world: { index: 0, of: 1, interventions: [] }, of: expression }];
  const worlds = worldsOf(expression.interventions);
  return worlds.map((interventions, index) => {
    const setting = settingOf(expression, interventions);
    const world = { index, of: worlds.length, interventions, ...(setting ? { setting } : {}) };
    return { world, of: { ...expression, interventions } };
  });
}

function settingOf(term: QueryTerm, world: readonly Intervention[]): Setting | undefined {
  const entries = term.interventions.flatMap(({ variable, grid }, index) =>
    grid === undefined ? [] : [[variable, world[index]!.expression] as const],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

async function answerEstimate(
  { loaded, engine }: Session,
  expression: Query["expression"],
  world: World,
  units: UnitSource | undefined,
  { samples = defaultSamples }: AnswerOptions,
  key: RandomKey,
): Promise<EstimatePart> {
  const takesUnits = termsOf(expression).some(({ kind, at }) => kind === "density" && at === undefined);
  const given = takesUnits && units ? await wholeBlock(units.blocks(Number.POSITIVE_INFINITY)) : undefined;
  const found = await estimate({
    loaded,
    engine,
    expression,
    rows: samples,
    key,
    ...(given ? { observed: given.observed } : {}),
    ...(given?.weights ? { weights: given.weights } : {}),
  });
  return { kind: "estimate", world, estimate: found };
}

export const defaultSamples = 10_000;

async function* answerSample(
  { loaded, engine }: Session,
  term: QueryTerm,
  world: World,
  { samples: rows = defaultSamples, noises = false, split, batch, onUnits }: AnswerOptions,
  key: RandomKey,
): AsyncGenerator<DrawnUnits | SampleSummary> {
  const targets = targetNames(term.of);
  const request = { loaded, engine, term, rows, key };
  const support = await supportOfTerms({ loaded, engine, terms: [term], key });
  let effectiveSize: number | null = null;
  if (term.evidence.length === 0) {
    const streamed = {
      ...request,
      noises,
      ...(batch === undefined ? {} : { batch }),
      ...(split === undefined ? {} : { split }),
      ...(onUnits ? { onRows: (done: number) => onUnits(world, done, rows) } : {}),
    };
    for await (const drawn of drawnBlocks(streamed))
      yield { kind: "drawn units", world, targets, ...drawn, values: greyLevels(loaded, drawn.values) };
  } else {
    const drawn = await drawnGivenEvidence(request);
    effectiveSize = drawn.effectiveSize;
    const values = greyLevels(loaded, drawn.values);
    yield { kind: "drawn units", world, targets, firstRow: 0, rows, values, noises: new Map() };
  }
  yield { kind: "sample", world, rows, targets, effectiveSize, support };
}

async function* answerCounterfactual<Block extends UnitBlock>(
  session: Session,
  term: QueryTerm,
  units: UnitSource<Block> | undefined,
  options: AnswerOptions,
  key: RandomKey,
): AsyncGenerator<AnswerPart<Block>> {
  const isFactual = term.evidence.length > 0;
  const source: UnitSource<Block | UnitBlock> | undefined = isFactual ? evidenceUnit(session.loaded, term) : units;
  // All worlds share their draws, so that a trajectory is one unit's.
  for (const { world } of worldsAsked(term))
    if (source) yield* counterfactualWorld(session, term, world, source, options, key);
    else yield { kind: "unanswered", world, needs: "units" };
}

async function* counterfactualWorld<Block extends UnitBlock>(
  session: Session,
  term: QueryTerm,
  world: World,
  source: UnitSource<Block>,
  options: AnswerOptions,
  key: RandomKey,
): AsyncGenerator<AnswerPart<Block>> {
  const question = unitsQuestion(session, term, world, source, options, key);
  const { loaded, targets, particles } = question;
  const isFactual = term.evidence.length > 0;
  const units = new UnitsAnswer(question, source.variables);
  const { plan } = units;
  const summary = new UnitsSummary();
  let errors: ReadonlyMap<string, ParticleError> | undefined;
  const work = async (block: Block) => {
    const report = (done: number) => options.onUnits?.(world, block.firstUnit + done, source.rows);
    return { block, part: await units.answer(block, report) };
  };
  try {
    const blocks = source.blocks(batchOf(loaded, groupOf(question), options.batch));
    for await (const { block, part } of oneAhead(blocks, work)) {
      summary.add(part, block.rows);
      if (isFactual) errors = particleErrors(loaded, part, summary.inference, particles);
      const { probabilities } = part;
      const values = greyLevels(loaded, part.values);
      const spread = isFactual && !options.wanted?.sd ? withoutDeviations(part.spread) : part.spread;
      const found = { world, plan, targets, block, values, probabilities, spread, ...(errors ? { errors } : {}) };
      yield { kind: "counterfactual units", ...found };
    }
  } finally {
    await units.dispose();
  }
  const { rows, tallies, inference } = summary;
  const support = findingsOf(loaded, tallies, { of: "units" });
  const of = isFactual ? ("evidence" as const) : ("observed" as const);
  const said = { world, rows, targets, units: of, plan, support, inference, ...(errors ? { errors } : {}) };
  yield { kind: "counterfactual", ...said };
}

const nothingMore: Wanted = { sd: false, quantiles: [] };

function unitsQuestion(
  { loaded, engine }: Session,
  term: QueryTerm,
  { interventions }: World,
  { rows }: UnitSource,
  { particles = defaultParticles, proposals = defaultProposals, wanted = nothingMore }: AnswerOptions,
  key: RandomKey,
): UnitsQuestion {
  return {
    loaded,
    engine,
    interventions,
    targets: targetNames(term.of),
    particles,
    proposals,
    // The one unit of the evidence is told with its errors.
    wanted: term.evidence.length > 0 ? { ...wanted, sd: true } : wanted,
    key,
    allUnits: rows,
  };
}

/** The one unit that the evidence describes; the rest of it is missing. */
function evidenceUnit(loaded: LoadedModel, { evidence }: QueryTerm): UnitSource {
  const observed = new Map(
    evidence.map((one) => [one.variable, { rows: 1, size: 1, data: Float32Array.of(requireValue(loaded, one)) }]),
  );
  const block = { firstUnit: 0, rows: 1, observed, unitName: () => "the query" };
  return { rows: 1, variables: [...observed.keys()], blocks: () => [block] };
}

function withoutDeviations(spread: ReadonlyMap<string, Spread>): Map<string, Spread> {
  const kept = [...spread].filter(([, { quantiles }]) => quantiles.size > 0);
  return new Map(kept.map(([name, { quantiles }]) => [name, { quantiles }]));
}

/** The grey levels of images lie in 0..255, whatever a likelihood's tails give. */
function greyLevels(
  { variables }: LoadedModel,
  values: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, Float32Array> {
  const isImage = (name: string) => variables.get(name)?.domain.kind === "image";
  return new Map(
    [...values].map(([name, data]) => [
      name,
      isImage(name) ? data.map((level) => Math.min(Math.max(level, 0), 255)) : data,
    ]),
  );
}
