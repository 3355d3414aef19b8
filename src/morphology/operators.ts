/**
 * The image operators by the names that programs use, and the function that applies a list of them to one image. An
 * operator is added only here.
 */
import { MorphologyError, notAboveZero } from "./errors.js";
import { setIntensity } from "./set-intensity.js";
import { type MorphologyMode, setThickness } from "./thickness.js";

export type ImageOperatorName = "set_thickness" | "set_intensity";

/** One operator applied to a batch: entry k of `arguments` belongs to image k. */
export interface ImageOperatorCall {
  readonly operator: ImageOperatorName;
  readonly arguments: Float64Array;
}

interface ImageOperator {
  /** The argument's name and unit in messages. It must be above zero. */
  readonly argument: { readonly name: string; readonly unit: string };
  /** True if the operator needs an image with ink. */
  readonly needsInk: boolean;
  apply(image: Uint8Array, height: number, width: number, argument: number, mode: MorphologyMode): Uint8Array;
}

export const imageOperators: Readonly<Record<ImageOperatorName, ImageOperator>> = {
  set_thickness: { argument: { name: "thickness", unit: "pixels" }, needsInk: true, apply: setThickness },
  set_intensity: {
    argument: { name: "intensity", unit: "grey levels" },
    needsInk: false,
    apply: (image, _height, _width, argument) => setIntensity(image, argument),
  },
};

/** The problem with an operator's argument; undefined if it has none. */
export function argumentProblem(operator: ImageOperatorName, value: number): string | undefined {
  const { name, unit } = imageOperators[operator].argument;
  const problem = notAboveZero(name, unit, value);
  return problem === undefined ? undefined : `${operator}: ${problem}`;
}

/** Applies the calls, in order, to image `row` of a batch. Throws MorphologyError naming the row. */
export function applyOperators(
  image: Uint8Array,
  height: number,
  width: number,
  calls: readonly ImageOperatorCall[],
  row: number,
  mode: MorphologyMode,
): Uint8Array {
  let current = image;
  for (const { operator, arguments: values } of calls) {
    try {
      current = imageOperators[operator].apply(current, height, width, values[row]!, mode);
    } catch (error) {
      if (error instanceof MorphologyError) throw new MorphologyError(`${operator}: ${error.reason}`, row);
      throw error;
    }
  }
  return current;
}
