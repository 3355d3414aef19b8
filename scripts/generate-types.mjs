// Writes src/schema/types.ts and src/schema/schemas.ts from schema/*.schema.json, so that types, schemas and the
// checks made with them cannot drift apart, and src/schema needs no files at run time.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const root = new URL("..", import.meta.url);
const schemas = ["model", "manifest", "artefact", "export"];

const constants = ["// Generated from schema/*.schema.json by scripts/generate-types.mjs. Do not edit.\n"];
const parts = ["// Generated from schema/*.schema.json by scripts/generate-types.mjs. Do not edit.\n"];
mkdirSync(new URL("src/schema/", root), { recursive: true });
for (const name of schemas) {
  const file = fileURLToPath(new URL(`schema/${name}.schema.json`, root));
  if (!existsSync(file)) continue;
  const schema = JSON.parse(readFileSync(file, "utf8"));
  parts.push(await compile(schema, schema.title, { bannerComment: "", additionalProperties: false, format: true }));
  constants.push(`export const ${name}Schema: object = ${JSON.stringify(schema, null, 2)};\n`);
}
write("src/schema/types.ts", parts.join("\n"));
write("src/schema/schemas.ts", constants.join("\n"));

function write(path, text) {
  const target = fileURLToPath(new URL(path, root));
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
}
