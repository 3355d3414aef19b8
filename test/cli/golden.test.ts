/**
 * The golden folders: the output of `scmc check` for every program in test/fixtures, and of `scmc plan` for those with
 * queries, from the real binary. Each program NAME.scm has its output beside it in NAME.expected; SCMC_UPDATE_GOLDEN=1
 * rewrites these. A folder is checked by one process, whose output is taken apart by file; some files are run alone, to
 * see that this gives the same.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { before } from "mocha";
import { root, scmcProcess } from "./support.js";

const update = process.env.SCMC_UPDATE_GOLDEN === "1";
/** Every so many files one is run alone. */
const stride = 24;

interface Folder {
  readonly name: string;
  readonly options: readonly string[];
  /** The exit status of a file that is run alone. */
  readonly status: number;
  readonly least: number;
}

const folders: readonly Folder[] = [
  { name: "good", options: ["--pedantic"], status: 0, least: 60 },
  { name: "warn", options: ["--pedantic", "--deny-warnings"], status: 1, least: 5 },
  { name: "bad", options: [], status: 1, least: 120 },
];

/** The output of a run for each file: the messages that point into it, without the summary. */
function byFile(stderr: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const block of stderr.split(/\n\n(?=(?:error|warning)\[)|\n\n(?=\d+ errors?, )/)) {
    const file = /^ {2}--> ([^:\n]+)/m.exec(block)?.[1];
    if (file === undefined) continue;
    const earlier = found.get(file);
    found.set(file, `${earlier === undefined ? "" : `${earlier}\n`}${block}\n`);
  }
  return found;
}

function compare(directory: string, name: string, actual: string): void {
  const file = join(directory, `${name}.expected`);
  if (update) writeFileSync(file, actual);
  expect(actual).to.equal(readFileSync(file, "utf8"));
}

for (const { name: folder, options, status, least } of folders)
  describe(`programs in test/fixtures/${folder}`, () => {
    const directory = join(root, "test/fixtures", folder);
    const programs = readdirSync(directory)
      .filter((name) => name.endsWith(".scm"))
      .sort();
    let messages: Map<string, string>;

    before(() => {
      const whole = scmcProcess(["check", ...options, "."], { cwd: directory });
      expect(whole.status, whole.stderr).to.equal(status);
      expect(whole.stdout).to.equal("");
      messages = byFile(whole.stderr);
    });

    it(`are at least ${least}, and have nothing but their outputs beside them`, () => {
      expect(programs.length).to.be.at.least(least);
      const known = programs.flatMap((name) => [name, `${name}.expected`]);
      expect(readdirSync(directory).filter((name) => !known.includes(name))).to.deep.equal([]);
    });

    for (const [index, name] of programs.entries())
      it(name, () => {
        const text = messages.get(name) ?? "";
        expect(text === "", "messages").to.equal(status === 0);
        if (index % stride === 0) {
          const alone = scmcProcess(["check", ...options, name], { cwd: directory });
          expect(alone.status).to.equal(status);
          expect(byFile(alone.stderr).get(name) ?? "").to.equal(text);
        }
        const code = /^\d{4}/.exec(name)?.[0];
        if (code !== undefined) expect(text).to.contain(`[${code}]`);
        const hasQuery = status === 0 && /^query /m.test(readFileSync(join(directory, name), "utf8"));
        compare(directory, name, `${text}${hasQuery ? planOf(directory, name) : ""}`);
      });
  });

function planOf(cwd: string, name: string): string {
  const { status, stdout, stderr } = scmcProcess(["plan", name], { cwd });
  expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
  return stdout;
}

describe("the golden folders as a whole", () => {
  it("hold good programs in the one layout", () => {
    const { status, stdout } = scmcProcess(["fmt", "--check", "test/fixtures/good"]);
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "" });
  });

  it("hold a file with twenty independent mistakes, all reported in one run", () => {
    const { stdout } = scmcProcess(["check", "--json", "test/fixtures/bad/twenty-mistakes.scm"]);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { range: { start: { line: number } } }[] };
    const lines = diagnostics.map(({ range }) => range.start.line);
    expect(new Set(lines).size).to.equal(20);
    expect(lines).to.have.length(20);
  });

  it("print messages that fit on a line of prose, without the compiler's own words", () => {
    for (const folder of ["bad", "warn"])
      for (const name of readdirSync(join(root, "test/fixtures", folder)).filter((each) =>
        each.endsWith(".expected"),
      )) {
        const text = readFileSync(join(root, "test/fixtures", folder, name), "utf8");
        for (const line of text.match(/^(?:error|warning)\[.*$/gm) ?? [])
          expect(line, name)
            .to.match(/^.{1,140}$/u)
            .and.not.match(/undefined|\[object|NaN|token|\bAST\b|Rule/);
      }
  });
});
