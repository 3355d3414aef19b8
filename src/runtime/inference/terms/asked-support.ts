/**
 * Which share of a question's answer leans on values that the training rows hardly hold. For questions about the model,
 * draws of the asked world are looked up, with a key of their own: the answer's draws stay what they are, also where it
 * is exact and draws none.
 */

import { targetNames } from "../../../algebra/expression.js";
import { levelsIn, printIntervention } from "../../../algebra/print-expression.js";
import { ScmcError } from "../../../diagnostics/diagnostic.js";
import type { Evidence, Intervention, QueryTerm } from "../../../schema/types.js";
import { originOfVariable } from "../../mechanisms/bound/variables.js";
import { boundModel, type LoadedModel } from "../../mechanisms/loaded-model.js";
import type { SupportFinding } from "../../support/finding.js";
import { findingsOf } from "../../support/findings.js";
import { supportOf, supportOfVariable } from "../../support/support-of.js";
import { LookUp } from "../../support/tally.js";
import { drawsLookedUp } from "../../support/thresholds.js";
import type { Engine } from "../../tensors/core/engine.js";
import type { RandomKey } from "../../tensors/random/index.js";
import { sample } from "../programs/sample.js";
import { lookUp, mechanismsToLookUp, namesToLookUp, type RowsOfWorld } from "../programs/seen-causes.js";
import { drawWorld, evidenceValues } from "./evidence-world.js";

export interface SupportRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly interventions: readonly Intervention[];
  readonly evidence: readonly Evidence[];
  readonly targets: readonly string[];
  readonly key: RandomKey;
  /** What the world is called, where there are several. */
  readonly world?: string;
}

export async function supportOfWorld(request: SupportRequest): Promise<SupportFinding[]> {
  const { loaded, interventions, evidence, targets, world } = request;
  if (interventions.length === 0 && evidence.length === 0) return [];
  const given = evidenceValues({ loaded, evidence });
  const asked = { interventions, given: [...given.keys()] };
  const mechanisms = mechanismsToLookUp(loaded, { ...asked, targets });
  const context = {
    of: "draws" as const,
    isObservational: interventions.length === 0,
    ...(world === undefined ? {} : { world }),
  };
  const known = findingsOf(loaded, evidenceTallies(loaded, given, mechanisms), context);
  if (mechanisms.length === 0) return known;
  const drawn = await drawRows(request, namesToLookUp(loaded, mechanisms, interventions));
  if (drawn === undefined) return known;
  const tallies = lookUp(loaded, mechanisms, asked, drawn);
  return [...known, ...findingsOf(loaded, tallies, { ...context, weighted: isWeighted(drawn.weights ?? null) })];
}

const isWeighted = (weights: ArrayLike<number> | null) =>
  weights !== null && Array.from(weights).some((weight) => weight !== weights[0]);

/** Evidence that no mechanism is looked up for, by itself. */
function evidenceTallies(loaded: LoadedModel, given: ReadonlyMap<string, number>, mechanisms: readonly string[]) {
  const read = new Set(mechanisms.flatMap((name) => supportOf(loaded, name)!.parents.map((parent) => parent.name)));
  return [...given].flatMap(([name, value]) => {
    const support = read.has(name) ? undefined : supportOfVariable(loaded, name);
    if (support === undefined) return [];
    const look = new LookUp(support, [true]);
    look.unit([value + originOfVariable(loaded.variables.get(name))]);
    return [look.tally];
  });
}

/**
 * What is drawn of a world without evidence in order to look it up; nothing where no mechanism has a cause that is set.
 */
export function namesDrawnFor(
  loaded: LoadedModel,
  interventions: readonly Intervention[],
  targets: readonly string[],
): string[] {
  const mechanisms = mechanismsToLookUp(loaded, { interventions, given: [], targets });
  return interventions.length === 0 || mechanisms.length === 0 ? [] : namesToLookUp(loaded, mechanisms, interventions);
}

/** Undefined where the world cannot be drawn: then the question itself says why, or is answered in another way. */
async function drawRows(request: SupportRequest, names: readonly string[]): Promise<RowsOfWorld | undefined> {
  const { loaded, engine, interventions, evidence, key } = request;
  const own = key.split("support");
  const rows = drawsLookedUp;
  if (evidence.length === 0) {
    const { values } = await sample({ loaded, engine, rows, key: own, interventions, targets: names, noises: false });
    return { values, rows };
  }
  try {
    const drawn = await drawWorld({ loaded, engine, interventions, evidence, key: own }, names, 1, rows);
    return { values: drawn.values, rows: drawn.rows, weights: drawn.weights };
  } catch (error) {
    if (error instanceof ScmcError) return undefined;
    throw error;
  }
}

export interface TermsRequest {
  readonly loaded: LoadedModel;
  readonly engine: Engine;
  readonly terms: readonly QueryTerm[];
  readonly key: RandomKey;
}

/** Each world that the terms of a question ask of, once. A point that a density is taken at is known as evidence is. */
export async function supportOfTerms({ loaded, engine, terms, key }: TermsRequest): Promise<SupportFinding[]> {
  const worlds = new Map<string, QueryTerm[]>();
  for (const term of terms) {
    const name = JSON.stringify([term.interventions, term.evidence, term.at ?? []]);
    worlds.set(name, [...(worlds.get(name) ?? []), term]);
  }
  const findings: SupportFinding[] = [];
  for (const [first, ...others] of worlds.values()) {
    const { interventions, evidence, at = [] } = first!;
    const targets = targetNames([first!, ...others].flatMap(({ of }) => of));
    findings.push(
      ...(await supportOfWorld({
        loaded,
        engine,
        interventions,
        evidence: [...evidence, ...at],
        targets,
        key,
        ...(worlds.size > 1 ? { world: worldText(loaded, first!) } : {}),
      })),
    );
  }
  return findings;
}

function worldText(loaded: LoadedModel, { interventions, evidence }: QueryTerm): string {
  const levelsOf = levelsIn(boundModel(loaded));
  const known = evidence.map(({ variable, value }) => `${variable} = ${JSON.stringify(value)}`);
  const action = interventions.map((one) => printIntervention(one, levelsOf));
  return [...known, ...(action.length > 0 ? [`do(${action.join(", ")})`] : [])].join(", ");
}
