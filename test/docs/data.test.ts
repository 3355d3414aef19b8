/** The examples of docs/data.md: the manifest passes its schema, and the exit codes are those of the program. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { checkManifest } from "../../src/data/manifest.js";
import { exitCode } from "../../src/diagnostics/diagnostic.js";

describe("docs/data.md", () => {
  const text = readFileSync("docs/data.md", "utf8");

  it("shows a manifest that passes", () => {
    const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, example]) => JSON.parse(example!) as unknown);
    expect(examples).to.have.length(1);
    for (const example of examples) expect(checkManifest(example, "docs/data.md")).to.deep.equal(example);
  });

  it("lists every exit code", () => {
    const listed = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).to.deep.equal(Object.values(exitCode));
  });
});
