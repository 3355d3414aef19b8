/**
 * Whether gradient training ended because the parameters came to rest, or only because its steps did: rates that fall
 * to 0 make every loss flat in the end, so the loss of the last epochs does not tell.
 *
 * A mechanism of few parameters is asked for the gradient over its training rows, by blocks of rows: at a maximum of
 * the likelihood it is 0, at the truth it is as large as sampling makes it. A parameter whose mean gradient is many of
 * its standard errors away from 0 is that many standard errors away from the estimate (a score test, Rao 1948). A
 * larger network never comes to rest in that sense; it is asked how much of the fall of its held-out loss came in the
 * last fifth of the epochs.
 */

import type { FitWarning } from "../../mechanisms/contract/closed-form.js";
import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import { type Fittable, fittedSpecs, groupsOf, trainingDrawsOf } from "../../mechanisms/contract/mechanism.js";
import type { HostData, HostTensors, ProgramSpec } from "../../tensors/core/engine.js";
import { named } from "../../tensors/core/names.js";
import { gatherRows } from "../../tensors/core/rows.js";
import * as tf from "../../tensors/core/tfjs.js";
import { epochOrder } from "./balance.js";
import type { FitData } from "./fit-data.js";
import type { FitRequest } from "./fit-request.js";
import { keepStatistics } from "./running-averages.js";
import { batchSpecs } from "./training-program.js";

/** Parameters up to which the gradient is asked for. */
const mostParameters = 2000;
const blocks = 20;
const mostRows = 20_000;
/** With 20 blocks a t of 19 degrees of freedom, which exceeds 7 once in 2 million. */
const steepT = 7;
/** Nats a row that the steepest parameter alone would gain, t² / 2n: below it nobody would see the difference. */
const leastGain = 1e-4;
/** Share of the whole fall of the held-out loss that the last fifth of the epochs may have. */
const mostLateFall = 0.05;

/** The held-out loss by epoch, from the first parameters on. */
export type LossCurve = readonly number[];

export interface ConvergenceRequest extends FitRequest {
  readonly parameters: HostTensors;
  readonly training: Int32Array;
  /** How often each training row is drawn; null where all are drawn alike. */
  readonly weights: Float64Array | null;
  readonly curve: LossCurve;
  readonly epochs: number;
}

/** Nothing where the fit has converged, or where too little is known to say. */
export async function convergenceWarnings(request: ConvergenceRequest): Promise<FitWarning[]> {
  const found = isAskedForGradient(request.mechanism, request.options.weightDecay)
    ? await steepestOf(request)
    : lateFallOf(request);
  return found === undefined ? [] : [warningOf(request, found)];
}

/** Whether the gradient tells: of few parameters, fitted together by one loss, without a decay that pulls at them. */
export function isAskedForGradient(mechanism: Fittable, weightDecay: number): boolean {
  const groups = groupsOf(mechanism);
  const count = Object.values(mechanism.parameters).reduce(
    (sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1),
    0,
  );
  return count <= mostParameters && groups.length === 1 && !mechanism.finetune && weightDecay === 0;
}

/** Rows of a block of the gradient; 0 where there are too few for blocks. */
export function rowsOfBlock(rows: number): number {
  return Math.floor(Math.min(rows, mostRows) / blocks);
}

/** The mean gradient of a block of rows by parameter, the parameters among the inputs. */
export function gradientProgram(mechanism: Fittable, data: FitData, block: number, particles: number): ProgramSpec {
  const inputs = { ...batchSpecs(mechanism, data, block, particles) };
  for (const [name, { shape }] of Object.entries(fittedSpecs(mechanism)))
    inputs[`parameter.${name}`] = { shape, dtype: "float32" };
  const names = Object.keys(mechanism.parameters);
  const { loss } = groupsOf(mechanism)[0]!;
  return {
    name: `gradient ${mechanism.variable}`,
    inputs,
    procedure(given) {
      const all = named(given, "parameter.");
      const gradients = tf.grads((...tensors: tf.Tensor[]) => {
        const statistics: Record<string, tf.Tensor> = {};
        const own = { ...all, ...Object.fromEntries(names.map((name, k) => [name, tensors[k]!])) };
        const result = loss(own, given.value!, named(given, "parent."), named(given, "draw."), statistics);
        keepStatistics(statistics);
        return result as tf.Scalar;
      })(names.map((name) => all[name]!));
      return Object.fromEntries(names.map((name, k) => [`gradient.${name}`, gradients[k]!]));
    },
  };
}

async function steepestOf(request: ConvergenceRequest): Promise<string | undefined> {
  const { mechanism, data, options, engine, training, weights, key } = request;
  const block = rowsOfBlock(training.length);
  if (block === 0) return undefined;
  const program = await engine.compile(gradientProgram(mechanism, data, block, options.particles));
  const own = key.split("convergence");
  const order = epochOrder(training.length, weights, own.split("rows").permutation(training.length), 0.5);
  const found: HostTensors[] = [];
  try {
    for (let k = 0; k < blocks; k++) {
      const rows = order.subarray(k * block, (k + 1) * block).map((position) => training[position]!);
      const given: Record<string, HostData> = { value: gatherRows(data.value, rows) };
      for (const [name, parent] of Object.entries(data.parents)) given[`parent.${name}`] = gatherRows(parent, rows);
      for (const [name, draw] of Object.entries(trainingDrawsOf(mechanism)))
        given[`draw.${name}`] = sampleDraws(draw, block * options.particles, own.split(name).split(k));
      for (const [name, { data: values }] of Object.entries(request.parameters)) given[`parameter.${name}`] = values;
      found.push(await program.run(given));
    }
  } finally {
    await program.dispose();
  }
  const t = steepest(found);
  const gain = (t * t) / (2 * blocks * block);
  if (t <= steepT || gain <= leastGain) return undefined;
  return `the gradient over its training rows is ${t.toPrecision(2)} standard errors away from 0, so about ${gain.toPrecision(1)} nats a row or more are left to gain`;
}

/** The largest |mean| / standard error over all elements of the blocks' gradients. */
export function steepest(gradients: readonly HostTensors[]): number {
  let largest = 0;
  for (const [name, { data }] of Object.entries(gradients[0]!))
    for (let at = 0; at < data.length; at++) {
      const values = gradients.map((one) => one[name]!.data[at]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const error = Math.sqrt(squares / (values.length - 1) / values.length);
      // A parameter that nothing depends on has no gradient in any block.
      if (mean !== 0) largest = Math.max(largest, Math.abs(mean) / Math.max(error, 1e-12));
    }
  return largest;
}

/** The fall of the held-out loss in the last fifth of the epochs, where it is a large part of the whole fall. */
export function lateFallOf({ curve, epochs }: Pick<ConvergenceRequest, "curve" | "epochs">): string | undefined {
  // A fit that went on from a checkpoint knows only the epochs since; one that ended early had stopped gaining.
  if (curve.length !== epochs + 1) return undefined;
  if (epochs === 1) return "it went through its rows once, so nothing tells whether its loss would still fall";
  const late = curve[Math.floor(0.8 * epochs)]!;
  const last = curve[epochs]!;
  const [fall, gained] = [late - last, curve[1]! - last];
  // A loss that rises is one of rows that are too few, not of steps.
  if (!(fall > 0 && fall > mostLateFall * gained)) return undefined;
  const share = fall / gained;
  return `its held-out loss still fell from ${late.toFixed(3)} to ${last.toFixed(3)} in the last fifth of the epochs, ${(100 * share).toPrecision(2)} % of all that it gained after the first`;
}

function warningOf({ mechanism: { variable }, options }: ConvergenceRequest, reason: string): FitWarning {
  return {
    code: "7038",
    variable,
    message: `the fit of \`${variable}\` has not converged: ${reason}`,
    hint: `Train longer, --fit "${variable}(epochs = ${2 * options.epochs})", or with a larger rate (${options.rate} now).`,
  };
}
