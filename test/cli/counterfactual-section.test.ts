/** Counterfactual queries in the report. */
import { expect } from "chai";
import { constant } from "../../src/algebra/expression.js";
import { byQuery, counterfactualSection } from "../../src/cli/print/counterfactual-section.js";
import type { LoadedDataset } from "../../src/data/columns/dataset.js";
import { planCounterfactual } from "../../src/model/plans/plan.js";
import type { CounterfactualAnswer } from "../../src/runtime/inference/whole-answer.js";
import { parseXml, pathPoints, withClass } from "../report/xml.js";
import { interventions, loaded } from "../runtime/models.js";

describe("the worlds of a grid in the report", () => {
  const model = loaded("t := linear()\ny : binary := bernoulli(t)\nquery g = counterfactual(y | do(t := [0, 1]))");
  const test: LoadedDataset = {
    rows: 1,
    ids: ["0"],
    columns: new Map([["y", { kind: "numeric", values: Float64Array.of(0) }]]),
    noise: new Map(),
    domains: new Map(),
  };
  const world = (value: number, share: number): CounterfactualAnswer => ({
    kind: "counterfactual",
    name: `g.${value + 1}`,
    setting: { t: constant(value) },
    units: "observed",
    rows: 1,
    plan: planCounterfactual(model.model, interventions("t := 0", model), ["y"]),
    values: new Map([["y", Float32Array.of(0)]]),
    probabilities: new Map([["y", Float32Array.of(1 - share, share)]]),
    spread: new Map(),
    targets: ["y"],
    support: [],
    inference: [],
  });

  it("shows how the share of a class changes where the modal class does not", () => {
    const [worlds] = byQuery([world(0, 0.1), world(1, 0.4)]);
    const { figures } = counterfactualSection({ loaded: model, test }, worlds!);
    const lines = withClass(parseXml(String(figures![0]!.drawing)), "line").map(({ attributes }) =>
      pathPoints(attributes.d!),
    );
    const mean = lines.at(-1)!;
    expect(mean[1]![1]).to.be.below(mean[0]![1] - 10);
  });
});
