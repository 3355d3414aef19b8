/** Fitting options, which never change what a program means. */
import type { OptionSpec, OptionSpecs } from "./option-spec.js";

/** Fitting options; those that a program leaves out are chosen when fitting. */
export const fit: OptionSpecs = {
  epochs: { type: "integer", minimum: 1 },
  batch: { type: "integer", minimum: 1 },
  rate: { type: "number", above: 0 },
  balance: { type: "word", words: ["parents"], needsParents: true },
  patience: { type: "integer", minimum: 1 },
  weight_decay: { type: "number", minimum: 0 },
  clip: { type: "number", above: 0 },
  schedule: { type: "word", words: ["cosine", "linear", "constant"] },
  warmup: { type: "integer", minimum: 0 },
};

/** Options of all mechanisms together, `fit model(…)`: the treatment of rows that lack values. */
export const modelFit: OptionSpecs = {
  missing: { type: "word", words: ["drop", "em"] },
  rounds: { type: "integer", minimum: 1, beside: { option: "missing", choices: ["em"] } },
  proposals: { type: "integer", minimum: 1, beside: { option: "missing", choices: ["em"] } },
};

/**
 * The option for a network that proposes missing causes of a vector or image; by default it is learned if a query needs
 * it.
 */
const posterior: OptionSpec = {
  type: "call",
  calls: { learned: { epochs: { type: "integer", minimum: 1 } }, none: {} },
  needsParents: true,
  domains: ["vector", "image"],
};

/** Fitting options of kinds whose loss is an average over draws from an encoder. */
export const amortisedFit: OptionSpecs = { ...fit, particles: { type: "integer", minimum: 1 }, posterior };

export const flowFit: OptionSpecs = { ...fit, posterior };

/** `finetune` is the number of epochs that train only the encoder, after the adversarial ones. */
export const adversarialFit: OptionSpecs = { ...fit, finetune: { type: "integer", minimum: 0 } };
