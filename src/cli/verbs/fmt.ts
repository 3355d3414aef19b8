/**
 * `scmc fmt`: rewrites programs in the one layout, each whole or not at all. A file with syntax errors is left alone
 * and reported. Standard input goes to standard output.
 */
import { type Diagnostic, exitCode, failure, ScmcError } from "../../diagnostics/diagnostic.js";
import { format } from "../../parser/format.js";
import { expandInputs, standardInput, standardInputName } from "../places/inputs.js";
import { readSource } from "../places/model-file.js";
import { writeText } from "../places/write-text.js";
import { counted } from "../print/check-report.js";
import { renderDiagnostics } from "../print/render.js";
import { unifiedDiff } from "../print/unified-diff.js";
import { exitCodeOf } from "../process/exit-status.js";
import { SourceError } from "../process/source-error.js";
import { createTerminal } from "../process/terminal.js";

export interface FmtOptions {
  /** True to write nothing and end with 1 if a file would change. */
  readonly check?: boolean;
  /** True to write nothing and print what would change. */
  readonly diff?: boolean;
  readonly quiet?: boolean;
}

interface Program {
  readonly input: string;
  readonly source: string;
  readonly text: string;
}

export async function fmt(inputs: readonly string[], options: FmtOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  const files = expandInputs(inputs);
  const errors: Diagnostic[] = [];
  let changed = 0;
  for (const input of files) {
    try {
      const program = await formatted(input);
      if (program.text !== program.source) changed++;
      await deliver(program, options);
    } catch (error) {
      if (!(error instanceof ScmcError)) throw error;
      const sources = error instanceof SourceError ? error.sources : new Map();
      process.stderr.write(`${errors.length > 0 ? "\n" : ""}${renderDiagnostics(error.diagnostics, sources)}`);
      errors.push(...error.diagnostics);
    }
  }
  if (!inputs.includes(standardInput)) terminal.note(summaryOf(files.length, changed, errors.length > 0, options));
  const differs = (options.check ?? false) && changed > 0;
  process.exitCode = errors.length > 0 ? exitCodeOf(errors) : differs ? exitCode.findings : exitCode.clean;
}

/** Formats a program; throws its syntax errors, and then the file stays as it is. */
async function formatted(input: string): Promise<Program> {
  if (input.endsWith(".json"))
    throw failure("7105", input, "this is a compiled model, not a program", "Format the program it was compiled from.");
  const source = await readSource(input);
  const file = input === standardInput ? standardInputName : input;
  const { text, diagnostics } = format(source, file);
  if (diagnostics.length > 0) throw new SourceError(diagnostics, new Map([[file, source]]));
  return { input, source, text };
}

async function deliver({ input, source, text }: Program, { check, diff }: FmtOptions): Promise<void> {
  const name = input === standardInput ? standardInputName : input;
  if (diff) process.stdout.write(unifiedDiff(source, text, name));
  else if (check) process.stdout.write(text === source ? "" : `${name}\n`);
  else if (input === standardInput) process.stdout.write(text);
  else if (text !== source) await writeText(input, text);
}

function summaryOf(files: number, changed: number, failed: boolean, { check, diff }: FmtOptions): string {
  const verb = check || diff ? "would change" : "changed";
  return `${changed} of ${counted(files, "file")} ${verb}${failed ? "; files with errors are left as they are" : ""}`;
}
