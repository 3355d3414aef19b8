/**
 * Collects the declarations of a program: names first, so statements may stand in any order. If a name is defined
 * twice, the first definition counts and the second is reported.
 */

import type * as ast from "../parser/ast.js";
import type { Domain } from "../schema/types.js";
import type { Context } from "./context.js";
import { domainOf } from "./domains.js";

/** The language version that this compiler knows. */
const languageVersion = 1;

export interface CollectedVariable {
  readonly statement: ast.VariableStatement;
  readonly domain: Domain | null;
}

export interface Declarations {
  readonly name: string | undefined;
  readonly constants: readonly ast.LetStatement[];
  /** Reads the variables with their types; types may use constants, so this is called after those are known. */
  readonly variables: (context: Context) => readonly CollectedVariable[];
  readonly confounded: readonly ast.ConfoundedStatement[];
  readonly fits: readonly ast.FitStatement[];
  readonly queries: readonly ast.QueryStatement[];
  readonly assertions: readonly ast.AssertStatement[];
  readonly hasBroken: boolean;
}

export function collect(context: Context, { statements }: ast.Program): Declarations {
  const ofKind = <Kind extends ast.Statement["kind"]>(kind: Kind) =>
    statements.filter((statement): statement is Extract<ast.Statement, { kind: Kind }> => statement.kind === kind);
  checkVersions(context, ofKind("version"), statements);
  const broken = ofKind("broken");
  const constants = ofKind("let");
  const variables = uniqueVariables(context, ofKind("variable"), constants);
  for (const { variables: names, constants: lets } of broken) {
    for (const { text, span } of names) {
      if (context.names.variables.has(text)) continue;
      context.names.variables.set(text, { name: text, span, domain: null, latent: false, broken: true });
    }
    for (const { text, span } of lets) context.names.constants.set(text, { span, value: undefined });
  }
  return {
    name: modelName(context, ofKind("model")),
    constants,
    variables: () => readTypes(context, variables),
    confounded: ofKind("confounded"),
    fits: ofKind("fit"),
    queries: ofKind("query"),
    assertions: ofKind("assert"),
    hasBroken: broken.length > 0,
  };
}

function uniqueVariables(
  context: Context,
  statements: readonly ast.VariableStatement[],
  constants: readonly ast.LetStatement[],
): ast.VariableStatement[] {
  const first = new Map<string, { readonly span: ast.Identifier["span"]; readonly what: string }>();
  const unique: ast.VariableStatement[] = [];
  const inOrder = [...statements, ...constants].sort((a, b) => a.span.start.offset - b.span.start.offset);
  for (const statement of inOrder) {
    const { text, span } = statement.name;
    const what = statement.kind === "let" ? "constant" : "variable";
    const earlier = first.get(text);
    if (earlier !== undefined) {
      const related = [context.related(`the ${earlier.what} \`${text}\` is defined here`, earlier.span)];
      const code = what === "constant" || earlier.what === "constant" ? "2007" : "2002";
      context.report(code, span, `\`${text}\` is defined twice`, { related, hint: "rename one of them" });
      continue;
    }
    first.set(text, { span, what });
    if (statement.kind !== "variable") continue;
    unique.push(statement);
    // Types are read later; until then this entry lets a constant expression find the variable that it names.
    context.names.variables.set(text, { name: text, span, domain: null, latent: statement.latent, broken: false });
  }
  return unique;
}

function readTypes(context: Context, statements: readonly ast.VariableStatement[]): CollectedVariable[] {
  return statements.map((statement) => {
    const { text, span } = statement.name;
    const domain = statement.type === undefined ? null : domainOf(context, statement.type);
    context.names.variables.set(text, { name: text, span, domain, latent: statement.latent, broken: false });
    return { statement, domain };
  });
}

function modelName(context: Context, statements: readonly ast.ModelStatement[]): string | undefined {
  const [first, ...others] = statements;
  for (const { span } of others) {
    const related = [context.related("named here first", first!.span)];
    context.report("2011", span, "the model is named twice", { related });
  }
  return first?.name.text;
}

function checkVersions(
  context: Context,
  versions: readonly ast.VersionStatement[],
  statements: readonly ast.Statement[],
): void {
  for (const statement of versions) {
    const { version, span } = statement;
    if (statement !== statements[0]) {
      context.report("1013", span, "the language version stands first in a program, and once");
    }
    if (version.value > languageVersion && Number.isInteger(version.value)) {
      context.report("1013", version.span, `the program needs version ${version.value} of the language`, {
        hint: `this scmc knows version ${languageVersion}; a newer one is needed`,
      });
    } else if (version.value !== languageVersion) {
      context.report("1013", version.span, `there is no version ${version.value} of the language`, {
        hint: `write \`scm ${languageVersion}\``,
      });
    }
  }
}
