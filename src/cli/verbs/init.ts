/** `scmc init FILE.csv`: writes a starter program and manifest beside a table. */
import { mkdir, rm } from "node:fs/promises";
import { writeStarter } from "../../data/dataset/starter.js";
import { format } from "../../parser/format.js";
import { requireFile } from "../places/model-file.js";
import { requireWritable } from "../places/output-directory.js";
import { createTerminal } from "../process/terminal.js";

export interface InitOptions {
  readonly out?: string;
  readonly quiet?: boolean;
}

export async function init(file: string, options: InitOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  requireFile(file);
  if (options.out !== undefined) requireWritable(options.out);
  const { files, starter } = await inDirectory(options.out, () => writeStarter(file, options.out, layout));
  terminal.note(`wrote ${files.program} and ${files.manifest}: ${starter.variables.length} variables`);
  for (const { column, reason } of starter.leftOut) terminal.note(`  left out column ${column}: ${reason}`);
  terminal.note(
    `next: state what causes what in ${files.program}, then\n  scmc run ${files.program} --data ${files.manifest}`,
  );
}

/** The program in the standard layout, so `scmc fmt --check` passes. */
function layout(program: string): string {
  return format(program, "starter").text;
}

/** Makes the directory first, and removes it if nothing could be written into it. */
async function inDirectory<Result>(directory: string | undefined, write: () => Promise<Result>): Promise<Result> {
  const made = directory === undefined ? undefined : await mkdir(directory, { recursive: true });
  try {
    return await write();
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true });
    throw error;
  }
}
