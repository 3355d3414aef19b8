/**
 * What onnxruntime's profiler says, by operation and by node. Nodes inside a loop report their own time, so the loop's
 * is left out; the first run, which sets up memory, is left out too.
 */

/** An event of the profile's JSON, in microseconds. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

export interface OperationTime {
  readonly operation: string;
  /** Nodes that run in one call. */
  readonly nodes: number;
  readonly milliseconds: number;
  /** Of the whole call. */
  readonly share: number;
}

export interface NodeTime {
  readonly node: string;
  readonly operation: string;
  readonly provider: string;
  readonly output: string;
  readonly milliseconds: number;
}

export interface Profile {
  readonly calls: number;
  /** Mean of one call (one step of a loop), profiler included. */
  readonly milliseconds: number;
  /** Slowest first; what no node accounts for is `(between)`. */
  readonly operations: readonly OperationTime[];
  readonly slowest: readonly NodeTime[];
}

const shownNodes = 10;
const suffix = "_kernel_time";

/** `steps`: how often a loop's body ran in one call; 1 for a plain program. */
export function summariseProfile(events: readonly ProfileEvent[], steps: number): Profile {
  const runs = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts);
  const [first, ...counted] = runs;
  if (first === undefined || counted.length === 0) throw new Error("a profile needs at least two runs");
  const start = first.ts + first.dur;
  const nodes = events.filter(
    ({ cat, ts, name, args }) => cat === "Node" && ts >= start && name.endsWith(suffix) && args?.op_name !== "Loop",
  );
  const calls = counted.length * steps;
  const whole = counted.reduce((sum, { dur }) => sum + dur, 0);
  const perCall = (microseconds: number) => microseconds / 1000 / calls;
  const operations = groupBy(nodes, ({ args }) => args?.op_name ?? "?").map(([operation, group]) => {
    const time = durationOf(group);
    return { operation, nodes: group.length / calls, milliseconds: perCall(time), share: time / whole };
  });
  const between = Math.max(0, whole - durationOf(nodes));
  return {
    calls,
    milliseconds: perCall(whole),
    operations: [
      ...operations,
      { operation: "(between)", nodes: 0, milliseconds: perCall(between), share: between / whole },
    ].sort((a, b) => b.milliseconds - a.milliseconds),
    slowest: groupBy(nodes, ({ name }) => name.slice(0, -suffix.length))
      .map(([node, group]) => ({
        node,
        operation: group[0]!.args?.op_name ?? "?",
        provider: (group[0]!.args?.provider ?? "?").replace("ExecutionProvider", ""),
        output: shapeText(group[0]!),
        milliseconds: perCall(durationOf(group)),
      }))
      .sort((a, b) => b.milliseconds - a.milliseconds)
      .slice(0, shownNodes),
  };
}

function durationOf(events: readonly ProfileEvent[]): number {
  return events.reduce((sum, { dur }) => sum + dur, 0);
}

function shapeText({ args }: ProfileEvent): string {
  return (args?.output_type_shape ?? [])
    .flatMap((output) => Object.entries(output).map(([type, shape]) => `${type}[${shape}]`))
    .join(", ");
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups];
}
