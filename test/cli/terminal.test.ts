/** Progress lines: the rate and the time left, from a clock that the test moves. */
import { expect } from "chai";
import { durationText, rowProgress } from "../../src/cli/process/terminal.js";

describe("progress of rows", () => {
  const lines: string[] = [];
  const terminal = { note() {}, progress: (text: string) => lines.push(text), done() {} };

  it("tells the rate and the time that the rest takes, once a second of work has been seen", () => {
    lines.length = 0;
    let now = 8.8;
    const report = rowProgress(terminal, () => now);
    now = 9;
    report("units", 50, 1000);
    expect(lines, "of the first second").to.deep.equal([]);
    now = 10;
    report("units", 100, 1000);
    now = 10.5;
    report("units", 150, 1000);
    now = 14;
    report("units", 300, 1000);
    now = 15;
    report("other", 1, null);
    now = 17;
    report("other", 5, null);
    // 250 units in 5 seconds are 50 a second, so 700 more take 14; 4 in 2 seconds are 2.0 a second.
    expect(lines).to.deep.equal([
      "units [##......................]  10% 100/1000, 50/s, 18 s left",
      "units [####....................]  15% 150/1000, 67/s, 13 s left",
      "units [#######.................]  30% 300/1000, 50/s, 14 s left",
      "other 1",
      "other 5, 2.0/s",
    ]);
  });

  it("tells durations in the units that say something", () => {
    expect([0.4, 59.6, 185, 7800].map(durationText)).to.deep.equal(["0 s", "1 min 0 s", "3 min 5 s", "2 h 10 min"]);
  });
});
