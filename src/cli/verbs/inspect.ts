/**
 * `scmc inspect`: lists the programs that a model runs, or prints one of them with its hash, its costs and, on request,
 * where its time goes. The printed graph is the one that the onnx engine lowers and runs; `--onnx` writes the program
 * that the engine lowers it to on this machine.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { forget, temporaryBeside } from "../../data/files/temporary-files.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { type AnyProgram, type NamedProgram, programsOf } from "../../runtime/inspection/programs.js";
import { countOperations, hashGraph, printGraph } from "../../runtime/tensors/engine/graph/text.js";
import { measureLoop, measureProgram } from "../../runtime/tensors/engine/measure.js";
import { lowerLoop, lowerProgram } from "../../runtime/tensors/engine/onnx/lower.js";
import { loopGraph, loweringFor, programGraph } from "../../runtime/tensors/engine/onnx/onnx-engine.js";
import { type ProfileEvent, summariseProfile } from "../../runtime/tensors/engine/onnx/profile.js";
import { costOf } from "../../runtime/tensors/engine/operations/cost.js";
import { RandomKey } from "../../runtime/tensors/random/index.js";
import { type Inspectable, loadInspectable } from "../places/inspectable.js";
import { untilStopped } from "../places/output.js";
import { requireFileTarget } from "../places/output-directory.js";
import { type EngineOptions, interventionsOf, startEngine } from "../places/runnable.js";
import { type ProgramReport, programList, programText, type Timing } from "../print/inspect-report.js";

export interface InspectOptions extends EngineOptions {
  readonly program?: string;
  readonly data?: string;
  readonly do?: readonly string[];
  readonly batch?: number;
  readonly particles: number;
  readonly profile?: boolean;
  readonly onnx?: string;
  readonly overwrite?: boolean;
}

export async function inspect(path: string, options: InspectOptions): Promise<void> {
  requireTogether(options);
  if (options.onnx !== undefined) requireFileTarget(options.onnx, options.overwrite ?? false, "--onnx");
  const inspectable = await loadInspectable(path, options.data, options.seed);
  const programs = programsOf({
    loaded: inspectable.loaded,
    trainingRows: inspectable.trainingRows,
    particles: options.particles,
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    interventions: interventionsOf(options.do, inspectable.loaded),
  });
  if (options.program === undefined) {
    process.stdout.write(options.json ? listJson(inspectable, programs) : programList(programs));
    return;
  }
  const named = programNamed(programs, options.program, path);
  const report = await reportOn(named, inspectable, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : programText(report));
}

function requireTogether({ program, profile, onnx, engine, device, threads }: InspectOptions): void {
  if (program === undefined && (profile || onnx !== undefined))
    throw failure("7108", "--program", `--${profile ? "profile" : "onnx"} is about one program, and none is named`);
  if (!profile && (engine !== "onnx" || device !== undefined || threads !== undefined))
    throw failure("7108", "--profile", "--engine, --device and --threads say where to run it", "Add --profile.");
}

function listJson({ loaded, weights }: Inspectable, programs: readonly NamedProgram[]): string {
  const list = programs.map(({ name, what, rows }) => ({ name, what, rows }));
  return `${JSON.stringify({ formatVersion: 1, model: loaded.model.name, weights, programs: list }, null, 2)}\n`;
}

function programNamed(programs: readonly NamedProgram[], name: string, path: string): NamedProgram {
  const found = programs.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = programs.map((candidate) => candidate.name);
  const hint = didYouMean(name, names) ?? `It has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}.`;
  throw failure("7120", path, `there is no program ${name} in it`, hint);
}

async function reportOn(
  { name, what, rows, build }: NamedProgram,
  { weights }: Inspectable,
  options: InspectOptions,
): Promise<ProgramReport> {
  const program = build();
  const graph = program.kind === "loop" ? loopGraph(program.spec) : programGraph(program.spec);
  if (options.onnx !== undefined) {
    const lowering = await loweringFor(engineChoice(options));
    const { model } = program.kind === "loop" ? lowerLoop(graph, lowering) : lowerProgram(graph, lowering);
    await writeFileAtomic(options.onnx, Buffer.from(model));
  }
  return {
    name,
    what,
    rows,
    weightsAre: weights,
    hash: hashGraph(graph),
    operations: Object.fromEntries(countOperations(graph)),
    cost: costOf(graph),
    text: printGraph(graph).split("\n"),
    ...(options.profile ? { timing: await timingOf(program, options) } : {}),
  };
}

/**
 * Runs the program on random inputs. The profile of the onnx engine comes from a separate run, since the profiler takes
 * time.
 */
async function timingOf(program: AnyProgram, options: InspectOptions): Promise<Timing> {
  const { engine, description } = await startEngine(engineChoice(options));
  const key = RandomKey.fromSeed(options.seed).split("inspect");
  const { milliseconds } = await measured(program, engine, key);
  const timing = { engine: description, calls: milliseconds.length, milliseconds: median(milliseconds) };
  return description.engine === "onnx" ? { ...timing, profile: await profileOf(program, options, key) } : timing;
}

function engineChoice({ engine, device, threads }: InspectOptions) {
  return { engine, ...(device === undefined ? {} : { device }), ...(threads === undefined ? {} : { threads }) };
}

function measured(program: AnyProgram, engine: Parameters<typeof measureProgram>[0], key: RandomKey) {
  return program.kind === "loop" ? measureLoop(engine, program.spec, key) : measureProgram(engine, program.spec, key);
}

async function profileOf(program: AnyProgram, options: InspectOptions, key: RandomKey) {
  return untilStopped(() => profileIn(temporaryBeside(join(tmpdir(), "scmc"), "profile"), program, options, key));
}

async function profileIn(directory: string, program: AnyProgram, options: InspectOptions, key: RandomKey) {
  await mkdir(directory, { mode: 0o700 });
  try {
    const { engine } = await startEngine({ ...engineChoice(options), profile: join(directory, "profile") });
    const { steps } = await measured(program, engine, key);
    const [file] = await readdir(directory);
    const events = JSON.parse(await readFile(join(directory, file!), "utf8")) as ProfileEvent[];
    return summariseProfile(events, steps);
  } finally {
    await rm(directory, { recursive: true, force: true });
    forget(directory);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
