/** `sample` and `counterfactual` on files: formats by name, blocks of any size, JSON, and nothing half-written. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { binary, directoryWith, scmc } from "./support.js";

const program = `model m
a : positive := exp(0.35 * e)     where e ~ normal(0, 1)
b : real     := 0.4 * a + 0.1 * e where e ~ gamma(2, 1)
`;
const manifest = (table: string) => JSON.stringify({ table, variables: { a: { column: "a" }, b: { column: "b" } } });
const shift = ["--do", "a := 1.5 * a"];

describe("streams of units", () => {
  it("give the same bytes whatever --batch, from and to every format", () => {
    const directory = directoryWith({ "m.scm": program });
    const run = (...args: string[]) => {
      const outcome = scmc([...args, "--quiet"], { cwd: directory });
      expect(outcome.stderr).to.equal("");
      return outcome;
    };
    const read = (name: string) => readFileSync(join(directory, name));
    // More than three blocks of the program, so that --batch has something to divide.
    const units = ["sample", "m.scm", "-n", "50000"];
    for (const name of ["u.csv", "u.csv.gz", "u.parquet"]) run(...units, "--out", name);
    expect(gunzipSync(read("u.csv.gz")).equals(read("u.csv"))).to.equal(true);
    run(...units, "--out", "v.csv", "--batch", "1");
    expect(read("v.csv").equals(read("u.csv"))).to.equal(true);
    for (const name of ["u.csv", "u.csv.gz", "u.parquet"]) {
      writeFileSync(join(directory, "manifest.json"), manifest(name));
      run("counterfactual", "m.scm", "--data", "manifest.json", ...shift, "--out", `${name}.1.csv`, "--batch", "1");
      run("counterfactual", "m.scm", "--data", "manifest.json", ...shift, "--out", `${name}.2.csv`);
      expect(read(`${name}.1.csv`).equals(read(`${name}.2.csv`)), name).to.equal(true);
      expect(read(`${name}.1.csv`).equals(read("u.csv.1.csv")), name).to.equal(true);
    }
  });

  it("go to stdout as CSV or JSON Lines, and are summed up as JSON where they go elsewhere", () => {
    const directory = directoryWith({ "m.scm": program });
    const sample = (...args: string[]) => scmc(["sample", "m.scm", "-n", "3", "--quiet", ...args], { cwd: directory });
    const csv = sample().stdout.trimEnd().split("\n");
    expect(csv[0]).to.equal("a,b");
    const lines = sample("--json").stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal(
      csv.slice(1).map((line) => {
        const [a, b] = line.split(",").map(Number);
        return { a, b };
      }),
    );
    expect(JSON.parse(sample("--json", "--out", "x.parquet", "--of", "b").stdout)).to.deep.include({
      out: "x.parquet",
      format: "parquet",
      rows: 3,
      variables: ["b"],
      seed: 1,
    });
    writeFileSync(join(directory, "t.csv"), `a,b\n${csv.slice(1).join("\n")}\n`);
    writeFileSync(join(directory, "t.json"), manifest("t.csv"));
    const moved = scmc(["counterfactual", "m.scm", "--data", "t.json", ...shift, "--out", "d", "--json", "--quiet"], {
      cwd: directory,
    });
    const summary = JSON.parse(moved.stdout) as Record<string, unknown>;
    expect(summary).to.deep.include({ out: "d", format: { table: "csv", images: "idx" }, rows: 3, particles: 32 });
    expect(readdirSync(join(directory, "d"))).to.have.members(["table.csv", "manifest.json"]);
  });

  it("leave what was there, and nothing beside it, where a row is wrong", () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => (row === 55_000 ? "-1,2" : "1,2"));
    const directory = directoryWith({
      "m.scm": program,
      "t.csv": `a,b\n${rows.join("\n")}\n`,
      "t.json": manifest("t.csv"),
      "o.parquet": "precious",
    });
    const before = readdirSync(directory);
    const run = (...args: string[]) =>
      scmc(["counterfactual", "m.scm", "--data", "t.json", ...shift, "--batch", "1", "--quiet", ...args], {
        cwd: directory,
      });
    const refused = run("--out", "o.parquet");
    expect(refused.stderr).to.match(/6021.*exists already/);
    const wrong = run("--out", "o.parquet", "--overwrite");
    expect(wrong.status).to.equal(3);
    expect(wrong.stderr).to.include(
      'column "a" (a): 1 cell is outside positive (expected a number above 0): line 55002 "-1"',
    );
    for (const out of ["o.csv", "dir"]) expect(run("--out", out).status).to.equal(3);
    expect(readdirSync(directory)).to.deep.equal(before);
    expect(readFileSync(join(directory, "o.parquet"), "utf8")).to.equal("precious");
  });

  it("say of a damaged Parquet file that it is damaged", () => {
    const directory = directoryWith({ "m.scm": program, "t.json": manifest("t.parquet") });
    scmc(["sample", "m.scm", "-n", "50000", "--out", "t.parquet", "--quiet"], { cwd: directory });
    const file = join(directory, "t.parquet");
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([whole.subarray(0, 4), Buffer.alloc(40), whole.subarray(44)]));
    const args = ["counterfactual", "m.scm", "--data", "t.json", ...shift, "--quiet"];
    const outcome = scmc(args, { cwd: directory });
    expect(outcome.stderr).to.match(/error\[6024\].*the Parquet file cannot be read/);
    expect(outcome.status).to.equal(3);
  });

  it("are removed by Ctrl-C", async () => {
    const directory = directoryWith({ "m.scm": program });
    const args = ["sample", "m.scm", "-n", "100000000", "--out", "big.csv", "--quiet", "--threads", "1"];
    const child = spawn(process.execPath, [binary, ...args], { cwd: directory, stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
    while (!readdirSync(directory).some((name) => name.endsWith(".part")))
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect(await ended).to.equal("SIGINT");
    expect(readdirSync(directory)).to.deep.equal(["m.scm"]);
  });

  it("end quietly where nobody reads on", async () => {
    const directory = directoryWith({ "m.scm": program });
    const args = ["sample", "m.scm", "-n", "100000000", "--quiet", "--threads", "2"];
    const child = spawn(process.execPath, [binary, ...args], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let problems = "";
    child.stderr.on("data", (text) => {
      problems += String(text);
    });
    const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal)));
    child.stdout.once("data", () => child.stdout.destroy());
    expect([await ended, problems]).to.deep.equal([0, ""]);
  });

  it("refuse images where a table is asked for, and name what would work", () => {
    const directory = directoryWith({
      "x.scm":
        "t : positive := 1 + e where e ~ gamma(10, 5)\nx : image(28, 28) := set_thickness(e, t) where e ~ mnist()\n",
    });
    const outcome = scmc(["sample", "x.scm", "-n", "2", "--quiet"], { cwd: directory });
    expect(outcome.status).to.equal(2);
    expect(outcome.stderr).to.match(/7122.*`x` is an image, which a table cannot hold/);
    expect(outcome.stderr).to.include("--of t");
    expect(scmc(["sample", "x.scm", "-n", "2", "--quiet", "--of", "t"], { cwd: directory }).status).to.equal(0);
  });
});
