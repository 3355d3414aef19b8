/**
 * A fit to a large CSV: `node dist/bench/large-table.js [MEGABYTES] [PROGRAM]`. It writes a table of an id and twelve
 * numbers into a temporary folder, or of another program's columns, runs `scmc run` on it as a user would, without
 * flags of Node, and prints the time and the peak of resident memory, which should stay below 1.5 GB for 700 MB.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const rowsAtOnce = 20_000;
/** The approximate bytes of a row of an id and twelve numbers. */
const bytesOfRow = 121;

/** Roots, linear mechanisms, a count, a binary, and flows; types are stated for some and left to the data for others. */
const program = `model large
a := linear()
b : real := linear(a)
c : positive := linear(a, b)
d := linear(c)
n : count := glm(a, b)
s : binary := glm(a, c)
f := flow(a)
g : positive := flow(b, f)
h := linear(f, g)
k := linear(h)
l : interval(0, 1) := linear(k)
m := flow(s)
query shifted = expectation(h | do(a := 1))
`;
const fits = ["f", "g", "m"].flatMap((name) => ["--fit", `${name}(epochs = 1, batch = 4096)`]);

/** Deterministic uniforms (mulberry32): fast, and good enough for a table whose fit is not used. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function writeTable(file: string, bytes: number): Promise<number> {
  const uniform = uniforms(1);
  // The sum of three uniforms, with mean 0 and variance 1, is close enough to a normal draw here.
  const noise = () => 2 * (uniform() + uniform() + uniform()) - 3;
  const rows = Math.ceil(bytes / bytesOfRow);
  const handle = await open(file, "w");
  await handle.write("id,a,b,c,d,n,s,f,g,h,k,l,m\n");
  for (let first = 0; first < rows; first += rowsAtOnce) {
    let text = "";
    for (let row = first; row < Math.min(rows, first + rowsAtOnce); row++) {
      const a = noise();
      const b = 0.5 * a + noise();
      const c = Math.exp(0.2 * a - 0.1 * b + 0.3 * noise());
      const d = 10 + Math.log(c) + noise();
      const n = Math.floor(4 * Math.exp(0.1 * a) * uniform());
      const s = a + c + noise() > 1 ? 1 : 0;
      const f = a + 0.5 * noise() * noise();
      const g = Math.exp(0.3 * b + 0.2 * f + 0.2 * noise());
      const h = f - g + noise();
      const k = 2 * h + noise();
      const l = 1 / (1 + Math.exp(-k / 4 - noise()));
      const m = s + noise();
      const cells = [a, b, c, d, f, g, h, k, m].map((value) => value.toFixed(7));
      const [a7, b7, c7, d7, f7, g7, h7, k7, m7] = cells;
      text += `unit-${row},${a7},${b7},${c7},${d7},${n},${s},${f7},${g7},${h7},${k7},${l.toFixed(9)},${m7}\n`;
    }
    await handle.write(text);
  }
  await handle.close();
  return rows;
}

/** Seconds and peak resident megabytes of `scmc run`; the peak is what Linux tells of the process while it runs. */
async function timeRun(cwd: string, parameters: readonly string[]): Promise<{ seconds: number; peak: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [main, ...parameters], { cwd, stdio: ["ignore", "inherit", "inherit"] });
  let peak = Number.NaN;
  const timer = setInterval(() => {
    try {
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      if (found !== undefined) peak = Number(found) / 1e3;
    } catch {
      // This is not Linux, or the process has just ended.
    }
  }, 200);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`scmc ${parameters.join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, peak };
}

const megabytes = Number(process.argv[2] ?? 700);
const directory = mkdtempSync(join(tmpdir(), "scmc-large-"));
try {
  writeFileSync(join(directory, "large.scm"), process.argv[3] ? readFileSync(process.argv[3]) : program);
  const table = join(directory, "large.csv");
  const rows = await writeTable(table, megabytes * 1e6);
  const size = statSync(table).size / 1e6;
  console.log(`${size.toFixed(0)} MB, ${rows.toLocaleString("en")} rows of an id and twelve numbers`);
  const { seconds, peak } = await timeRun(directory, ["run", "large.scm", "--data", "large.csv", ...fits]);
  console.log(`scmc run: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB of resident memory`);
} finally {
  rmSync(directory, { recursive: true });
}
