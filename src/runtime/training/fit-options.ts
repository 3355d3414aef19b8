/**
 * Fitting options of a mechanism: what the program's `fit` statement says, over the defaults of its kind. A scalar flow is small and
 * its steps cost microseconds, so it takes at least 4,000 of them whatever the number of rows.
 */
import type { LearnedMechanism, Model } from "../../model/schema-types.js";
import type { FitOptions } from "./fit-mechanism.js";
import { heldOutShare } from "./fit-mechanism.js";

const fewestFlowSteps = 4000;

function defaultsOf(kind: LearnedMechanism["kind"], rows: number, batch: number): Omit<FitOptions, "batch"> {
  const stepsPerEpoch = Math.max(1, Math.floor((rows * (1 - heldOutShare)) / batch));
  if (kind === "cvae" || kind === "hvae") return { epochs: 30, rate: 1e-3, patience: 10, balance: "none" };
  const epochs = Math.max(20, Math.ceil(fewestFlowSteps / stepsPerEpoch));
  return { epochs, rate: 5e-3, patience: epochs, balance: "none" };
}

export function fitOptionsOf(model: Model, { kind, variable }: LearnedMechanism, rows: number): FitOptions {
  const given = Object.assign({}, ...model.fits.filter((fit) => fit.variable === variable).map((fit) => fit.options));
  const batch = Number(given.batch ?? 256);
  const defaults = defaultsOf(kind, rows, batch);
  return {
    epochs: Number(given.epochs ?? defaults.epochs),
    batch,
    rate: Number(given.rate ?? defaults.rate),
    patience: Number(given.patience ?? defaults.patience),
    balance: given.balance === "parents" ? "parents" : defaults.balance,
  };
}
