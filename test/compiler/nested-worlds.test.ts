/** Assignments of one variable for different children: what may stand together, in a program and in a model's JSON. */
import { expect } from "chai";
import { writePlan } from "../../src/compiler/describe-plan.js";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import { format } from "../../src/parser/format.js";
import { graphView } from "../../src/report/graph/graph-view.js";
import type { QueryTerm } from "../../src/schema/types.js";
import { compiled, expectMarked } from "./support.js";

const model = "t : real := flow()\nm : real := flow(t)\ny : real := flow(t, m)\n";
const nested = `${model}query q = counterfactual(y | do(t := 1 for y, t := t + 1 for m))\n`;

describe("nested worlds of a program", () => {
  it("are kept by the formatter, the JSON and the plan", () => {
    const program = compiled(nested);
    const written = format(nested, "m.scm").text;
    expect(written).to.contain("do(t := 1 for y, t := t + 1 for m)");
    expect(compiled(written).queries).to.deep.equal(program.queries);
    expect(parseModel(serialiseModel(program), "m.scm.json").queries).to.deep.equal(program.queries);
    const plan = writePlan(program, program.queries[0]!);
    expect(plan).to.contain("action      t := 1 for y\n");
    expect(plan).to.contain("t := t + 1 for m\n");
    expect(plan).to.contain("recompute m, y\n");
    const { interventions } = program.queries[0]!.expression as QueryTerm;
    const view = graphView(program, interventions);
    expect(view.nodes.find(({ name }) => name === "t")!.intervention).to.equal("do(t := 1 for y, t := t + 1 for m)");
    expect(view.edges.filter(({ changed }) => changed).map(({ from, to }) => `${from} ${to}`)).to.deep.equal([
      "t m",
      "t y",
    ]);
  });

  it("are refused where a child would see two values", () => {
    const query = (text: string) => expectMarked(`${model}query q = expectation(y | do(${text}))`);
    query("t := 1, t := 0 for m");
    query("t := 1 for y, t := 0 for m, t := 2");
    query("t := 1 for y, t := 0 for m, <|2022 y|>");
    query("t := 1, <|2016 t|> := 0");
    query("t := 1 for m, t := 2, <|2016 t|> := 0");
    query("t := t + e for y where e ~ normal(0, 1), t := e for m where <|2006 e|> ~ normal(0, 1)");
    expectMarked(`${model}query q = counterfactual(y | do(t := 1 for y, t := <|2023 [0, 1]|> for m))`);
  });

  it("are checked in a model that another tool wrote", () => {
    const json = JSON.parse(serialiseModel(compiled(nested)));
    json.queries[0].expression.interventions[1].only = ["y"];
    for (const field of ["plan", "inference"]) delete json.queries[0].expression[field];
    let codes: string[] = [];
    try {
      parseModel(JSON.stringify(json), "m.scm.json");
    } catch (error) {
      if (error instanceof ScmcError) codes = error.diagnostics.map(({ code }) => code);
    }
    expect(codes).to.deep.equal(["2022"]);
  });
});
