/** A thread that draws the random inputs of blocks, one request after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { type DrawPlan, RandomInputs } from "./random-inputs.js";

const random = RandomInputs.of(workerData as DrawPlan);

parentPort!.on("message", (firstUnit: number) => {
  const values = random.block(firstUnit);
  parentPort!.postMessage(
    values,
    Object.values(values).map(({ buffer }) => buffer as ArrayBuffer),
  );
});
