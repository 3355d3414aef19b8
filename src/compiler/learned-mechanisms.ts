/** Learned mechanisms: their parents, their options and the types that they give to variables. */
import type { Span } from "../diagnostics/diagnostic.js";
import { abductionOf, type MechanismName, mechanisms } from "../model/catalogue/catalogue.js";
import { whyNotChoices, whyNotTransforms } from "../model/catalogue/options.js";
import type * as ast from "../parser/ast.js";
import type { Domain, LearnedMechanism, Options } from "../schema/types.js";
import type { CompiledMechanism, Site } from "./compiled-mechanism.js";
import { type Context, quoted } from "./context.js";
import { describeDomain } from "./domain-checks.js";
import { compileTable, tableOption } from "./given-tables.js";
import { reportUnknown } from "./lower.js";
import { declareNoises } from "./noises.js";
import { readOptions } from "./options.js";

export function compileLearned(context: Context, site: Site<ast.Call>): CompiledMechanism {
  const { statement, body, domain } = site;
  const kind = body.callee.text as MechanismName;
  const parents = new Map<string, Span>();
  for (const argument of body.positional) addParent(context, kind, argument, parents);
  const firstNoise = statement.noises[0];
  if (firstNoise !== undefined) {
    context.report("5010", firstNoise.span, `\`${kind}\` has exogenous noise of its own`, {
      hint: "leave the `where` out",
    });
    declareNoises(context, statement.noises);
  }
  checkType(context, kind, { statement, body, domain });
  const table = tableOption(kind, body);
  if (table !== undefined) return { mechanism: compileTable(context, site, table, [...parents]), parents };
  const options = readOptions(context, kind, mechanisms[kind].options, body.options, parents.size > 0, domain?.kind);
  checkTransforms(context, body, options, domain);
  checkChoices(context, body, options, domain);
  const mechanism: LearnedMechanism = {
    kind,
    variable: statement.name.text,
    parents: [...parents.keys()],
    options,
    abduction: abductionOf(kind, domain),
  };
  return { mechanism, parents };
}

function addParent(context: Context, kind: string, argument: ast.Expression, parents: Map<string, Span>): void {
  if (argument.kind !== "reference") {
    const hint = "name the parents alone; the mechanism learns how they matter";
    context.report("5002", argument.span, `an argument of \`${kind}\` is the bare name of a parent`, { hint });
    return;
  }
  const { name, span } = argument;
  const earlier = parents.get(name);
  if (earlier !== undefined) {
    const related = [context.related("named here first", earlier)];
    context.report("4002", span, `\`${name}\` is a parent twice`, { related });
  } else if (context.names.variables.has(name)) parents.set(name, span);
  else if (context.names.constants.has(name)) {
    context.report("2014", span, `\`${name}\` is a constant, and the parents of \`${kind}\` are variables`);
  } else reportUnknown(context, name, span);
}

function checkType(context: Context, kind: MechanismName, { statement, body, domain }: Site<ast.Call>): void {
  const { domains } = mechanisms[kind];
  if (domain !== null && !domains.includes(domain.kind)) {
    const fitting = (Object.keys(mechanisms) as MechanismName[]).filter((name) =>
      mechanisms[name].domains.includes(domain.kind),
    );
    const message = `\`${kind}\` gives no ${describeDomain(domain)} variable, and \`${statement.name.text}\` is one`;
    const hint = `for ${domain.kind} there is ${quoted(fitting)}`;
    const related = statement.type === undefined ? [] : [context.related("the type", statement.type.span)];
    context.report("3004", body.callee.span, message, { hint, related });
  }
}

function checkChoices(context: Context, body: ast.Call, options: Options, domain: Domain | null): void {
  const unfit = whyNotChoices(body.callee.text as MechanismName, options, domain);
  if (unfit === undefined) return;
  const option = body.options.find(({ name }) => name.text === unfit.option)!;
  context.report("3009", option.value.span, unfit.message);
}

function checkTransforms(context: Context, body: ast.Call, options: Options, domain: Domain | null): void {
  const unfit = whyNotTransforms(options, domain);
  if (unfit !== undefined) {
    // The default transforms do not suit every image size.
    const span = body.options.find(({ name }) => name.text === "transform")?.value.span ?? body.callee.span;
    const isStructured = domain?.kind === "vector" || domain?.kind === "image";
    const hint = isStructured
      ? "`coupling` is for vectors and for images of any size, `multiscale`, then `pixels`, for images"
      : "`affine` and `spline` transform single numbers";
    context.report("3009", span, unfit, { hint });
  }
}
