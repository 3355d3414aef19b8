/**
 * The same training steps run by tfjs itself: on its plain JavaScript backend (scmc's `reference` engine, the floor),
 * and on libtensorflow if scmc has such an engine and the package is installed.
 */

import { createEngine, engineNames } from "../../src/runtime/tensors/engine/index.js";
import { type ComparisonResult, compare, type Group, type PeerMeasurement } from "../comparison.js";
import { covariateTraining } from "../programs/trainings.js";
import { stepping } from "../training.js";

const longest = 60_000;
const others: Readonly<Record<string, string>> = {
  reference: "tfjs, plain JavaScript",
  tensorflow: "tfjs, libtensorflow",
};

export const tfjsGroup: Group = {
  title: "training step of the covariates beside tfjs",
  async run({ threads, rounds, tiny }) {
    const comparisons: ComparisonResult[] = [];
    const notes = new Set<string>();
    const engine = createEngine("onnx", { threads });
    for (const variable of ["t", "i"] as const) {
      const training = covariateTraining(variable, tiny ? 8 : 256, tiny ? 2 : 300);
      const few = { ...training, steps: tiny ? 1 : 3 };
      const ours = await stepping(training, engine);
      const peers: PeerMeasurement[] = [];
      const disposals = [ours.dispose];
      for (const [name, label] of Object.entries(others)) {
        if (!(engineNames as readonly string[]).includes(name)) {
          notes.add(`${label}: absent`);
          continue;
        }
        try {
          const { measure, dispose } = await stepping(few, createEngine(name));
          disposals.push(dispose);
          const once = (await measure()) * few.steps * (rounds + 1);
          if (once > longest)
            notes.add(`${label}, ${training.name}: left out, it would take ${(once / 1000).toFixed(0)} s`);
          else peers.push({ label, measure });
        } catch (error) {
          notes.add(`${label}: absent (${error instanceof Error ? error.message.split("\n")[0] : error})`);
        }
      }
      comparisons.push(await compare({ name: training.name, ours: ours.measure, peers }, rounds));
      for (const dispose of disposals) await dispose();
    }
    return { comparisons, figures: [], notes: [...notes] };
  },
};
