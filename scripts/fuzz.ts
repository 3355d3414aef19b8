/**
 * Fuzzes the front end: `node dist/scripts/fuzz.js [programs] [models] [seeds…]`, by default 200,000 programs and
 * 50,000 models, half of them from a fixed seed and half from a fresh one, which is printed so that a fault can be
 * reproduced.
 */
import { fuzzModels, fuzzPrograms, type Tally } from "../test/fuzz/fuzz.js";

const [programs = 200_000, models = 50_000, ...given] = process.argv.slice(2).map(Number);
const seeds = given.length > 0 ? given : [1, Date.now() % 2 ** 31];
let failed = false;

function show(what: string, seed: number, count: number, { faults, accepted, slowest }: Tally): void {
  const share = ((100 * accepted) / count).toFixed(1);
  console.log(
    `seed ${seed}: ${count} ${what}, ${share} % accepted, slowest ${slowest.toFixed(0)} ms, ${faults.length} faults`,
  );
  for (const { reason, text } of faults) {
    failed = true;
    console.log(`\n${reason}\n--- ${what}\n${text}\n---`);
  }
}

for (const seed of seeds) {
  const each = (total: number): number => Math.ceil(total / seeds.length);
  show("programs", seed, each(programs), fuzzPrograms(seed, each(programs)));
  show("models", seed, each(models), fuzzModels(seed, each(models)));
}
process.exitCode = failed ? 1 : 0;
