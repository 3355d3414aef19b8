// Builds dist/: types from the schemas, TypeScript, then the two module groups that Node cannot load quickly (or at
// all) as published are bundled in place: chevrotain (slow to import) and tfjs-core (its ES modules do not load in
// Node).
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundledInPlace = ["src/parser/chevrotain.js", "src/runtime/tensors/core/tfjs.js"];

function step(script, ...args) {
  return spawnSync(process.execPath, [join(root, script), ...args], { stdio: "inherit", cwd: root }).status ?? 1;
}
const generated = step("scripts/generate-types.mjs");
// tsc rewrites only what changed; a bundle that it left in place is recognised below by its first line.
const compiled = step("node_modules/typescript/bin/tsc", "-p", ".");

const marker = "// bundled by scripts/build.mjs";
for (const path of bundledInPlace) {
  const file = join(root, "dist", path);
  if (!existsSync(file) || readFileSync(file, "utf8").startsWith(marker)) continue;
  await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    platform: "node",
    mainFields: ["module", "main"],
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: {
      js: `${marker}\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);`,
    },
  });
}
process.exit(generated || compiled);
