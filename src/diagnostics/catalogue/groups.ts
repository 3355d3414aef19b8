/** The meaning of a code's first digit. */
export const groupTitles: Readonly<Record<string, string>> = {
  "1": "Syntax",
  "2": "Names",
  "3": "Types and shapes",
  "4": "The causal graph",
  "5": "Mechanisms, noise and queries",
  "6": "Data",
  "7": "Running, artefacts and the command line",
  "8": "Model files",
};
