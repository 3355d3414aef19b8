/**
 * Times training programs on the onnx engine: `node dist/bench/engine.js [threads] [repeats]`. For each program:
 * building time by phase, nodes, and the median time of a step over repeated calls of many steps with the state fed
 * back. With PROFILE=prefix in the environment onnxruntime writes its profile there.
 */

import { countOperations } from "../src/runtime/tensors/engine/graph/text.js";
import { createEngine, type HostData, type HostTensors } from "../src/runtime/tensors/engine/index.js";
import { lowerLoop } from "../src/runtime/tensors/engine/onnx/lower.js";
import { createSession } from "../src/runtime/tensors/engine/onnx/session.js";
import { productFlops } from "../src/runtime/tensors/engine/operations/cost.js";
import { simplify } from "../src/runtime/tensors/engine/simplify/simplify.js";
import { traceLoop } from "../src/runtime/tensors/engine/trace/trace.js";
import { affineFlow, denseVae, scalarFlow, type TrainingProgram } from "../test/runtime/tensors/engine/programs.js";

const threads = Number(process.argv[2] ?? 2);
const repeats = Number(process.argv[3] ?? 7);
const only = process.argv[4] ?? "";

async function timed<T>(run: () => T | Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await run();
  return [result, performance.now() - start];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function dataOf(tensors: HostTensors): Record<string, HostData> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

async function building(program: TrainingProgram): Promise<string> {
  const [traced, tracing] = await timed(() => traceLoop(program.spec));
  const [graph, simplifying] = await timed(() => simplify(traced));
  const [{ model }, lowering] = await timed(() => lowerLoop(graph));
  const [session, creating] = await timed(() => createSession(model, { threads }));
  await session.release();
  const count = (counted: typeof graph) => [...countOperations(counted).values()].reduce((a, b) => a + b, 0);
  const phases = `trace ${tracing.toFixed(0)} simplify ${simplifying.toFixed(0)} lower ${lowering.toFixed(0)}`;
  const sizes = `nodes ${count(traced)} -> ${count(graph)}, ${(productFlops(graph) / 1e9).toFixed(2)} GFLOP in products`;
  return `build ms: ${phases} session ${creating.toFixed(0)}; ${sizes}`;
}

async function stepping(program: TrainingProgram, steps: number): Promise<string> {
  const profile = process.env.PROFILE;
  const engine = createEngine("onnx", { threads, ...(profile === undefined ? {} : { profile }) });
  const loop = await engine.compileLoop(program.spec);
  const perStep = program.perStep(steps);
  let state = program.state();
  const times: number[] = [];
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const [result, time] = await timed(() => loop.run(steps, state, perStep));
    state = dataOf(result.state);
    if (repeat > 0) times.push(time / steps);
  }
  await loop.dispose();
  return `${median(times).toFixed(3)} ms a step (least ${Math.min(...times).toFixed(3)}), ${steps} steps a call`;
}

const sizes = { pixels: 784, hidden: 512, latent: 16, batch: 256 };
const programs: readonly (readonly [TrainingProgram, number])[] = [
  [denseVae(sizes), 50],
  [scalarFlow(256), 500],
  [affineFlow(256), 1000],
];
console.log(`${threads} threads, median of ${repeats} calls`);
for (const [program, steps] of programs) {
  if (!program.spec.name.includes(only)) continue;
  console.log(`${program.spec.name}: ${await stepping(program, steps)}`);
  console.log(`  ${await building(program)}`);
}
console.log(`resident memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
