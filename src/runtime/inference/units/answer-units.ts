/**
 * Counterfactuals of observed units in one world, block of units by block of units. Units that have everything the
 * answer reads go through one compiled program; those that lack a value are grouped by what is observed of them.
 *
 * The groups are made within a fixed number of units (`groupOf`), whatever the blocks: so the answer does not depend on
 * how many units are read at a time.
 */
import { observedFor, planCounterfactual } from "../../../model/plans/plan.js";
import type { QueryPlan } from "../../../schema/types.js";
import { addTally, emptyTally, type Tally } from "../../support/tally.js";
import type { Rows } from "../../tensors/core/rows.js";
import { hasMissing, type Pattern, patternsOf } from "../particles/patterns.js";
import { batchOf, defaultBlock } from "../programs/block-size.js";
import {
  type CounterfactualProgram,
  compileCounterfactual,
  counterfactualInBlocks,
  rowsPerUnit,
} from "../programs/counterfactual.js";
import { requireAnswerable } from "../terms/require-answerable.js";
import { chosenUnits } from "./chosen-units.js";
import { UnitsCollector, type UnitsPart } from "./collector.js";
import { answerPattern } from "./incomplete-units.js";
import { type BlockReport, mergedReports, type PatternReport } from "./patterns-found.js";
import { nameOf, sliceOf, type UnitBlock, type UnitsQuestion } from "./question.js";

/** The units that are grouped together: a whole multiple of the units of one call, so that none is cut. */
export function groupOf({ loaded, interventions, targets, particles }: UnitsQuestion): number {
  const plan = planCounterfactual(loaded.model, interventions, targets);
  const block = defaultBlock(loaded, rowsPerUnit({ loaded, interventions, particles }, plan));
  return batchOf(loaded, block, undefined);
}

interface FoundPattern {
  readonly pattern: Pattern;
  readonly isWhole: boolean;
}

export class UnitsAnswer {
  readonly plan: QueryPlan;
  /** Everything that the answer reads and has a mechanism. */
  private readonly needed: readonly string[];
  private readonly changed: ReadonlySet<string>;
  private readonly group: number;
  private program: Promise<CounterfactualProgram> | undefined;
  /** The number of all units, or of those of the first block. */
  private most: number | undefined;

  /** `known` are the variables that units have values of, latent ones among them. */
  constructor(
    private readonly question: UnitsQuestion,
    known: Iterable<string>,
  ) {
    const { loaded, interventions, targets } = question;
    requireAnswerable(loaded.model, { kind: "counterfactual", targets, evidence: [], interventions }, known);
    this.plan = planCounterfactual(loaded.model, interventions, targets);
    this.changed = new Set([...this.plan.replace, ...this.plan.recompute]);
    const read = [...new Set([...observedFor(loaded.model, interventions, this.plan), ...targets])];
    this.needed = read.filter((name) => loaded.mechanisms.has(name));
    this.group = groupOf(question);
  }

  /** The first unit of a block is a whole multiple of `groupOf` units from the start. */
  async answer(block: UnitBlock, onUnits?: (done: number) => void): Promise<UnitsPart> {
    const { wanted, allUnits } = this.question;
    this.most ??= allUnits ?? block.rows;
    const isPlain = !wanted.sd && wanted.quantiles.length === 0;
    if (isPlain && this.lacksNothing(block)) {
      const answer = await this.answerWhole(block, block.firstUnit, (row) => nameOf(block, row), onUnits);
      return { ...answer, spread: new Map(), reports: [] };
    }
    const { loaded, targets } = this.question;
    const collector = new UnitsCollector(loaded, targets, wanted, block.rows);
    for (let start = 0; start < block.rows; start += this.group) {
      const rows = Math.min(this.group, block.rows - start);
      for (const found of this.patterns(block, start, rows))
        await this.answerPattern(block, block.firstUnit + start, found, isPlain, collector, onUnits);
      onUnits?.(start + rows);
    }
    return collector.finish();
  }

  async dispose(): Promise<void> {
    await (await this.program?.catch(() => undefined))?.dispose();
  }

  private async answerPattern(
    block: UnitBlock,
    firstUnit: number,
    { pattern, isWhole }: FoundPattern,
    isPlain: boolean,
    collector: UnitsCollector,
    onUnits: ((done: number) => void) | undefined,
  ): Promise<void> {
    const { question, plan, needed } = this;
    const { units } = pattern;
    const open = question.targets.filter((target) => this.changed.has(target) || !pattern.observed.includes(target));
    if (!isPlain || !isWhole)
      await answerPattern({ question, plan, block, firstUnit, pattern, needed, open, collector, onUnits });
    if (!isWhole) return;
    // Last: means are the same whether or not their spread is asked for.
    const chosen = { ...chosenUnits(block, units), rows: units.length };
    collector.takeWhole(await this.answerWhole(chosen, firstUnit, (row) => nameOf(block, units[row]!)), units);
  }

  /** All units that lack nothing the answer reads are one pattern. Rows are those of the block. */
  private patterns(block: UnitBlock, start: number, rows: number): FoundPattern[] {
    const names = [...this.question.loaded.mechanisms.keys()];
    const found = patternsOf(names, sliceOf(block, start, rows).observed, rows).map(({ observed, units }) => ({
      observed,
      units: units.map((unit) => start + unit),
    }));
    const isWhole = ({ observed }: Pattern) => this.needed.every((name) => observed.includes(name));
    const whole = found.filter(isWhole).flatMap(({ units }) => [...units]);
    const partial = found.filter((pattern) => !isWhole(pattern)).map((pattern) => ({ pattern, isWhole: false }));
    if (whole.length === 0) return partial;
    const units = Int32Array.from(whole).sort();
    return [...partial, { pattern: { observed: this.needed, units }, isWhole: true }];
  }

  private lacksNothing({ observed }: UnitBlock): boolean {
    return this.needed.every((name) => {
      const rows = observed.get(name);
      return rows !== undefined && !hasMissing(rows);
    });
  }

  /** `firstUnit` is the number of the first unit; that of the others follows. */
  private async answerWhole(
    { observed: all, records, rows }: Pick<UnitBlock, "observed" | "records" | "rows">,
    firstUnit: number,
    unitName: (row: number) => string,
    onUnits?: (done: number) => void,
  ) {
    const observed = new Map([...all].filter(([name]) => this.needed.includes(name)));
    this.program ??= this.compile(observed, records);
    return counterfactualInBlocks(await this.program, {
      observed,
      ...(records ? { records } : {}),
      firstUnit,
      units: rows,
      unitName,
      ...(onUnits ? { onRows: onUnits } : {}),
    });
  }

  private compile(observed: ReadonlyMap<string, Rows>, records: UnitBlock["records"]) {
    const { loaded, engine, interventions, targets, particles, key, allUnits } = this.question;
    return compileCounterfactual({
      loaded,
      engine,
      observed,
      ...(records ? { records } : {}),
      interventions,
      targets,
      particles,
      key,
      ...(this.most === undefined ? {} : { units: this.most }),
      allUnits,
    });
  }
}

/** What the answers to all blocks say together, added block by block in their order. */
export class UnitsSummary {
  private readonly sums = new Map<string, Tally>();
  private readonly reports: BlockReport[] = [];
  rows = 0;

  add({ tallies, reports }: UnitsPart, rows: number): void {
    this.rows += rows;
    this.reports.push(...reports);
    for (const tally of tallies) {
      const sum = this.sums.get(tally.support.variable) ?? emptyTally(tally.support);
      this.sums.set(tally.support.variable, sum);
      addTally(sum, tally);
    }
  }

  get tallies(): readonly Tally[] {
    return [...this.sums.values()];
  }

  /** How the units with missing values were completed; empty where none were. */
  get inference(): readonly PatternReport[] {
    return mergedReports(this.reports);
  }
}
