/** The names under which texts of the command line appear in messages, as if they were files. */

/** The names under which texts of the command line appear in messages. */
export const interventionFile = "--do";
export const fitFile = "--fit";
export const queryFile = "--query";

export function isOptionText(file: string): boolean {
  return file.startsWith("--");
}
