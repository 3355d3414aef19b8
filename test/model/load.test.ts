/** Models as JSON text: round trips, and what is refused, with a JSON pointer. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/files/load.js";
import { serialiseModel } from "../../src/model/files/serialise.js";
import type { Model } from "../../src/schema/types.js";
import { compiled } from "../compiler/support.js";

const graphs = ["morpho", "morpho_truth", "morpho_independent", "morpho_conditional", "brain"];
const textOf = (name: string): string => readFileSync(new URL(`../../../graphs/${name}.scm`, import.meta.url), "utf8");

// biome-ignore lint/suspicious/noExplicitAny: the tests break models in ways that their types forbid.
type Broken = any;

function refused(change: (model: Broken) => void, name = "morpho"): string[] {
  const model = JSON.parse(serialiseModel(compiled(textOf(name))));
  change(model);
  return refusedText(JSON.stringify(model));
}

function refusedText(text: string): string[] {
  try {
    parseModel(text, "m.scm.json");
  } catch (error) {
    if (!(error instanceof ScmcError)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
  }
  return [];
}

describe("model files", () => {
  for (const name of graphs) {
    it(`${name} comes back as it was written, to the byte`, () => {
      const text = serialiseModel(compiled(textOf(name)));
      expect(serialiseModel(parseModel(text, "m"))).to.equal(text);
      expect(text.endsWith("}\n")).to.equal(true);
    });
  }

  it("may leave out what follows from the rest", () => {
    const model: Partial<Model> = JSON.parse(serialiseModel(compiled(textOf("morpho"))));
    const { procedures, order, ...rest } = model;
    expect(parseModel(JSON.stringify(rest), "m")).to.deep.include({ procedures, order });
  });

  const cases: readonly (readonly [what: string, change: (model: Broken) => void, ...expected: string[]])[] = [
    [
      "an unknown mechanism",
      (m) => (m.mechanisms[0].kind = "flwo"),
      "8002 /mechanisms/0/kind: must be one of expression, operator, table, flow, linear, anm, glm, cvae, hvae, ali, bernoulli, categorical, unobserved",
    ],
    [
      "an unknown function",
      (m) => (m.queries[0].expression.interventions[0].expression.function = "plus"),
      "8002 /queries/0/expression/interventions/0/expression/function: must be one of add, subtract, multiply, divide, power, negate, exp, log, sqrt, sigmoid, logit, softplus, softplus_inverse, tanh, atanh, abs, min, max, clip, if, less, less_equal, greater, greater_equal, equal, not_equal",
    ],
    [
      "a target that is no expression of variables",
      (m) => {
        const term = m.queries[0].expression;
        term.of = [{ kind: "value" }];
        delete term.plan;
      },
      "8004 /queries/0/expression/of/0: `value` belongs in an inverse only",
      "5002 /queries/0/expression/of/0: `counterfactual` asks for variables by their bare names",
    ],
    [
      "a quantile without level, and a function of queries with one argument",
      (m) => {
        const { plan, ...term } = m.queries[0].expression;
        const quantile = { ...term, kind: "quantile", of: term.of.slice(0, 2) };
        m.queries[0].expression = { kind: "apply", function: "add", arguments: [quantile] };
      },
      "3008 /queries/0/expression: `add` with 1 arguments",
      "3008 /queries/0/expression/arguments/0/of: `quantile` with 2 targets",
      "3009 /queries/0/expression/arguments/0: a quantile's `level` lies between 0 and 1",
    ],
    ["a newer format", (m) => (m.formatVersion = 2), "8002 /formatVersion: must be 1"],
    ["a missing part", (m) => delete m.variables, "8002 `variables` is missing"],
    ["an unknown part", (m) => (m.extra = 1), "8002 `extra` is not known here"],
    [
      "a bad name",
      (m) => (m.variables[0].name = "1t"),
      "8002 /variables/0/name: must be a name: letters, digits and `_`, not beginning with a digit",
    ],
    [
      "an unknown kind",
      (m) => (m.variables[0].domain.kind = "reel"),
      "8002 /variables/0/domain/kind: must be one of real, positive, nonnegative, interval, binary, categorical, ordinal, count, vector, image",
    ],
    ["a wrong type", (m) => (m.variables[1].domain.low = "64"), "8002 /variables/1/domain/low: must be number"],
    ["a wrong mechanism part", (m) => (m.mechanisms[1].parents = "t"), "8002 /mechanisms/1/parents: must be array"],
    [
      "an unknown parent",
      (m) => (m.mechanisms[1].parents = ["q"]),
      "2001 /mechanisms/1/parents/0: `q` is no variable of the model",
    ],
    [
      "a parent twice",
      (m) => (m.mechanisms[1].parents = ["t", "t"]),
      "4002 /mechanisms/1/parents/1: `t` is a parent of `i` twice",
    ],
    [
      "a cycle",
      (m) => (m.mechanisms[0].parents = ["i"]),
      "4001 /mechanisms: the variables cause one another in a circle: t → i → t",
    ],
    [
      "a false order",
      (m) => m.order.reverse(),
      "8004 /order: `t` causes `i` but stands after it",
      "8004 /order: `t` causes `x` but stands after it",
    ],
    ["an order without a variable", (m) => m.order.pop(), "8004 /order: must hold every variable once"],
    [
      "a name twice",
      (m) => (m.variables[1].name = "t"),
      "2002 /variables/1/name: `t` is defined twice",
      "8004 /mechanisms/1/variable: is `i`, but variable 1 is `t`",
      "2001 /mechanisms/2/parents/1: `i` is no variable of the model",
      "8004 /order: must hold every variable once",
    ],
    [
      "an interval upside down",
      (m) => (m.variables[1].domain.low = 300),
      "3002 /variables/1/domain: `low` must be less than `high`",
    ],
    [
      "an unknown option",
      (m) => (m.mechanisms[2].options.latnt = 3),
      "2008 /mechanisms/2/options/latnt: `latnt` is no option here",
    ],
    [
      "an option of another type",
      (m) => (m.mechanisms[2].options.latent = "big"),
      "3009 /mechanisms/2/options/latent: `latent` takes a whole number of at least 1",
    ],
    ["a missing option", (m) => delete m.mechanisms[2].options.latent, "8002 /mechanisms/2/options: `latent` missing"],
    [
      "a mechanism of another type",
      (m) => (m.variables[0].domain = { kind: "binary" }),
      "3004 /mechanisms/0: `flow` gives no binary variable",
    ],
    [
      "other procedures",
      (m) => m.procedures.sample.reverse(),
      "8005 /procedures: differs from the procedures that follow from the model",
    ],
    [
      "another plan",
      (m) => (m.queries[0].expression.plan.copy = ["t"]),
      "8005 /queries/0/expression/plan: differs from the plan that follows from the model",
    ],
    [
      "a query of nothing",
      (m) => (m.queries[0].expression.of[0].name = "q"),
      "2001 /queries/0/expression: `q` is no variable of the model",
    ],
    [
      "a false assertion",
      (m) => (m.assertions[0].kind = "not_cause"),
      "4004 /assertions/0: the assertion does not hold: t → x is a directed path",
    ],
    ["a fit of nothing", (m) => (m.fits[0].variable = "q"), "2001 /fits/0/variable: `q` is no variable of the model"],
  ];
  for (const [what, change, ...expected] of cases) {
    it(`are refused: ${what}`, () => {
      expect(refused(change)).to.deep.equal(expected);
    });
  }

  const truths: readonly (readonly [what: string, change: (model: Broken) => void, expected: string])[] = [
    [
      "noise that a query needs and nothing recovers",
      (m) => {
        m.mechanisms[1].inverse = null;
        m.mechanisms[1].abduction = "none";
        delete m.procedures;
        const term = { kind: "counterfactual", of: [{ kind: "variable", name: "i" }], evidence: [] };
        const t = { variable: "t", expression: { kind: "constant", value: 2 }, noises: [] };
        m.queries = [{ name: "q", expression: { ...term, interventions: [t] } }];
      },
      "5013 /queries/0/expression: the noise of `i` cannot be recovered",
    ],
    [
      "an inverse that is none",
      (m) => (m.mechanisms[0].inverse.expression.function = "add"),
      "8006 /mechanisms/0/inverse: is no inverse of the expression: at e = 0.4 the value is 0.9, and the inverse gives 1.4",
    ],
    [
      "a wrong log-derivative",
      (m) => (m.mechanisms[0].inverse.logDerivative.value = 1),
      "8006 /mechanisms/0/inverse: is no inverse of the expression: at e = 0.4 the log-derivative is 0, not 1",
    ],
    [
      "an undeclared noise",
      (m) => (m.mechanisms[0].expression.arguments[1].name = "f"),
      "2001 /mechanisms/0/expression: `f` is no noise of it",
    ],
    [
      "an unused parent",
      (m) => m.mechanisms[2].parents.push("__proto__"),
      "2001 /mechanisms/2/parents/2: `__proto__` is no variable of the model",
    ],
    [
      "a bad parameter",
      (m) => (m.mechanisms[0].noises[0].parameters = [10]),
      "5004 /mechanisms/0/noises/0/parameters: `gamma`: takes (shape, rate), 1 given",
    ],
    ["a wrong abduction", (m) => (m.mechanisms[0].abduction = "none"), '8005 /mechanisms/0/abduction: must be "exact"'],
    [
      "an argument too few",
      (m) => m.mechanisms[0].expression.arguments.pop(),
      "3008 /mechanisms/0/expression: `add` with 1 arguments",
    ],
    [
      "a value outside an inverse",
      (m) => (m.mechanisms[0].expression.arguments[0] = { kind: "value" }),
      "8004 /mechanisms/0/expression: `value` belongs in an inverse only",
    ],
  ];
  for (const [what, change, expected] of truths) {
    it(`with expressions are refused: ${what}`, () => {
      expect(refused(change, "morpho_truth")).to.include(expected);
    });
  }

  it("are refused with the place in the text", () => {
    const text = serialiseModel(compiled(textOf("morpho"))).replace('"latent": 16', '"latent": 16.5');
    try {
      parseModel(text, "m");
      expect.fail();
    } catch (error) {
      const { start, end } = (error as ScmcError).diagnostics[0]!.span!;
      expect(text.slice(start.offset, end.offset)).to.equal("16.5");
    }
  });

  it("that are no JSON are refused", () => {
    expect(refusedText("{").join()).to.match(/^8001 not a JSON file/);
    expect(refusedText("").join()).to.match(/^8001 not a JSON file/);
    expect(refusedText("[".repeat(100_000)).join()).to.match(/^8001 the JSON is nested too deeply/);
    expect(refusedText("null").join()).to.match(/^8002 must be object/);
  });
});
