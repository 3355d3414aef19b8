/** Model files of great depth and width, as no compiler of ours writes them: an answer or a refusal, and soon. */
import { expect } from "chai";
import { ScmcError } from "../../src/diagnostics/diagnostic.js";
import { parseModel } from "../../src/model/files/load.js";
import { compiled } from "../compiler/support.js";
import { follow } from "../programs/whole-way.js";

// biome-ignore lint/suspicious/noExplicitAny: the tests build models in ways that their types forbid.
type Loose = any;

function modelOf(text: string, change: (model: Loose) => void): string {
  const model = JSON.parse(JSON.stringify(compiled(text)));
  change(model);
  return JSON.stringify(model);
}

function wrapped(inner: unknown, times: number, layer: (inner: unknown) => unknown): unknown {
  let outer = inner;
  for (let time = 0; time < times; time++) outer = layer(outer);
  return outer;
}
const negated = (inner: unknown) => ({ kind: "apply", function: "negate", arguments: [inner] });
const names = Array.from({ length: 30_000 }, (_, index) => `a${index}`);
const shift = "t := flow()\ni := flow(t)\nquery q = counterfactual(i | do(t := t + 1))";

/** The code of the refusal; none: the model is taken. */
function answer(text: string): string | undefined {
  try {
    follow(parseModel(text, "m.scm.json"));
    return undefined;
  } catch (error) {
    if (!(error instanceof ScmcError)) throw error;
    return error.diagnostics[0]!.code;
  }
}

const cases: readonly (readonly [what: string, text: () => string, code: string | undefined])[] = [
  ...(
    [
      [700, undefined],
      [2000, "8001"],
      [100_000, "8001"],
    ] as const
  ).flatMap(([depth, code]) => [
    [
      `an expression ${depth} deep`,
      () =>
        modelOf("t := e where e ~ normal(0, 1)", ({ mechanisms: [t] }) => {
          t.expression = "HERE";
        }).replace(
          '"HERE"',
          '{"kind":"apply","function":"negate","arguments":['.repeat(depth) +
            '{"kind":"noise","name":"e"}' +
            "]}".repeat(depth),
        ),
      code,
    ] as const,
  ]),
  [
    "a query 700 deep",
    () =>
      modelOf("t := flow()\nquery q = 2 * expectation(t)", ({ queries: [q] }) => {
        q.expression = wrapped(q.expression, 700, negated);
      }),
    undefined,
  ],
  [
    "an intervention 700 deep",
    () =>
      modelOf(shift, ({ queries: [q] }) => {
        const [action] = q.expression.interventions;
        action.expression = wrapped(action.expression, 700, negated);
      }),
    undefined,
  ],
  [
    "lists in lists as an option",
    () =>
      modelOf("t := flow()", ({ mechanisms: [t] }) => {
        t.options.hidden = wrapped([], 1400, (inner) => [inner]);
      }),
    "3009",
  ],
  [
    "a maximum of 300,000 parts",
    () =>
      modelOf("p := flow()\nt := max(p, 2) + e where e ~ normal(0, 1)", ({ mechanisms: [, t] }) => {
        const [maximum] = t.expression.arguments;
        maximum.arguments = Array.from({ length: 300_000 }, (_, index) => maximum.arguments[index % 2]);
      }),
    undefined,
  ],
  [
    "30,000 parents of one variable",
    () =>
      modelOf(`${names.map((name) => `${name} := flow()`).join(";")}; t := flow()`, (model) => {
        model.mechanisms.at(-1).parents = names;
        delete model.procedures;
      }),
    undefined,
  ],
  [
    "30,000 common causes",
    () =>
      modelOf("a := flow(); b := flow(a); c := flow()\nassert c -/> a", (model) => {
        model.confounded = names.map(() => ["a", "c"]);
      }),
    undefined,
  ],
  [
    "a text of 16 MB",
    () =>
      modelOf("t := flow()", ({ variables: [t] }) => {
        t.doc = "\\x".repeat(2 ** 23);
      }),
    undefined,
  ],
  [
    "a text of 16 MB beside a fault",
    () =>
      modelOf("t := flow()", ({ variables: [t] }) => {
        t.doc = "x".repeat(2 ** 24);
        t.latent = 1;
      }),
    "8002",
  ],
  [
    "30,000 faults",
    () =>
      modelOf(names.map((name) => `${name} := flow()`).join(";"), ({ mechanisms }) => {
        for (const mechanism of mechanisms) mechanism.parents = ["unknown"];
      }),
    "2001",
  ],
];

describe("model files of great depth and width", () => {
  for (const [what, text, code] of cases) {
    it(what, () => {
      const json = text();
      const start = process.cpuUsage();
      expect(answer(json)).to.equal(code);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1e6, "seconds").to.be.below(15);
    });
  }
});
