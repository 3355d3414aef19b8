/**
 * `scmc export`: writes a fitted model as ONNX programs with a description and runners for Python, Node and the
 * browser. The folder is written beside its place and then renamed, so it is whole or absent.
 */
import { cp, realpath, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openFresh } from "../../data/files/fresh-directory.js";
import { failure } from "../../diagnostics/diagnostic.js";
import { type ExportedName, exportedProcedures, exportModel } from "../../runtime/inference/export/export-model.js";
import { untilStopped } from "../places/output.js";
import { requireWritable } from "../places/output-directory.js";
import { loadRunnable } from "../places/runnable.js";
import { statusAt } from "../process/path-status.js";
import { createTerminal } from "../process/terminal.js";

export interface ExportOptions {
  readonly out: string;
  readonly query?: readonly ExportedName[];
  readonly batch: number;
  readonly particles: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const exportedNames = Object.keys(exportedProcedures) as ExportedName[];
const descriptionFile = "export.json";
const runners = ["runner.py", "node.mjs", "program.mjs", "browser.html"];

export async function exportTo(path: string, options: ExportOptions): Promise<void> {
  const { out, batch, particles, query = exportedNames } = options;
  requireWritable(out);
  const occupied = isOccupied(out, options.overwrite ?? false);
  const loaded = await loadRunnable(path, options);
  const { description, programs } = exportModel(loaded, [...new Set(query)], { batch, particles });
  const target = resolve(out);
  await untilStopped(async () => {
    const fresh = await openFresh(occupied ? await realpath(target) : target, occupied);
    try {
      for (const [file, model] of programs) await writeFile(join(fresh.path, file), model);
      await writeFile(join(fresh.path, descriptionFile), `${JSON.stringify(description, null, 2)}\n`);
      for (const runner of runners) await cp(runnerFile(runner), join(fresh.path, runner));
    } catch (error) {
      await fresh.abort();
      throw error;
    }
    await fresh.commit();
  });
  const terminal = createTerminal(options.quiet ?? false);
  for (const { file, inputs, outputs } of description.programs) {
    const size = (programs.get(file)!.length / 1e6).toFixed(1);
    terminal.note(`  ${file}: ${inputs.length} inputs, ${outputs.length} outputs, ${size} MB`);
  }
  for (const name of description.left) terminal.note(`  left out: ${name}, which is made by image operators`);
  terminal.done(`wrote ${out}: ${batch} units a call, ${particles} particles a unit`);
  if (options.json) process.stdout.write(`${JSON.stringify({ out, ...description })}\n`);
}

/** True if an earlier export is there, which is replaced only on request; anything else is never replaced. */
function isOccupied(out: string, overwrite: boolean): boolean {
  if (statusAt(out) === undefined) return false;
  const isExport = statusAt(join(out, descriptionFile)) !== undefined;
  if (isExport && overwrite) return true;
  const reason = isExport ? "holds an earlier export" : "exists and is no earlier export";
  throw failure("7302", out, `the directory ${reason}`, isExport ? "Add --overwrite." : "Name another --out.");
}

function runnerFile(name: string): string {
  return fileURLToPath(new URL(`../../../../integrations/runners/${name}`, import.meta.url));
}
