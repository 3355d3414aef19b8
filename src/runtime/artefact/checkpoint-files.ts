/** Checkpoints as safetensors files in a directory of their own beside the artefact, removed when the run is done. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { ScmcError } from "../../diagnostics/diagnostic.js";
import type { Checkpoints, FitState } from "../fitting/steps/checkpoint.js";
import type { HostTensor, HostTensors } from "../tensors/core/engine.js";
import { decodeWithMetadata, encodeSafetensors } from "./safetensors.js";

const leastLosses = "least/losses";

interface Numbers {
  readonly epoch: number;
  /** Absent in the checkpoints of earlier versions. */
  readonly seconds?: number;
  readonly bestEpoch: number;
  readonly bestLoss: number | null;
  readonly leastEpoch: number;
}

const groups = { state: "state/", best: "best/" } as const;

/** `directory` is made when the first checkpoint is saved. */
export function checkpointFiles(directory: string): Checkpoints {
  return (variable, key) => {
    const file = join(directory, `${variable}.checkpoint.safetensors`);
    return {
      async load() {
        const bytes = await readFile(file).catch(() => null);
        return bytes && decode(bytes, file, key);
      },
      async save(state) {
        await mkdir(directory, { recursive: true });
        await writeFileAtomic(file, Buffer.from(encode(state, key)));
        return file;
      },
    };
  };
}

function encode({ epoch, seconds, state, best }: FitState, key: string): Uint8Array {
  const least: HostTensor = { shape: [best.least.losses.length], dtype: "float32", data: best.least.losses };
  const tensors = { ...prefixed(groups.state, state), ...prefixed(groups.best, best.parameters), [leastLosses]: least };
  // JSON has no Infinity: a loss that is not finite is written as null.
  const numbers: Numbers = {
    epoch,
    seconds,
    bestEpoch: best.epoch,
    bestLoss: Number.isFinite(best.loss) ? best.loss : null,
    leastEpoch: best.least.epoch,
  };
  return encodeSafetensors(tensors, { key, numbers: JSON.stringify(numbers) });
}

/** Null for another fit's checkpoint and for a damaged one: the fit then starts anew. */
function decode(bytes: Uint8Array, file: string, key: string): FitState | null {
  try {
    const { tensors, metadata } = decodeWithMetadata(bytes, file);
    if (metadata.key !== key) return null;
    const numbers = JSON.parse(metadata.numbers ?? "") as Numbers;
    const losses = tensors[leastLosses]!.data as Float32Array;
    return {
      epoch: numbers.epoch,
      seconds: numbers.seconds ?? 0,
      state: group(tensors, groups.state),
      best: {
        epoch: numbers.bestEpoch,
        loss: numbers.bestLoss ?? Number.POSITIVE_INFINITY,
        parameters: group(tensors, groups.best),
        least: { epoch: numbers.leastEpoch, losses },
      },
    };
  } catch (error) {
    if (error instanceof ScmcError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function prefixed(prefix: string, tensors: HostTensors): HostTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
}

function group(tensors: HostTensors, prefix: string): HostTensors {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
