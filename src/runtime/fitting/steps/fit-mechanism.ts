/**
 * Fits one mechanism to its variable and parents, which are observed: the likelihood factorises, so each mechanism has
 * its own program, batch size and optimiser (DESIGN §5). Many steps run in one call of a loop program; between calls,
 * progress is reported. A tenth of the rows is held out; what is kept is the latest epoch that is not clearly worse on
 * them than the best.
 */
import { failure, ScmcError } from "../../../diagnostics/diagnostic.js";
import type { ClosedFit, ClosedMethod, FitWarning } from "../../mechanisms/contract/closed-form.js";
import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import { groupsOf, type ParameterGroup, trainingDrawsOf } from "../../mechanisms/contract/mechanism.js";
import type { HostData, HostTensors, LoopProgram } from "../../tensors/core/engine.js";
import { gatherRows } from "../../tensors/core/rows.js";
import type { RandomKey } from "../../tensors/random/random-key.js";
import { balancedWeights, drawWeights, epochOrder } from "./balance.js";
import { type Calibration, createCalibration } from "./calibration.js";
import type { FitState } from "./checkpoint.js";
import { closedFitOf } from "./closed-fit.js";
import { convergenceWarnings } from "./convergence.js";
import { dataWarnings, requireEnoughRows } from "./data-warnings.js";
import type { FitData } from "./fit-data.js";
import type { FitOptions } from "./fit-options.js";
import type { FitRequest } from "./fit-request.js";
import { heldOutRowsOf, splitOf } from "./held-out.js";
import { createHeldOutLoss, type HeldOutLoss } from "./held-out-loss.js";
import { initialFromRows } from "./initial-from-rows.js";
import { betterOf, meanOf } from "./kept-epoch.js";
import { chosenWeights } from "./present-rows.js";
import { optimiserInputs, trainingProgram } from "./training-program.js";
import {
  carriedState,
  initialState,
  parametersIn,
  stateByName,
  withFreshMoments,
  withParameters,
} from "./training-state.js";

export interface FitResult {
  readonly parameters: HostTensors;
  /** Null for a fit in closed form, which holds out no row. */
  readonly heldOutLoss: number | null;
  readonly method: FitMethod;
  /** Of the rows of the fit, in nats a row; null for gradient training. */
  readonly loss: number | null;
  readonly warnings: readonly FitWarning[];
  readonly epochs: number;
  readonly steps: number;
  /** Of the whole fit, also where it went on from a checkpoint. */
  readonly seconds: number;
  readonly trainingRows: number;
  readonly heldOutRows: number;
}

export type FitMethod = "gradient" | ClosedMethod;
/** Milliseconds between checkpoints. */
const checkpointInterval = 15_000;
const stepsPerCall = 50;

/** Rows of a training step: as many as asked for, at most all that are not held out. */
export function batchOf({ batch }: Pick<FitOptions, "batch">, rows: number): number {
  return Math.min(batch, rows > 1 ? rows - heldOutRowsOf(rows) : rows);
}

export async function fitMechanism(request: FitRequest): Promise<FitResult> {
  const { mechanism, data, options, engine, key } = request;
  const started = performance.now();
  const rows = data.value.rows;
  if (Object.keys(mechanism.parameters).length === 0) return nothingToFit(rows);
  requireEnoughRows(mechanism.variable, rows);
  const warnings = dataWarnings(mechanism.variable, request.parents ?? [], data);
  const closed = options.gradient ? undefined : closedFit(request);
  if (closed) {
    const { parameters, method, loss, steps } = closed;
    const seconds = Math.round(performance.now() - started) / 1000;
    const none = { heldOutLoss: null, epochs: 0, heldOutRows: 0 };
    return {
      parameters,
      method,
      loss,
      warnings: [...warnings, ...closed.warnings],
      steps,
      seconds,
      trainingRows: rows,
      ...none,
    };
  }
  const split = request.split ?? splitOf(key, rows);
  const heldOutRows = heldOutRowsOf(rows);
  const heldOut = split.subarray(0, heldOutRows);
  const training = rows > 1 ? split.subarray(heldOutRows) : split;
  const batch = batchOf(options, rows);
  const stepsPerEpoch = Math.max(1, Math.floor(training.length / batch));
  const completions = request.completions ?? [data];
  const sampling = chosenWeights(data, training).weights;
  const isBalanced = options.balance === "parents";
  const weights = completions.map(({ parents }) =>
    drawWeights(sampling, isBalanced ? balancedWeights(Object.values(parents), training) : null),
  );

  const stages = await compileStages(request, batch);
  const evaluation = await createHeldOutLoss(mechanism, data, heldOut, engine, key.split("held out draws"));
  const calibration =
    isBalanced && Object.keys(mechanism.buffers ?? {}).length > 0
      ? await createCalibration(mechanism, data, training, batch, engine, key.split("calibration"))
      : null;
  const run = new Run(request, stages, training, batch, stepsPerEpoch, weights);
  try {
    const start = (await request.checkpoint?.load()) ?? (await firstState(request, training, evaluation));
    const secondsSoFar = () => start.seconds + (performance.now() - started) / 1000;
    const curve = start.epoch === 0 ? [start.best.loss] : [];
    const finished = await fitEpochs(request, run, evaluation, calibration, start, secondsSoFar, curve);
    const { epoch, best } = finished;
    // A round of EM is followed by others; its few epochs go on from where the last one ended.
    const convergence = request.completions
      ? []
      : await convergenceWarnings({
          ...request,
          parameters: best.parameters,
          training,
          weights: weights[0]!,
          curve,
          epochs: totalEpochs(options),
        });
    // Kept until the artefact is written: a run that is stopped at another mechanism does not fit this one again.
    if (finished !== start) await request.checkpoint?.save(finished);
    return {
      parameters: best.parameters,
      heldOutLoss: best.loss,
      method: "gradient",
      loss: null,
      warnings: [...warnings, ...convergence],
      epochs: epoch,
      steps: epoch * stepsPerEpoch,
      seconds: Math.round(1000 * finished.seconds) / 1000,
      trainingRows: training.length,
      heldOutRows: heldOut.length,
    };
  } finally {
    for (const { program } of stages) await program.dispose();
    await evaluation.dispose();
    await calibration?.dispose();
  }
}

/** Of a point mass, which has no parameters: its probability is 1 at its value. */
function nothingToFit(rows: number): FitResult {
  const none = { heldOutLoss: 0, epochs: 0, steps: 0, seconds: 0, method: "counts" as const, loss: null, warnings: [] };
  return { parameters: {}, ...none, trainingRows: rows, heldOutRows: 0 };
}

/** The maximum of the likelihood in closed form, where there is one, with every parameter that the mechanism has. */
function closedFit(request: FitRequest): ClosedFit | undefined {
  const { mechanism, from, key } = request;
  if (!mechanism.closedForm) return undefined;
  const initial = from ?? parametersIn(initialState(mechanism, key.split("initial")));
  const closed = closedFitOf(request, initial);
  return closed?.isMaximum ? { ...closed, parameters: { ...initial, ...closed.parameters } } : undefined;
}

/** Epochs that repeat one program. */
interface Stage {
  readonly firstEpoch: number;
  readonly epochs: number;
  readonly program: LoopProgram;
}

/** Training proper, and then fine-tuning where the mechanism has it and the options ask for it. */
async function compileStages({ mechanism, data, options, engine }: FitRequest, batch: number): Promise<Stage[]> {
  const compile = (groups: readonly ParameterGroup[]) =>
    engine.compileLoop(trainingProgram(mechanism, data, batch, options, groups));
  const { epochs } = options;
  const stages: Stage[] = [{ firstEpoch: 0, epochs, program: await compile(groupsOf(mechanism)) }];
  const [group, finetune] = [mechanism.finetune, options.finetune ?? 0];
  if (group && finetune > 0) stages.push({ firstEpoch: epochs, epochs: finetune, program: await compile([group]) });
  return stages;
}

function totalEpochs({ epochs, finetune = 0 }: FitOptions): number {
  return epochs + finetune;
}

async function firstState(request: FitRequest, training: Int32Array, evaluation: HeldOutLoss): Promise<FitState> {
  const { mechanism, key } = request;
  const drawn = initialState(mechanism, key.split("initial"));
  const state = request.from
    ? withParameters(drawn, request.from)
    : {
        ...drawn,
        ...closedStart(request, drawn, training),
        ...(await initialFromRows(request, drawn, training)),
      };
  const parameters = parametersIn(state);
  const losses = await evaluation.losses(parameters);
  return {
    epoch: 0,
    seconds: 0,
    state,
    best: { epoch: 0, loss: meanOf(losses), parameters, least: { epoch: 0, losses } },
  };
}

/** The closed form of the training rows, as entries of the fit's state: gradient training starts there. */
function closedStart(request: FitRequest, drawn: HostTensors, training: Int32Array): HostTensors {
  const closed = closedFitOf(request, parametersIn(drawn), training);
  return Object.fromEntries(
    Object.entries(closed?.parameters ?? {}).map(([name, tensor]) => [`parameter.${name}`, tensor]),
  );
}

/**
 * Epochs until the last one or until patience ends. Where a loss is not finite, the state before it is kept on disk.
 */
async function fitEpochs(
  { options, checkpoint }: FitRequest,
  run: Run,
  evaluation: HeldOutLoss,
  calibration: Calibration | null,
  start: FitState,
  secondsSoFar: () => number,
  /** Takes the held-out loss of each epoch. */
  curve: number[],
): Promise<FitState> {
  let current = start;
  let saved = performance.now();
  while (current.epoch < totalEpochs(options) && current.epoch - current.best.least.epoch < options.patience) {
    const state = await run.epoch(current.epoch, current.state, current.best.loss).catch(async (error: unknown) => {
      if (error instanceof ScmcError) await checkpoint?.save(current);
      throw error;
    });
    const epoch = current.epoch + 1;
    const trained = parametersIn(state);
    const parameters = calibration ? await calibration.calibrated(trained) : trained;
    const losses = await evaluation.losses(parameters);
    curve.push(meanOf(losses));
    run.report(epoch, meanOf(losses));
    current = { epoch, seconds: secondsSoFar(), state, best: betterOf(current.best, epoch, losses, parameters) };
    if (checkpoint && performance.now() - saved > checkpointInterval) {
      await checkpoint.save(current);
      saved = performance.now();
    }
  }
  return current;
}

/** The mutable side of a fit: which rows come next, and what to report. */
class Run {
  private lastLoss = Number.NaN;

  constructor(
    private readonly request: FitRequest,
    private readonly stages: readonly Stage[],
    private readonly training: Int32Array,
    private readonly batch: number,
    private readonly stepsPerEpoch: number,
    /** Of the rows of each completion. */
    private readonly weights: readonly (Float64Array | null)[],
  ) {}

  /** Which completion of the rows an epoch goes through. */
  private completionOf(epoch: number): number {
    return epoch % (this.request.completions?.length ?? 1);
  }

  async epoch(epoch: number, initial: HostTensors, heldOutLoss: number): Promise<HostTensors> {
    const key = this.request.key.split("epoch").split(epoch);
    const count = this.training.length;
    const offset = key.split("offset").uniform(1)[0]!;
    const completion = this.completionOf(epoch);
    const weights = this.weights[completion] ?? null;
    const order = epochOrder(count, weights, key.split("order").permutation(count), offset);
    const { mechanism } = this.request;
    const stage = this.stages.findLast(({ firstEpoch }) => epoch >= firstEpoch)!;
    const isNewStage = epoch === stage.firstEpoch && epoch > 0;
    let state = isNewStage ? withFreshMoments(initial) : initial;
    for (let start = 0; start < this.stepsPerEpoch; start += stepsPerCall) {
      const steps = Math.min(stepsPerCall, this.stepsPerEpoch - start);
      const positions = order.subarray(start * this.batch, (start + steps) * this.batch);
      const inputs = this.inputs(
        this.request.completions?.[completion] ?? this.request.data,
        positions,
        stage,
        (epoch - stage.firstEpoch) * this.stepsPerEpoch + start,
        key.split("draws").split(start),
      );
      const result = await stage.program.run(steps, carriedState(mechanism, state), inputs);
      this.checkLosses(result.outputs.loss!.data, epoch, start);
      state = stateByName(mechanism, result.state);
      this.report(epoch, Number.isFinite(heldOutLoss) ? heldOutLoss : null, start + steps);
    }
    return state;
  }

  report(epoch: number, heldOutLoss: number | null, stepInEpoch = 0): void {
    const { mechanism, options, onProgress } = this.request;
    onProgress?.({
      variable: mechanism.variable,
      epoch,
      epochs: totalEpochs(options),
      step: epoch * this.stepsPerEpoch + stepInEpoch,
      steps: totalEpochs(options) * this.stepsPerEpoch,
      loss: this.lastLoss,
      heldOutLoss,
    });
  }

  /** For the steps of the stage that start with `firstStep`. */
  private inputs(
    data: FitData,
    positions: Int32Array,
    { epochs }: Stage,
    firstStep: number,
    key: RandomKey,
  ): Record<string, HostData> {
    const { mechanism, options } = this.request;
    const indices = positions.map((position) => this.training[position]!);
    const inputs: Record<string, HostData> = { value: gatherRows(data.value, indices) };
    for (const [name, parent] of Object.entries(data.parents)) inputs[`parent.${name}`] = gatherRows(parent, indices);
    for (const [name, draw] of Object.entries(trainingDrawsOf(mechanism)))
      inputs[`draw.${name}`] = sampleDraws(draw, indices.length * options.particles, key.split(name));
    const steps = positions.length / this.batch;
    return {
      ...inputs,
      ...optimiserInputs(options, firstStep, steps, epochs * this.stepsPerEpoch, mechanism.momentum),
    };
  }

  private checkLosses(losses: HostData, epoch: number, start: number): void {
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    let sum = 0;
    for (const loss of losses) sum += loss;
    this.lastLoss = sum / losses.length;
    if (bad < 0) return;
    const step = epoch * this.stepsPerEpoch + start + bad + 1;
    throw failure(
      "7030",
      "run",
      `the loss of \`${this.request.mechanism.variable}\` became ${losses[bad]} at step ${step} (epoch ${epoch + 1}, batch ${start + bad + 1})`,
      `Lower the rate: fit ${this.request.mechanism.variable}(rate = ${this.request.options.rate / 3}).`,
    );
  }
}
