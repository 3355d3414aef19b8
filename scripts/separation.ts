/** Compares d-separation with the paths on many random graphs: `node dist/scripts/separation.js [graphs] [seed]`. */
import { compareAll, compareRandom } from "../test/model/separation-trials.js";

const [graphs = 10_000, seed = 1] = process.argv.slice(2).map(Number);
for (const [what, { compared, separated, differing }] of [
  ["all DAGs of 2 to 4 variables", compareAll(4)],
  [`${graphs} random DAGs of 5 to 8 variables, seed ${seed}`, compareRandom(graphs, seed)],
] as const) {
  console.log(`${what}: ${compared} triples, ${separated} separated, ${differing.length} differ`);
  for (const triple of differing) console.log(triple);
  if (differing.length > 0) process.exitCode = 1;
}
