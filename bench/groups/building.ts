/** The time from a program's procedure to its session, by phase, and its number of nodes. */

import type { Graph } from "../../src/runtime/tensors/engine/graph/node.js";
import { countOperations } from "../../src/runtime/tensors/engine/graph/text.js";
import { lowerLoop, lowerProgram, type OnnxProgram } from "../../src/runtime/tensors/engine/onnx/lower.js";
import { createSession } from "../../src/runtime/tensors/engine/onnx/session.js";
import { simplify } from "../../src/runtime/tensors/engine/simplify/simplify.js";
import { traceLoop, traceProgram } from "../../src/runtime/tensors/engine/trace/trace.js";
import { type Figure, type Group, timed } from "../comparison.js";
import { loadCovariates, questions } from "../programs/covariates.js";
import { paperSizes, trainingSpec as paperTrainingSpec } from "../programs/paper-vae.js";
import { covariateTraining, denseTraining } from "../programs/trainings.js";
import { trainingSpec } from "../training.js";
import { tinySizes } from "./paper-vae.js";

const limit = 1000;

async function phases(name: string, threads: number, trace: () => Graph, lower: (graph: Graph) => OnnxProgram) {
  const [traced, tracing] = await timed(trace);
  const [graph, simplifying] = await timed(() => simplify(traced));
  const [{ model }, lowering] = await timed(() => lower(graph));
  const [session, creating] = await timed(() => createSession(model, { threads }));
  await session.release();
  const nodes = [...countOperations(graph).values()].reduce((sum, count) => sum + count, 0);
  const figures: Figure[] = [
    { name: `${name}: trace`, value: tracing, unit: "ms" },
    { name: `${name}: simplify`, value: simplifying, unit: "ms" },
    { name: `${name}: lower`, value: lowering, unit: "ms" },
    { name: `${name}: session`, value: creating, unit: "ms" },
    { name: `${name}: all of it`, value: tracing + simplifying + lowering + creating, unit: "ms", limit },
    { name: `${name}: nodes`, value: nodes, unit: "nodes" },
  ];
  return figures;
}

export const buildingGroup: Group = {
  title: "building a program",
  async run({ threads, tiny }) {
    const trainings = [
      covariateTraining("t", 256, 1),
      covariateTraining("i", 256, 1),
      ...(tiny ? [] : [denseTraining(1)]),
    ];
    const figures: Figure[] = [];
    for (const training of trainings) {
      const spec = trainingSpec(training);
      figures.push(...(await phases(`training step, ${training.name}`, threads, () => traceLoop(spec), lowerLoop)));
    }
    const paper = paperTrainingSpec(tiny ? tinySizes : paperSizes);
    figures.push(...(await phases("training step, the paper's images", threads, () => traceLoop(paper), lowerLoop)));
    for (const [name, { spec }] of Object.entries(questions(loadCovariates(), 1000)))
      figures.push(...(await phases(name, threads, () => traceProgram(spec), lowerProgram)));
    return { comparisons: [], figures, notes: [] };
  },
};
