/** `scmc init FILE.csv`: a starter program and manifest beside a table. */
import { writeStarter } from "../../data/starter.js";
import { createTerminal } from "../terminal.js";

export interface InitOptions {
  readonly out?: string;
  readonly quiet?: boolean;
}

export async function init(file: string, options: InitOptions): Promise<void> {
  const terminal = createTerminal(options.quiet ?? false);
  const { files, starter } = await writeStarter(file, options.out);
  terminal.note(`wrote ${files.program} and ${files.manifest}: ${starter.variables.length} variables`);
  for (const { column, reason } of starter.leftOut) terminal.note(`  left out column ${column}: ${reason}`);
  terminal.note(
    `next: state what causes what in ${files.program}, then\n  scmc run ${files.program} --data ${files.manifest}`,
  );
}
