/** Collects the rows that share one problem into one diagnostic, which names the first five and counts the others. */
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";

const mostNamed = 5;

export class BadRows {
  count = 0;
  private readonly first: number[] = [];

  /** The rows that the diagnostic names. */
  get named(): readonly number[] {
    return this.first;
  }

  /** `place` gives a row's place and content, e.g. `line 17 "abc"`. It is called only for the rows that are named. */
  constructor(private readonly place: (row: number) => string) {}

  add(row: number): void {
    this.count++;
    if (this.first.length < mostNamed) this.first.push(row);
  }

  /** `3 cells are` or `1 cell is`, depending on the count. */
  counted(one: string, many: string): string {
    return `${this.count.toLocaleString("en")} ${this.count === 1 ? one : many}`;
  }

  /** Empty if there are no such rows. */
  diagnostics(problem: { code: DiagnosticCode; file: string; message: string; hint: string }): Diagnostic[] {
    if (this.count === 0) return [];
    return [{ ...problem, severity: "error", message: `${problem.message}: ${this.places()}` }];
  }

  /** The first five places, and the number of further ones. */
  places(): string {
    const places = this.first.map((row) => this.place(row));
    const rest = this.count - places.length;
    return `${places.join(", ")}${rest > 0 ? ` and ${rest.toLocaleString("en")} more` : ""}`;
  }
}
