/**
 * The parts that the groups of the benchmark share. A comparison runs ours and its peers in turns, so all of them see
 * the same machine, and keeps the medians. A ratio is a peer's time over ours: above 1, ours is faster.
 */
import type { Peer } from "./peer.js";

/** Runs once and returns the milliseconds of one unit of work: a step, or a whole answer. */
export type Measurement = () => Promise<number>;

export interface PeerMeasurement {
  readonly label: string;
  readonly measure: Measurement;
  /** The ratio that we aim at. */
  readonly target?: number;
}

export interface Comparison {
  readonly name: string;
  readonly ours: Measurement;
  readonly peers: readonly PeerMeasurement[];
}

export interface Spread {
  readonly least: number;
  readonly median: number;
}

export interface ComparisonResult {
  readonly name: string;
  readonly ours: Spread;
  readonly peers: readonly {
    readonly label: string;
    readonly milliseconds: Spread;
    /** The ratio of the medians, and that of the least times, which other work on the machine disturbs less. */
    readonly ratio: number;
    readonly ratioOfLeast: number;
    readonly target: number | null;
  }[];
}

/** A figure that does not have a peer. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "ms" | "MB" | "times" | "nodes";
  /** The value should be at most this. */
  readonly limit?: number;
}

export interface GroupResult {
  readonly comparisons: readonly ComparisonResult[];
  readonly figures: readonly Figure[];
  /** The parts that were left out, and why. */
  readonly notes: readonly string[];
}

export interface Setting {
  /** The number of turns in a comparison. */
  readonly rounds: number;
  /** The number of threads of every contestant. */
  readonly threads: number;
  /** True for tiny sizes, which try the harness itself. */
  readonly tiny: boolean;
  /** A peer by its script under bench/peers; undefined if there is no Python with torch. */
  readonly peer: (script: string) => Peer | undefined;
}

export interface Group {
  readonly title: string;
  run(setting: Setting): Promise<GroupResult>;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { least: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
}

/** Runs one turn of each contestant unmeasured, then `rounds` turns. */
export async function compare({ name, ours, peers }: Comparison, rounds: number): Promise<ComparisonResult> {
  const contestants = [ours, ...peers.map(({ measure }) => measure)];
  const times: number[][] = contestants.map(() => []);
  for (const measure of contestants) await measure();
  for (let round = 0; round < rounds; round++)
    for (const [k, measure] of contestants.entries()) times[k]!.push(await measure());
  const [own, ...others] = times.map(spreadOf) as [Spread, ...Spread[]];
  return {
    name,
    ours: own,
    peers: peers.map(({ label, target }, k) => ({
      label,
      milliseconds: others[k]!,
      ratio: others[k]!.median / own.median,
      ratioOfLeast: others[k]!.least / own.least,
      target: target ?? null,
    })),
  };
}

export async function timed<Result>(run: () => Result | Promise<Result>): Promise<readonly [Result, number]> {
  const start = performance.now();
  const result = await run();
  return [result, performance.now() - start];
}
