/**
 * Fitting options of a mechanism: what the program's `fit` statement and the command line say, over the defaults of its
 * kind. A scalar flow is small and its steps cost microseconds, so it takes at least 4,000 of them whatever the number
 * of rows.
 */

import { assertNever } from "../../../diagnostics/assert-never.js";
import { type MechanismSpec, mechanisms } from "../../../model/catalogue/catalogue.js";
import type { Domain, Fit, LearnedMechanism } from "../../../schema/types.js";
import { heldOutShare } from "./held-out.js";
import { type Schedule, schedules } from "./schedule.js";

export interface FitOptions {
  readonly epochs: number;
  readonly batch: number;
  /** Adam's step size at its largest. */
  readonly rate: number;
  /** Stop after this many epochs without a better held-out loss. */
  readonly patience: number;
  readonly balance: "none" | "parents";
  /** Each step takes this share of the weights, times the step size (decoupled, AdamW). */
  readonly weightDecay: number;
  /** Largest L2 norm of the gradient; a longer one is shortened to it. */
  readonly clip: number;
  readonly schedule: Schedule;
  /** Steps over which the rate rises from 0; null for a share of all steps. */
  readonly warmup: number | null;
  /** Draws from the encoder for each row of a batch; 1 for kinds without an encoder. */
  readonly particles: number;
  /** Epochs of fine-tuning after the others; absent for kinds that have none. */
  readonly finetune?: number;
  /**
   * Whether the program or the command line asks for anything of gradient training; otherwise a closed form is used
   * where there is one.
   */
  readonly gradient: boolean;
}

/** Options that are about rows and rounds rather than steps: closed forms have them too. */
const notOfSteps: ReadonlySet<string> = new Set(["balance", "posterior"]);

type Training = MechanismSpec["training"];

const fewestFlowSteps = 4000;
const fewestAdversarialSteps = 8000;
const finetuneEpochs = 5;
const usualBatch = 256;
/** Adversarial training lives on many steps rather than on precise ones. */
const adversarialBatch = 64;
const largestGradientNorm = 100;

/** Without patience a fit goes through all its epochs, however many are asked for. */
type Defaults = Pick<FitOptions, "epochs" | "rate" | "finetune"> & { readonly patience: number | null };

function defaultsOf(training: Training, domain: Domain, rows: number, batch: number): Defaults {
  const stepsPerEpoch = Math.max(1, Math.floor((rows * (1 - heldOutShare)) / batch));
  switch (training) {
    case "bound":
      return { epochs: 30, rate: 1e-3, patience: 10 };
    case "adversarial": {
      const epochs = Math.max(20, Math.ceil(fewestAdversarialSteps / stepsPerEpoch));
      // Adversarial losses do not fall steadily, so that patience would end a fit early.
      return { epochs, rate: 2e-4, patience: null, finetune: finetuneEpochs };
    }
    case "likelihood": {
      if (domain.kind === "image") return { epochs: 10, rate: 2e-3, patience: 5 };
      const epochs = Math.max(20, Math.ceil(fewestFlowSteps / stepsPerEpoch));
      return { epochs, rate: 5e-3, patience: null };
    }
    default:
      return assertNever(training);
  }
}

/**
 * Of several entries for the variable, the later ones override the earlier, option by option. `domain` is as the data
 * bound it.
 */
export function fitOptionsOf(
  fits: readonly Fit[],
  { kind, variable }: LearnedMechanism,
  domain: Domain,
  rows: number,
): FitOptions {
  const given = Object.assign({}, ...fits.filter((fit) => fit.variable === variable).map((fit) => fit.options));
  const { training } = mechanisms[kind];
  const batch = Number(given.batch ?? (training === "adversarial" ? adversarialBatch : usualBatch));
  const defaults = defaultsOf(training, domain, rows, batch);
  const epochs = Number(given.epochs ?? defaults.epochs);
  const finetune = defaults.finetune === undefined ? undefined : Number(given.finetune ?? defaults.finetune);
  return {
    epochs,
    batch,
    rate: Number(given.rate ?? defaults.rate),
    patience: Number(given.patience ?? defaults.patience ?? epochs + (finetune ?? 0)),
    balance: given.balance === "parents" ? "parents" : "none",
    weightDecay: Number(given.weight_decay ?? 0),
    clip: Number(given.clip ?? largestGradientNorm),
    schedule: schedules.find((schedule) => schedule === given.schedule) ?? "cosine",
    warmup: given.warmup === undefined ? null : Number(given.warmup),
    particles: Number(given.particles ?? 1),
    ...(finetune === undefined ? {} : { finetune }),
    gradient: Object.keys(given).some((option) => !notOfSteps.has(option)),
  };
}
