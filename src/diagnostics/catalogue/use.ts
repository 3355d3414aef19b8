/**
 * 71xx to 73xx: the command line, the library and export. They depend on more than a program's text, so they do not
 * have examples.
 */
import type { CatalogueEntry } from "./entry.js";

export const useCodes = [
  {
    code: "7101",
    exit: "usage",
    title: "A file that cannot be read",
    explanation: "A file named on the command line is absent, a directory, or not readable.",
  },
  {
    code: "7102",
    exit: "usage",
    title: "A split that does not exist",
    explanation: "`mnist()` has the splits train and test.",
  },
  {
    code: "7103",
    exit: "usage",
    title: "Output in place of the input",
    explanation: "The output would replace the file that it is made from. Name another one.",
  },
  {
    code: "7104",
    title: "A file that cannot be written",
    explanation: "There is no such directory, no permission, or no room.",
  },
  {
    code: "7105",
    exit: "usage",
    title: "No such program",
    explanation: "A directory holds no file named *.scm, or a pattern matches no file.",
  },
  {
    code: "7106",
    exit: "usage",
    title: "A code that does not exist",
    explanation: "`scmc explain` takes the code that a message bears; without one it lists all codes.",
  },
  {
    code: "7107",
    exit: "usage",
    title: "A query that does not exist",
    explanation: "`--query` takes the name of a `query` of the program.",
  },
  {
    code: "7108",
    exit: "usage",
    title: "Options that do not fit together",
    explanation: "An option needs another one, or says something that the others do not allow; the message says which.",
  },
  {
    code: "7109",
    exit: "usage",
    title: "A question through unobserved causes",
    explanation:
      "The question of the command line needs a latent variable's value, or mechanisms whose noises share an unobserved cause. `scmc plan` says which.",
  },
  {
    code: "7110",
    title: "Too large for memory",
    explanation: "What was asked for does not fit into memory. Ask for fewer units, samples or particles at a time.",
  },
  {
    code: "7120",
    exit: "usage",
    title: "A program that a model does not have",
    explanation:
      "`scmc inspect MODEL` lists the programs: one for fitting each learned mechanism, one for sampling and one for the density of each variable, and those of the queries.",
  },
  {
    code: "7121",
    exit: "usage",
    title: "Programs that depend on data",
    explanation:
      "The normalising constants, types and sizes that a model leaves out come from its training data and are part of its programs. Name the data with `--data`, or a fitted artefact.",
  },
  {
    code: "7122",
    exit: "usage",
    title: "An output that cannot hold the answer",
    explanation:
      "A table holds numbers and classes, and an IDX file the images of one variable; a directory holds a whole data set. `--of` names the variables to write.",
  },
  {
    code: "7201",
    title: "A variable that the model does not have",
    explanation:
      "A program that uses the library named a variable that is not in the model. The message lists those that are.",
  },
  {
    code: "7202",
    title: "Columns of different length",
    explanation:
      "Units are given to the library as one column a variable, all of the same number of units; an image or vector takes its size times as many numbers.",
  },
  {
    code: "7203",
    title: "A value of another form",
    explanation:
      "A value given to the library is not finite, has another number of elements than its variable, or names no level of its class.",
  },
  {
    code: "7301",
    title: "Nothing that could be exported",
    explanation:
      "Exported programs compute with every variable of a unit given. A latent variable has no value to give, and image operators run outside tensor programs.",
  },
  {
    code: "7302",
    title: "A directory that is not for an export",
    explanation: "`scmc export` replaces an earlier export with --overwrite, and nothing else.",
  },
] as const satisfies readonly CatalogueEntry[];
