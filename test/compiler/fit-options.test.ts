/** The text of the command line's `--fit` against a model: the checks and messages of a `fit` statement. */
import { expect } from "chai";
import { compileFitOptions } from "../../src/compiler/fits.js";
import { compiled } from "../runtime/models.js";

const model = compiled("t : positive := flow()\ni : real := flow(t)\nx : image(4, 4) := cvae(t, i)\ns := 2 * t");

describe("fitting options of the command line", () => {
  it("are those of a `fit` statement, for several variables", () => {
    const { fits, diagnostics } = compileFitOptions(
      "x(epochs = 3, particles = 2 * 2), i(balance = parents, schedule = constant, warmup = 10),\n t(weight_decay = 1e-2)",
      model,
    );
    expect(diagnostics).to.deep.equal([]);
    expect(fits).to.deep.equal([
      { variable: "x", options: { epochs: 3, particles: 4 } },
      { variable: "i", options: { balance: "parents", schedule: "constant", warmup: 10 } },
      { variable: "t", options: { weight_decay: 0.01 } },
    ]);
  });

  const wrong: readonly (readonly [text: string, code: string, message: string, marked: string])[] = [
    ["x(epoch = 3)", "2008", "`fit` has no option `epoch`", "epoch"],
    ["x(clip = 0)", "3009", "`clip` takes a number above 0", "0"],
    ["x(warmup = 0.5)", "3009", "`warmup` takes a whole number of at least 0", "0.5"],
    ["x(weight_decay = -1)", "3009", "`weight_decay` takes a number of at least 0", "-1"],
    ["x(schedule = cosin)", "3009", "`schedule` takes one of `cosine`, `linear`, `constant`", "cosin"],
    ["t(particles = 2)", "2008", "`fit` has no option `particles`", "particles"],
    ["t(balance = parents)", "5011", "`balance` makes no sense for a variable without parents", "balance = parents"],
    ["x(3)", "3009", "`fit` takes its options by name", "3"],
    ["t(batch = 1), t(batch = 2)", "2015", "there are two `fit` statements for `t`", "t"],
    ["y(epochs = 3)", "2001", "`y` is not defined", "y"],
    ["s(epochs = 3)", "5012", "`s` has nothing to fit", "s"],
    ["x(epochs = 3", "1002", "", "("],
    ["", "1001", "expected options such as `t(epochs = 5)`, found nothing", ""],
    ["fit x(epochs = 3)", "1001", "", "fit"],
  ];
  for (const [text, code, message, marked] of wrong)
    it(`are refused where a statement would be: ${text || "nothing"}`, () => {
      const { fits, diagnostics } = compileFitOptions(text, model);
      expect(fits).to.deep.equal([]);
      const [first] = diagnostics;
      expect(diagnostics.length).to.equal(1);
      expect(first!.code).to.equal(code);
      expect(first!.file).to.equal("--fit");
      expect(first!.message).to.contain(message);
      expect(text.slice(first!.span!.start.offset, first!.span!.end.offset)).to.equal(marked);
    });
});
