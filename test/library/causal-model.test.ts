/** The library's object: the same answers as the procedures beneath it, and errors that name what is wrong. */
import { expect } from "chai";
import { add, load, multiply, seenBy, written } from "../../src/index.js";
import { directoryWith } from "../cli/support.js";

const program = `
sex : categorical("F", "M") := e where e ~ categorical(0.5, 0.5)
t := 1 + e where e ~ normal(0, 1)
i := 2 * t + e where e ~ normal(0, 1)
y := i - t + e where e ~ normal(0, 1)
v := t * 3
`;

async function model() {
  return load(`${directoryWith({ "m.scm": program })}/m.scm`);
}

async function message(run: () => Promise<unknown>): Promise<string> {
  return run().then(
    () => "no error",
    (error: { diagnostics?: { message: string }[]; message: string }) =>
      error.diagnostics?.[0]?.message ?? error.message,
  );
}

describe("the library's causal model", () => {
  const units = { sex: ["F", "M"], t: [0, 1], i: [1, 1], y: [0, 0], v: [0, 3] };

  it("answers counterfactuals of every form of action", async () => {
    const m = await model();
    const values = async (actions: Parameters<typeof m.counterfactual>[1]) =>
      (await m.counterfactual(units, actions)).values;
    expect([...(await values({ t: add(2) })).i!]).to.deep.equal([5, 5]);
    expect([...(await values({ t: multiply(-1) })).i!]).to.deep.equal([1, -3]);
    expect([...(await values({ t: 4 })).v!]).to.deep.equal([12, 12]);
    expect([...(await values({ t: written("if(t > 0, 2, t)") })).i!]).to.deep.equal([1, 3]);
  }).timeout(20_000);

  it("restricts a change to the children that see it", async () => {
    const { values } = await (await model()).counterfactual(units, { t: seenBy(["i"], add(2)) });
    expect([...values.t!]).to.deep.equal([0, 1]);
    expect([...values.i!]).to.deep.equal([5, 5]);
    expect([...values.y!]).to.deep.equal([4, 4]);
  });

  it("takes and gives classes by name", async () => {
    const { values } = await (await model()).counterfactual(units, { sex: "M" });
    expect(values.sex).to.deep.equal(["M", "M"]);
    expect((await (await model()).sample(3, { sex: "F" })).sex).to.deep.equal(["F", "F", "F"]);
  });

  it("names what is wrong with units, targets and actions", async () => {
    const m = await model();
    expect(await message(() => m.logProbability({ tt: [1] }))).to.equal("the model has no variable `tt`");
    expect(await message(() => m.logProbability({ t: [1], i: [1, 2] }))).to.equal(
      "the columns differ in length: `t` has 1, `i` has 2",
    );
    expect(await message(() => m.logProbability({ t: [1, Number.NaN] }))).to.equal("`t` of unit 2 is NaN");
    expect(await message(() => m.counterfactual({ ...units, sex: ["F", "X"] }, { t: 1 }))).to.equal(
      '`sex` of unit 2 is "X"',
    );
    expect(await message(() => m.logProbability({ t: [1, null as never] }))).to.equal("`t` of unit 2 is null");
    expect(await message(() => m.logProbability({ t: [1, "2" as never] }))).to.equal("`t` of unit 2 is 2");
    expect(await message(() => m.sample(1.5))).to.equal("1.5 is no number of units");
    expect(await message(() => m.expectation("q"))).to.equal("the model has no variable `q`");
    expect(await message(() => m.sample(1, {}, { targets: ["q"] }))).to.equal("the model has no variable `q`");
    expect(await message(() => m.sample(1, { q: 1 }))).to.match(/q/);
    expect(await message(() => load("nowhere.scm"))).to.match(/cannot be read/);
  });
});
