/** The lines on which rows start, as runs of rows that follow each other line by line. */

export class LineStore {
  private rows = 0;
  private next = Number.NaN;
  /** The first row of each run, and its line. */
  private readonly firstRows: number[] = [];
  private readonly firstLines: number[] = [];

  add(line: number): void {
    if (line !== this.next) {
      this.firstRows.push(this.rows);
      this.firstLines.push(line);
    }
    this.next = line + 1;
    this.rows++;
  }

  line(row: number): number {
    let low = 0;
    for (let high = this.firstRows.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (this.firstRows[middle]! > row) high = middle;
      else low = middle;
    }
    return this.firstLines[low]! + row - this.firstRows[low]!;
  }
}
