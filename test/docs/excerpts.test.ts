/**
 * Code in the documents is code in the repository: a block that starts with `// path` holds lines of that file, as they
 * are.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const excerpts = readdirSync("docs")
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    [...readFileSync(`docs/${name}`, "utf8").matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
      ([, path, code]) => ({ name, path: path!, code: code! }),
    ),
  );

describe("excerpts in the documents", () => {
  it("there are some", () => {
    expect(excerpts.length).to.be.greaterThan(5);
  });

  for (const { name, path, code } of excerpts)
    it(`${name}: ${path}: ${code.trim().split("\n")[0]}`, () => {
      expect(readFileSync(path, "utf8")).to.include(code);
    });
});
