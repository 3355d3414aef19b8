/**
 * Bad input to the verbs that run, through the real binary: a message that fits on a screen, names the file and the
 * line or row and says what to do; the exit code; and nothing left behind.
 */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, before } from "mocha";
import { directoryWith, keepDirectory, type Outcome, scmc } from "./support.js";
import { contents, images, manifest, program, rows, study, table, tableWith } from "./tiny-study.js";

const screen = 24;

interface Expected {
  readonly status: number;
  /** Parts of the message, in this order. */
  readonly says: readonly string[];
}

/** Runs in `cwd`, checks message and status, and that the directory holds what it held before. */
function fails(cwd: string, args: readonly string[], { status, says }: Expected): Outcome {
  const before = contents(cwd);
  const outcome = scmc(args, { cwd });
  expect(outcome.stdout, "stdout").to.equal("");
  let rest = outcome.stderr;
  for (const part of says) {
    expect(rest).to.contain(part);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
  expect(outcome.stderr.trimEnd().split("\n").length, outcome.stderr).to.be.lessThan(screen);
  expect(outcome.stderr).not.to.match(/internal error|\bat .*\.js:/);
  expect(outcome.status, outcome.stderr).to.equal(status);
  expect(contents(cwd), "left behind").to.deep.equal(before);
  return outcome;
}

const run = ["run", "tiny.scm", "--data", "data.json", "--out", "fitted", "--threads", "1"];

describe("bad programs and data, to scmc run", () => {
  it("a cycle", () => {
    const cwd = directoryWith({ ...study(), "tiny.scm": "t := flow(i)\ni := flow(t)\n" });
    fails(cwd, run, { status: 1, says: ["error[4001]", "t → i → t", "tiny.scm:", "help: "] });
  });

  it("an unknown parent", () => {
    const cwd = directoryWith({ ...study(), "tiny.scm": program.replace("flow(t)", "flow(tt)") });
    fails(cwd, run, {
      status: 1,
      says: ["error[2001]: `tt` is not defined", "tiny.scm:4:", "i : real", "^^", "help: did you mean `t`?"],
    });
  });

  it("a missing IDX file", () => {
    const cwd = directoryWith({ ...study(), "data.json": manifest({ x: "nothere" }) });
    fails(cwd, run, { status: 3, says: ["error[6001]: x: no such file", "--> nothere", "relative to the manifest"] });
  });

  it("a truncated IDX file", () => {
    const cwd = directoryWith({ ...study(), images: images().subarray(0, 900) });
    fails(cwd, run, { status: 3, says: ["error[6011]", "truncated", "976 bytes", "900", "--> images", "help: "] });
  });

  it("images of another size", () => {
    const cwd = directoryWith({ ...study(), images: images(5, 4) });
    fails(cwd, run, { status: 3, says: ["error[6017]", "image(5, 4)", "image(4, 4)", "--> images", "help: "] });
  });

  it("a missing column", () => {
    const cwd = directoryWith({ ...study(), "data.json": manifest({ t: "thickness" }) });
    fails(cwd, run, { status: 3, says: ["error[6009]", '"thickness"', "--> table.csv", 'help: It has "t", "i"'] });
  });

  it("a cell that is no number and thickness of 0 or less, all in one run", () => {
    const bad = tableWith({ 5: "thin,1", 9: "-1,2", 12: "0,1" });
    const cwd = directoryWith({ ...study(), "table.csv": bad });
    fails(cwd, run, {
      status: 3,
      says: [
        "error[6013]",
        'line 5 "thin"',
        "--> table.csv",
        "help: ",
        "error[6015]",
        'line 9 "-1", line 12 "0"',
        "help: ",
      ],
    });
  });

  it("a cell that is no number in a variable without a type", () => {
    const bound = JSON.stringify({ table: "t.csv", variables: { b: { column: "b" } } });
    const cwd = directoryWith({ "t.scm": "b := linear()\n", "t.csv": "b\n1.5\nx\n", "t.json": bound });
    fails(cwd, ["run", "t.scm", "--data", "t.json", "--out", "fitted"], {
      status: 3,
      says: ["error[7014]", "linear of `b`", "The column holds texts: with `b : real` they are named."],
    });
  });

  it("a row too few", () => {
    const cwd = directoryWith({ ...study(), "table.csv": table(rows.slice(1)) });
    fails(cwd, run, { status: 3, says: ["error[6018]", "60 items", "table.csv", "59 rows", "--> images", "help: "] });
  });

  it("a row with too many cells", () => {
    const cwd = directoryWith({ ...study(), "table.csv": tableWith({ 7: "1,2,3" }) });
    fails(cwd, run, { status: 3, says: ["error[6006]", "7", "table.csv"] });
  });

  it("a manifest that is no JSON, or binds nothing to a variable", () => {
    const cwd = directoryWith({ ...study(), "data.json": '{ "table": "table.csv", }' });
    fails(cwd, run, { status: 3, says: ["error[6004]", "--> data.json:1:25", "^", "help: "] });
    const unbound = directoryWith({ ...study(), "data.json": manifest().replace('"i":', '"j":') });
    fails(unbound, run, { status: 3, says: ["error[6005]", '"i"', "--> data.json", "help: "] });
  });

  it("files that are not there", () => {
    const cwd = directoryWith(study());
    fails(cwd, ["run", "no.scm", "--data", "data.json"], { status: 2, says: ["error[7101]", "--> no.scm"] });
    fails(cwd, ["run", "tiny.scm", "--data", "no.json"], { status: 2, says: ["error[7101]", "--> no.json"] });
    fails(cwd, [...run, "--test", "no.json"], { status: 2, says: ["error[7101]", "--> no.json"] });
    fails(cwd, [...run, "--reuse", "no"], { status: 3, says: ["error[7046]", "no such directory", "--> no"] });
  });

  it("an output directory that is foreign, a file, or below a file, before anything is fitted", () => {
    const cwd = directoryWith({ ...study(), "foreign/thesis.txt": "precious", file: "" });
    const to = (out: string) => ["run", "tiny.scm", "--data", "data.json", "--out", out];
    for (const [out, says] of [
      ["foreign", ["error[7041]", "it is left as it is", "--> foreign", "help: "]],
      ["file", ["error[7104]", "it is a file", "--> file", "help: "]],
      ["file/below", ["error[7104]", "is a file", "--> file/below", "help: "]],
    ] as const) {
      const { stderr } = fails(cwd, to(out), { status: 3, says });
      expect(stderr).not.to.contain("fitting");
    }
  });

  it("unknown options, engines and numbers that are none", () => {
    const cwd = directoryWith(study());
    fails(cwd, [...run, "--epochs", "3"], { status: 2, says: ["unknown option '--epochs'"] });
    fails(cwd, [...run, "--engine", "abacus"], {
      status: 2,
      says: ["error[7005]", "abacus", "onnx, tensorflow, reference"],
    });
    fails(cwd, [...run, "--particles", "0"], { status: 2, says: ["'--particles <n>'", "from 1 to"] });
    fails(cwd, [...run, "--seed", ""], { status: 2, says: ["'--seed <n>'", "at least 0"] });
    fails(cwd, ["run", "tiny.scm"], { status: 2, says: ["'--data <manifest>' not specified"] });
    fails(cwd, ["rum", "tiny.scm"], { status: 2, says: ["unknown command 'rum'", "run"] });
  });
});

describe("bad artefacts and interventions, to scmc counterfactual and sample", () => {
  let cwd: string;

  before(function () {
    this.timeout(60_000);
    cwd = keepDirectory(study());
    const { status, stderr } = scmc(run, { cwd });
    expect(status, stderr).to.equal(0);
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  const ask = (...more: string[]) => ["counterfactual", "fitted", "--data", "data.json", "--out", "answer", ...more];

  it("answers a right question, as the ground of the others", () => {
    const { status, stderr } = scmc(ask("--do", "t := t + 0.1", "--particles", "2"), { cwd });
    expect(status, stderr).to.equal(0);
    expect(readFileSync(join(cwd, "answer/table.csv"), "utf8").split("\n")).to.have.length(62);
    rmSync(join(cwd, "answer"), { recursive: true });
  });

  for (const [text, says] of [
    ["t := ", ["error[1001]", "--> --do", "| t := ", "^"]],
    ["t := t +* 2", ["error[1001]", "`*`", "--> --do", "| t := t +* 2\n      |         ^"]],
    ["t = 1", ["error[1009]", "--> --do", "| t = 1\n      |   ^", "help: write `t := …`"]],
    ["", ["option '--do <text>' argument is empty"]],
    ["tt := 1", ["error[2001]: `tt` is not defined", "--> --do", "| tt := 1\n      | ^^", "help: did you mean `t`?"]],
    ["t := ii", ["error[2001]: `ii` is not defined", "| t := ii\n      |      ^^", "help: did you mean `i`?"]],
    ["t := -1", ["error[3010]: `t` is positive and cannot be -1", "| t := -1\n      |      ^^"]],
    ["t := 1, t := 2", ["error[2016]", "`t` is set twice", "|         ^", "set here first"]],
    ["t := i", ["error[4003]", "t → i → t", "--> --do"]],
    ["x := 1", ["error[3005]", "`x` is an image", "--> --do", "help: "]],
  ] as const) {
    it(`--do "${text}"`, () => {
      fails(cwd, ask("--do", text), { status: 2, says });
    });
  }

  it("--do of sample says the same", () => {
    const draw = ["sample", "fitted", "-n", "3", "--out", "drawn", "--do", "t := -1"];
    fails(cwd, draw, { status: 2, says: ["error[3010]", "--> --do", "| t := -1\n      |      ^^"] });
  });

  it("several --do hold together, and a comment in one does not swallow the next", () => {
    const { status, stderr } = scmc(ask("--do", "t := 1.5 # thin", "--do", "i := 2", "--json"), { cwd });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.contain("replaced: t, i;");
    rmSync(join(cwd, "answer"), { recursive: true });
    fails(cwd, ask("--do", "t := 1", "--do", "t := 2"), { status: 2, says: ["error[2016]", "| t := 1, t := 2"] });
  });

  /** A copy of the fitted artefact that `damage` is done to. */
  function damaged(damage: (directory: string) => void): void {
    rmSync(join(cwd, "fitted-copy"), { recursive: true, force: true });
    cpSync(join(cwd, "fitted"), join(cwd, "fitted-copy"), { recursive: true });
    damage(join(cwd, "fitted-copy"));
  }
  const askCopy = ["counterfactual", "fitted-copy", "--data", "data.json", "--out", "answer", "--do", "t := 2"];

  it("an artefact with truncated, missing or changed weights", () => {
    const weights = "fitted-copy/weights.safetensors";
    damaged((directory) => truncateSync(join(directory, "weights.safetensors"), 5000));
    fails(cwd, askCopy, { status: 3, says: ["error[7040]", "cut off", `--> ${weights}`, "help: "] });
    damaged((directory) => rmSync(join(directory, "weights.safetensors")));
    fails(cwd, askCopy, { status: 3, says: ["error[7042]", `--> ${weights}`, "help: "] });
    damaged((directory) => {
      const bytes = readFileSync(join(directory, "weights.safetensors"));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(join(directory, "weights.safetensors"), bytes);
    });
    fails(cwd, askCopy, { status: 3, says: ["error[7043]", `--> ${weights}`, "help: "] });
  });

  it("an artefact with a damaged or foreign description, and a directory that is none", () => {
    const description = "fitted-copy/model.json";
    damaged((directory) => truncateSync(join(directory, "model.json"), 100));
    fails(cwd, askCopy, { status: 3, says: ["error[7047]", `--> ${description}`, "help: "] });
    damaged((directory) => writeFileSync(join(directory, "model.json"), "{}"));
    fails(cwd, askCopy, { status: 3, says: ["error[7048]", `--> ${description}`, "help: "] });
    damaged((directory) => rmSync(join(directory, "model.json")));
    fails(cwd, askCopy, { status: 3, says: ["error[7046]", "--> fitted-copy", "help: "] });
  });

  it("an artefact of another model than the data's", () => {
    writeFileSync(
      join(cwd, "other.scm"),
      "t : positive := flow()\nz : real := flow(t)\nfit t(epochs = 1)\nfit z(epochs = 1)\n",
    );
    writeFileSync(join(cwd, "other.json"), manifest().replace('"i":', '"z":'));
    const fit = scmc(["run", "other.scm", "--data", "other.json", "--out", "other", "--threads", "1"], { cwd });
    expect(fit.status, fit.stderr).to.equal(0);
    const askOther = ["counterfactual", "other", "--data", "data.json", "--out", "answer", "--do", "t := 2"];
    fails(cwd, askOther, { status: 3, says: ["error[6005]", '"z"', "--> data.json", "help: "] });
    cpSync(join(cwd, "other/weights.safetensors"), join(cwd, "fitted-copy/weights.safetensors"));
    cpSync(join(cwd, "fitted/model.json"), join(cwd, "fitted-copy/model.json"));
    fails(cwd, askCopy, { status: 3, says: ["error[7043]", "--> fitted-copy/weights.safetensors", "help: "] });
  });

  it("a program that has not been fitted, and nothing at all", () => {
    const askProgram = ["counterfactual", "tiny.scm", "--data", "data.json", "--out", "answer", "--do", "t := 2"];
    fails(cwd, askProgram, { status: 2, says: ["error[7020]", "--> tiny.scm", "help: Fit the model first: scmc run"] });
    const askNothing = ["counterfactual", "no", "--data", "data.json", "--out", "answer", "--do", "t := 2"];
    fails(cwd, askNothing, { status: 2, says: ["error[7101]", "--> no"] });
  });

  it("bad data of the observed units", () => {
    writeFileSync(join(cwd, "bad.csv"), tableWith({ 3: "-2,1" }));
    writeFileSync(join(cwd, "bad.json"), manifest({ table: "bad.csv" }));
    const askBad = ["counterfactual", "fitted", "--data", "bad.json", "--out", "answer", "--do", "t := 2"];
    fails(cwd, askBad, { status: 3, says: ["error[6015]", 'line 3 "-2"', "--> bad.csv", "help: "] });
  });

  it("an output directory with a data set, or with something foreign", () => {
    scmc(["sample", "fitted", "-n", "3", "--out", "taken"], { cwd });
    const askTaken = ["counterfactual", "fitted", "--data", "data.json", "--out", "taken", "--do", "t := 2"];
    fails(cwd, askTaken, { status: 3, says: ["error[6021]", "--> taken", "--overwrite"] });
    expect(scmc([...askTaken, "--overwrite"], { cwd }).status).to.equal(0);
    writeFileSync(join(cwd, "taken/thesis.txt"), "precious");
    fails(cwd, [...askTaken, "--overwrite"], {
      status: 3,
      says: ["error[6020]", '"thesis.txt"', "--> taken", "help: "],
    });
    fails(cwd, ask("--do", "t := 2", "--out", "data.json/below"), { status: 3, says: ["error[7104]", "is a file"] });
  });
});

describe("scmc init", () => {
  it("writes a program and a manifest that check finds clean, into a new directory as well", () => {
    const cwd = directoryWith({ "a.csv": "height,sex,weight\n1.8,F,70\n1.7,M,65\n1.6,F,60\n1.9,M,90\n" });
    for (const out of [[], ["--out", "new/deep"]]) {
      const { status, stderr } = scmc(["init", "a.csv", ...out], { cwd });
      expect(status, stderr).to.equal(0);
      const directory = out[1] === undefined ? "" : `${out[1]}/`;
      const check = scmc(["check", "--pedantic", `${directory}a.scm`, "--data", `${directory}a.manifest.json`], {
        cwd,
      });
      expect(check).to.deep.equal({ status: 0, stdout: "", stderr: "ok: 1 file checked\n" });
    }
    fails(cwd, ["init", "a.csv"], { status: 3, says: ["error[6040]", "--> a.scm", "help: "] });
  });

  it("leaves no directory behind for a table that cannot be modelled", () => {
    const cwd = directoryWith({ "a.csv": "n\n1\n1\n", "b.csv": 'n\n"1\n' });
    fails(cwd, ["init", "a.csv", "--out", "new/deep"], { status: 3, says: ["error[6041]", "--> a.csv"] });
    fails(cwd, ["init", "b.csv", "--out", "new"], { status: 3, says: ["error[6006]", "--> b.csv"] });
    fails(cwd, ["init", "no.csv", "--out", "new"], { status: 2, says: ["error[7101]", "--> no.csv"] });
  });
});
