/** `scmc check` through the real binary: inputs, formats, exit codes. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { catalogue } from "../../src/diagnostics/catalogue/index.js";
import { parseXml } from "../report/xml.js";
import { binary, directoryWith, root, scmc } from "./support.js";

const clean = "t := flow()\ni := flow(t)\n";
const wrong = "thick := flow()\ni := flow(thik)\nx : interval(2, 1) := flow(i)\n";
const cyclic = "t := flow(i)\ni := flow(t)\n";

interface JsonDiagnostic {
  readonly severity: string;
  readonly message: string;
  readonly code: string;
  readonly file: string;
  readonly range: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } } | null;
  readonly fix: { readonly newText: string } | null;
  readonly related: readonly { readonly file: string }[];
}

interface JsonReport {
  readonly summary: Readonly<Record<string, number>>;
  readonly diagnostics: readonly JsonDiagnostic[];
}

function validator(): (value: unknown) => string {
  const schema = JSON.parse(readFileSync(join(root, "schema/diagnostics.schema.json"), "utf8"));
  const ajv = new Ajv2020({ allErrors: true, formats: { "uri-reference": true } });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? "" : ajv.errorsText(validate.errors));
}

describe("scmc check", () => {
  it("ends with 0 and one line for clean files", () => {
    const outcome = scmc(["check", "a.scm"], { cwd: directoryWith({ "a.scm": clean }) });
    expect(outcome).to.deep.equal({ status: 0, stdout: "", stderr: "ok: 1 file checked\n" });
  });

  it("prints place, line, carets and advice for people, on stderr", () => {
    const outcome = scmc(["check", "a.scm"], { cwd: directoryWith({ "a.scm": wrong }) });
    expect(outcome.status).to.equal(1);
    expect(outcome.stdout).to.equal("");
    expect(outcome.stderr).to.equal(
      [
        "error[2001]: `thik` is not defined",
        "  --> a.scm:2:11",
        "    2 | i := flow(thik)",
        "      |           ^^^^",
        "  help: did you mean `thick`?",
        "",
        "error[3002]: an interval runs from less to more, and this one from 2 to 1",
        "  --> a.scm:3:5",
        "    3 | x : interval(2, 1) := flow(i)",
        "      |     ^^^^^^^^^^^^^^",
        "  help: write `interval(1, 2)`",
        "",
        "2 errors, 0 warnings in 1 file",
        "",
      ].join("\n"),
    );
  });

  it("reads standard input, directories and patterns, each file once", () => {
    const cwd = directoryWith({
      "models/b.scm": wrong,
      "models/deep/a.scm": clean,
      "models/notes.txt": "no program",
      "models/.hidden/c.scm": wrong,
      "other/d.scm": clean,
    });
    const files = (...args: string[]) => {
      const { stdout } = scmc(["check", "--format", "junit", ...args], { cwd, input: wrong });
      return [...stdout.matchAll(/<testcase [^>]*name="([^"]*)"/g)].map((match) => match[1]);
    };
    expect(files("-")).to.deep.equal(["&lt;stdin&gt;"]);
    expect(files("models")).to.deep.equal(["models/b.scm", "models/deep/a.scm"]);
    expect(files("models/**/*.scm", "models")).to.deep.equal(["models/b.scm", "models/deep/a.scm"]);
    expect(files("**/?.scm")).to.deep.equal(["models/b.scm", "models/deep/a.scm", "other/d.scm"]);
    expect(files("models/*.scm", "other")).to.deep.equal(["models/b.scm", "other/d.scm"]);
    expect(files(`${cwd}/oth*/d.scm`)).to.deep.equal([`${cwd}/other/d.scm`]);
  });

  it("calls a file that is not there, an empty directory and a pattern without matches usage errors", () => {
    const cwd = directoryWith({ "a.scm": wrong, "empty/readme.txt": "" });
    const absent = scmc(["check", "nothere.scm", "a.scm"], { cwd });
    expect(absent.status).to.equal(2);
    expect(absent.stderr).to.contain("error[7101]: cannot be read: there is no such file\n  --> nothere.scm\n");
    expect(absent.stderr).to.contain("3 errors, 0 warnings in 2 files");
    for (const argument of ["empty", "*.txt"]) {
      const outcome = scmc(["check", argument], { cwd });
      expect(outcome.status).to.equal(2);
      expect(outcome.stderr).to.contain("error[7105]").and.to.contain(`--> ${argument}\n`);
    }
  });

  it("refuses unknown options and formats with advice", () => {
    const unknown = scmc(["check", "--jsn", "graphs"]);
    expect(unknown.status).to.equal(2);
    expect(unknown.stderr).to.contain("unknown option '--jsn'").and.to.contain("--json");
    const format = scmc(["check", "--format", "xml", "graphs"]);
    expect(format.status).to.equal(2);
    expect(format.stderr).to.contain("human, concise, json, jsonl, github, sarif, junit");
    expect(scmc(["check", "--json", "--format", "human", "graphs"]).status).to.equal(2);
    expect(scmc(["check"]).status).to.equal(2);
  });

  it("prints JSON that follows the published schema, with ranges that cut the text", () => {
    const validate = validator();
    const cwd = directoryWith({ "a.scm": wrong, "b.scm": cyclic, "c.scm": clean });
    const { status, stdout, stderr } = scmc(["check", "--json", "a.scm", "b.scm", "c.scm", "d.scm"], { cwd });
    expect(status).to.equal(2);
    expect(stderr).to.equal("");
    const report = JSON.parse(stdout) as JsonReport;
    expect(validate(report)).to.equal("");
    expect(report.summary).to.deep.equal({ errors: 4, warnings: 0, files: 4 });
    expect(report.diagnostics.map(({ code, file }) => `${file} ${code}`)).to.deep.equal([
      "a.scm 2001",
      "a.scm 3002",
      "b.scm 4001",
      "d.scm 7101",
    ]);
    const [misspelt, , cycle, absent] = report.diagnostics as [
      JsonDiagnostic,
      JsonDiagnostic,
      JsonDiagnostic,
      JsonDiagnostic,
    ];
    expect(wrong.slice(misspelt.range?.start.offset, misspelt.range?.end.offset)).to.equal("thik");
    expect(misspelt.fix?.newText).to.equal("thick");
    expect(cycle.related.length).to.be.greaterThan(0);
    expect(absent.range).to.equal(null);
    expect(scmc(["check", "--format", "json", "a.scm", "b.scm", "c.scm", "d.scm"], { cwd }).stdout).to.equal(stdout);
    const lines = scmc(["check", "--format", "jsonl", "a.scm", "b.scm", "c.scm", "d.scm"], { cwd }).stdout;
    expect(
      lines
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).to.deep.equal(report.diagnostics);
  });

  it("has a schema that refuses what it does not describe", () => {
    const validate = validator();
    const empty = { formatVersion: 1, summary: { errors: 0, warnings: 0, files: 1 }, diagnostics: [] };
    expect(validate(empty)).to.equal("");
    expect(validate({ ...empty, extra: 1 })).to.contain("additional properties");
    expect(validate({ ...empty, diagnostics: [{ code: "2001" }] })).to.contain("required");
  });

  it("prints one line a diagnostic with --format concise", () => {
    const { stdout } = scmc(["check", "--format", "concise", "a.scm"], { cwd: directoryWith({ "a.scm": wrong }) });
    expect(stdout).to.equal(
      "a.scm:2:11: error[2001]: `thik` is not defined (did you mean `thick`?)\n" +
        "a.scm:3:5: error[3002]: an interval runs from less to more, and this one from 2 to 1 (write `interval(1, 2)`)\n",
    );
  });

  it("prints annotations of GitHub, escaped", () => {
    const cwd = directoryWith({ "a,b:c.scm": 't := flow()\nt : real "100 %" := flow()\n' });
    const { stdout } = scmc(["check", "--format", "github", "a,b:c.scm", "d.scm"], { cwd });
    expect(stdout.split("\n")[0]).to.match(
      /^::error file=a%2Cb%3Ac\.scm,line=2,col=1,endLine=2,endColumn=2,title=scmc 2002::[^:]*`t`/,
    );
    expect(stdout).to.contain("::error file=d.scm,title=scmc 7101::cannot be read: there is no such file\n");
    expect(stdout.trimEnd().split("\n")).to.have.length(2);
  });

  it("prints SARIF 2.1.0 whose rules are the catalogue", () => {
    const cwd = directoryWith({ "a dir/a.scm": wrong, "b.scm": cyclic });
    const { stdout } = scmc(["check", "--format", "sarif", "a dir/a.scm", "b.scm"], { cwd });
    const log = JSON.parse(stdout);
    expect(log.version).to.equal("2.1.0");
    const [run] = log.runs;
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }: { id: string }) => id)).to.deep.equal(catalogue.map(({ code }) => code));
    for (const { ruleId, ruleIndex, level } of run.results) {
      expect(rules[ruleIndex].id).to.equal(ruleId);
      expect(level).to.equal("error");
    }
    const [first, , cycle] = run.results;
    expect(first.locations[0].physicalLocation).to.deep.equal({
      artifactLocation: { uri: "a%20dir/a.scm" },
      region: { startLine: 2, startColumn: 11, endLine: 2, endColumn: 15, charOffset: 26, charLength: 4 },
    });
    expect(first.fixes[0].artifactChanges[0].replacements[0].insertedContent.text).to.equal("thick");
    expect(cycle.relatedLocations.length).to.be.greaterThan(0);
  });

  it("prints JUnit with one test case a file", () => {
    const cwd = directoryWith({ "a<&>.scm": wrong, "b.scm": clean });
    const { stdout, status } = scmc(["check", "--format", "junit", "a<&>.scm", "b.scm"], { cwd });
    expect(status).to.equal(1);
    const elements = parseXml(stdout);
    const cases = elements.filter(({ name }) => name === "testcase");
    expect(cases.map(({ attributes }) => attributes.name)).to.deep.equal(["a<&>.scm", "b.scm"]);
    const failures = elements.filter(({ name }) => name === "failure");
    expect(failures).to.have.length(1);
    expect(failures[0]!.attributes.type).to.equal("2001 3002");
    expect(failures[0]!.text).to.contain("2 | i := flow(thik)");
    expect(elements.find(({ name }) => name === "testsuite")!.attributes).to.include({ tests: "2", failures: "1" });
  });

  it("keeps carets under wide characters and cuts long lines around the span", () => {
    const long = `t := flow()\ni := ${"1 + ".repeat(200)}oops${" + 1".repeat(200)}\n`;
    const cwd = directoryWith({ "long.scm": long, "wide.scm": 't : real "厚さ 😀" flow()\n' });
    const { stderr } = scmc(["check", "long.scm", "wide.scm"], { cwd });
    for (const line of stderr.split("\n")) expect(line.length).to.be.lessThan(140);
    const lines = stderr.split("\n");
    const at = lines.findIndex((line) => line.includes("oops") && line.includes("|"));
    expect(lines[at + 1]!.indexOf("^^^^")).to.equal(lines[at]!.indexOf("oops"));
    // Each of the three wide characters takes two columns, so `flow` begins in the 20th.
    expect(stderr).to.contain(`    1 | t : real "厚さ 😀" flow()\n      | ${" ".repeat(19)}^^^^\n`);
  });

  it("checks compiled models like programs, with a JSON pointer and the place in the file", () => {
    const cwd = directoryWith({ "a.scm": clean, "cut.scm.json": '{ "name": ', "other.scm.json": "{}" });
    expect(scmc(["compile", "a.scm"], { cwd })).to.deep.equal({ status: 0, stdout: "", stderr: "wrote a.scm.json\n" });
    expect(scmc(["check", "a.scm.json"], { cwd }).status).to.equal(0);
    const model = readFileSync(join(cwd, "a.scm.json"), "utf8");
    writeFileSync(join(cwd, "wrong.scm.json"), model.replace(/("parents": \[\s*)"t"/, '$1"tt"'));
    const { status, stdout } = scmc(["check", "--json", "wrong.scm.json", "cut.scm.json", "other.scm.json"], { cwd });
    expect(status).to.equal(1);
    const report = JSON.parse(stdout) as JsonReport;
    expect(validator()(report)).to.equal("");
    const found = (file: string) => report.diagnostics.filter((diagnostic) => diagnostic.file === file);
    expect(found("cut.scm.json").map(({ code }) => code)).to.deep.equal(["8001"]);
    expect(found("other.scm.json")[0]!.code).to.equal("8002");
    const [unknown] = found("wrong.scm.json");
    expect(unknown!.message).to.match(/^\/mechanisms\/\d\/parents\/0: `tt`/);
    const text = readFileSync(join(cwd, "wrong.scm.json"), "utf8");
    expect(text.slice(unknown!.range!.start.offset, unknown!.range!.end.offset)).to.equal('"tt"');
    expect(scmc(["plan", "wrong.scm.json"], { cwd }).status).to.equal(1);
  });

  it("--pedantic warns, which fails with --deny-warnings only", () => {
    const cwd = directoryWith({ "a.scm": "let k = 2\nt := flow()\n" });
    expect(scmc(["check", "a.scm"], { cwd }).stderr).to.equal("ok: 1 file checked\n");
    const warned = scmc(["check", "--pedantic", "a.scm"], { cwd });
    expect(warned.status).to.equal(0);
    expect(warned.stderr)
      .to.contain("warning[2020]")
      .and.to.match(/\n\n0 errors, 1 warning in 1 file\n$/);
    const denied = scmc(["check", "--pedantic", "--deny-warnings", "a.scm"], { cwd });
    expect(denied.status).to.equal(1);
    expect(denied.stderr).to.match(/\n0 errors, 1 warning in 1 file; warnings are denied\n$/);
    const junit = (...more: string[]) =>
      scmc(["check", "--pedantic", "--format", "junit", "a.scm", ...more], { cwd }).stdout;
    expect(junit()).to.contain("<system-out>warning[2020]").and.not.to.contain("<failure");
    expect(junit("--deny-warnings")).to.contain('<failure type="2020"');
  });

  it("--data checks columns, types, ranges and levels, in the formats of all diagnostics", () => {
    const bindings = ["t", "s", "w", "z"].map((name) => `"${name}":{"column":"${name}"}`);
    const cwd = directoryWith({
      "a.scm":
        't : positive := flow()\ns : categorical("F", "M") := categorical()\nw : interval(0, 1) := flow(t)\nz : real := flow()\nlatent u\n',
      "bad.csv": "t,s,w\n1,F,0.5\n-1,X,2\n,M,0.1\n",
      "bad.json": `{"table":"bad.csv","variables":{${bindings.join()}}}`,
      "incomplete.csv": "t,s,w,z\n1,F,0.5,1\n,,0.1,2\n2,NA,0.1,2\n",
      "incomplete.json": `{"table":"incomplete.csv","variables":{${bindings.join()}}}`,
      "good.csv": "t,s,w,z\n1,F,0.5,1\n2,M,0.1,2\n",
      "good.json": `{"table":"good.csv","variables":{${bindings.join()}}}`,
    });
    expect(scmc(["check", "a.scm", "--data", "good.json"], { cwd }).status).to.equal(0);
    const { status, stdout } = scmc(["check", "--json", "a.scm", "--data", "bad.json"], { cwd });
    expect(status).to.equal(1);
    const report = JSON.parse(stdout) as JsonReport;
    expect(validator()(report)).to.equal("");
    expect(report.diagnostics.map(({ code }) => code).sort()).to.deep.equal(["6009", "6015", "6015", "6016"]);
    expect(new Set(report.diagnostics.map(({ file }) => file))).to.deep.equal(new Set(["bad.csv"]));
    const incomplete = scmc(["check", "--json", "--deny-warnings", "a.scm", "--data", "incomplete.json"], { cwd });
    expect(incomplete.status).to.equal(0);
    const { diagnostics: notes } = JSON.parse(incomplete.stdout) as JsonReport;
    expect(notes.map(({ severity, message }) => [severity, message])).to.deep.equal([
      ["note", 'column "t" (t): 1 of 3 values are missing'],
      ["note", 'column "s" (s): 2 of 3 values are missing, among them the texts "NA" 1'],
    ]);
    const absent = scmc(["check", "a.scm", "--data", "no.json"], { cwd });
    expect(absent.status).to.equal(2);
    expect(absent.stderr).to.contain("error[7101]").and.to.contain("--> no.json");
  });

  it("is silent where its reader closes the pipe early", () => {
    const many = Array.from({ length: 3000 }, (_, index) => `v${index} := nothing + 1`).join("\n");
    const cwd = directoryWith({ "a.scm": many });
    const command = `"${process.execPath}" "${binary}" check --format jsonl a.scm | head -c 10`;
    const { stdout, stderr } = spawnSync("sh", ["-c", command], { cwd, encoding: "utf8" });
    expect({ stdout, stderr }).to.deep.equal({ stdout: '{"code":"2', stderr: "" });
  });
});
