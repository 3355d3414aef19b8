/**
 * The networks of a conditional VAE. An encoder reads a value and the context (the parents' encodings) into features,
 * from which the posterior is one linear layer away; a decoder turns latent variables and context into the outputs of
 * its heads, which parametrise the likelihood. Values are `[rows, size]` as the networks see them, images in the order
 * (row, column, channel).
 */
import type * as tf from "../../../tensors/core/tfjs.js";
import type { Layer, NetworkRun } from "../layer.js";
import type { Parameters } from "../network.js";

/** One output of a decoder. */
export interface Head {
  readonly name: string;
  /** Numbers per row; for images a multiple of the size, those of one element side by side. */
  readonly outputs: number;
  /** Spread of the outputs over rows and their mean when training starts. */
  readonly spread: number;
  readonly initial: number;
}

export interface NetworkShape {
  readonly size: number;
  /** Null for a vector. */
  readonly image: { readonly height: number; readonly width: number; readonly channels: number } | null;
  readonly latent: number;
  /** Columns of the context; 0 for a root. */
  readonly context: number;
  readonly heads: readonly Head[];
}

interface Network {
  readonly parameters: Parameters;
  readonly buffers: Layer["buffers"];
}

export interface Encoder extends Network {
  readonly features: number;
  /** `[batch, features]`. The context is null for a root, else `[batch, context]`. */
  encode(run: NetworkRun, value: tf.Tensor, context: tf.Tensor | null): tf.Tensor;
}

export interface Decoder extends Network {
  /** The outputs by head, `[rows, outputs]`; `context` has as many rows as `z`. */
  decode(run: NetworkRun, z: tf.Tensor, context: tf.Tensor | null): Readonly<Record<string, tf.Tensor>>;
}

export interface Architecture {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
}
