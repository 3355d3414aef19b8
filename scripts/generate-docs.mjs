// Writes the generated parts of docs/: diagnostics.md from the catalogue, and the grammar in language.md from the
// parser. Run after `npm run build`; the tests say when a page is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { diagnosticsPage } from "../dist/scripts/diagnostics-page.js";
import { withGrammar } from "../dist/scripts/grammar.js";

const page = (name) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));

writeFileSync(page("diagnostics.md"), diagnosticsPage());
writeFileSync(page("language.md"), withGrammar(readFileSync(page("language.md"), "utf8")));
