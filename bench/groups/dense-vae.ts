/** The training step of a dense conditional VAE beside PyTorch's, with its default optimiser and its fused one. */

import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { compare, type Group } from "../comparison.js";
import { denseTraining } from "../programs/trainings.js";
import { stepping } from "../training.js";

const tinySizes = { pixels: 16, hidden: 8, latent: 2, batch: 4 };

export const denseVaeGroup: Group = {
  title: "training step of a dense conditional VAE of 3.8 million weights, batch 256",
  async run({ threads, rounds, tiny, peer }) {
    const training = tiny ? denseTraining(2, tinySizes) : denseTraining(20);
    const { measure, dispose } = await stepping(training, createEngine("onnx", { threads }));
    const torch = peer("dense_vae.py");
    const peers = torch
      ? [
          { label: "PyTorch, eager, Adam", measure: torch.measurement("train", 1), target: 1.1 },
          { label: "PyTorch, eager, fused Adam", measure: torch.measurement("train-fused", 1) },
        ]
      : [];
    try {
      return {
        comparisons: [await compare({ name: training.name, ours: measure, peers }, rounds)],
        figures: [],
        notes: [],
      };
    } finally {
      torch?.close();
      await dispose();
    }
  },
};
