/**
 * `scmc sample`: draws units and writes them block by block. A data set also holds their exogenous noise, so true
 * counterfactuals can be computed from it.
 */
import { variable } from "../../algebra/expression.js";
import { outputKind } from "../../data/dataset/open-sink.js";
import { answer } from "../../runtime/inference/answer.js";
import type { QueryTerm } from "../../schema/types.js";
import { ask } from "../places/ask.js";
import { checkOutput, type OutputOptions, printSummary, targetsOf, toStdout } from "../places/output.js";
import { type EngineOptions, interventionsOf } from "../places/runnable.js";
import { writeAnswer } from "../places/write-answer.js";
import { supportJson, supportLines } from "../print/describe-answer.js";
import { rowProgress } from "../process/terminal.js";

export interface SampleOptions extends EngineOptions, OutputOptions {
  readonly rows: number;
  readonly do?: readonly string[];
  readonly split?: string;
  readonly batch?: number;
}

export async function sampleTo(path: string, options: SampleOptions): Promise<void> {
  const { rows, seed, split, batch } = options;
  await checkOutput(options);
  const { session, terminal, engine } = await ask(path, options);
  const { loaded } = session;
  const interventions = interventionsOf(options.do, loaded);
  const targets = targetsOf(loaded, options);
  const term: QueryTerm = { kind: "sample", of: targets.map(variable), evidence: [], interventions };
  const report = rowProgress(terminal);
  const parts = answer(session, { expression: term }, undefined, {
    samples: rows,
    // A table holds the variables only; a data set also holds their noise.
    noises: !toStdout(options) && outputKind(options.out!) === "directory",
    ...(split === undefined ? {} : { split }),
    ...(batch === undefined ? {} : { batch }),
    onUnits: (_, done) => {
      if (done < rows) report("units", done, rows);
    },
  });
  await writeAnswer(loaded, parts, options, ({ summary, place }) => {
    if (summary.kind !== "sample") return;
    const { support } = summary;
    terminal.done(`wrote ${rows} units of ${targets.join(", ")} to ${toStdout(place) ? "stdout" : place.out}`);
    for (const line of supportLines(support)) terminal.note(line);
    printSummary(options, { rows, variables: targets, seed, engine, ...supportJson(support) });
  });
}
