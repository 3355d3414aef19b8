// node node.mjs counterfactual units.json '{"t": 3}'   (needs `npm install onnxruntime-node`; units.json: { "t": [2.1], … })
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import ort from "onnxruntime-node";
import { open } from "./program.mjs";

const inFolder = (file) => fileURLToPath(new URL(file, import.meta.url));
export const { run } = open(ort, JSON.parse(readFileSync(inFolder("export.json"), "utf8")), inFolder);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name, units, actions = "{}"] = process.argv.slice(2);
  const answer = await run(name, { units: JSON.parse(readFileSync(units, "utf8")), actions: JSON.parse(actions) });
  console.log(JSON.stringify(Object.fromEntries(Object.entries(answer).map(([key, values]) => [key, [...values]]))));
}
