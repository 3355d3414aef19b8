// node node.mjs counterfactual units.json '{"t": 3}'   (needs `npm install onnxruntime-node`; units.json: { "t": [2.1], … })
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import ort from "onnxruntime-node";
import { open } from "./program.mjs";

const inFolder = (file) => fileURLToPath(new URL(file, import.meta.url));
export const { run, named, isVariable } = open(ort, JSON.parse(readFileSync(inFolder("export.json"), "utf8")), inFolder);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name, units, actions = "{}"] = process.argv.slice(2);
  const given = JSON.parse(readFileSync(units, "utf8"));
  const answer = await run(name, { units: named(given), actions: named(JSON.parse(actions)) });
  const kept = Object.entries(given).filter(([key]) => !isVariable(key)); // ids and the like
  console.log(JSON.stringify(Object.fromEntries([...kept, ...Object.entries(answer).map(([key, values]) => [key, [...values]])])));
}
