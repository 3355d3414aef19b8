/** Texts of the command line as files: how messages call them. */

/** The names under which texts of the command line appear in messages. */
export const interventionFile = "--do";
export const fitFile = "--fit";
export const queryFile = "--query";

export function isOptionText(file: string): boolean {
  return file.startsWith("--");
}
