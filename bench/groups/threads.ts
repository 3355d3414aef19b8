/** The gain from further threads: the training steps on one thread, two, and all cores. */
import { availableParallelism } from "node:os";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { type Comparison, compare, type Figure, type Group } from "../comparison.js";
import { covariateTraining, denseTraining } from "../programs/trainings.js";
import { stepping } from "../training.js";

export const threadsGroup: Group = {
  title: "threads",
  async run({ rounds, tiny }) {
    const counts = [...new Set([1, 2, availableParallelism()])].sort((a, b) => a - b);
    const trainings = tiny
      ? [covariateTraining("t", 8, 2)]
      : [denseTraining(10), covariateTraining("t", 100_000, 3), covariateTraining("i", 256, 300)];
    const figures: Figure[] = [];
    for (const training of trainings) {
      const loops = await Promise.all(counts.map((threads) => stepping(training, createEngine("onnx", { threads }))));
      const [first, ...more] = loops.map(({ measure }) => measure) as [Comparison["ours"], ...Comparison["ours"][]];
      const peers = more.map((measure, k) => ({ label: String(counts[k + 1]), measure }));
      const result = await compare({ name: training.name, ours: first, peers }, rounds);
      figures.push({ name: `${training.name}: 1 thread`, value: result.ours.median, unit: "ms" });
      for (const { label, milliseconds, ratio } of result.peers) {
        figures.push({ name: `${training.name}: ${label} threads`, value: milliseconds.median, unit: "ms" });
        figures.push({ name: `${training.name}: ${label} threads are faster`, value: 1 / ratio, unit: "times" });
      }
      for (const { dispose } of loops) await dispose();
    }
    return { comparisons: [], figures, notes: counts.length < 3 ? [`this machine has ${counts.at(-1)} cores`] : [] };
  },
};
