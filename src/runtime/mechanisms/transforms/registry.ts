/** The transforms that `flow(transform = …)` can name, built from the model's options. */
import { failure } from "../../../diagnostics/diagnostic.js";
import type { OptionCall, OptionValue } from "../../../schema/types.js";
import type { Transform } from "./contract/transform.js";
import { affine } from "./scalar/affine.js";
import { gaussianisation } from "./scalar/gaussianisation.js";
import { linearSpline } from "./scalar/linear-spline.js";
import { quadraticSpline } from "./scalar/quadratic-spline.js";

const builders: Readonly<Record<string, (options: OptionCall["options"]) => Transform>> = {
  affine: () => affine,
  spline: (options) => {
    const bins = Number(options.bins ?? 8);
    return options.order === "quadratic" ? quadraticSpline(bins) : linearSpline(bins);
  },
  gaussianisation: ({ components }) => gaussianisation(Number(components)),
};

export const transformNames: readonly string[] = Object.keys(builders);

/** From the value of `transform`: one call or a list, applied from noise to value. */
export function transformsOf(option: OptionValue | undefined, variable: string): Transform[] {
  const calls = Array.isArray(option) ? option : option === undefined ? [] : [option];
  return calls.map((call) => {
    const builder = typeof call === "object" && !Array.isArray(call) ? builders[call.call] : undefined;
    if (!builder)
      throw failure(
        "7013",
        "model",
        `the flow of \`${variable}\` has a transform that this version cannot run: ${JSON.stringify(call)}`,
        `Transforms that run: ${transformNames.join(", ")}.`,
      );
    return builder((call as OptionCall).options);
  });
}
