/** Questions from the shell: partly observed units, spread, grids, and what is refused. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { directoryWith, scmc } from "./support.js";

const program = `s := e where e ~ normal(0, 1)
t := 0.5 * s + e where e ~ normal(0, 1)
r := t - s + e where e ~ normal(0, 1)
`;
const table = "id,s,t,r\na,1,2,0.5\nb,,2,0.5\nc,1,,0.5\n";
const manifest = JSON.stringify({
  table: "table.csv",
  id: "id",
  variables: { s: { column: "s" }, t: { column: "t" }, r: { column: "r" } },
});
const study = () => directoryWith({ "m.scm": program, "table.csv": table, "data.json": manifest });

function rowsOf(cwd: string, path: string): string[][] {
  const [header, ...rows] = readFileSync(join(cwd, path), "utf8").trim().split("\n");
  expect(header).to.include("id,s,t,r");
  return rows.map((row) => row.split(","));
}

describe("scmc counterfactual of partly observed units", function () {
  this.timeout(120_000);

  it("fills in what is missing, copies the rest, and says how", () => {
    const cwd = study();
    const ask = ["counterfactual", "m.scm", "--data", "data.json", "--do", "t := 0", "--out", "o", "--sd", "--json"];
    const { status, stdout, stderr } = scmc(ask, { cwd });
    expect(status, stderr).to.equal(0);
    const rows = rowsOf(cwd, "o/table.csv");
    expect(rows.map(([id]) => id)).to.deep.equal(["a", "b", "c"]);
    expect(rows[0]!.slice(1, 4).map(Number)).to.deep.equal([1, 0, -1.5]);
    // s | t = 2, r = 0.5: precision 1 + 0.25 + 1, mean (0.5 * 2 + 1.5) / 2.25.
    expect(Number(rows[1]![1])).to.be.closeTo(2.5 / 2.25, 1e-5);
    // r = 0.5 - 2 + 0: what t is changes r by as much, whatever s is.
    expect(Number(rows[1]![3])).to.be.closeTo(-1.5, 1e-5);
    const { inference } = JSON.parse(stdout) as { inference: { plan: { method: string; infer: string[] } }[] };
    expect(inference.map(({ plan }) => [plan.method, plan.infer])).to.deep.include(["gaussian", ["s"]]);
    expect(stderr).to.contain("1 unit without s, found from t, r in closed form");
  });

  it("takes what the targets do not name as evidence, in every form of the answer", () => {
    const cwd = study();
    writeFileSync(join(cwd, "table.csv"), "id,s,t,r\na,1,2,0.5\n");
    const ask = (...more: string[]) => {
      const args = ["counterfactual", "m.scm", "--data", "data.json", "--of", "r", "--quiet", ...more];
      const { status, stderr } = scmc(args, { cwd });
      expect(status, stderr).to.equal(0);
    };
    ask("--do", "t := 0", "--out", "plain");
    ask("--do", "t := 0", "--sd", "--out", "sd");
    ask("--do", "t := [0, 1]", "--out", "grid");
    const answerOf = (path: string) => Number(readFileSync(join(cwd, path), "utf8").split("\n")[1]!.split(",")[1]);
    expect(answerOf("plain/table.csv")).to.equal(-1.5);
    expect(answerOf("sd/table.csv")).to.be.closeTo(-1.5, 1e-5);
    expect(answerOf("grid/1/table.csv")).to.be.closeTo(-1.5, 1e-5);
    // Without s, its mean given t and r: r's noise is 0.5 - 2 + s, and t := 0 takes 2 from r whatever s is.
    ask("--do", "s := 0", "--missing", "s", "--out", "missing");
    expect(answerOf("missing/table.csv")).to.be.closeTo(0.5 + 0.5 * (2.5 / 2.25), 1e-5);
  });

  it("writes each unit once to stdout where a value is missing in a later block", () => {
    const cwd = study();
    writeFileSync(join(cwd, "table.csv"), "id,s,t,r\na,1,2,0.5\nb,1,2,0.5\nc,,2,0.5\n");
    const args = ["counterfactual", "m.scm", "--data", "data.json", "--do", "t := 0", "--batch", "1"];
    const { status, stdout, stderr } = scmc(args, { cwd });
    expect(status, stderr).to.equal(0);
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => line.split(",")[0])).to.deep.equal(["id", "a", "b", "c"]);
  });

  it("writes no world of a grid where another is in the way", () => {
    const cwd = study();
    mkdirSync(join(cwd, "g"));
    writeFileSync(join(cwd, "g", "2"), "mine");
    const grid = ["counterfactual", "m.scm", "--data", "data.json", "--do", "t := [0, 1]", "--out", "g"];
    const query = ["query", "m.scm", "counterfactual(r | do(t := [0, 1]))", "--data", "data.json", "--out", "g"];
    for (const args of [grid, query]) {
      const { status, stderr } = scmc(args, { cwd });
      expect(status).to.equal(3);
      expect(stderr)
        .to.match(/error\[(7104|6020)\]/)
        .and.contain("g/2");
      expect(readdirSync(join(cwd, "g"))).to.deep.equal(["2"]);
    }
  });

  it("takes one unit from --given, and a grid of worlds", () => {
    const cwd = study();
    const ask = ["counterfactual", "m.scm", "--given", "s = 1, t = 2, r = 0.5", "--do", "t := [0, 1]", "--out", "g"];
    const { status, stderr } = scmc(ask, { cwd });
    expect(status, stderr).to.equal(0);
    expect(rowsOf(cwd, "g/1/table.csv")[0]!.slice(2).map(Number)).to.deep.equal([0, -1.5]);
    expect(rowsOf(cwd, "g/2/table.csv")[0]!.slice(2).map(Number)).to.deep.equal([1, -0.5]);
  });

  it("refuses data and evidence at once, unknown names, and a grid where there is one world", () => {
    const cwd = study();
    const both = ["counterfactual", "m.scm", "--given", "s = 1", "--data", "data.json", "--do", "t := 0", "--out", "x"];
    expect(scmc(both, { cwd }).stderr).to.contain("error[7108]");
    const unknown = [
      "counterfactual",
      "m.scm",
      "--data",
      "data.json",
      "--missing",
      "q",
      "--do",
      "t := 0",
      "--out",
      "x",
    ];
    expect(scmc(unknown, { cwd }).stderr).to.contain("error[2001]").and.contain("--missing");
    const grid = ["sample", "m.scm", "-n", "3", "--do", "t := [0, 1]", "--out", "x"];
    expect(scmc(grid, { cwd }).stderr).to.contain("error[1012]");
  });
});

describe("scmc query", function () {
  this.timeout(120_000);
  const cf = "counterfactual(r | s = 1, t = 2, r = 0.5, do(t := 0))";

  it("prints units as scmc sample and counterfactual do, or writes them by the name of --out", () => {
    const cwd = study();
    const { stdout, stderr } = scmc(["query", "m.scm", cf], { cwd });
    expect(stdout).to.equal("id,r\nevidence,-1.5\n");
    expect(stderr).to.contain("1 unit in stdout");
    expect(scmc(["query", "m.scm", cf, "--json"], { cwd }).stdout).to.equal('{"id":"evidence","r":-1.5}\n');
    const drawn = scmc(["query", "m.scm", "sample(s, t | do(t := 2))", "--samples", "20"], { cwd });
    expect(drawn.stdout).to.match(/^s,t\n(-?[\d.e-]+,2\n){20}$/);
    expect(scmc(["query", "m.scm", cf, "--out", "cf.csv"], { cwd }).stdout).to.contain("1 unit in cf.csv");
    expect(readFileSync(join(cwd, "cf.csv"), "utf8")).to.equal("id,r\nevidence,-1.5\n");
  });

  it("refuses a place for a figure, and a grid of worlds on stdout", () => {
    const cwd = study();
    expect(scmc(["query", "m.scm", "expectation(r)", "--out", "x"], { cwd }).stderr).to.contain("error[7108]");
    const grid = ["query", "m.scm", "counterfactual(r | s = 1, t = 2, r = 0.5, do(t := [0, 1]))"];
    expect(scmc(grid, { cwd }).stderr).to.contain("error[7122]");
    expect(readdirSync(cwd)).not.to.include("x");
  });
});

describe("scmc effect", function () {
  this.timeout(120_000);

  it("tells direct and indirect effects apart", () => {
    const cwd = study();
    const { status, stdout, stderr } = scmc(["effect", "m.scm", "--of", "r", "--do", "s := s + 1", "--json"], { cwd });
    expect(status, stderr).to.equal(0);
    const { answers } = JSON.parse(stdout) as { answers: { name: string; value: number }[] };
    const effects = Object.fromEntries(answers.map(({ name, value }) => [name, value]));
    expect(effects["average effect"]).to.be.closeTo(-0.5, 1e-4);
    expect(effects["direct effect"]).to.be.closeTo(-1, 1e-4);
    expect(effects["indirect effect"]).to.be.closeTo(0.5, 1e-4);
  });
});
