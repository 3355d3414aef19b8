/**
 * Answers whose parts are gathered: for those who want all units in memory, and for all queries of a program at once.
 */
import { ScmcError } from "../../diagnostics/diagnostic.js";
import type { Query } from "../../schema/types.js";
import {
  type AnswerOptions,
  type AnswerPart,
  answer,
  type CounterfactualSummary,
  type SampleSummary,
  type Session,
  type Setting,
  type UnitSource,
  type World,
} from "./answer.js";
import type { Spread } from "./particles/aggregate.js";
import { collect } from "./programs/blocks.js";
import type { Estimate } from "./terms/expectation.js";

export interface Named {
  /** The query's name; of a grid, with the number of the world. */
  readonly name: string;
  readonly setting?: Setting;
}

export interface EstimateAnswer extends Named, Estimate {
  readonly kind: "estimate";
}

export interface SampleAnswer extends Named, Omit<SampleSummary, "world"> {
  readonly values: ReadonlyMap<string, Float32Array>;
}

export interface CounterfactualAnswer extends Named, Omit<CounterfactualSummary, "world"> {
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Shares of particles in each class, for the computed variables that have classes. */
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  readonly spread: ReadonlyMap<string, Spread>;
}

/** `failed`: the data or the model stood in the way. */
export interface Unanswered extends Named {
  readonly kind: "unanswered";
  readonly reason: string;
  readonly needs?: "units";
  readonly failed?: boolean;
}

export type Answer = EstimateAnswer | SampleAnswer | CounterfactualAnswer | Unanswered;

/** The whole answer to one question: one, or one for each world of its grid. */
export async function wholeAnswer(
  session: Session,
  query: Query,
  units: UnitSource | undefined,
  options: AnswerOptions = {},
): Promise<Answer[]> {
  const parts: AnswerPart[] = [];
  for await (const part of answer(session, query, units, options)) parts.push(part);
  return parts.flatMap((part) => gathered(query.name, part, parts) ?? []);
}

/** The answers to all queries of the model. One that its data or its model cannot answer must not cost the others. */
export async function allAnswers(
  session: Session,
  units: UnitSource | undefined,
  options: (query: Query) => AnswerOptions,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const query of session.loaded.model.queries)
    answers.push(...(await wholeAnswer(session, query, units, options(query)).catch(whyNot(query.name))));
  return answers;
}

function whyNot(name: string): (error: unknown) => Answer[] {
  return (error) => {
    if (error instanceof ScmcError) return [{ kind: "unanswered", name, reason: messageOf(error), failed: true }];
    throw error;
  };
}

function messageOf({ diagnostics }: ScmcError): string {
  return diagnostics.map(({ message, hint }) => (hint ? `${message}. ${hint}` : message)).join("; ");
}

/** What a part comes to with those before it; undefined where more of its world is to come. */
function gathered(name: string, part: AnswerPart, all: readonly AnswerPart[]): Answer | undefined {
  const named = namedAs(name, part.world);
  switch (part.kind) {
    case "estimate":
      return { kind: "estimate", ...named, ...part.estimate };
    case "unanswered":
      return unanswered(named);
    case "sample":
      return sampleAnswer(named, part, all);
    case "counterfactual":
      return counterfactualAnswer(named, part, all);
    case "drawn units":
    case "counterfactual units":
      return undefined;
  }
}

/** The answer to a question of observed units, where there are none. */
export function unanswered(named: Named): Unanswered {
  return { kind: "unanswered", ...named, reason: "it needs observed units", needs: "units" };
}

export function namedAs(name: string, { index, setting }: World): Named {
  return setting === undefined ? { name } : { name: `${name}.${index + 1}`, setting };
}

function sampleAnswer(named: Named, summary: SampleSummary, all: readonly AnswerPart[]): SampleAnswer {
  const { world, ...said } = summary;
  const values = new Map<string, Float32Array>();
  for (const part of all)
    if (part.kind === "drawn units" && part.world === world)
      collect(values, part.values, part.firstRow, part.rows, said.rows);
  return { ...said, ...named, values };
}

function counterfactualAnswer(
  named: Named,
  summary: CounterfactualSummary,
  all: readonly AnswerPart[],
): CounterfactualAnswer {
  const { world, ...said } = summary;
  const { rows } = said;
  const values = new Map<string, Float32Array>();
  const probabilities = new Map<string, Float32Array>();
  let spread: ReadonlyMap<string, Spread> = new Map();
  for (const part of all) {
    if (part.kind !== "counterfactual units" || part.world !== world) continue;
    const { firstUnit, rows: own } = part.block;
    collect(values, part.values, firstUnit, own, rows);
    collect(probabilities, part.probabilities, firstUnit, own, rows);
    spread = withSpread(spread, part.spread, firstUnit, own, rows);
  }
  return { ...said, ...named, values, probabilities, spread };
}

function withSpread(
  all: ReadonlyMap<string, Spread>,
  more: ReadonlyMap<string, Spread>,
  firstUnit: number,
  own: number,
  rows: number,
): Map<string, Spread> {
  const joined = new Map(all);
  for (const [name, { sd, quantiles }] of more) {
    const before = joined.get(name);
    const columns = new Map<string, Float32Array>();
    if (before?.sd) columns.set("sd", before.sd);
    for (const [level, values] of before?.quantiles ?? []) columns.set(String(level), values);
    const added = new Map<string, Float32Array>(sd ? [["sd", sd]] : []);
    for (const [level, values] of quantiles) added.set(String(level), values);
    collect(columns, added, firstUnit, own, rows);
    joined.set(name, {
      ...(columns.has("sd") ? { sd: columns.get("sd")! } : {}),
      quantiles: new Map([...quantiles.keys()].map((level) => [level, columns.get(String(level))!])),
    });
  }
  return joined;
}
