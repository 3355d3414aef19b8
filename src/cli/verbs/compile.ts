/** `scmc compile`: compiles a program to its JSON model, byte for byte the same for the same text. */
import { failure } from "../../diagnostics/diagnostic.js";
import { parseModel } from "../../model/files/load.js";
import { serialiseModel } from "../../model/files/serialise.js";
import { typescriptTypes } from "../../session/typescript-types.js";
import { requireModel } from "../places/model-file.js";
import { writeText } from "../places/write-text.js";
import { createTerminal } from "../process/terminal.js";

export interface CompileOptions {
  readonly out?: string;
  /** The file for the variables' TypeScript types. */
  readonly types?: string;
  readonly quiet?: boolean;
}

export async function compileFile(file: string, options: CompileOptions): Promise<void> {
  const model = await requireModel(file);
  const text = serialiseModel(model);
  // The output passes the checks of every load, so a fault in it is found here and not in another tool.
  parseModel(text, file);
  const out = options.out ?? `${file.replace(/\.scm$/, "")}.scm.json`;
  if (options.types !== undefined) {
    if (options.types === file || options.types === out)
      throw failure("7103", file, "the types would replace another file", "Name another file with --types.");
    await writeText(options.types, typescriptTypes(model));
  }
  if (out === "-") {
    process.stdout.write(text);
    return;
  }
  if (out === file) throw failure("7103", file, "the output would replace the input", "Name another file with --out.");
  await writeText(out, text);
  createTerminal(options.quiet ?? false).note(`wrote ${out}`);
}
