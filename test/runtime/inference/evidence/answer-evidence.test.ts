/**
 * The counterfactual of one unit stands with its spread and the error of its mean; expected values are moments of
 * normal distributions.
 */
import { expect } from "chai";
import { counterfactualColumns } from "../../../../src/cli/places/answer-data.js";
import { answerLines, describeAnswer } from "../../../../src/cli/print/describe-answer.js";
import { compile } from "../../../../src/compiler/compile.js";
import { compileQueryText } from "../../../../src/compiler/query-text.js";
import { toDigitsOf } from "../../../../src/runtime/inference/units/particle-error.js";
import { type CounterfactualAnswer, wholeAnswer } from "../../../../src/runtime/inference/whole-answer.js";
import { boundModel, type LoadedModel, loadUnfitted } from "../../../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../../../src/runtime/tensors/engine/index.js";

const program = `
w : real := e where e ~ normal(0, 1)
t : real := w + e where e ~ normal(0, 1)
square : real := w * w + t + e where e ~ normal(0, 1)
line : real := 2 * w + t + e where e ~ normal(0, 1)
`;
const engine = createEngine("onnx");
let loaded: LoadedModel;

async function ask(text: string, particles: number, seed: number): Promise<CounterfactualAnswer> {
  const { query } = compileQueryText(text, boundModel(loaded), "query");
  const [answer] = await wholeAnswer({ loaded, engine, seed }, query!, undefined, { particles });
  if (answer?.kind !== "counterfactual") throw new Error("not a counterfactual");
  return answer;
}

describe("the counterfactual of one unit", () => {
  before(() => {
    const { model } = compile({ text: program, file: "p.scm" });
    loaded = loadUnfitted(model!, "p.scm");
  });

  it("is exact where it has a closed form", async () => {
    // w | t = 1 is N(1/2, 1/2): the mean of 2 w + 0 + e is 1, its variance 4 / 2 + 1.
    const { errors } = await ask("counterfactual(line | t = 1, do(t := 0))", 32, 1);
    const error = errors!.get("line")!;
    if (error.kind !== "number") throw new Error("a number was asked for");
    expect(error).to.include({ exact: true, standardError: 0 });
    expect(error.mean).to.be.closeTo(1, 1e-6);
    expect(error.sd).to.be.closeTo(Math.sqrt(3), 1e-6);
  });

  it("has the error of its mean over particles, which as many seeds bear out (false alarms 1e-4)", async () => {
    // E w² = 1/4 + 1/2; the variance of w² + e is 2 / 4 + 4 / 4 · 1/2 + 1 = 2.
    const scores: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const error = (await ask("counterfactual(square | t = 1, do(t := 0))", 32, seed)).errors!.get("square")!;
      if (error.kind !== "number") throw new Error("a number was asked for");
      expect(error.standardError).to.be.closeTo(error.sd / Math.sqrt(32), 1e-6);
      scores.push((error.mean - 0.75) / (Math.SQRT2 / Math.sqrt(32)));
    }
    // A sum of 20 squares of standard normal scores, which is above 53 or below 4.5 with probability 1e-4 each.
    const sum = scores.reduce((total, score) => total + score * score, 0);
    expect(sum).to.be.within(4.5, 53);
  });

  it("is printed to the digits that its error supports, beside it", async () => {
    const answer = await ask("counterfactual(square | t = 1, do(t := 0))", 32, 1);
    const error = answer.errors!.get("square")!;
    if (error.kind !== "number") throw new Error("a number was asked for");
    const column = counterfactualColumns(loaded, answer, undefined).get("square")!;
    if (column.kind !== "numeric") throw new Error("a column of numbers");
    expect(column.values[0]).to.equal(Math.fround(toDigitsOf(error.mean, error.standardError)));
    expect(String(toDigitsOf(error.mean, error.standardError)).length).to.be.at.most(5);
    const described = describeAnswer(loaded, answer);
    const lines = answerLines(described).join("\n");
    expect(lines).to.match(
      /square = -?\d\.\d+ ± 0\.\d+ on average \(standard error of the simulation, particles worth 32\)/,
    );
    expect(described.errors).to.have.property("square");
  });

  it("is what the refusal of evidence on a variable that is set points to", () => {
    const { diagnostics } = compileQueryText("expectation(line | t = 1, do(t := 0))", boundModel(loaded), "query");
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(["5014"]);
    expect(diagnostics[0]!.hint).to.contain("counterfactual(… | t = …, do(…))");
  });

  it("keeps the second digit of the error, and no more", () => {
    expect(toDigitsOf(2.4259014, 0.26)).to.equal(2.43);
    expect(toDigitsOf(123456.7, 2300)).to.equal(123500);
    expect(toDigitsOf(1.5, 0)).to.equal(1.5);
  });
});
