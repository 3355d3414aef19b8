/**
 * Mutated programs, models and interventions: never a crash, every failure a diagnostic inside the text. The script
 * scripts/fuzz.ts runs the same at length.
 */
import { expect } from "chai";
import { compileInterventions } from "../../src/compiler/interventions.js";
import { compiled } from "../compiler/support.js";
import { randomFrom } from "../programs/random.js";
import { corpus, fuzzModels, fuzzPrograms, type Tally } from "./fuzz.js";
import { mutateText } from "./mutate-text.js";

const seeds = [1, Date.now() % 2 ** 31];

function expectNoFault({ faults, accepted }: Tally): void {
  expect(faults.map(({ reason, text }) => `${reason}\n${text}`)).to.deep.equal([]);
  // Else only the first checks would be tried.
  expect(accepted).to.be.greaterThan(10);
}

for (const seed of seeds) {
  describe(`fuzzing with seed ${seed}`, () => {
    it("programs", () => {
      expectNoFault(fuzzPrograms(seed, 1750));
    });

    it("models", () => {
      expectNoFault(fuzzModels(seed, 750));
    });

    it("interventions", () => {
      const random = randomFrom(seed);
      const model = compiled("t : positive := flow()\ni := flow(t)\nx : image(2, 2) := cvae(t, i)");
      for (let round = 0; round < 1000; round++) {
        const text = mutateText("t := t + 2, i := 0.5 * i + e for x where e ~ normal(0, 1)", corpusOfOne, random);
        const { interventions, diagnostics } = compileInterventions(text, model);
        if (interventions.length === 0) expect(diagnostics.length, text).to.be.greaterThan(0);
        for (const { span } of diagnostics) {
          expect(span!.start.offset, text).to.be.within(0, text.length);
          expect(span!.end.offset, text).to.be.within(span!.start.offset, text.length);
        }
      }
    });
  });
}

const corpusOfOne = ["t := if(t > 3, e, -i ^ 2) for x, i where e ~ gamma(1, 2)"];

describe("the corpus of the fuzzer", () => {
  it("holds programs of every kind", () => {
    const texts = corpus(1);
    expect(texts.length).to.be.greaterThan(300);
    for (const word of ["latent", "query", "assert", "<->", "where", "fit", "mnist"]) {
      expect(
        texts.some((text) => text.includes(word)),
        word,
      ).to.equal(true);
    }
  });
});
