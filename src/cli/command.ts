/**
 * Runs one command from its arguments to its exit status: 0 clean, 1 findings, 2 usage, 3 failure of data or a run, 70
 * a bug in scmc.
 */
import { CommanderError } from "commander";
import { exitCode, ScmcError } from "../diagnostics/diagnostic.js";
import { renderDiagnostics } from "./print/render.js";
import { OutputClosed } from "./process/closed-output.js";
import { SourceError } from "./process/source-error.js";
import { addMissingSources } from "./process/sources.js";
import { systemFailure } from "./process/system-error.js";
import { buildProgram } from "./program.js";

/** Results go to stdout, messages and progress to stderr. `args` are the arguments after the program's name. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? exitCode.clean);
  } catch (error) {
    // commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.clean : exitCode.usage;
    if (error instanceof OutputClosed) return exitCode.clean;
    const known = error instanceof ScmcError ? error : systemFailure(error);
    if (known !== undefined) return report(known);
    process.stderr.write(
      `scmc: internal error, please report it with the command and files that caused it\n${(error as Error).stack}\n`,
    );
    return exitCode.internal;
  }
}

async function report(error: ScmcError): Promise<number> {
  const { diagnostics } = error;
  const sources = new Map(error instanceof SourceError ? error.sources : []);
  addMissingSources(sources, diagnostics);
  process.stderr.write(renderDiagnostics(diagnostics, sources));
  const { exitCodeOf } = await import("./process/exit-status.js");
  return exitCodeOf(diagnostics.filter(({ severity }) => severity === "error"));
}
