/** The study's figures: learned against true densities, and digits beside their counterfactuals. */
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import {
  chooseImages,
  type DensityCurve,
  densityFigure,
  differenceImages,
  type Figure,
  type ImageRow,
  type ImageStack,
  imageGrid,
  jointFigure,
  sampledCurve,
} from "../../src/report/index.js";
import { logProbability } from "../../src/runtime/inference/programs/log-probability.js";
import { sample } from "../../src/runtime/inference/programs/sample.js";
import type { LoadedModel } from "../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { Units } from "./errors.js";
import type { ModelResult } from "./study.js";

const gridPoints = 400;

/** The exact density of a root on a grid. */
async function rootCurve(
  label: string,
  role: DensityCurve["role"],
  loaded: LoadedModel,
  name: string,
  low: number,
  high: number,
): Promise<DensityCurve> {
  const x = Float32Array.from({ length: gridPoints }, (_, k) => low + ((high - low) * k) / (gridPoints - 1));
  const observed = new Map([[name, { rows: gridPoints, size: 1, data: x }]]);
  const terms = await logProbability({
    loaded,
    engine: createEngine("onnx"),
    observed,
    targets: [name],
    key: RandomKey.fromSeed(1),
  });
  return { label, role, x, y: terms.get(name)!.map(Math.exp) };
}

export async function densityFigures(learned: LoadedModel, truth: LoadedModel, test: Units): Promise<Figure[]> {
  const rows = 10_000;
  const engine = createEngine("onnx");
  const draw = (loaded: LoadedModel) =>
    sample({ loaded, engine, rows, key: RandomKey.fromSeed(11), targets: ["t", "i"] });
  const [fromLearned, fromTruth] = [await draw(learned), await draw(truth)];
  const bounds = { low: 64, high: 255 };
  return [
    {
      drawing: densityFigure({
        title: "Density of the thickness, learned and true",
        variable: { label: "thickness t", unit: "px" },
        data: { label: "test digits", values: test.t },
        curves: [
          await rootCurve("true", "true", truth, "t", 0.51, 8),
          await rootCurve("learned", "learned", learned, "t", 0.51, 8),
        ],
      }),
      caption: "Thickness: the learned flow's density, the true one, and the test digits.",
    },
    {
      drawing: densityFigure({
        title: "Density of the intensity, learned and true",
        variable: { label: "intensity i", unit: "grey level" },
        data: { label: "test digits", values: test.i },
        curves: [
          sampledCurve("true", "true", fromTruth.values.get("i")!, bounds),
          sampledCurve("learned", "learned", fromLearned.values.get("i")!, bounds),
        ],
      }),
      caption: `Intensity: smoothed densities of ${rows.toLocaleString("en")} draws from the learned and the true process.`,
    },
    {
      drawing: jointFigure({
        title: "Joint distribution of thickness and intensity, learned and true",
        x: { label: "thickness t", unit: "px" },
        y: { label: "intensity i", unit: "grey level" },
        layers: [
          { label: "true", role: "true", draw: "points", x: fromTruth.values.get("t")!, y: fromTruth.values.get("i")! },
          {
            label: "learned",
            role: "learned",
            draw: "contours",
            x: fromLearned.values.get("t")!,
            y: fromLearned.values.get("i")!,
          },
        ],
      }),
      caption:
        "Thickness and intensity together: draws of the true process, and contours that hold 25, 50, 75 and 95 % of the learned one.",
    },
  ];
}

/** The first test digit of each class, so the choice does not depend on looks. */
export function firstOfEachClass(labels: Uint8Array): number[] {
  return Array.from({ length: 10 }, (_, digit) => labels.indexOf(digit)).filter((unit) => unit >= 0);
}

export function imageRows(
  original: Units,
  truth: Units,
  results: readonly ModelResult[],
  chosen: readonly number[],
): ImageRow[] {
  const stack = (units: Units): ImageStack =>
    chooseImages({ height: 28, width: 28, channels: 1, pixels: units.x }, chosen);
  const full = results.find(({ name }) => name === "full")!;
  return [
    {
      label: "original",
      images: stack(original),
      captions: chosen.map((unit) => `t ${original.t[unit]!.toFixed(1)}, i ${original.i[unit]!.toFixed(0)}`),
    },
    {
      label: "true counterfactual",
      note: "do(t := t + 2)",
      images: stack(truth),
      captions: chosen.map((unit) => `t ${truth.t[unit]!.toFixed(1)}, i ${truth.i[unit]!.toFixed(0)}`),
    },
    ...results.map(({ name, answer }) => ({ label: `${name} model`, images: stack(answer) })),
    {
      label: "difference, full",
      note: "orange brighter, blue darker than true",
      images: differenceImages(stack(full.answer), stack(truth)),
    },
  ];
}

export function gridFigure(rows: readonly ImageRow[], chosen: readonly number[]): Figure {
  return {
    drawing: imageGrid({ title: "Digits and their counterfactuals", rows, columns: chosen.map(String), scale: 2 }),
    caption:
      "The first test digit of each class, the same with strokes two pixels thicker as the true process makes it, and as each model answers (mean of 32 particles).",
    wide: true,
  };
}

/** The test digits' classes. */
export async function labelsOf(manifest: string, labels: Uint8Array): Promise<Uint8Array> {
  const { noise, rows } = await readDataset(manifest, [{ name: "x", domain: null }]);
  const items = noise.get("x.e");
  // If the digits were not recorded, they are in file order, as `scmc sample` takes them.
  return items?.kind === "numeric" ? Uint8Array.from(items.values, (item) => labels[item]!) : labels.subarray(0, rows);
}
