/**
 * docs/library.md as a user would follow it: the types are written, the program type-checks against them, runs, and
 * prints what the page says.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { directoryWith, root, scmc } from "../cli/support.js";

const page = readFileSync("docs/library.md", "utf8");

function block(start: string): string {
  const found = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)]
    .map(([, text]) => text!)
    .find((text) => text.includes(start));
  if (found === undefined) throw new Error(`docs/library.md has no block with ${start}`);
  return found;
}

const report = `
const numbers = Array.from(values.demand, (value) => value.toFixed(1)).join(", ");
console.log("demand " + numbers + "\\nrecomputed: " + plan.recompute.join(", "));
for (const world of worlds) {
  if (world.kind !== "counterfactual") throw new Error("ask");
  const demands = Array.from(world.values.demand ?? [], (value) => value.toFixed(1)).join(", ");
  console.log("price " + world.setting?.price + ": demand " + demands);
}
if (Math.abs(effect.value - (40 - 6 * (2 * Math.exp(0.02) + 1))) > 4 * effect.standardError) throw new Error("effect");
if (strong.kind !== "estimate" || Math.abs(strong.value - 0.3446) > 0.02) throw new Error("ask");
if (drawn.price[0] !== 2.5 || noisy.price.length !== 1000 || score.demand.length !== 2) throw new Error("samples");
`;

/** Each of these must be refused by the types. */
const mistakes = `
// @ts-expect-error no such variable
await shop.sample(1, { prize: 1 });
// @ts-expect-error no such level
await shop.logProbability({ region: ["east"] });
// @ts-expect-error numbers, not names
await shop.counterfactual({ price: ["high"] }, { price: 1 });
// @ts-expect-error no such column
for (const world of worlds) if (world.kind === "counterfactual") world.values.prize;
`;

function typeErrors(file: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("docs/library.md", function () {
  this.timeout(60_000);

  it("writes the types, type-checks, and gives the numbers of the page", () => {
    const directory = directoryWith({ "shop.scm": block("model shop"), "package.json": '{ "type": "module" }' });
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(root, join(directory, "node_modules/scmc"));
    expect(scmc(["compile", "shop.scm", "--types", "shop.ts"], { cwd: directory })).to.include({ status: 0 });
    expect(readFileSync(join(directory, "shop.ts"), "utf8")).to.equal(block("written by"));

    const example = block("await load<Shop>");
    writeFileSync(join(directory, "mistakes.ts"), example + report + mistakes);
    expect(typeErrors(join(directory, "mistakes.ts"))).to.deep.equal([]);

    const module = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    writeFileSync(
      join(directory, "main.js"),
      ts.transpileModule(example + report, { compilerOptions: module }).outputText,
    );
    const { stdout, stderr } = spawnSync(process.execPath, ["main.js"], { cwd: directory, encoding: "utf8" });
    expect(stderr).to.equal("");
    expect(stdout).to.equal(block("recomputed: demand"));
  });
});
