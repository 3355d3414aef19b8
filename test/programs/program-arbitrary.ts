/**
 * Valid programs for fast-check: every kind of statement, types and mechanisms that fit, expressions that can be
 * inverted, and odd layout (comments, blank lines, `;`, line breaks inside brackets). Names are picked by number, so
 * that programs shrink.
 */
import fc from "fast-check";

/** The shape of a variable: which parents and mechanism it gets, and how it is written. */
interface Draft {
  readonly kind: number;
  readonly picks: readonly number[];
  readonly layers: readonly number[];
  readonly noise: number;
  readonly latent: boolean;
  readonly doc: string | undefined;
}

interface Named {
  readonly name: string;
  readonly type: string;
}

const drafts: fc.Arbitrary<Draft> = fc.record({
  kind: fc.nat(11),
  picks: fc.array(fc.nat(30), { maxLength: 3 }),
  layers: fc.array(fc.nat(11), { maxLength: 4 }),
  noise: fc.nat(5),
  latent: fc.boolean(),
  doc: fc.option(fc.constantFrom("plain", "# no comment", 'a \\" b', ""), { nil: undefined }),
});

const noises = [
  "normal(0, 1)",
  "gamma(2, 1)",
  "uniform(-1, 2)",
  "logistic(0, k)",
  "student_t(3, 0, 1)",
  "laplace(0, 2 * 0.5)",
];

/** Layers that keep an expression of noise invertible, whatever it holds; `a` is a number of a parent or a constant. */
const layers: readonly ((inner: string, a: string) => string)[] = [
  (inner, a) => `${inner} + ${a}`,
  (inner, a) => `${a} - ${inner}`,
  (inner, a) => `exp(0.1 * ${a}) * (${inner})`,
  (inner) => `-(${inner}) / 3`,
  (inner) => `exp(0.1 * (${inner}))`,
  (inner) => `sigmoid(0.2 * (${inner}))`,
  (inner) => `tanh((${inner}) / 5)`,
  (inner) => `softplus(${inner})`,
  (inner) => `softplus(${inner}) ^ 1.5e0`,
  (inner, a) => `if(${a} > 0.5, ${inner}, 3 * (${inner}))`,
  (inner) => `2 ^ -softplus(${inner})`,
  (inner, a) => `${inner} + max(${a}, 1, k) * 2`,
];

const learned: readonly (readonly [type: string, mechanism: string, options: string])[] = [
  ["", "flow", ""],
  [" : positive", "flow", "transform = [affine, spline(bins = 4)]"],
  [" : interval(0, 2 * k)", "flow", "hidden = [8, 8]"],
  [" : nonnegative", "glm", ""],
  [" : interval(0, 2 * k, edges = both)", "linear", ""],
  [" : real", "linear", ""],
  [" : real", "anm", "hidden = [4]"],
  [" : binary", "bernoulli", ""],
  [' : categorical("F", "M", "#")', "categorical", ""],
  [" : count", "glm", ""],
  [" : image(8, 8)", "cvae", "latent = 4"],
];

function statementOf(draft: Draft, index: number, before: readonly Named[]): readonly [text: string, made: Named] {
  const { kind, picks, latent, doc } = draft;
  const name = `${index % 7 === 3 ? "long_name" : "v"}${index}`;
  const parents = before.length === 0 ? [] : [...new Set(picks.map((pick) => before[pick % before.length]!))];
  const start = `${latent ? "latent " : ""}${name}`;
  const described = doc === undefined ? "" : ` "${doc}"`;
  const form = learned[kind];
  if (form === undefined) {
    const numbers = parents.filter(({ type }) => type !== " : image(8, 8)" && !type.includes("categorical"));
    const leaf = (position: number): string => numbers[position % Math.max(1, numbers.length)]?.name ?? "k";
    const body = draft.layers.reduce((inner, layer, position) => layers[layer]!(inner, leaf(position)), "e");
    return [`${start}${described} := ${body} where e ~ ${noises[draft.noise]}`, { name, type: "" }];
  }
  const [type, mechanism, options] = form;
  const list = [...parents.map((parent) => parent.name), ...(options === "" ? [] : [options])].join(", ");
  return [`${start}${type}${described} := ${mechanism}(${list})`, { name, type }];
}

/** Layout is applied to a text with single spaces: wider gaps, and newlines and comments where a statement goes on. */
function loosened(text: string, choices: readonly number[]): string {
  let next = 0;
  const choose = (): number => choices[next++ % Math.max(1, choices.length)] ?? 0;
  // Strings are left alone.
  return text
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      return part.replaceAll(/, |([+*]) |\(/g, (match) => {
        const gap = ["", "  ", "\t", "\n", " # in\n", "\n\n  # own line\n"][choose() % 6]!;
        return `${match}${gap}`;
      });
    })
    .join("");
}

const separators = ["\n", "\n\n\n", ";", " ; ", "  # note\n", "\n# line\n", "\n\n# one\n\n# two\n", "\r\n"];

export const programs: fc.Arbitrary<string> = fc
  .record({
    drafts: fc.array(drafts, { minLength: 1, maxLength: 8 }),
    queries: fc.array(fc.tuple(fc.nat(5), fc.nat(30), fc.nat(30)), { maxLength: 3 }),
    confounded: fc.boolean(),
    order: fc.array(fc.nat(30), { maxLength: 5 }),
    layout: fc.array(fc.nat(100), { maxLength: 12 }),
  })
  .map(({ drafts: chosen, queries, confounded, order, layout }) => {
    const made: Named[] = [];
    const statements = ["let k = 2 * (3 - 1.5)"];
    chosen.forEach((draft, index) => {
      const [text, named] = statementOf({ ...draft, latent: draft.latent && index === 2 }, index, made);
      statements.push(text);
      if (/:= (flow|linear|anm|cvae)/.test(text) && index % 3 === 0)
        statements.push(`fit ${named.name}(epochs = 3, rate = 0.1)`);
      made.push(named);
    });
    const observed = made.filter((_, index) => !chosen[index]!.latent || index !== 2);
    const isAffected = confounded || observed.length < made.length;
    if (!isAffected) statements.push(...queries.map((query, index) => queryOf(query, index, observed)));
    if (made.length > 1) {
      if (confounded) statements.push(`${made[0]!.name} <-> ${made.at(-1)!.name}`);
      statements.push(`assert ${made.at(-1)!.name} -/> ${made[0]!.name}`);
    }
    for (const pick of order) statements.push(...statements.splice(pick % statements.length, 1));
    const texts = ["scm 1", "model generated", ...statements].map((text, index) =>
      loosened(text, layout.slice(index % 5)),
    );
    return texts
      .map(
        (text, index) => `${text}${separators[(layout[index % Math.max(1, layout.length)] ?? 0) % separators.length]}`,
      )
      .join("");
  });

function queryOf(
  [form, target, cause]: readonly [number, number, number],
  index: number,
  variables: readonly Named[],
): string {
  const numeric = variables.filter(({ type }) => !type.includes("image") && !type.includes("categorical"));
  const of = variables[target % variables.length]!.name;
  const set = numeric[cause % Math.max(1, numeric.length)];
  const ask = numeric[target % Math.max(1, numeric.length)];
  const action = set === undefined ? "" : ` | do(${set.name} := 1)`;
  const start = `query q${index} = `;
  if (ask === undefined) return `${start}sample(${of})`;
  switch (form) {
    case 0:
      return `${start}expectation(${ask.name}${action}) - 2 * expectation(${ask.name})`;
    case 1:
      return `${start}sample(${of}${action})`;
    case 2:
      return `${start}probability(${ask.name} > 0.5${action})`;
    case 3:
      return `${start}quantile(0.9, ${ask.name}${action})`;
    default:
      return `${start}counterfactual(${of}${action === "" ? ` | do(${ask.name} := 0)` : action})`;
  }
}
