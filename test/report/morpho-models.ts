/** The models of `graphs/morpho*.scm` and a few more, written by hand as the compiler would write them. */
import type {
  Abduction,
  Domain,
  Expression,
  ExpressionMechanism,
  LearnedMechanism,
  Mechanism,
  Model,
  Noise,
  Variable,
} from "../../src/schema/types.js";

export const v = (name: string): Expression => ({ kind: "variable", name });
export const noise = (name: string): Expression => ({ kind: "noise", name });
export const natural = (name: string): Expression => ({ kind: "natural", name });
export const c = (value: number): Expression => ({ kind: "constant", value });

type FunctionName = Extract<Expression, { kind: "apply" }>["function"];

export const apply = (name: FunctionName, ...operands: Expression[]): Expression => {
  return { kind: "apply", function: name, arguments: operands };
};

export function variable(name: string, domain: Domain, doc = "", latent = false): Variable {
  return { name, domain, doc, latent };
}

export function learned(
  variable: string,
  kind: LearnedMechanism["kind"],
  parents: string[],
  abduction: Abduction = "exact",
): Mechanism {
  return { kind, variable, parents, options: {}, abduction };
}

export function expression(
  variable: string,
  parents: string[],
  noises: Noise[],
  expression: Expression,
): ExpressionMechanism {
  return { kind: "expression", variable, parents, noises, expression, inverse: null, abduction: "exact" };
}

export function model(name: string, variables: Variable[], mechanisms: Mechanism[], more: Partial<Model> = {}): Model {
  return {
    formatVersion: 1,
    name,
    variables,
    mechanisms,
    order: variables.map((each) => each.name),
    confounded: [],
    fits: [],
    procedures: { sample: [], abduct: [], logProbability: [] },
    queries: [],
    assertions: [],
    ...more,
  };
}

const t = variable("t", { kind: "positive" }, "stroke thickness, px");
const i = variable("i", { kind: "interval", low: 64, high: 255 }, "intensity");
const x = variable("x", { kind: "image", height: 28, width: 28, channels: 1 }, "digit");

export const morpho = model(
  "morpho",
  [t, i, x],
  [learned("t", "flow", []), learned("i", "flow", ["t"]), learned("x", "cvae", ["t", "i"], "amortised")],
);

export const morphoConditional = model(
  "morpho_conditional",
  [t, i, x],
  [learned("t", "flow", []), learned("i", "flow", []), learned("x", "cvae", ["t", "i"], "amortised")],
);

export const morphoIndependent = model(
  "morpho_independent",
  [t, i, x],
  [learned("t", "flow", []), learned("i", "flow", []), learned("x", "cvae", [], "amortised")],
);

export const morphoTruth = model(
  "morpho_truth",
  [t, i, x],
  [
    expression("t", [], [{ name: "e", distribution: "gamma", parameters: [10, 5] }], apply("add", c(0.5), noise("e"))),
    expression(
      "i",
      ["t"],
      [{ name: "e", distribution: "normal", parameters: [0, 1] }],
      apply(
        "add",
        apply(
          "multiply",
          c(191),
          apply(
            "sigmoid",
            apply(
              "subtract",
              apply("add", apply("multiply", c(0.5), noise("e")), apply("multiply", c(2), v("t"))),
              c(5),
            ),
          ),
        ),
        c(64),
      ),
    ),
    {
      kind: "operator",
      variable: "x",
      parents: ["t", "i"],
      noises: [{ name: "e", distribution: "mnist", parameters: [], split: "train" }],
      call: {
        operator: "set_intensity",
        image: { operator: "set_thickness", image: { kind: "noise", name: "e" }, arguments: [v("t")], mode: "fast" },
        arguments: [v("i")],
        mode: "fast",
      },
      abduction: "record",
    },
  ],
);

/** Every class of mechanism, a latent variable, an unobserved common cause, long names and documents. */
export const gallery = model(
  "gallery",
  [
    variable("a", { kind: "positive" }, "age, years"),
    variable("s", { kind: "binary" }, "sex"),
    variable("u", { kind: "real" }, "socio-economic status", true),
    variable("b", { kind: "positive" }, "brain volume, ml"),
    variable("ventricles", { kind: "positive" }, 'ventricle volume & "<CSF>", ml'),
    variable("stage", { kind: "categorical", size: 4 }, "stage of the disease"),
    variable("total", { kind: "real" }, "sum"),
    variable("x", { kind: "image", height: 64, width: 64, channels: 1 }, "T1 slice"),
    variable("y", { kind: "vector", size: 8 }),
  ],
  [
    learned("a", "flow", []),
    learned("s", "bernoulli", [], "posterior_sample"),
    learned("u", "flow", []),
    learned("b", "flow", ["s", "a", "u"]),
    learned("ventricles", "linear", ["a", "b"]),
    learned("stage", "categorical", ["a", "u"], "posterior_sample"),
    {
      ...expression("total", ["b", "ventricles"], [], apply("add", v("b"), v("ventricles"))),
      abduction: "deterministic",
    },
    learned("x", "cvae", ["b", "ventricles", "a"], "amortised"),
    learned("y", "ali", ["x"], "implicit"),
  ],
  { confounded: [["s", "stage"]] },
);
