/**
 * Fully connected networks that see the context at every layer; `hidden` are the encoder's widths, the decoder's in
 * reverse.
 */
import { hiddenLayers, networkParameters } from "../network.js";
import type { Architecture, NetworkShape } from "./architecture.js";
import { applyHeads, headParameters } from "./heads.js";

export function denseArchitecture(shape: NetworkShape, hidden: readonly number[]): Architecture {
  const { size, latent, context, heads } = shape;
  const widths = hidden.length > 0 ? hidden : [size];
  const reversed = [...widths].reverse();
  return {
    encoder: {
      parameters: networkParameters("encoder", [size, ...widths], { context }),
      buffers: {},
      features: widths.at(-1)!,
      encode: ({ tensors }, value, seen) => hiddenLayers(tensors, "encoder", widths.length, "relu", value, seen),
    },
    decoder: {
      parameters: {
        ...networkParameters("decoder", [latent, ...reversed], { context }),
        ...headParameters(heads, reversed.at(-1)!, 1),
      },
      buffers: {},
      decode: (run, z, seen) =>
        applyHeads(heads, run, hiddenLayers(run.tensors, "decoder", widths.length, "relu", z, seen)),
    },
  };
}
