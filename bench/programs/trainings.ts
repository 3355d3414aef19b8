/** The training steps that several groups of the benchmark time. */
import { RandomKey } from "../../src/runtime/tensors/random/index.js";
import type { Training } from "../training.js";
import { drawCovariates, loadCovariates } from "./covariates.js";
import { type DenseSizes, denseSizes, denseVae } from "./dense-vae.js";

const key = RandomKey.fromSeed(11);

export function denseTraining(steps: number, sizes: DenseSizes = denseSizes): Training {
  const rows = steps * sizes.batch;
  const image = Uint8Array.from(key.split("image").uniform(rows * sizes.pixels), (u) => 256 * u);
  return {
    name: `dense VAE, batch ${sizes.batch}`,
    mechanism: denseVae(sizes),
    data: {
      value: { rows, size: sizes.pixels, data: image },
      parents: { context: { rows, size: 2, data: key.split("context").normal(rows * 2) } },
    },
    batch: sizes.batch,
    steps,
  };
}

/** `t` or `i` of the paper's covariates. */
export function covariateTraining(variable: "t" | "i", batch: number, steps: number): Training {
  const { t, i } = drawCovariates(batch * steps);
  return {
    name: variable === "t" ? `spline flow of t, batch ${batch}` : `affine flow of i given t, batch ${batch}`,
    mechanism: loadCovariates().mechanisms.get(variable)!,
    data: variable === "t" ? { value: t, parents: {} } : { value: i, parents: { t } },
    batch,
    steps,
  };
}
