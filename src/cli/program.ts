/**
 * The verbs and options of the command line. Each verb is one file under `verbs/`, loaded when it is called, so that
 * `check` never waits for tensors.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { formatNames } from "./formats/index.js";
import { version } from "./version.js";

const tableFormats = ["csv", "csv.gz", "parquet"] as const;
const imageFormats = ["idx", "idx.gz", "png"] as const;

const graphFormats = ["dot", "mermaid", "svg"] as const;
export type GraphFormat = (typeof graphFormats)[number];

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(
        most === Number.MAX_SAFE_INTEGER
          ? `It takes a whole number of at least ${least}.`
          : `It takes a whole number from ${least} to ${most}.`,
      );
    return value;
  };
}

function engineOptions(command: Command): Command {
  return command
    .option("--seed <n>", "seed of all random draws", wholeNumber(0), 1)
    .option("--engine <name>", "onnx or reference", "onnx")
    .option("--threads <n>", "threads of the engine (default: all cores)", wholeNumber(1, 512))
    .option("--json", "results as JSON on stdout")
    .option("--quiet", "no progress and no notes");
}

function outputOptions(command: Command): Command {
  return command
    .option(
      "--out <path>",
      "*.csv, *.csv.gz, *.parquet, *.idx, *.idx.gz, or a directory for a whole data set (default: CSV on stdout)",
    )
    .option("--of <names>", "the variables to write, e.g. t,i (default: all observed ones)", collect)
    .addOption(new Option("--table <format>", "table of a directory").choices(tableFormats).default("csv"))
    .addOption(new Option("--images <format>", "images of a directory").choices(imageFormats).default("idx"))
    .option("--overwrite", "replace an earlier result of that name")
    .option("--batch <n>", "units held in memory at a time; the result does not depend on it", wholeNumber(1));
}

export function buildProgram(): Command {
  const program = new Command("scmc")
    .description(
      "Compiles structural causal models, fits them and answers association, intervention and counterfactual queries.",
    )
    .version(version)
    .exitOverride();

  program
    .command("check")
    .description("report every problem of the programs, and whether their assertions hold")
    .argument(
      "<files...>",
      "programs (.scm), compiled models (.scm.json), directories or patterns of them; - for stdin",
    )
    .addOption(new Option("--format <name>", "form of the diagnostics").choices(formatNames).default("human"))
    .addOption(new Option("--json", "short for --format json").conflicts("format"))
    .option("--data <manifest>", "check this data set against the programs, too")
    .option("--pedantic", "warn as well of what is right and probably not meant")
    .option("--deny-warnings", "warnings fail as well")
    .action(async (files, options) => (await import("./verbs/check.js")).check(files, options));

  program
    .command("fmt")
    .description("rewrite programs in the one layout")
    .argument("<files...>", "programs (.scm), directories or patterns of them; - for stdin to stdout")
    .option("--check", "write nothing; list the files that would change, and end with 1 if there are any")
    .option("--diff", "write nothing; print what would change")
    .option("--quiet", "no summary")
    .action(async (files, options) => (await import("./verbs/fmt.js")).fmt(files, options));

  program
    .command("explain")
    .description("what a diagnostic means and what to do about it; without a code, the list of all")
    .argument("[code]", "the number in the brackets of a message, e.g. 4001")
    .action(async (code) => (await import("./verbs/explain.js")).explainCode(code));

  program
    .command("compile")
    .description("write the JSON model with its derived procedures")
    .argument("<file>", "a program (.scm)")
    .option("-o, --out <file>", "output file, - for stdout (default: FILE.json beside the program)")
    .option("--quiet", "no notes")
    .action(async (file, options) => (await import("./verbs/compile.js")).compileFile(file, options));

  program
    .command("graph")
    .description("draw the causal graph with its noises and kinds of mechanisms")
    .argument("<model>", "a program, a compiled model or a fitted artefact")
    .addOption(new Option("--format <name>", "by the output's name, else dot").choices(graphFormats))
    .option("--do <text>", 'draw it under an intervention, e.g. "t := 3"; repeatable', collect)
    .option("-o, --out <file>", "output file (default: stdout)")
    .action(async (model, options) => (await import("./verbs/graph.js")).graph(model, options));

  program
    .command("plan")
    .description("how each query is answered: abduction, action, prediction")
    .argument("<model>", "a program, a compiled model or a fitted artefact")
    .option("--query <name>", "this query of the program alone")
    .addOption(
      new Option("--do <text>", 'a counterfactual under this intervention instead, e.g. "t := t + 2"; repeatable')
        .argParser(collect)
        .conflicts("query"),
    )
    .option("--of <names>", "what it is asked of, e.g. t,x (default: all observed variables)", collect)
    .option("--json", "plans as JSON on stdout")
    .action(async (model, options) => (await import("./verbs/plan.js")).plan(model, options));

  engineOptions(
    program
      .command("run")
      .description("fit what changed, evaluate on held-out data, answer the program's queries")
      .argument("<model>", "a program (.scm) or compiled model (.scm.json)")
      .requiredOption("--data <manifest>", "training data")
      .option("--test <manifest>", "test data: evaluation and counterfactual queries")
      .option("--out <dir>", "the fitted artefact (default: runs/NAME)")
      .option("--reuse <dir>", "take over fits from another artefact where nothing changed; repeatable", collect)
      .option("--particles <n>", "draws per unit where the noise is not recovered exactly", wholeNumber(1, 100_000), 32)
      .option("--samples <n>", "sample size of expectations", wholeNumber(20), 10_000),
  ).action(async (model, options) => (await import("./verbs/run.js")).run(model, options));

  outputOptions(
    engineOptions(
      program
        .command("sample")
        .description("draw units from a model or fitted artefact, with their exogenous noise")
        .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
        .requiredOption("-n, --rows <n>", "number of units", wholeNumber(1))
        .option("--do <text>", 'an intervention, e.g. "t := 3"; repeatable', collect)
        .option("--split <name>", "split that mnist() draws from: train or test"),
    ),
  ).action(async (model, options) => (await import("./verbs/sample.js")).sampleTo(model, options));

  outputOptions(
    engineOptions(
      program
        .command("counterfactual")
        .description("what the observed units would have been under an intervention")
        .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
        .requiredOption("--data <manifest>", "the observed units")
        .requiredOption("--do <text>", 'an intervention, e.g. "t := t + 2"; repeatable', collect)
        .option(
          "--particles <n>",
          "draws per unit where the noise is not recovered exactly",
          wholeNumber(1, 100_000),
          32,
        ),
    ),
  ).action(async (model, options) => (await import("./verbs/counterfactual.js")).counterfactualTo(model, options));

  program
    .command("init")
    .description("write a starter program and manifest for a table")
    .argument("<file>", "a CSV file with a header line, or a Parquet file")
    .option("--out <dir>", "directory for the two files (default: beside the table)")
    .option("--quiet", "no notes")
    .action(async (file, options) => (await import("./verbs/init.js")).init(file, options));

  for (const command of program.commands) command.exitOverride();
  return program;
}
