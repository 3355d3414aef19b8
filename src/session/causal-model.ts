/**
 * A model to ask: `const m = await load<Morpho>("runs/morpho")`, then samples, log-probabilities, expectations and
 * counterfactuals with names and values checked by the model's types, which `scmc compile --types` writes.
 */
import { readFile } from "node:fs/promises";
import { variable } from "../algebra/expression.js";
import { LevelFault, numberOfLeaf } from "../algebra/level-expressions.js";
import { isLevelDomain } from "../algebra/levels.js";
import { compile } from "../compiler/compile.js";
import { compileQueryText } from "../compiler/query-text.js";
import { failure, ScmcError } from "../diagnostics/diagnostic.js";
import { parseModel } from "../model/files/load.js";
import { readArtefact } from "../runtime/artefact/artefact.js";
import { isArtefact } from "../runtime/artefact/artefact-directory.js";
import { type AnswerOptions, defaultSamples } from "../runtime/inference/answer.js";
import { logProbability } from "../runtime/inference/programs/log-probability.js";
import type { Estimate } from "../runtime/inference/terms/expectation.js";
import { defaultParticles } from "../runtime/inference/units/question.js";
import { wholeAnswer } from "../runtime/inference/whole-answer.js";
import { boundModel, type LoadedModel, loadUnfitted } from "../runtime/mechanisms/loaded-model.js";
import type { SupportFinding } from "../runtime/support/finding.js";
import { createEngine, type Engine } from "../runtime/tensors/engine/index.js";
import { RandomKey } from "../runtime/tensors/random/index.js";
import type { Expression, Model, QueryExpression, QueryPlan, QueryTerm } from "../schema/types.js";
import {
  type Answered,
  answered,
  type CounterfactualAnswered,
  inLibraryWords,
  type SampleAnswered,
} from "./answered.js";
import { type Actions, interventionsOf } from "./interventions.js";
import { type Answers, rowsOfUnits, type Units, type VariableTypes } from "./values.js";

export interface LoadOptions {
  /** `onnx` by default. */
  readonly engine?: string;
  readonly threads?: number;
}

export interface Asked<Names> {
  /** The variables wanted; all by default. */
  readonly targets?: readonly Names[];
  /** Of all random draws; 1 by default. */
  readonly seed?: number;
}

export interface Counterfactuals<Types, Names extends keyof Types> {
  /** The mean over particles, `[units, size]`; for classes the modal one. */
  readonly values: Answers<Types, Names>;
  /** The share of particles in each class, `[units, classes]`, for the computed variables that have classes. */
  readonly probabilities: { readonly [Name in Names]?: Float32Array };
  readonly plan: QueryPlan;
  /** Where the answer leans on causes that training hardly held. */
  readonly support: readonly SupportFinding[];
}

type Name<Types> = keyof Types & string;

/**
 * `path` is a fitted artefact's directory, or a program (.scm) or compiled model (.scm.json) without anything to fit.
 */
export async function load<Types extends { readonly [Key in keyof Types]: unknown } = VariableTypes>(
  path: string,
  { engine = "onnx", threads }: LoadOptions = {},
): Promise<CausalModel<Types>> {
  const loaded = isArtefact(path) ? (await readArtefact(path)).loaded : loadUnfitted(await readModel(path), path);
  return new CausalModel(loaded, createEngine(engine, threads === undefined ? {} : { threads }));
}

async function readModel(path: string): Promise<Model> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "there is no such artefact or file" : error.message;
    throw failure("7101", path, `cannot be read: ${reason}`);
  });
  if (path.endsWith(".json")) return parseModel(text, path);
  const { model, diagnostics } = compile({ text, file: path });
  if (model) return model;
  throw new ScmcError(diagnostics.filter(({ severity }) => severity === "error"));
}

export class CausalModel<Types> {
  constructor(
    readonly loaded: LoadedModel,
    readonly engine: Engine,
  ) {}

  get model(): Model {
    return this.loaded.model;
  }

  /** Rungs one and two: units drawn from the model, under an intervention where `actions` are given. */
  async sample<Names extends Name<Types> = Name<Types>>(
    rows: number,
    actions: Actions<Name<Types>> = {},
    asked: Asked<Names> = {},
  ): Promise<Answers<Types, Names>> {
    if (!Number.isSafeInteger(rows) || rows < 1)
      throw failure("7203", "rows", `${rows} is no number of units`, "Give a whole number of at least 1.");
    const answer = await this.#answerOne("sample", actions, this.#targets(asked).map(variable), {}, asked, {
      samples: rows,
    });
    return (answer as SampleAnswered<Types>).values as Answers<Types, Names>;
  }

  /**
   * log p(x | parents) of each unit in nats per unit of x, by variable, exact or a bound as the mechanism's `density`
   * says.
   */
  async logProbability<Names extends Name<Types> = Name<Types>>(
    units: Units<Types>,
    asked: Asked<Names> = {},
  ): Promise<{ readonly [Key in Names]: Float32Array }> {
    const terms = await inLibraryWords(
      logProbability({
        loaded: this.loaded,
        engine: this.engine,
        observed: rowsOfUnits(units, this.loaded.variables),
        ...(asked.targets ? { targets: asked.targets } : {}),
        key: keyOf(asked.seed, "log-probability"),
      }),
    );
    return Object.fromEntries(terms) as { readonly [Key in Names]: Float32Array };
  }

  /** The mean of a scalar variable, under an intervention where `actions` are given, with its standard error. */
  async expectation(
    target: Name<Types>,
    actions: Actions<Name<Types>> = {},
    { samples = defaultSamples, ...asked }: { readonly samples?: number; readonly seed?: number } = {},
  ): Promise<Estimate> {
    this.#targets({ targets: [target] });
    return this.#answerOne("expectation", actions, [this.#meanOf(target)], {}, asked, { samples }) as Promise<Estimate>;
  }

  /** Rung three: what the observed units would have been under the intervention. */
  async counterfactual<Names extends Name<Types> = Name<Types>>(
    units: Units<Types>,
    actions: Actions<Name<Types>>,
    { particles = defaultParticles, ...asked }: Asked<Names> & { readonly particles?: number } = {},
  ): Promise<Counterfactuals<Types, Names>> {
    const targets = this.#targets(asked).map(variable);
    const answer = await this.#answerOne("counterfactual", actions, targets, units, asked, { particles });
    const { values, probabilities, plan, support } = answer as CounterfactualAnswered<Types>;
    return { values: values as Answers<Types, Names>, probabilities, plan, support };
  }

  /**
   * Answers a query in the language's own words, such as `probability(t > 3 | s = 1) - probability(t > 3)` or
   * `counterfactual(x | do(t := [1, 2, 3]))`: one answer, or one for each world of a grid. `units` are the observed
   * ones, where it needs any.
   */
  async ask(
    text: string,
    {
      units = {},
      samples = defaultSamples,
      particles = defaultParticles,
      seed,
    }: {
      readonly units?: Units<Types>;
      readonly samples?: number;
      readonly particles?: number;
      readonly seed?: number;
    } = {},
  ): Promise<Answered<Types>[]> {
    const { query, diagnostics } = compileQueryText(text, boundModel(this.loaded), "query");
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (query === undefined || errors.length > 0) throw new ScmcError(errors);
    return this.#answer(query.expression, units, seed, { samples, particles });
  }

  /** The answer to a question of one term and one world. */
  async #answerOne(
    kind: QueryTerm["kind"],
    actions: Actions<Name<Types>>,
    of: Expression[],
    units: Units<Types>,
    { seed }: { readonly seed?: number },
    options: AnswerOptions,
  ): Promise<Answered<Types>> {
    const interventions = interventionsOf(actions, this.loaded);
    const grid = interventions.find((one) => one.grid !== undefined);
    if (grid)
      throw failure(
        "1012",
        "do",
        `\`${grid.variable}\` is set to a grid of values, and this asks for one world`,
        "Ask once for each value, or ask a query in words.",
      );
    const [answer] = await this.#answer({ kind, of, evidence: [], interventions }, units, seed, options);
    return answer!;
  }

  async #answer(
    expression: QueryExpression,
    units: Units<Types>,
    seed: number | undefined,
    options: AnswerOptions,
  ): Promise<Answered<Types>[]> {
    const { loaded, engine } = this;
    const observed = rowsOfUnits(units, loaded.variables);
    const [first] = observed.values();
    const source = first && {
      rows: first.rows,
      variables: [...observed.keys()],
      blocks: () => [{ firstUnit: 0, rows: first.rows, observed }],
    };
    const session = { loaded, engine, seed: seed ?? defaultSeed };
    const answers = await inLibraryWords(wholeAnswer(session, { name: "answer", expression }, source, options));
    return answers.map((answer) => answered(loaded, answer));
  }

  /** What the mean of a variable is of: the numbers of its levels, where it has any. */
  #meanOf(name: string): Expression {
    const { domain } = this.loaded.variables.get(name)!;
    const leaf = variable(name);
    if (!isLevelDomain(domain) || domain.kind === "categorical") return leaf;
    const number = numberOfLeaf(leaf, { name, domain });
    if (!(number instanceof LevelFault)) return number;
    throw failure("7061", this.loaded.model.name, `expectation(${name}): ${number.message}`, `${number.hint}.`);
  }

  #targets({ targets }: Asked<string>): readonly string[] {
    const known = this.loaded.variables;
    const unknown = targets?.find((name) => !known.has(name));
    if (unknown !== undefined)
      throw failure(
        "7201",
        "targets",
        `the model has no variable \`${unknown}\``,
        `It has ${[...known.keys()].join(", ")}.`,
      );
    return targets ?? this.model.variables.filter(({ latent }) => !latent).map(({ name }) => name);
  }
}

const defaultSeed = 1;

function keyOf(seed: number | undefined, purpose: string): RandomKey {
  return RandomKey.fromSeed(seed ?? defaultSeed).split(purpose);
}
