// Writes FEATURES.md from the registries of the built package (run `npm run build` first).
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { featuresMarkdown } = await import("../dist/scripts/features.js");
writeFileSync(fileURLToPath(new URL("../FEATURES.md", import.meta.url)), featuresMarkdown());
