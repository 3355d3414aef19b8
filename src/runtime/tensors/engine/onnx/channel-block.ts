/**
 * How onnxruntime orders channels for its own convolutions (domain com.microsoft.nchwc): in blocks as wide as the
 * processor's vectors, 8 or 16, or not at all on processors without them. It does not say which, so it is asked to
 * reorder two pixels.
 */
import { int } from "../operations/operation.js";
import { createSession, runtimeTensor } from "./session.js";
import { encodeModel, GraphWriter, valueInfo } from "./writer.js";

const channels = 16;
const pixels = 2;

let asking: Promise<number | undefined> | undefined;

/**
 * Channels 0, 1, … of the first pixel, then of the second, as they come back: a block ends where the second pixel
 * begins.
 */
async function ask(): Promise<number | undefined> {
  const writer = new GraphWriter("");
  const blocked = writer.emit("com.microsoft.nchwc.ReorderInput", ["x"], { channels_last: int(1) });
  writer.publish(blocked, "y");
  const shape = [1, 1, pixels, channels];
  const inputs = [valueInfo("x", "float32", shape)];
  const graph = writer.finish("channel block", inputs, [valueInfo("y", "float32", [1, channels, 1, pixels])]);
  try {
    const session = await createSession(encodeModel(graph), { threads: 1 });
    const data = Float32Array.from({ length: pixels * channels }, (_, k) => k);
    const result = await session.run({ x: await runtimeTensor({ dtype: "float32", shape }, data) });
    await session.release();
    const block = (result.y!.data as Float32Array).indexOf(channels);
    return block === 8 || block === 16 ? block : undefined;
  } catch {
    return undefined;
  }
}

export function channelBlock(): Promise<number | undefined> {
  asking ??= ask();
  return asking;
}
