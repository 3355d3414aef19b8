/**
 * The compiler: turns the text of a program into a model and diagnostics. It is pure. Names, types, mechanisms and
 * queries are all checked in one pass, and the result has a model only if there are no errors.
 */
import { createHash } from "node:crypto";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.js";
import { isName, normalName } from "../diagnostics/names.js";
import { StoredGraph } from "../model/graph/stored-graph.js";
import { adoptGraph, deriveProcedures } from "../model/plans/plan.js";
import type * as ast from "../parser/ast.js";
import { parseProgram } from "../parser/parse.js";
import type { Mechanism, Model, Query } from "../schema/types.js";
import { checkAssertions } from "./assertions.js";
import { warnOfConfusableNames } from "./confusable-names.js";
import { evaluateConstants } from "./constants.js";
import { Context, Names } from "./context.js";
import { type CollectedVariable, collect } from "./declarations.js";
import { compileFits } from "./fits.js";
import { checkConfounded, reportCycles } from "./graph-checks.js";
import { compileMechanism } from "./mechanisms.js";
import { warnOfUnused } from "./pedantic.js";
import type { QueriedModel } from "./queried-model.js";
import { compileQuery } from "./queries.js";

export interface SourceFile {
  readonly text: string;
  /** The file's name as the user gave it; only messages and the model's `source` mention it. */
  readonly file: string;
}

export interface CompileOptions {
  /**
   * True to warn also of code that is right but probably not meant: something unused, an option equal to its default.
   */
  readonly pedantic?: boolean;
}

export interface Compilation {
  readonly model?: Model;
  /** The diagnostics in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

export function compile({ text, file }: SourceFile, { pedantic = false }: CompileOptions = {}): Compilation {
  const { program, diagnostics } = parseProgram(text, file);
  const context = new Context(text, file, new Names(), diagnostics, pedantic);
  const declared = collect(context, program);
  evaluateConstants(context, declared.constants);
  const variables = declared.variables(context);
  const { mechanisms, parents } = compileMechanisms(context, variables);
  const graph = new StoredGraph([...parents].map(([name, spans]) => [name, [...spans.keys()]]));
  const acyclic = reportCycles(context, graph, parents);
  const confounded = checkConfounded(context, declared.confounded);
  const complete = acyclic && mechanisms.length === variables.length && !declared.hasBroken;
  if (complete) adoptGraph(mechanisms, graph);
  const typed = variables.map(({ statement, domain }) => ({ name: statement.name.text, domain }));
  const queried: QueriedModel = {
    variables: typed,
    mechanisms,
    order: acyclic ? graph.order() : [],
    confounded,
    complete,
  };
  const fits = compileFits(context, declared.fits, mechanisms);
  const queries = compileQueries(context, declared.queries, queried);
  const assertions = checkAssertions(context, declared.assertions, queried);
  warnOfConfusableNames(context, program);
  if (complete && pedantic) warnOfUnused(context, program, { mechanisms, queries, assertions, confounded });
  const sorted = context.diagnostics.toSorted((a, b) => offsetOf(a) - offsetOf(b));
  if (!complete || context.hasErrors()) return { diagnostics: sorted };
  const order = [...graph.order()];
  const model: Model = {
    formatVersion: 1,
    name: declared.name ?? nameFromFile(file),
    variables: variables.map(({ statement, domain }) => ({
      name: statement.name.text,
      domain,
      doc: statement.doc?.value ?? "",
      latent: statement.latent,
    })),
    mechanisms,
    order,
    confounded,
    fits,
    procedures: deriveProcedures({ mechanisms, order }),
    queries,
    assertions,
    source: { file, sha256: createHash("sha256").update(text).digest("hex"), spans: spansOf(variables) },
  };
  return { model, diagnostics: sorted };
}

const offsetOf = ({ span }: Diagnostic): number => span?.start.offset ?? 0;

function compileMechanisms(
  context: Context,
  variables: readonly CollectedVariable[],
): { mechanisms: Mechanism[]; parents: Map<string, ReadonlyMap<string, Span>> } {
  const mechanisms: Mechanism[] = [];
  const parents = new Map<string, ReadonlyMap<string, Span>>();
  for (const { statement, domain } of variables) {
    const compiled = compileMechanism(context, statement, domain);
    parents.set(statement.name.text, compiled.parents);
    if (compiled.mechanism !== undefined) mechanisms.push(compiled.mechanism);
  }
  return { mechanisms, parents };
}

function compileQueries(context: Context, statements: readonly ast.QueryStatement[], model: QueriedModel): Query[] {
  const seen = new Map<string, ast.QueryStatement>();
  const queries: Query[] = [];
  for (const statement of statements) {
    const { text, span } = statement.name;
    const earlier = seen.get(text);
    if (earlier !== undefined) {
      const related = [context.related("defined here first", earlier.name.span)];
      context.report("2010", span, `there are two queries \`${text}\``, { related });
    } else seen.set(text, statement);
    const query = compileQuery(context, statement, model);
    if (query !== undefined) queries.push(query);
  }
  return queries;
}

function spansOf(variables: readonly CollectedVariable[]): Record<string, Span> {
  // `fromEntries` defines properties, so a variable may be called `__proto__`.
  return Object.fromEntries(variables.map(({ statement }) => [statement.name.text, statement.span]));
}

function nameFromFile(file: string): string {
  const base = file
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]*$/, "");
  const legal = normalName(base).replaceAll(/[^\p{XID_Continue}]/gu, "_");
  return isName(legal) ? legal : "model";
}
