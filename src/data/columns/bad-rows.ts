/**
 * Collects the rows that share one problem: the first five are named, the rest are counted, and one diagnostic is made.
 */
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";

const mostNamed = 5;

export class BadRows {
  count = 0;
  private readonly first: number[] = [];

  /** The rows that are named. */
  get named(): readonly number[] {
    return this.first;
  }

  /** `place` says where a row is and what it holds, e.g. `line 17 "abc"`. Called for the rows that are named only. */
  constructor(private readonly place: (row: number) => string) {}

  add(row: number): void {
    this.count++;
    if (this.first.length < mostNamed) this.first.push(row);
  }

  /** `3 cells are` or `1 cell is`, as counted. */
  counted(one: string, many: string): string {
    return `${this.count.toLocaleString("en")} ${this.count === 1 ? one : many}`;
  }

  /** No diagnostic where there is no such row. */
  diagnostics(problem: { code: DiagnosticCode; file: string; message: string; hint: string }): Diagnostic[] {
    if (this.count === 0) return [];
    return [{ ...problem, severity: "error", message: `${problem.message}: ${this.places()}` }];
  }

  /** The first five places, and how many more there are. */
  places(): string {
    const places = this.first.map((row) => this.place(row));
    const rest = this.count - places.length;
    return `${places.join(", ")}${rest > 0 ? ` and ${rest.toLocaleString("en")} more` : ""}`;
  }
}
