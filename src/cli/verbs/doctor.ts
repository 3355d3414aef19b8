/**
 * `scmc doctor`: runs every engine and device of this machine to see which work, and says what the others need. The
 * exit status is 0 if the default engine works.
 */
import { availableParallelism, freemem, totalmem } from "node:os";
import { exitCode } from "../../diagnostics/diagnostic.js";
import type { EngineExamination } from "../../runtime/tensors/engine/examine.js";
import { defaultEngine } from "../../runtime/tensors/engine/index.js";
import { examineApart } from "../process/probe-engines.js";
import { version } from "../process/version.js";

export interface DoctorOptions {
  readonly json?: boolean;
}

interface Machine {
  readonly scmc: string;
  readonly node: string;
  readonly platform: string;
  /** Cores that this process may use; an engine uses about one thread per core unless --threads says otherwise. */
  readonly cores: number;
  /** Memory in bytes. */
  readonly memory: { readonly total: number; readonly free: number };
}

export async function doctor(options: DoctorOptions): Promise<void> {
  const machine: Machine = {
    scmc: version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memory: { total: totalmem(), free: freemem() },
  };
  const engines = await examineApart();
  const works = engines.some(({ engine, works: runs }) => engine === defaultEngine && runs);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ formatVersion: 1, machine, defaultEngine, works, engines }, null, 2)}\n`
      : doctorText(machine, engines, works),
  );
  process.exitCode = works ? exitCode.clean : exitCode.findings;
}

function doctorText(
  { scmc, node, platform, cores, memory }: Machine,
  engines: readonly EngineExamination[],
  works: boolean,
) {
  const lines = [
    `scmc ${scmc}, Node ${node}, ${platform}`,
    `${cores} cores (threads of an engine: about one a core; --threads sets them), memory ${gibibytes(memory.total)}, ${gibibytes(memory.free)} free`,
    ...engines.flatMap((engine) => ["", ...engineLines(engine)]),
    "",
    works ? `The default engine, ${defaultEngine}, works.` : `The default engine, ${defaultEngine}, does not work.`,
  ];
  return `${lines.join("\n")}\n`;
}

function engineLines({
  engine,
  works,
  description,
  difference,
  milliseconds,
  reason,
  remedy,
  devices,
}: EngineExamination) {
  const library = description === undefined ? "" : `: ${description.library} on ${description.device}`;
  const lines = [`${engine} ${works ? "works" : "does not work"}${library}`];
  if (works)
    lines.push(
      engine === "reference"
        ? "  what the others are compared with; slow"
        : `  three training steps as on the reference engine (largest difference ${difference!.toExponential(0)}), ${milliseconds} ms`,
    );
  if (reason !== undefined) lines.push(`  ${reason}`);
  if (remedy !== undefined) lines.push(`  ${remedy}`);
  for (const { device, works: runs, reason: why, needs } of devices) {
    lines.push(`  --device ${device} ${runs ? "works" : `does not work: ${why}`}`);
    if (needs !== undefined) lines.push(`    it needs ${needs}`);
  }
  return lines;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
