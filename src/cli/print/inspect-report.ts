/** The output of `scmc inspect`: the list of programs, a program with its costs, and where its time goes. */

import type { NamedProgram } from "../../runtime/inspection/programs.js";
import type { EngineDescription } from "../../runtime/tensors/engine/index.js";
import type { Profile } from "../../runtime/tensors/engine/onnx/profile.js";
import type { Cost } from "../../runtime/tensors/engine/operations/cost.js";

export interface ProgramReport {
  readonly name: string;
  readonly what: string;
  readonly rows: number;
  readonly weightsAre: "fitted" | "initial" | "none";
  readonly hash: string;
  readonly operations: Readonly<Record<string, number>>;
  readonly cost: Cost;
  readonly text: readonly string[];
  readonly timing?: Timing;
}

export interface Timing {
  readonly engine: EngineDescription;
  readonly calls: number;
  /** The median over the calls, of a whole call or of one step. */
  readonly milliseconds: number;
  /** Absent on engines that do not run the program as one. */
  readonly profile?: Profile;
}

export function programList(programs: readonly NamedProgram[]): string {
  const rows = programs.map(({ name, what, rows: count }) => [name, String(count), what]);
  return `${aligned([["program", "rows", "what it computes"], ...rows], [1]).join("\n")}\n`;
}

export function programText(report: ProgramReport): string {
  const { cost, operations, timing } = report;
  const counts = Object.entries(operations);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const facts: [string, string][] = [
    ["computes", report.what],
    ["rows", `${report.rows}${report.weightsAre === "initial" ? "; the model is not fitted: initial weights" : ""}`],
    ["hash", report.hash],
    ["nodes", `${all}: ${counts.map(([op, count]) => `${op} ${count}`).join(", ")}`],
    ["FLOPs", `${quantity(cost.productFlops)} in products, about ${quantity(cost.flops)} in all`],
    ["bytes", `weights ${bytes(cost.weights)}, inputs ${bytes(cost.inputs)}, outputs ${bytes(cost.outputs)}`],
    ["peak", `about ${bytes(cost.peak)} of values between them at one time`],
  ];
  const lines = [report.name, ...facts.map(([label, value]) => `  ${label.padEnd(9)} ${value}`), "", ...report.text];
  return `${[...lines, ...(timing ? ["", ...timingLines(timing, report.cost)] : [])].join("\n")}\n`;
}

function timingLines({ engine, calls, milliseconds, profile }: Timing, cost: Cost): string[] {
  const threads =
    engine.threads === null ? "one thread a core" : `${engine.threads} thread${engine.threads === 1 ? "" : "s"}`;
  const rate =
    cost.productFlops === 0 ? "" : `, ${decimal(cost.productFlops / milliseconds / 1e6)} GFLOP/s in products`;
  const heading = `time: ${decimal(milliseconds)} ms (median of ${calls} calls)${rate}; ${engine.library}, ${engine.device}, ${threads}`;
  if (!profile) return [heading, "The onnx engine also says where the time goes: --engine onnx."];
  const operations = profile.operations.map(({ operation, nodes, milliseconds: time, share }) => [
    operation,
    nodes === 0 ? "" : String(Math.round(nodes)),
    decimal(time),
    `${(100 * share).toFixed(1)} %`,
  ]);
  const slowest = profile.slowest.map(({ node, operation, provider, output, milliseconds: time }) => [
    node,
    operation,
    provider,
    decimal(time),
    output,
  ]);
  return [
    heading,
    "",
    ...aligned([["operation", "nodes", "ms", "share"], ...operations], [1, 2, 3]),
    "",
    ...aligned([["slowest nodes", "operation", "on", "ms", "result"], ...slowest], [3]),
  ];
}

/** Columns two spaces apart; the columns in `right` are right-aligned. */
function aligned(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

const steps = ["", " k", " M", " G", " T"];

function quantity(value: number): string {
  const step = value < 1 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log10(value) / 3));
  return step === 0 ? String(value) : `${(value / 1000 ** step).toPrecision(3)}${steps[step]}`;
}

function bytes(value: number): string {
  const text = quantity(value);
  return / /.test(text) ? `${text}B` : `${text} B`;
}

function decimal(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
