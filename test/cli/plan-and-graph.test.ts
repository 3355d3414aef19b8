/** `scmc plan` and `scmc graph` through the real binary, of programs, models and artefacts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseXml } from "../report/xml.js";
import { directoryWith, scmc } from "./support.js";
import { contents, study } from "./tiny-study.js";

const program = `model small
t : positive    := flow()
i : real        := flow(t)
x : image(4, 4) := cvae(t, i, latent = 2)
w : real        := flow(i)
query thicker = counterfactual(x, w | do(t := t + 2))
query effect  = expectation(i | do(t := 1)) - expectation(i)
`;
const latent = "latent u\nt : real := flow(u)\ni : real := flow(t)\n";

describe("scmc plan", () => {
  it("prints the three steps of every query, and what a unit must be observed with", () => {
    const { status, stdout, stderr } = scmc(["plan", "a.scm"], { cwd: directoryWith({ "a.scm": program }) });
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.equal(`query thicker
  counterfactual(x, w | do(t := t + 2))
    abduction   noise of i, exactly, from i, t
                noise of x, its latent part sampled from the encoder, the rest exactly, from x, t, i
                noise of w, exactly, from w, i
    action      t := t + 2
    prediction  recompute i, x, w
    observe     t, i, x, w

query effect
  expectation(i | do(t := 1))
    action      t := 1
    prediction  sample i and what causes it, with fresh noise
  expectation(i)
    prediction  sample i and what causes it, with fresh noise
`);
  });

  it("prints one query by its name, and suggests a name", () => {
    const cwd = directoryWith({ "a.scm": program, "none.scm": "t := flow()\n" });
    expect(scmc(["plan", "a.scm", "--query", "effect"], { cwd }).stdout).to.match(/^query effect\n/);
    const unknown = scmc(["plan", "a.scm", "--query", "thiker"], { cwd });
    expect(unknown.status).to.equal(2);
    expect(unknown.stderr)
      .to.contain("error[7107]: there is no query `thiker`")
      .and.to.contain("did you mean `thicker`?");
    const none = scmc(["plan", "none.scm"], { cwd });
    expect(none.status).to.equal(2);
    expect(none.stderr).to.contain("there is no query in it").and.to.contain('--do "t := t + 1"');
  });

  it("answers --do and --of, and copies what is no descendant", () => {
    const cwd = directoryWith({ "a.scm": program });
    const { status, stdout } = scmc(["plan", "a.scm", "--do", "i := 0", "--of", "t,w"], { cwd });
    expect(status).to.equal(0);
    expect(stdout).to.equal(`  counterfactual(t, w | do(i := 0))
    abduction   noise of w, exactly, from w, i
    action      i := 0
    prediction  recompute w
                copy t
    observe     t, i, w
`);
    const all = scmc(["plan", "a.scm", "--do", "i := 0", "--do", "t := 1", "--json"], { cwd });
    const [query] = JSON.parse(all.stdout).queries;
    expect(query.terms[0].query).to.equal("counterfactual(t, i, x, w | do(i := 0, t := 1))");
    expect(query.terms[0].plan).to.deep.include({ replace: ["t", "i"], recompute: ["x", "w"], copy: [] });
    expect(query.missing).to.deep.equal([]);
  });

  it("says what is missing, and then ends with 1", () => {
    const cwd = directoryWith({ "a.scm": latent, "b.scm": "t : real := flow()\ni : real := flow(t)\nt <-> i\n" });
    const { status, stdout } = scmc(["plan", "a.scm", "--do", "u := 1", "--of", "i"], { cwd });
    const reason = "`u` is latent: no unit is observed with it, and the noise of `t` is recovered from it";
    expect(stdout).to.contain(`    missing     ${reason}\n`);
    expect(status).to.equal(1);
    expect(scmc(["plan", "a.scm", "--do", "i := i + 1", "--of", "i"], { cwd }).status).to.equal(0);
    expect(scmc(["plan", "a.scm", "--do", "t := 1", "--of", "i"], { cwd }).status).to.equal(0);
    const pair = scmc(["plan", "b.scm", "--do", "t := t + 1"], { cwd });
    expect(pair.status).to.equal(1);
    expect(pair.stdout).to.contain("missing     `t`, `i` have an unobserved common cause");
    const joint = scmc(["plan", "a.scm", "--do", "i := 1", "--of", "u", "--json"], { cwd });
    expect(JSON.parse(joint.stdout).queries[0].missing[0].variables).to.deep.equal(["u"]);
  });

  it("refuses wrong questions with advice", () => {
    const cwd = directoryWith({ "a.scm": program });
    for (const [args, says] of [
      [["--of", "t"], "error[7108]"],
      [["--do", "t := 1", "--of", "tt"], "error[2001]: `tt` is not defined\n  --> --of\n  help: did you mean `t`?"],
      [["--do", "t := "], "| t := \n"],
      [["--do", "t := 1", "--query", "effect"], "cannot be used with"],
    ] as const) {
      const { status, stdout, stderr } = scmc(["plan", "a.scm", ...args], { cwd });
      expect({ status, stdout }, stderr).to.deep.equal({ status: 2, stdout: "" });
      expect(stderr).to.contain(says);
    }
    const wrong = scmc(["plan", "-"], { input: "t := flow(s)\n" });
    expect(wrong.status).to.equal(1);
    expect(wrong.stderr).to.contain("--> <stdin>:1:11\n    1 | t := flow(s)\n      |           ^");
  });
});

describe("scmc graph", () => {
  it("draws DOT, Mermaid and SVG, the edges of the program and no others", () => {
    const cwd = directoryWith({ "a.scm": program });
    const dot = scmc(["graph", "a.scm"], { cwd });
    expect({ status: dot.status, stderr: dot.stderr }).to.deep.equal({ status: 0, stderr: "" });
    const edges = [...dot.stdout.matchAll(/"variable (\w+)" -> "variable (\w+)"/g)].map(([, a, b]) => `${a}${b}`);
    expect(edges.sort()).to.deep.equal(["iw", "ix", "ti", "tx"]);
    expect(dot.stdout).to.match(/^digraph [\s\S]*\}\n$/);
    const mermaid = scmc(["graph", "a.scm", "--format", "mermaid"], { cwd }).stdout;
    expect(mermaid).to.match(/^flowchart TD\n[\s\S]*v_t --> v_i\n[\s\S]*\n$/);
    const svg = scmc(["graph", "a.scm", "--format", "svg"], { cwd }).stdout;
    expect(parseXml(svg)[0]!.name).to.equal("svg");
  });

  it("draws interventions: an atomic one cuts the edges into its variable, a shift keeps them", () => {
    const cwd = directoryWith({ "a.scm": program });
    const hasEdge = (text: string) =>
      /"variable t" -> "variable i"/.test(scmc(["graph", "a.scm", "--do", text], { cwd }).stdout);
    expect(hasEdge("i := 1")).to.equal(false);
    expect(hasEdge("i := i + 1")).to.equal(true);
    const wrong = scmc(["graph", "a.scm", "--do", "j := 1"], { cwd });
    expect(wrong.status).to.equal(2);
    expect(wrong.stderr).to.contain("| j := 1\n      | ^");
  });

  it("writes to a file, whose name gives the format", () => {
    const cwd = directoryWith({ "a.scm": program });
    for (const [name, start] of [
      ["a.svg", "<svg"],
      ["a.mmd", "flowchart"],
      ["a.dot", "digraph"],
    ] as const) {
      expect(scmc(["graph", "a.scm", "-o", name], { cwd })).to.deep.equal({ status: 0, stdout: "", stderr: "" });
      expect(readFileSync(join(cwd, name), "utf8")).to.match(new RegExp(`^${start}`));
    }
    const before = contents(cwd);
    const unnamed = scmc(["graph", "a.scm", "-o", "a.txt"], { cwd });
    expect(unnamed.status).to.equal(2);
    expect(unnamed.stderr).to.contain("--format dot, mermaid or svg");
    const absent = scmc(["graph", "a.scm", "-o", "no/a.svg"], { cwd });
    expect(absent.status).to.equal(3);
    expect(absent.stderr).to.contain("error[7104]").and.to.contain("--> no/a.svg\n");
    expect(contents(cwd)).to.deep.equal(before);
  });

  it("takes compiled models and fitted artefacts as well, and plan does", () => {
    const cwd = directoryWith(study());
    expect(scmc(["compile", "tiny.scm"], { cwd }).status).to.equal(0);
    const fit = scmc(["run", "tiny.scm", "--data", "data.json", "--out", "fitted", "--threads", "1"], { cwd });
    expect(fit.status, fit.stderr).to.equal(0);
    for (const verb of [["graph"], ["plan", "--do", "t := 2"]]) {
      const [ofProgram, ofModel, ofArtefact] = ["tiny.scm", "tiny.scm.json", "fitted"].map((model) =>
        scmc([...verb, model], { cwd }),
      );
      expect(ofProgram!.status, ofProgram!.stderr).to.equal(0);
      expect(ofModel).to.deep.equal(ofProgram);
      expect(ofArtefact).to.deep.equal(ofProgram);
    }
    const none = scmc(["graph", "."], { cwd });
    expect(none.status).to.equal(3);
    expect(none.stderr).to.contain("error[7046]: not a fitted artefact");
  });
});
