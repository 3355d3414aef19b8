/**
 * The verbs and options of the command line. Each verb is one file under `verbs/`, loaded when it is called, so `check`
 * never waits for tensors.
 */

import { Command, InvalidArgumentError, Option } from "commander";
import { formatNames } from "./formats/index.js";
import { graphFormats } from "./options/graph-format.js";
import { collect, levels, probability, refuseEmptyTexts, wholeNumber } from "./options/option-values.js";
import { version } from "./process/version.js";

const tableFormats = ["csv", "csv.gz", "parquet"] as const;
const imageFormats = ["idx", "idx.gz", "png"] as const;

const exportedNames = ["sample", "abduct", "log_probability", "counterfactual"] as const;

function collectName(value: string, previous: string[] = []): string[] {
  if ((exportedNames as readonly string[]).includes(value)) return [...previous, value];
  throw new InvalidArgumentError(`Allowed choices are ${exportedNames.join(", ")}.`);
}

function questionOptions(command: Command): Command {
  return command
    .option("--do <text>", 'an intervention, e.g. "t := 3"; repeatable', collect)
    .option("--given <text>", 'evidence in the world after it, e.g. "s = 1"; repeatable', collect)
    .option("--samples <n>", "sample size, where the answer is not exact", wholeNumber(20), 10_000);
}

function engineOptions(command: Command): Command {
  return command
    .option("--seed <n>", "seed of all random draws", wholeNumber(0), 1)
    .option("--engine <name>", "onnx, tensorflow or reference", "onnx")
    .option("--device <name>", "what the engine computes on: cpu, cuda, webgpu, … (default: cpu; see scmc doctor)")
    .option("--threads <n>", "threads of the engine (default: one a core)", wholeNumber(1, 512))
    .option("--json", "results as JSON on stdout")
    .option("--quiet", "no progress and no notes");
}

function outputOptions(command: Command): Command {
  return placeOptions(command)
    .option("--of <names>", "the variables to write, e.g. t,i (default: all observed ones)", collect)
    .option("--batch <n>", "units held in memory at a time; the result does not depend on it", wholeNumber(1));
}

function placeOptions(command: Command): Command {
  return command
    .option(
      "--out <path>",
      "*.csv, *.csv.gz, *.parquet, *.idx, *.idx.gz, or a directory for a whole data set (default: CSV on stdout)",
    )
    .addOption(new Option("--table <format>", "table of a directory (default: csv)").choices(tableFormats))
    .addOption(new Option("--images <format>", "images of a directory (default: idx)").choices(imageFormats))
    .option("--overwrite", "replace an earlier result of that name");
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
    .option("--types <file>", "also write the variables' TypeScript types, for the library")
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
    .option("--given <text>", 'all that is known of the unit, e.g. "t = 2"; repeatable', collect)
    .option("--missing <names>", "variables that the observed units lack, e.g. t,i", collect)
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
      .option("--overwrite", "replace the artefact of another model in --out; without it, that is asked, or refused")
      .option("--reuse <dir>", "take over fits from another artefact where nothing changed; repeatable", collect)
      .option(
        "--fit <text>",
        'fitting options over the program\'s, e.g. "x(epochs = 5, batch = 128)"; repeatable',
        collect,
      )
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
        .option("--data <manifest>", "the observed units; empty cells are missing values")
        .option("--missing <names>", "variables that the data does not have, e.g. t,x", collect)
        .option("--given <text>", 'instead, one unit of which this is known, e.g. "t = 2"; repeatable', collect)
        .requiredOption("--do <text>", 'an intervention, e.g. "t := t + 2"; repeatable', collect)
        .option(
          "--particles <n>",
          "draws per unit where the noise is not recovered exactly",
          wholeNumber(1, 100_000),
          32,
        )
        .option(
          "--proposals <n>",
          "draws per unit where missing values are found by importance sampling",
          wholeNumber(1),
        )
        .option("--quantiles <levels>", "these quantiles over particles as well, e.g. 0.05,0.95", levels)
        .option("--sd", "the standard deviation over particles as well, of images pixel by pixel"),
    ),
  ).action(async (model, options) => (await import("./verbs/counterfactual.js")).counterfactualTo(model, options));

  engineOptions(
    questionOptions(
      program
        .command("expectation")
        .description("the mean of a variable or expression in a world, with its standard error")
        .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
        .requiredOption("--of <expression>", 'what the mean is of, e.g. i, or "i > 3" for a probability')
        .option("--quantile <level>", "this quantile instead of the mean, e.g. 0.9", levels),
    ),
  ).action(async (model, options) => (await import("./verbs/expectation.js")).expectation(model, options));

  engineOptions(
    questionOptions(
      program
        .command("density")
        .description("the log-density of variables in a world, at a point or at observed units")
        .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
        .option("--at <text>", 'the point, e.g. "i = 128"; repeatable', collect)
        .option("--data <manifest>", "instead, the observed units")
        .option("--of <names>", "with --data: which variables, e.g. t,i (default: all with a density)", collect),
    ),
  ).action(async (model, options) => (await import("./verbs/density.js")).density(model, options));

  engineOptions(
    questionOptions(
      program
        .command("effect")
        .description("the effect of an intervention on a mean: average, direct and indirect")
        .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
        .requiredOption("--of <expression>", "what is affected, e.g. i")
        .option("--versus <text>", "the intervention to compare with (default: none)", collect),
    ),
  ).action(async (model, options) => (await import("./verbs/effect.js")).effect(model, options));

  engineOptions(
    placeOptions(
      program
        .command("query")
        .description("answer one query of the language: a figure is printed, samples and counterfactuals go to --out")
        .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
        .argument("<text>", 'e.g. "probability(t > 3 | s = 1) - probability(t > 3)"')
        .option("--data <manifest>", "observed units, for counterfactuals and densities")
        .option("--samples <n>", "sample size", wholeNumber(20), 10_000)
        .option(
          "--particles <n>",
          "draws per unit where the noise is not recovered exactly",
          wholeNumber(1, 100_000),
          32,
        ),
    ),
  ).action(async (model, text, options) => (await import("./verbs/query.js")).query(model, text, options));

  engineOptions(
    program
      .command("inspect")
      .description("the programs that a model runs: their text, operations, bytes, and where their time goes")
      .argument("<model>", "a fitted artefact, a program or a compiled model")
      .option("--program <name>", "this one; without it, the list of all")
      .option("--data <manifest>", "training data to bind a model to that is not fitted")
      .option("--do <text>", 'an intervention, for a counterfactual or a sample, e.g. "t := 3"; repeatable', collect)
      .option("--batch <n>", "rows of one call in place of the usual ones", wholeNumber(1, 1_000_000))
      .option("--particles <n>", "draws per unit where the noise is not recovered exactly", wholeNumber(1, 100_000), 32)
      .option("--profile", "run it on random inputs and say where the time goes")
      .option("--onnx <file>", "write the ONNX program")
      .option("--overwrite", "replace an earlier file in --onnx"),
  ).action(async (model, options) => (await import("./verbs/inspect.js")).inspect(model, options));

  program
    .command("doctor")
    .description("which engines and devices work here, and what the others need")
    .option("--json", "results as JSON on stdout")
    .action(async (options) => (await import("./verbs/doctor.js")).doctor(options));

  engineOptions(
    program
      .command("evaluate")
      .description("log-probabilities, checks of abducted noises and consistency of counterfactuals on observed units")
      .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
      .requiredOption("--data <manifest>", "units with every variable observed, not those of the fit")
      .option("--level <p>", "report checks with a p-value below this", probability, 0.001),
  ).action(async (model, options) => (await import("./verbs/evaluate.js")).evaluate(model, options));

  program
    .command("export")
    .description("write ONNX programs that run anywhere, with runners for Python, Node and the browser")
    .argument("<model>", "a fitted artefact, or a program or model that needs no fitting")
    .requiredOption("--out <dir>", "directory for the programs, export.json and the runners")
    .addOption(
      new Option("--query <name>", "what to export; repeatable (default: all)")
        .choices(exportedNames)
        .argParser(collectName),
    )
    .option("--batch <n>", "units a call", wholeNumber(1, 1_000_000), 256)
    .option("--particles <n>", "draws per unit where the noise is not recovered exactly", wholeNumber(1, 100_000), 32)
    .option("--overwrite", "replace an earlier export in --out")
    .option("--json", "the description as JSON on stdout")
    .option("--quiet", "no notes")
    .action(async (model, options) => (await import("./verbs/export.js")).exportTo(model, options));

  program
    .command("init")
    .description("write a starter program and manifest for a table")
    .argument("<file>", "a CSV file with a header line, or a Parquet file")
    .option("--out <dir>", "directory for the two files (default: beside the table)")
    .option("--quiet", "no notes")
    .action(async (file, options) => (await import("./verbs/init.js")).init(file, options));

  for (const command of program.commands) command.exitOverride();
  program.hook("preAction", (_, command) => refuseEmptyTexts(command));
  return program;
}
