/** Training steps of the scalar flows of the paper's covariates, beside PyTorch's of the same maths. */

import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { type ComparisonResult, compare, type Group } from "../comparison.js";
import { covariateTraining } from "../programs/trainings.js";
import { stepping } from "../training.js";

const sizes = [
  { rows: 256, steps: 300, target: 4 },
  { rows: 100_000, steps: 3, target: 1.5 },
] as const;

export const covariatesGroup: Group = {
  title: "training step of the paper's covariates",
  async run({ threads, rounds, tiny, peer }) {
    const engine = createEngine("onnx", { threads });
    const torch = peer("covariates.py");
    const comparisons: ComparisonResult[] = [];
    for (const { rows, steps, target } of tiny ? [{ rows: 8, steps: 2, target: 4 }] : sizes)
      for (const variable of ["t", "i"] as const) {
        const training = covariateTraining(variable, rows, steps);
        const { measure, dispose } = await stepping(training, engine);
        const request = `train-${variable}-${rows}`;
        const peers = torch
          ? [
              { label: "PyTorch, eager, Adam", measure: torch.measurement(request, 1), target },
              { label: "PyTorch, eager, fused Adam", measure: torch.measurement(`${request}-fused`, 1) },
            ]
          : [];
        comparisons.push(await compare({ name: training.name, ours: measure, peers }, rounds));
        await dispose();
      }
    torch?.close();
    return { comparisons, figures: [], notes: [] };
  },
};
