/** Mutated programs and models: never a crash, every failure a diagnostic inside the text. More rounds: FUZZ=200000. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { compile } from "../../src/compiler/compile.js";
import { compileInterventions } from "../../src/compiler/interventions.js";
import { catalogue } from "../../src/diagnostics/catalogue.js";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/load.js";
import { serialiseModel } from "../../src/model/serialise.js";
import { compiled } from "./support.js";

const rounds = Number(process.env.FUZZ ?? 4000);
const seeds = [1, Date.now() % 2 ** 31];

const graphs = ["morpho", "morpho_truth", "morpho_conditional", "brain"].map((name) =>
  readFileSync(new URL(`../../../graphs/${name}.scm`, import.meta.url), "utf8"),
);
const examples = catalogue.flatMap(({ examples: pair }) => (pair === undefined ? [] : [pair.bad, pair.good]));
const rich = `let k = 2 * 3
latent u : real
s : categorical("F", "M") := categorical()
b : binary := e where e ~ bernoulli(0.3)
r : real := if(s == "F", k, 1) * e + u where e ~ student_t(3, 0, 1)
p : positive := exp(0.1 * r) * e ^ 2 / (1 + b) where e ~ lognormal(0, 1)
w := e / (1 + e) where e ~ beta(2, 2)
r <-> p
query q = expectation(p | b = 1, do(r := r + e for p where e ~ normal(0, 1), s := "M")) - quantile(0.5, w) / k
assert r independent w given s, b`;
const programs = [...graphs, rich, ...examples];
const pieces = rich.match(/\w+|[^\w\s]+|\s+/g)!;

/** A small generator of our own, so that a seed gives the same texts on every machine (Marsaglia's xorshift). */
function generator(seed: number): (limit: number) => number {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function mutate(text: string, random: (limit: number) => number): string {
  let mutated = text;
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(mutated.length + 1);
    const end = Math.min(mutated.length, at + random(8));
    const insert = [
      "",
      pieces[random(pieces.length)]!,
      mutated.slice(at, end).repeat(2),
      String.fromCharCode(random(0x180)),
      mutated.slice(random(mutated.length + 1)).slice(0, 30),
    ][random(5)]!;
    mutated = mutated.slice(0, at) + insert + mutated.slice(random(2) === 0 ? at : end);
  }
  return mutated;
}

/** Puts another part of the model, or an odd value, in the place of some part. */
function mutateJson(text: string, random: (limit: number) => number): string {
  const holders: (unknown[] | Record<string, unknown>)[] = [];
  const parts: unknown[] = [null, -1, 0.5, "t", "", [], {}, true];
  const model: unknown = JSON.parse(text, (_key, value: unknown) => {
    parts.push(value);
    if (typeof value === "object" && value !== null) holders.push(value as Record<string, unknown>);
    return value;
  });
  for (let times = 1 + random(2); times > 0; times--) {
    const holder = holders[random(holders.length)]! as Record<string, unknown>;
    const keys = Object.keys(holder);
    const key = keys[random(keys.length)];
    // A copy, so that no part comes to hold itself.
    if (key !== undefined) holder[key] = structuredClone(parts[random(parts.length)]);
  }
  return JSON.stringify(model);
}

for (const seed of seeds) {
  describe(`fuzzing with seed ${seed}`, () => {
    const random = generator(seed);
    const model = compiled(graphs[0]!);

    it("programs", () => {
      for (let round = 0; round < rounds / 2; round++) {
        const text = mutate(programs[random(programs.length)]!, random);
        const { model: result, diagnostics } = compile({ text, file: "fuzz.scm" });
        const hasErrors = diagnostics.some(({ severity }) => severity === "error");
        expect(result === undefined, text).to.equal(hasErrors);
        for (const { span, message } of diagnostics) {
          expect(span!.start.offset, `${message}\n${text}`).to.be.within(0, text.length);
          expect(span!.end.offset, `${message}\n${text}`).to.be.within(span!.start.offset, text.length);
        }
        if (result !== undefined && round % 8 === 0) parseModel(serialiseModel(result), "fuzz.scm.json");
      }
    });

    it("interventions", () => {
      for (let round = 0; round < rounds / 8; round++) {
        const text = mutate("t := t + 2, i := 0.5 * i + e for x where e ~ normal(0, 1)", random);
        const { diagnostics } = compileInterventions(text, model);
        for (const { span } of diagnostics) expect(span!.end.offset, text).to.be.at.most(text.length);
      }
    });

    it("models", () => {
      const texts = graphs.map((text) => JSON.stringify(compiled(text)));
      for (let round = 0; round < rounds / 4; round++) {
        const text = (round % 4 === 0 ? mutate : mutateJson)(texts[random(texts.length)]!, random);
        try {
          parseModel(text, "fuzz.scm.json");
        } catch (error) {
          if (!(error instanceof ScmcError)) throw new Error(`${text}\n${(error as Error).stack}`);
        }
      }
    });
  });
}
