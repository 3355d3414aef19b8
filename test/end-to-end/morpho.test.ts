/** From a program to counterfactual images through the real binary, on a few hundred digits. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";

const binary = "dist/src/cli/main.js";

describe("Morpho-MNIST end to end", () => {
  let directory: string;
  const at = (...names: string[]) => join(directory, ...names);

  function scmcProcess(...words: string[]): { stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...words], { encoding: "utf8" });
    expect(status, stderr).to.equal(0);
    return { stdout, stderr };
  }

  before(function () {
    this.timeout(120_000);
    directory = mkdtempSync(join(tmpdir(), "scmc-end-to-end-"));
    const program = readFileSync("graphs/morpho.scm", "utf8").replace("epochs = 60", "epochs = 3");
    writeFileSync(at("morpho.scm"), program);
    scmcProcess("sample", "graphs/morpho_truth.scm", "-n", "400", "--seed", "1", "--out", at("training"));
    scmcProcess("sample", "graphs/morpho_truth.scm", "-n", "60", "--split", "test", "--seed", "2", "--out", at("test"));
    scmcProcess("compile", at("morpho.scm"), "-o", at("model.scm.json"));
    scmcProcess(
      "run",
      at("model.scm.json"),
      "--data",
      at("training", "manifest.json"),
      "--test",
      at("test", "manifest.json"),
      "--out",
      at("fitted"),
    );
  });
  after(() => rmSync(directory, { recursive: true }));

  const table = (name: string) => readFileSync(at(name, "table.csv"), "utf8").trimEnd().split("\n");
  const images = (name: string) => readFileSync(at(name, "x-images-idx3-ubyte"));
  const shift = ["--do", "t := t + 2"];

  it("writes table and images of every unit, ids and order kept, t shifted by two", () => {
    const { stdout, stderr } = scmcProcess(
      "counterfactual",
      at("fitted"),
      "--data",
      at("test", "manifest.json"),
      ...shift,
      "--out",
      at("thicker"),
      "--json",
    );
    const observed = table("test")
      .slice(1)
      .map((line) => line.split(","));
    const answers = table("thicker")
      .slice(1)
      .map((line) => line.split(","));
    expect(table("thicker")[0]).to.equal("id,t,i");
    expect(answers.map(([id]) => id)).to.deep.equal(observed.map(([id]) => id));
    answers.forEach(([, t], unit) => {
      expect(Number(t)).to.be.closeTo(Number(observed[unit]![1]) + 2, 1e-5);
    });
    expect(images("thicker").length).to.equal(16 + 60 * 784);
    expect(JSON.parse(stdout)).to.deep.include({ rows: 60, particles: 32 });
    // Nearly every thickness above 5 px is beyond what 400 training digits hold.
    expect(stderr).to.match(/\d+ of 60 units \([\d.]+ %\) have t outside its training range/);
  });

  it("answers the same for published files with other names, gzipped", () => {
    scmcProcess("counterfactual", at("fitted"), "--data", at("test", "manifest.json"), ...shift, "--out", at("plain"));
    writeFileSync(at("t10k-images-idx3-ubyte.gz"), gzipSync(images("test")));
    const [, ...rows] = table("test");
    const renamed = ["index,thickness,intensity", ...rows.map((line) => line.split(",").slice(0, 3).join(","))];
    writeFileSync(at("t10k-morpho.csv"), `${renamed.join("\n")}\n`);
    const manifest = {
      table: "t10k-morpho.csv",
      variables: { t: { column: "thickness" }, i: { column: "intensity" }, x: { idx: "t10k-images-idx3-ubyte.gz" } },
    };
    writeFileSync(at("published.json"), JSON.stringify(manifest));
    scmcProcess("counterfactual", at("fitted"), "--data", at("published.json"), ...shift, "--out", at("published"));
    expect(table("published")).to.deep.equal(table("plain"));
    expect(images("published").equals(images("plain"))).to.equal(true);
  });

  it("do(t := t) gives back every image, and copied variables as they were written", () => {
    scmcProcess(
      "counterfactual",
      at("fitted"),
      "--data",
      at("test", "manifest.json"),
      "--do",
      "t := t",
      "--out",
      at("nothing"),
    );
    expect(images("nothing").equals(images("test"))).to.equal(true);
    scmcProcess(
      "counterfactual",
      at("fitted"),
      "--data",
      at("test", "manifest.json"),
      "--do",
      "i := 200",
      "--out",
      at("bright"),
    );
    const columnT = (name: string) => table(name).map((line) => line.split(",")[1]);
    expect(columnT("bright")).to.deep.equal(columnT("test"));
  });

  it("writes a report that fetches nothing", () => {
    const html = readFileSync(at("fitted", "report.html"), "utf8");
    expect(html).to.include("counterfactual(t, i, x | do(t := t + 2))");
    expect(html).to.not.match(/(?:src|href)="(?:https?:|\/\/)/);
  });

  it("gives the same bytes for the same seed, and a second run takes the fits over", () => {
    const [one, two] = ["one", "two"].map((name) => {
      scmcProcess("sample", at("fitted"), "-n", "50", "--seed", "4", "--out", at(name));
      return images(name);
    });
    expect(two!.equals(one!)).to.equal(true);
    const weights = readFileSync(at("fitted", "weights.safetensors"));
    const { stderr } = scmcProcess(
      "run",
      at("morpho.scm"),
      "--data",
      at("training", "manifest.json"),
      "--out",
      at("fitted"),
    );
    expect(stderr.match(/unchanged, taken over/g)).to.have.length(3);
    expect(readFileSync(at("fitted", "weights.safetensors")).equals(weights)).to.equal(true);
  });

  it("the truth's own counterfactuals come from the recorded noise", () => {
    scmcProcess(
      "counterfactual",
      "graphs/morpho_truth.scm",
      "--data",
      at("test", "manifest.json"),
      "--do",
      "t := t",
      "--out",
      at("truth"),
    );
    expect(images("truth").equals(images("test"))).to.equal(true);
  });
});
