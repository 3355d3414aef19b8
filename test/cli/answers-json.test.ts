/**
 * The JSON of answers passes its schema, with infinities as strings, and figures come back from it as the numbers that
 * they were.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { describeAnswer } from "../../src/cli/print/describe-answer.js";
import { compile } from "../../src/compiler/compile.js";
import { compileQueryText } from "../../src/compiler/query-text.js";
import { jsonText, withNumbers } from "../../src/model/files/json-text.js";
import { wholeAnswer } from "../../src/runtime/inference/whole-answer.js";
import { boundModel, loadUnfitted } from "../../src/runtime/mechanisms/loaded-model.js";
import { createEngine } from "../../src/runtime/tensors/engine/index.js";
import { root } from "./support.js";

const program = `
a : real := e where e ~ normal(0, 1)
g := e where e ~ gamma(1, 3)
d := e where e ~ beta(0.5, 0.5)
u := e where e ~ uniform(0, 1)
n := g + e where e ~ normal(0, 1)
`;
const texts = [
  "expectation(a)",
  "expectation(g)",
  "density(u = 2)",
  "density(d = 0)",
  "density(n = 0.5)",
  "probability(g > 100)",
  "probability(g > 2)",
  "expectation(g | n = 1)",
  "expectation(g | do(a := [0, 1]))",
  "sample(a | g = 0)",
  "counterfactual(n | g = 1, do(g := 2))",
  "expectation(a | g = 0)",
];

describe("the JSON of answers", () => {
  it("passes schema/answers.schema.json for every form of query", async () => {
    const schema = JSON.parse(readFileSync(join(root, "schema/answers.schema.json"), "utf8"));
    const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
    const { model } = compile({ text: program, file: "p.scm" });
    const loaded = loadUnfitted(model!, "p.scm");
    const engine = createEngine("onnx");
    const values: unknown[] = [];
    for (const text of texts) {
      const { query } = compileQueryText(text, boundModel(loaded), "query");
      const found = await wholeAnswer({ loaded, engine, seed: 1 }, query!, undefined, { samples: 1000 });
      const answers = found.map((answer) => describeAnswer(loaded, answer));
      const parsed = JSON.parse(jsonText({ seed: 1, answers }));
      expect(validate(parsed), `${text}: ${JSON.stringify(validate.errors)}`).to.equal(true);
      values.push(parsed.answers[0].value);
    }
    // Outside the support, at a pole of it, and evidence at the edge where the density is 3.
    expect(values[2]).to.equal("-Infinity");
    expect(values[3]).to.equal("Infinity");
    expect(values.at(-1)).to.equal(0);
  });

  it("gives figures back as numbers, and leaves names as they are", () => {
    const figures = {
      name: "NaN",
      value: Number.NEGATIVE_INFINITY,
      parts: [1, Number.NaN, Number.POSITIVE_INFINITY],
      setting: { c: "Infinity" },
      missing: null,
    };
    const text = jsonText(figures);
    expect(text).to.equal(
      '{"name":"NaN","value":"-Infinity","parts":[1,"NaN","Infinity"],"setting":{"c":"Infinity"},"missing":null}',
    );
    expect(withNumbers(JSON.parse(text))).to.deep.equal(figures);
  });
});
