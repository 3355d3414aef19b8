/**
 * Questions about the covariates of 100,000 units, each one program that is given its noise, beside PyTorch's of the
 * same maths.
 */

import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { type ComparisonResult, compare, type Group, timed } from "../comparison.js";
import { loadCovariates, questions } from "../programs/covariates.js";

const target = 1.5;

export const queriesGroup: Group = {
  title: "questions about the paper's covariates, 100,000 units",
  async run({ threads, rounds, tiny, peer }) {
    const engine = createEngine("onnx", { threads });
    const torch = peer("covariates.py");
    const comparisons: ComparisonResult[] = [];
    for (const [name, { spec, inputs }] of Object.entries(questions(loadCovariates(), tiny ? 10 : 100_000))) {
      const program = await engine.compile(spec);
      const ours = async () => (await timed(() => program.run(inputs)))[1];
      const peers = torch ? [{ label: "PyTorch, eager", measure: torch.measurement(name, 3), target }] : [];
      comparisons.push(await compare({ name, ours, peers }, rounds));
      await program.dispose();
    }
    torch?.close();
    return { comparisons, figures: [], notes: [] };
  },
};
