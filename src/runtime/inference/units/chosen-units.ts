/** Some units of a block, by the numbers of their rows. */
import { gatherRows, type Rows } from "../../tensors/core/rows.js";
import type { OperatorRecord, OperatorRecords } from "../programs/operators.js";
import type { UnitBlock } from "./question.js";

/** The observed values of some units, of the variables named, and their recorded items. */
export function chosenUnits(
  { observed, records }: Pick<UnitBlock, "observed" | "records">,
  units: Int32Array,
  names: readonly string[] = [...observed.keys()],
): { readonly observed: Map<string, Rows>; readonly records?: OperatorRecords } {
  const chosen = new Map<string, Rows>();
  for (const name of names) {
    const rows = observed.get(name);
    if (!rows) continue;
    const data = gatherRows(rows, units);
    chosen.set(name, { rows: units.length, size: rows.size, data: data as Float32Array | Uint8Array });
  }
  if (!records) return { observed: chosen };
  return { observed: chosen, records: chosenRecords(records, units) };
}

export function chosenRecords(records: OperatorRecords, units: Int32Array): OperatorRecords {
  const chosen = new Map<string, OperatorRecord>();
  for (const [name, record] of records) {
    const size = record.height * record.width;
    const images = gatherRows({ rows: record.rows, size, data: record.images }, units) as Uint8Array;
    chosen.set(name, { ...record, rows: units.length, images });
  }
  return chosen;
}

/** Each record several times, one after the other. */
export function repeatedRecords(records: OperatorRecords, times: number): OperatorRecords {
  const [rows = 0] = [...records.values()].map((record) => record.rows);
  return chosenRecords(
    records,
    Int32Array.from({ length: rows * times }, (_, row) => Math.floor(row / times)),
  );
}

/** 8-bit images as numbers. */
export function floatsOf(rows: ReadonlyMap<string, Rows>): Map<string, Float32Array> {
  return new Map(
    [...rows].map(([name, { data }]) => [name, data instanceof Uint8Array ? Float32Array.from(data) : data]),
  );
}
