/**
 * Times the front end on generated graphs: `node dist/bench/compile-scale.js [runs] [sizes…]`. Each run is a fresh
 * process, so the times include the cost of first use; the table holds medians. The floor is graphlib alone: building
 * the graph and its own check for cycles, which recurses and therefore gets a stack of 900 MB. If Python (python3, or
 * the interpreter that PYTHON names) has networkx, the same graph is also built and checked there.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const phases = ["parse", "compile", "write", "load", "format", "draw"] as const;
type Phase = (typeof phases)[number];
interface Measurement {
  readonly times: Readonly<Record<Phase, number>>;
  readonly kilobytes: number;
  /** Peak of resident memory, MB. */
  readonly memory: number;
}
interface Floor {
  readonly build: number;
  readonly acyclic: number;
}

const here = fileURLToPath(import.meta.url);
const [mode, size, ...others] = process.argv.slice(2);
if (mode === "front-end") print(await measure(Number(size)));
else if (mode === "graphlib") print(await floor(Number(size)));
else
  await report(
    Number(mode ?? 5),
    [size, ...others].flatMap((given) => (given === undefined ? [] : [Number(given)])),
  );

/**
 * Milliseconds of wall time; with CLOCK=cpu, processor time of all threads together, which other processes disturb
 * less.
 */
function clock(): number {
  if (process.env.CLOCK !== "cpu") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function print(result: Measurement | Floor): void {
  process.stdout.write(JSON.stringify(result));
}

async function measure(count: number): Promise<Measurement> {
  const [
    { largeProgram },
    { parseProgram },
    { compile },
    { serialiseModel },
    { parseModel },
    { format },
    { causalGraphDot },
  ] = await Promise.all([
    import("../test/programs/large-graph.js"),
    import("../src/parser/parse.js"),
    import("../src/compiler/compile.js"),
    import("../src/model/files/serialise.js"),
    import("../src/model/files/load.js"),
    import("../src/parser/format.js"),
    import("../src/report/causal-graph.js"),
  ]);
  const text = largeProgram(count);
  const file = "large.scm";
  const times: Partial<Record<Phase, number>> = {};
  const timed = <Result>(phase: Phase, run: () => Result): Result => {
    const start = clock();
    const result = run();
    times[phase] = clock() - start;
    return result;
  };
  timed("parse", () => parseProgram(text, file));
  const { model, diagnostics } = timed("compile", () => compile({ text, file }));
  if (model === undefined) throw new Error(`the generated program is wrong: ${diagnostics[0]?.message}`);
  const json = timed("write", () => serialiseModel(model));
  const memory = process.resourceUsage().maxRSS / 1024;
  timed("load", () => parseModel(json, file));
  timed("format", () => format(text, file));
  timed("draw", () => causalGraphDot(model));
  return { times: times as Record<Phase, number>, kilobytes: text.length / 1024, memory };
}

/** Runs in a worker, whose stack can be made large enough for graphlib's recursion. */
function floor(count: number): Promise<Floor> {
  const graphlib = import.meta.resolve("@dagrejs/graphlib");
  const generator = new URL("../test/programs/large-graph.js", import.meta.url).href;
  const code = `(async () => {
    const { Graph, alg } = await import(${JSON.stringify(graphlib)});
    const { parentsOfLargeGraph } = await import(${JSON.stringify(generator)});
    const parents = parentsOfLargeGraph(${count});
    const start = performance.now();
    const graph = new Graph({ directed: true });
    parents.forEach((_, index) => graph.setNode("v" + index));
    parents.forEach((list, index) => { for (const parent of list) graph.setEdge("v" + parent, "v" + index); });
    const built = performance.now();
    if (!alg.isAcyclic(graph)) throw new Error("not acyclic");
    require("node:worker_threads").parentPort.postMessage({ build: built - start, acyclic: performance.now() - built });
  })();`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, resourceLimits: { stackSizeMb: 900 } });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function fresh<Result>(kind: string, count: number): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here, kind, String(count)], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

interface Peer extends Floor {
  readonly version: string;
}

/** Null if Python or networkx is not installed. */
async function networkx(count: number): Promise<Peer | null> {
  const { parentsOfLargeGraph } = await import("../test/programs/large-graph.js");
  const script = fileURLToPath(new URL("../../bench/peers/networkx_check.py", import.meta.url));
  const { status, stdout } = spawnSync(process.env.PYTHON ?? "python3", [script], {
    encoding: "utf8",
    input: JSON.stringify(parentsOfLargeGraph(count)),
  });
  return status === 0 ? (JSON.parse(stdout) as Peer) : null;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

async function report(runs: number, chosen: readonly number[]): Promise<void> {
  const sizes = chosen.length > 0 ? chosen : [100, 1000, 5000, 10_000, 20_000, 30_000];
  console.log(
    `milliseconds${process.env.CLOCK === "cpu" ? " of processor time" : ""}, medians of ${runs} runs, each in a fresh process; "compile" is text to model, parsing included`,
  );
  const peer = await networkx(10);
  const peerHeads = peer === null ? [] : ["networkx build", "acyclic"];
  console.log(peer === null ? "networkx: not present" : `networkx ${peer.version}`);
  const heads = ["variables", "file kB", ...phases, "peak MB", "graphlib build", "acyclic", ...peerHeads, "growth*"];
  console.log(heads.map((head) => head.padStart(9)).join(" "));
  let before: { readonly count: number; readonly check: number } | undefined;
  for (const count of sizes) {
    const found = Array.from({ length: runs }, () => fresh<Measurement>("front-end", count));
    const floors = Array.from({ length: runs }, () => fresh<Floor>("graphlib", count));
    const peers: Peer[] = [];
    for (let run = 0; peer !== null && run < runs; run++) peers.push((await networkx(count))!);
    const time = (phase: Phase): number => median(found.map(({ times }) => times[phase]));
    const check = time("compile");
    // The growth factor for doubling the size, from this size and the one before.
    const growth = before === undefined ? "" : (check / before.check) ** (1 / Math.log2(count / before.count));
    const cells = [
      String(count),
      found[0]!.kilobytes.toFixed(0),
      ...phases.map((phase) => time(phase).toFixed(0)),
      median(found.map(({ memory }) => memory)).toFixed(0),
      median(floors.map(({ build }) => build)).toFixed(0),
      median(floors.map(({ acyclic }) => acyclic)).toFixed(0),
      ...(peer === null
        ? []
        : [median(peers.map(({ build }) => build)), median(peers.map(({ acyclic }) => acyclic))].map((ms) =>
            ms.toFixed(0),
          )),
      typeof growth === "string" ? growth : growth.toFixed(2),
    ];
    console.log(cells.map((cell, index) => cell.padStart(Math.max(9, heads[index]!.length))).join(" "));
    before = { count, check };
  }
  console.log('* growth: what a doubling of the variables costs "compile", from this size and the one above');
}
