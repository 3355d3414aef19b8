// Writes src/model/schema-types.ts from schema/*.schema.json, so that types and schemas cannot drift apart.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const root = new URL("..", import.meta.url);
const schemas = ["model", "manifest", "artefact"];
const target = fileURLToPath(new URL("src/model/schema-types.ts", root));

const parts = ["// Generated from schema/*.schema.json by scripts/generate-types.mjs. Do not edit.\n"];
for (const name of schemas) {
  const file = fileURLToPath(new URL(`schema/${name}.schema.json`, root));
  if (!existsSync(file)) continue;
  const schema = JSON.parse(readFileSync(file, "utf8"));
  parts.push(await compile(schema, schema.title, { bannerComment: "", additionalProperties: false, format: true }));
}
const text = parts.join("\n");
if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
