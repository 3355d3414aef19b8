/**
 * Counterfactual error: the mean absolute difference of grey levels, over all pixels and units, between an answer and
 * the true counterfactual; and reference values that say what an error of that size means.
 */
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import type { StudyData } from "./data.js";

export interface Units {
  readonly t: Float64Array;
  readonly i: Float64Array;
  readonly x: Uint8Array;
}

export interface ErrorFigure {
  /** The error in grey levels over all units. */
  readonly all: number;
  /** The error over the units whose new thickness is above `thickFrom`. */
  readonly thick: number;
}

export const thickFrom = 5;
const pixels = 28 * 28;

export async function readUnits(manifest: string): Promise<Units> {
  const wanted = [
    { name: "t", domain: null },
    { name: "i", domain: null },
    { name: "x", domain: { kind: "image" as const, height: 28, width: 28, channels: 1 } },
  ];
  const { columns } = await readDataset(manifest, wanted);
  const [t, i, x] = ["t", "i", "x"].map((name) => columns.get(name));
  if (t?.kind !== "numeric" || i?.kind !== "numeric" || x?.kind !== "image")
    throw new Error(`${manifest}: t and i must be numbers and x images`);
  return { t: Float64Array.from(t.values), i: Float64Array.from(i.values), x: x.pixels };
}

export function errorOf(answer: Uint8Array, truth: Units): ErrorFigure {
  if (answer.length !== truth.x.length)
    throw new Error(`${answer.length / pixels} images, but the truth has ${truth.t.length}`);
  let all = 0;
  let thick = 0;
  let thickUnits = 0;
  const units = truth.t.length;
  for (let unit = 0; unit < units; unit++) {
    let sum = 0;
    for (let k = unit * pixels; k < (unit + 1) * pixels; k++) sum += Math.abs(answer[k]! - truth.x[k]!);
    all += sum;
    if (truth.t[unit]! > thickFrom) {
      thick += sum;
      thickUnits++;
    }
  }
  return { all: all / (units * pixels), thick: thickUnits === 0 ? 0 : thick / (thickUnits * pixels) };
}

export interface Anchors {
  readonly unchanged: ErrorFigure;
  readonly intensityRescaled: ErrorFigure;
  readonly thickerOldIntensity: ErrorFigure;
}

export async function anchorsOf(data: StudyData, observed: Units, truth: Units): Promise<Anchors> {
  const oldIntensity = await readUnits(data.thickerOldIntensity);
  const rescaled = observed.x.map((value, k) => {
    const unit = Math.floor(k / pixels);
    return Math.round(Math.min(255, (value * truth.i[unit]!) / observed.i[unit]!));
  });
  return {
    unchanged: errorOf(observed.x, truth),
    intensityRescaled: errorOf(rescaled, truth),
    thickerOldIntensity: errorOf(oldIntensity.x, truth),
  };
}
