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

  it("has the same means with a spread and without, also where particles are drawn", () => {
    const cwd = directoryWith({
      "m.scm": `${program}c : count := flow(t)\nd := c + e where e ~ normal(0, 1)\n`,
      "table.csv": "id,s,t,r,c,d\na,1,2,0.5,3,1\nb,0,1,0,1,0\nc,,1,0,1,0\n",
      "data.json": JSON.stringify({
        table: "table.csv",
        id: "id",
        variables: Object.fromEntries(["s", "t", "r", "c", "d"].map((name) => [name, { column: name }])),
      }),
    });
    const fit = scmc(["run", "m.scm", "--data", "data.json", "--out", "f", "--fit", "c(epochs = 1)", "--quiet"], {
      cwd,
    });
    expect(fit.status, fit.stderr).to.equal(0);
    const meansOf = (out: string, ...more: string[]) => {
      const ask = ["counterfactual", "f", "--data", "data.json", "--do", "t := t + 1", "--out", out, ...more];
      const { status, stderr } = scmc(ask, { cwd });
      expect(status, stderr).to.equal(0);
      const rows = readFileSync(join(cwd, out), "utf8").trim().split("\n");
      return rows.map((row) => row.split(",").slice(0, 6));
    };
    const plain = meansOf("plain.csv");
    expect(meansOf("sd.csv", "--sd")).to.deep.equal(plain);
    expect(meansOf("quantiles.csv", "--quantiles", "0.1,0.9")).to.deep.equal(plain);
    expect(meansOf("other.csv", "--seed", "2")[1]).to.not.deep.equal(plain[1]);
  });

  it("calls units by their ids, and a density that no draw allows -Infinity", () => {
    const cwd = directoryWith({
      "sums.scm": "x := e where e ~ uniform(0, 1)\ny := x + e where e ~ uniform(0, 1)\n",
      "table.csv": "who,x,y\np3,0.5,1\np7,,1.5\n",
      "bad.csv": "who,x,y\np3,0.5,1\np7,,5\n",
      ...Object.fromEntries(
        ["table", "bad"].map((name) => [
          `${name}.json`,
          JSON.stringify({
            table: `${name}.csv`,
            id: "who",
            variables: { x: { column: "x" }, y: { column: "y" } },
          }),
        ]),
      ),
    });
    const ask = (data: string) => ["counterfactual", "sums.scm", "--data", `${data}.json`, "--do", "x := 0"];
    expect(scmc(ask("table"), { cwd }).stderr).to.match(/effective sample size .* smallest [\d.]+ \(unit p7\)/);
    expect(scmc(ask("bad"), { cwd }).stderr).to.contain("error[7070]: unit p7: the evidence `y` = 5");
    const { stdout } = scmc(["query", "sums.scm", "density(y = 5)"], { cwd });
    expect(stdout).to.equal("log density(y = 5) = -Infinity (in all of 10000 draws)\n");
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
    expect(stderr).to.contain("1 unit on stdout");
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

  it("tells them apart against another intervention, and says where it cannot", () => {
    const cwd = study();
    const ask = (...more: string[]) =>
      scmc(["effect", "m.scm", "--of", "r", "--do", "s := 3", "--json", ...more], { cwd });
    const { status, stdout, stderr } = ask("--versus", "s := 1");
    expect(status, stderr).to.equal(0);
    const { answers } = JSON.parse(stdout) as { answers: { name: string; value: number }[] };
    const effects = answers.map(({ name, value }) => [name, Number(value.toFixed(4))]);
    expect(effects).to.deep.equal([
      ["average effect", -1],
      ["direct effect", -2],
      ["indirect effect", 1],
    ]);
    const other = ask("--versus", "t := 1");
    expect(other.status).to.equal(0);
    expect(other.stderr).to.contain("not told apart: direct and indirect effects are effects of one variable");
    expect(ask("--versus", "s := 1", "--given", "t = 1").stderr).to.contain("leave out --versus");
  });

  it("takes a condition as its probability, and reports a mistake once", () => {
    const cwd = study();
    const { stdout, stderr, status } = scmc(["effect", "m.scm", "--of", "s > 0", "--do", "s := 1"], { cwd });
    expect(status, stderr).to.equal(0);
    // 1 - Φ(0); 10,000 draws: a standard error of 0.005, the bound at 6 of them.
    expect(Number(/average effect = (\S+)/.exec(stdout)![1])).to.be.closeTo(0.5, 0.03);
    const wrong = scmc(["effect", "m.scm", "--of", "q > 0", "--do", "s := 1"], { cwd });
    expect(wrong.status).to.equal(2);
    expect(wrong.stderr.match(/error\[/g)).to.have.length(1);
  });
});

describe("scmc density", function () {
  this.timeout(120_000);

  it("says over how many units, and what the ± is of", () => {
    const cwd = study();
    const ask = ["density", "m.scm", "--data", "data.json", "--of", "t"];
    const { status, stdout, stderr } = scmc(ask, { cwd });
    expect(status, stderr).to.equal(0);
    // t is 2 in both units that have it: no spread but rounding.
    expect(stdout).to.match(/^log density\(t\) = \S+ ± \S+ \(mean of 2 units, standard error over them\)$/m);
    expect(stdout).to.contain("1 of 3 units left out: a variable that the density is of is missing in it");
    const json = JSON.parse(scmc([...ask, "--json"], { cwd }).stdout) as { answers: Record<string, unknown>[] };
    expect(json.answers[0]).to.include({ units: 2, unitsLeftOut: 1, drawn: false });
  });

  it("has the standard error of a mean of few units", () => {
    const cwd = study();
    writeFileSync(join(cwd, "table.csv"), "id,s,t,r\na,1,0,0\nb,2,0,0\nc,-1,0,0\n");
    const ask = ["density", "m.scm", "--data", "data.json", "--of", "s", "--json"];
    const { answers } = JSON.parse(scmc(ask, { cwd }).stdout) as { answers: { standardError: number }[] };
    // -s² / 2 is -0.5, -2, -0.5: a variance of 0.75.
    expect(answers[0]!.standardError).to.be.closeTo(Math.sqrt(0.75 / 3), 1e-6);
  });

  it("has a standard error that the order of the units does not change much", () => {
    const cwd = study();
    const count = 2000;
    const row = (_: unknown, k: number) => `u${k},${4 * ((k + 0.5) / count) - 2},0,0`;
    writeFileSync(join(cwd, "table.csv"), `id,s,t,r\n${Array.from({ length: count }, row).join("\n")}\n`);
    const ask = ["density", "m.scm", "--data", "data.json", "--of", "s", "--json"];
    const { answers } = JSON.parse(scmc(ask, { cwd }).stdout) as { answers: { standardError: number }[] };
    // -s² / 2 over sorted s, even on (-2, 2): a variance of 16 / 45. Of 20 blocks, a jackknife is right to 16 %.
    expect(answers[0]!.standardError / Math.sqrt(16 / 45 / count)).to.be.within(0.5, 1.7);
  });

  it("reports a mistake in the point once", () => {
    const { status, stderr } = scmc(["density", "m.scm", "--at", "q = 1"], { cwd: study() });
    expect(status).to.equal(2);
    expect(stderr.match(/error\[/g)).to.have.length(1);
  });
});

describe("a grid over classes", function () {
  this.timeout(120_000);
  const classes = `c : categorical("a", "b") := categorical()
y := 2 * e + if(c == "b", 1, 0) where e ~ normal(0, 1)
query k = counterfactual(y | do(c := ["a", "b"]))
`;
  const binding = { table: "table.csv", variables: { c: { column: "c" }, y: { column: "y" } } };

  it("is written by the texts of its classes", () => {
    const cwd = directoryWith({
      "m.scm": classes,
      "table.csv": "c,y\na,0.5\nb,1\na,-1\nb,0\n",
      "data.json": JSON.stringify(binding),
    });
    const data = ["--data", "data.json"];
    const fit = scmc(["run", "m.scm", ...data, "--test", "data.json", "--out", "f", "--quiet"], { cwd });
    expect(fit.status, fit.stderr).to.equal(0);
    expect(fit.stdout).to.contain('k.2 [c := "b"]: 4 units');
    expect(readFileSync(join(cwd, "f/report.html"), "utf8")).to.contain("c := &quot;b&quot;");
    const ask = ["query", "f", 'expectation(y | do(c := ["a", "b"]))'];
    expect(scmc(ask, { cwd }).stdout).to.contain('[c := "b"] = ');
    const json = JSON.parse(scmc([...ask, "--json"], { cwd }).stdout) as { answers: { setting: object }[] };
    expect(json.answers.map(({ setting }) => setting)).to.deep.equal([{ c: "a" }, { c: "b" }]);
    const worlds = scmc(["counterfactual", "f", ...data, "--do", 'c := ["a", "b"]', "--out", "g"], { cwd });
    expect(worlds.stderr).to.contain('do(c := "b")');
    expect(readFileSync(join(cwd, "g/2/table.csv"), "utf8")).to.match(/^id,c,y,.*\n[^,]*,b,1.5,/);
  });
});

describe("the name of an output", () => {
  it("of no known format is refused, unless it is a directory's", () => {
    const cwd = study();
    const commands = [
      ["sample", "m.scm", "-n", "2"],
      ["counterfactual", "m.scm", "--given", "s = 1", "--do", "t := 0"],
      ["query", "m.scm", "sample(s)"],
    ];
    for (const command of commands) {
      const { status, stderr } = scmc([...command, "--out", "cf.xlsx"], { cwd });
      expect(status, stderr).to.equal(2);
      expect(stderr).to.contain("no format is known as .xlsx").and.contain(".csv, .csv.gz, .parquet, .idx and .idx.gz");
    }
    for (const out of ["cf.xlsx/", "v1.2"]) {
      const { status, stderr } = scmc(["sample", "m.scm", "-n", "2", "--out", out], { cwd });
      expect(status, stderr).to.equal(0);
    }
    expect(readdirSync(cwd)).to.include.members(["cf.xlsx", "v1.2"]);
  });

  it("is a file for a query, too", () => {
    const cwd = study();
    const { status, stderr } = scmc(["query", "m.scm", "sample(t | do(s := 1))", "--samples", "20", "--out", "s.csv"], {
      cwd,
    });
    expect(status, stderr).to.equal(0);
    expect(readFileSync(join(cwd, "s.csv"), "utf8").trim().split("\n")).to.have.length(21);
  });

  it("may not be empty, as no text of an option may", () => {
    const cwd = study();
    for (const args of [
      ["sample", "m.scm", "-n", "2", "--out", ""],
      ["sample", "", "-n", "2"],
      ["run", "m.scm", "--data", "data.json", "--out", ""],
      ["run", "m.scm", "--data", "data.json", "--reuse", "a", "--reuse", ""],
      ["counterfactual", "m.scm", "--data", "", "--do", "t := 0"],
      ["compile", "m.scm", "--types", ""],
      ["graph", "m.scm", "--out", ""],
      ["inspect", "m.scm", "--program", "s.sample", "--onnx", ""],
      ["export", "m.scm", "--out", ""],
      ["init", "table.csv", "--out", ""],
      ["check", "m.scm", ""],
    ]) {
      const { status, stdout, stderr } = scmc(args, { cwd });
      expect(status, args.join(" ")).to.equal(2);
      expect(stdout).to.equal("");
      expect(stderr).to.match(/^error: (option|argument) .* is empty\n$/);
    }
    expect(readdirSync(cwd).sort()).to.deep.equal(["data.json", "m.scm", "table.csv"]);
  });
});

describe("questions that cannot be meant", () => {
  const refused = (args: readonly string[], status: number, ...says: readonly string[]) =>
    it(args.join(" "), () => {
      const outcome = scmc(args, { cwd: study() });
      expect(outcome.status, outcome.stderr).to.equal(status);
      for (const text of says) expect(outcome.stdout + outcome.stderr).to.contain(text);
    });
  refused(["sample", "m.scm", "-n", "2", "--of", "q"], 2, "variables here: `s`, `t`, `r`");
  refused(["plan", "m.scm", "--do", "s := 1", "--of", "q"], 2, "variables here: `s`, `t`, `r`");
  refused(["density", "m.scm", "--at", "s = 1", "--of", "t"], 2, "Leave out --of.");
  refused(["density", "m.scm", "--data", "data.json", "--do", "s := 1, t := 1, r := 1"], 2, "no variable is left");
  refused(["query", "m.scm", "counterfactual(t | do(s := 1))", "--out", "x"], 3, "name them with --data");
  refused(["density", "m.scm", "--data", "m.scm"], 3, "the manifest is not JSON: unexpected token 's'\n", "m.scm:1:1");
});
