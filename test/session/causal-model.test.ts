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

  it("answers queries by plain objects", async () => {
    const m = await model();
    const worlds = await m.ask('counterfactual(sex, v | do(sex := ["M", "F"], t := 4))', { units });
    const plain = worlds.map((world) =>
      world.kind === "counterfactual" ? { setting: world.setting, sex: world.values.sex, v: [...world.values.v!] } : {},
    );
    expect(plain).to.deep.equal([
      { setting: { sex: "M" }, sex: ["M", "M"], v: [12, 12] },
      { setting: { sex: "F" }, sex: ["F", "F"], v: [12, 12] },
    ]);
    const [drawn] = await m.ask("sample(t, sex | do(t := 4))", { samples: 20 });
    expect(drawn).to.include({ kind: "sample", rows: 20 });
    const columns = drawn!.kind === "sample" ? drawn!.values : {};
    expect(Object.keys(columns)).to.have.members(["t", "sex"]);
    expect([...columns.t!]).to.deep.equal(new Array(20).fill(4));
    expect(columns.sex).to.satisfy((texts: string[]) => texts.every((text) => text === "F" || text === "M"));
    const [mean] = await m.ask("expectation(i | do(t := 4))");
    expect(mean).to.include({ kind: "estimate", precision: "exact" }).and.not.have.property("name");
  }).timeout(20_000);

  it("finds what is missing of a unit, as the shell does", async () => {
    const m = await model();
    // Only the model tells about y: E y = 2 - 1 = 1, and one more under do(t := t + 1).
    const { values } = await m.counterfactual(
      { sex: ["F"], t: [1], i: [2], v: [3] },
      { t: add(1) },
      { targets: ["y", "v"] },
    );
    expect([values.y![0], values.v![0]]).to.deep.equal([2, 6]);
  });

  it("says in its own words where units are lacking", async () => {
    const m = await model();
    for (const [ask, says] of [
      [() => m.ask("counterfactual(v | do(t := 4))"), "it needs observed units"],
      [() => m.ask("density(t)"), "taken at observed units"],
    ] as const) {
      const error = await (ask() as Promise<unknown>).then(
        () => expect.fail("no error"),
        (thrown: { diagnostics: { message: string; hint: string }[] }) => thrown.diagnostics[0]!,
      );
      expect(error.message).to.contain(says);
      expect(error.hint).to.equal("Give their columns in `units`.");
    }
  });

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
