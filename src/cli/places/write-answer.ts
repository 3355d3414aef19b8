/** Writes the units of an answer as they are computed, each world of a grid to its own place. */
import type { DatasetBlock } from "../../data/columns/dataset.js";
import type { BlockSink } from "../../data/tables/block-sink.js";
import type {
  AnswerPart,
  CounterfactualSummary,
  CounterfactualUnits,
  DrawnUnits,
  SampleSummary,
  UnansweredPart,
} from "../../runtime/inference/answer.js";
import type { LoadedModel } from "../../runtime/mechanisms/loaded-model.js";
import type { DataBlock } from "../../session/units.js";
import { cleaningUp } from "../process/closed-output.js";
import { counterfactualColumns, drawnColumns } from "./answer-data.js";
import { type OutputOptions, openOutput, outputOf, untilStopped } from "./output.js";

/** The summary of a world's units, and where they were written; `place` is absent if there are no units. */
export interface Written {
  readonly summary: SampleSummary | CounterfactualSummary | UnansweredPart;
  readonly place: OutputOptions;
}

/**
 * Writes all parts, and hands over each world's summary once its output is whole. If the work fails, or Ctrl-C or a
 * termination signal stops it, that world's output is removed.
 */
export async function writeAnswer(
  loaded: LoadedModel,
  parts: AsyncIterable<AnswerPart<DataBlock>>,
  options: OutputOptions,
  onWorld: (written: Written) => void,
): Promise<void> {
  await cleaningUp(() =>
    untilStopped(async () => {
      let sink: BlockSink | undefined;
      try {
        for await (const part of parts) {
          const { index, of } = part.world;
          const place = { ...options, ...outputOf(options, index, of) };
          switch (part.kind) {
            case "drawn units":
            case "counterfactual units":
              sink ??= await openOutput(place);
              await sink.write(blockOf(loaded, part));
              break;
            case "sample":
            case "counterfactual":
              sink ??= await openOutput(place);
              await sink.finish();
              sink = undefined;
              onWorld({ summary: part, place });
              break;
            case "unanswered":
              onWorld({ summary: part, place });
              break;
            case "estimate":
              throw new Error("an estimate has no units to write");
          }
        }
      } catch (error) {
        await sink?.abort();
        throw error;
      }
    }),
  );
}

/** The units as a block to write: drawn units do not have ids, observed ones keep theirs. */
function blockOf(loaded: LoadedModel, part: DrawnUnits | CounterfactualUnits<DataBlock>): DatasetBlock {
  if (part.kind === "drawn units") {
    const { firstRow, rows, noises } = part;
    return { firstRow, rows, ids: null, columns: drawnColumns(loaded, part), noise: noises };
  }
  const { block } = part;
  if (!("source" in block)) {
    const columns = counterfactualColumns(loaded, part, undefined);
    return { firstRow: 0, rows: block.rows, ids: ["evidence"], columns, noise: new Map() };
  }
  const columns = counterfactualColumns(loaded, part, block.source);
  const { firstRow, rows, ids, idName } = block.source;
  return { firstRow, rows, ids, ...(idName === undefined ? {} : { idName }), columns, noise: new Map() };
}
