/**
 * Networks of patches: the image is cut into squares of `side` pixels, each a row of `width` numbers, and `blocks` mix
 * the patches and the numbers of each in turn. All of it is matrix products, which are what processors do best; nothing
 * is normalised over a batch.
 */
import * as tf from "../../../tensors/core/tfjs.js";
import { dense } from "../dense.js";
import { relu, reshapeRows, sequence } from "../layer.js";
import { layerNorm } from "../normalisation.js";
import { fromPatches, mixerBlock, toPatches } from "../patches.js";
import type { Architecture, NetworkShape } from "./architecture.js";
import { applyHeads, beside, headParameters, mixedEncoder, mixing } from "./heads.js";

export interface PatchOptions {
  /** Pixels along a patch's side. */
  readonly side: number;
  /** Numbers that stand for a patch. */
  readonly width: number;
  readonly blocks: number;
  readonly features: number;
}

export function patchArchitecture(shape: NetworkShape, options: PatchOptions): Architecture {
  const { latent, context, heads } = shape;
  const image = shape.image!;
  const { side, width, blocks, features } = options;
  const grid = { rows: image.height / side, columns: image.width / side, side };
  const patches = grid.rows * grid.columns;
  const mixers = (name: string) =>
    sequence(
      ...Array.from({ length: blocks }, (_, block) => mixerBlock(`${name}.${block}`, patches, width)),
      layerNorm(`${name}.norm`, width),
    );
  const read = sequence(
    reshapeRows([image.height, image.width, image.channels]),
    toPatches(grid, image.channels),
    dense("encoder.patches", side * side * image.channels, width, { gain: 1 }),
    mixers("encoder"),
    reshapeRows([patches * width]),
    dense("encoder.features", patches * width, features),
    relu,
  );
  const mix = mixing(features, context);
  const draw = sequence(
    dense("decoder.features", latent + context, features),
    relu,
    dense("decoder.patches", features, patches * width, { gain: 1 }),
    reshapeRows([patches, width]),
    mixers("decoder"),
  );
  return {
    encoder: mixedEncoder(read, mix, features),
    decoder: {
      parameters: { ...draw.parameters, ...headParameters(heads, width, patches) },
      buffers: draw.buffers,
      decode(run, z, seen) {
        const outputs = applyHeads(heads, run, draw.apply(run, beside(z, seen)));
        return Object.fromEntries(
          heads.map(({ name, outputs: count }) => {
            const together = fromPatches(grid, count / (image.height * image.width)).apply(run, outputs[name]!);
            return [name, tf.reshape(together, [-1, count])];
          }),
        );
      },
    },
  };
}
