/** Writes a text whole or not at all. */
import writeFileAtomic from "write-file-atomic";
import { failure } from "../../diagnostics/diagnostic.js";
import { reasonOf } from "../../diagnostics/system-reasons.js";

export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(file, text);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw failure("7104", file, `cannot be written: ${reason}`);
  }
}
