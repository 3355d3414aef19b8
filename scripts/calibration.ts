/**
 * Simulation-based calibration of a fitted artefact's approximate abductions, as a report rather than a test: `npm run
 * study:calibration -- ARTEFACT [units]`. Parents and noises are drawn from the model, values follow from them, and
 * each true noise is ranked among 15 abducted ones. An exact posterior gives each of the 16 ranks equally often; a ∪
 * means that abducted noises spread too little, a ∩ too much, a slope that they are off to one side.
 */
import { readArtefact } from "../src/runtime/artefact/artefact.js";
import { sample } from "../src/runtime/inference/programs/sample.js";
import { sizeOf } from "../src/runtime/mechanisms/bound/variables.js";
import { createEngine } from "../src/runtime/tensors/engine/index.js";
import { RandomKey } from "../src/runtime/tensors/random/index.js";
import { ranksOf } from "../test/runtime/mechanisms/ranks.js";
import { chiSquareBoundOf16, chiSquareOfEqual } from "../test/runtime/tensors/random/chi-square.js";

const particles = 15;
const block = 100;
const [path, count = "1000"] = process.argv.slice(2);
if (path === undefined || !(Number(count) >= block)) {
  console.error(`usage: npm run study:calibration -- ARTEFACT [units, at least ${block}]`);
  process.exit(2);
}
const { loaded } = await readArtefact(path);
const engine = createEngine("onnx");
const units = Math.floor(Number(count) / block) * block;
const key = RandomKey.fromSeed(1);

for (const [variable, mechanism] of loaded.mechanisms) {
  if (mechanism.abduction !== "amortised") continue;
  const names = loaded.model.mechanisms.find((one) => one.variable === variable)!.parents;
  const { values } = await sample({ loaded, engine, rows: units, key, targets: names });
  const histograms = new Map<string, number[][]>();
  let changed = 0;
  for (let start = 0; start < units; start += block) {
    const parents = Object.fromEntries(
      names.map((name) => {
        const size = sizeOf(loaded.variables.get(name)!.domain);
        return [name, values.get(name)!.slice(start * size, (start + block) * size)];
      }),
    );
    const own = key.split(variable).split(start);
    const found = await ranksOf({ loaded, variable, engine, units: block, particles, key: own, parents });
    changed += found.changed;
    for (const [noise, ranks] of found.ranks) {
      const size = ranks.length / block;
      const counts =
        histograms.get(noise) ?? Array.from({ length: size }, () => new Array<number>(particles + 1).fill(0));
      ranks.forEach((rank, k) => {
        counts[k % size]![rank]!++;
      });
      histograms.set(noise, counts);
    }
  }
  report(variable, histograms, changed);
}

function report(variable: string, histograms: ReadonlyMap<string, number[][]>, changed: number): void {
  for (const [noise, counts] of histograms) {
    const statistics = counts.map(chiSquareOfEqual).sort((a, b) => a - b);
    const rejected = statistics.filter((statistic) => statistic > chiSquareBoundOf16).length;
    const shares = counts[0]!.map(
      (_, rank) => counts.reduce((sum, own) => sum + own[rank]!, 0) / (units * counts.length),
    );
    console.log(`${variable}.${noise}: ${counts.length} elements, ${units} units, ${particles} particles`);
    console.log(`  shares of the ranks in 16ths: ${shares.map((share) => (16 * share).toFixed(2)).join(" ")}`);
    console.log(
      `  chi-square per element (expected 15): median ${statistics[statistics.length >> 1]!.toFixed(1)}, largest ` +
        `${statistics.at(-1)!.toFixed(1)}; ${rejected} above ${chiSquareBoundOf16} (false alarms 1e-6)`,
    );
  }
  const size = sizeOf(loaded.variables.get(variable)!.domain);
  console.log(
    `  elements that an abducted noise does not give back exactly: ${changed} of ${units * particles * size}`,
  );
}
