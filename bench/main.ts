/**
 * The benchmark: `npm run bench -- [--only GROUP,…] [--rounds N] [--threads N] [--out FILE] [--tiny]`. It prints times
 * and ratios (a peer's time over ours) and writes them as JSON. Peers in Python run if `PYTHON` (default: python3) has
 * torch.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Group, GroupResult, Setting } from "./comparison.js";
import { buildingGroup } from "./groups/building.js";
import { covariatesGroup } from "./groups/covariates.js";
import { denseVaeGroup } from "./groups/dense-vae.js";
import { memoryGroup } from "./groups/memory.js";
import { paperVaeGroup } from "./groups/paper-vae.js";
import { queriesGroup } from "./groups/queries.js";
import { tfjsGroup } from "./groups/tfjs.js";
import { threadsGroup } from "./groups/threads.js";
import { Peer, torchVersion } from "./peer.js";
import { groupText } from "./table.js";
import { versions } from "./versions.js";

const groups: Readonly<Record<string, Group>> = {
  dense: denseVaeGroup,
  covariates: covariatesGroup,
  queries: queriesGroup,
  paper: paperVaeGroup,
  tfjs: tfjsGroup,
  building: buildingGroup,
  memory: memoryGroup,
  threads: threadsGroup,
};

const { values: given } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(groups).join(",") },
    rounds: { type: "string", default: "7" },
    threads: { type: "string", default: String(availableParallelism()) },
    out: { type: "string", default: "bench-results.json" },
    tiny: { type: "boolean", default: false },
    "no-python": { type: "boolean", default: false },
  },
});

const chosen = given.only.split(",");
const unknown = chosen.filter((name) => !Object.hasOwn(groups, name));
const [rounds, threads] = [Number(given.rounds), Number(given.threads)];
if (unknown.length > 0 || !(rounds >= 1) || !(threads >= 1)) {
  process.stderr.write(
    `--only takes some of ${Object.keys(groups).join(",")}; --rounds and --threads take numbers above 0\n`,
  );
  process.exit(2);
}

const python = process.env.PYTHON ?? "python3";
const torch = given["no-python"] ? { reason: "left out" } : torchVersion(python);
const machine = versions(threads, "version" in torch ? torch.version : `absent (${torch.reason})`);
const setting: Setting = {
  rounds,
  threads,
  tiny: given.tiny,
  peer: (script) => ("version" in torch && !given.tiny ? new Peer(python, script, threads) : undefined),
};

for (const [name, value] of Object.entries(machine)) process.stdout.write(`${name}: ${value}\n`);
process.stdout.write(`medians of ${rounds} turns; ratio: the peer's time over ours, above 1 we are faster\n`);
const results: Record<string, { readonly title: string } & GroupResult> = {};
for (const name of chosen) {
  const { title, run } = groups[name]!;
  const result = await run(setting);
  results[name] = { title, ...result };
  process.stdout.write(groupText(title, result));
}
writeFileSync(given.out, `${JSON.stringify({ machine, rounds, results }, null, 2)}\n`);
process.stdout.write(`\nwrote ${given.out}\n`);
