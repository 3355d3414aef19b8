/**
 * The architectures by the name of the option. To add one: a file beside this one, a line here, its options in the
 * catalogue.
 */
import { choiceOf } from "../../../../model/catalogue/options.js";
import type { Options } from "../../../../schema/types.js";
import { widthsOf } from "../../contract/context.js";
import type { Architecture, NetworkShape } from "./architecture.js";
import { convolutionalArchitecture } from "./convolutional.js";
import { deepArchitecture } from "./deep.js";
import { denseArchitecture } from "./dense.js";
import { patchArchitecture } from "./patch.js";

/** `own` are the options of the architecture's call, `options` those of the mechanism. */
const architectures: Readonly<Record<string, (shape: NetworkShape, own: Options, options: Options) => Architecture>> = {
  dense: (shape, _, options) => denseArchitecture(shape, widthsOf(options.hidden)),
  convolutional: (shape, { channels, features, hidden }) =>
    convolutionalArchitecture(shape, {
      channels: widthsOf(channels),
      features: Number(features),
      hidden: Number(hidden),
    }),
  deep: (shape, { channels, blocks, features }) =>
    deepArchitecture(shape, { channels: widthsOf(channels), blocks: Number(blocks), features: Number(features) }),
  patch: (shape, { side, width, blocks, features }) =>
    patchArchitecture(shape, {
      side: Number(side),
      width: Number(width),
      blocks: Number(blocks),
      features: Number(features),
    }),
};

export function architectureOf(shape: NetworkShape, options: Options): Architecture {
  const { architecture } = options;
  const own = typeof architecture === "object" && !Array.isArray(architecture) ? architecture.options : {};
  return architectures[choiceOf(architecture)!]!(shape, own, options);
}
