/**
 * `fit x(epochs = 30)`: options of the fitting, which never change what a program means.
 */
import { mechanisms as catalogue } from "../model/catalogue.js";
import type { Fit, Mechanism } from "../model/schema-types.js";
import type * as ast from "../parser/ast.js";
import { type Context, quoted } from "./context.js";
import { reportUnknown } from "./lower.js";
import { readOptions } from "./options.js";

export function compileFits(
  context: Context,
  statements: readonly ast.FitStatement[],
  mechanisms: readonly Mechanism[],
): Fit[] {
  const byName = new Map(mechanisms.map((mechanism) => [mechanism.variable, mechanism]));
  const seen = new Map<string, ast.FitStatement>();
  const fits: Fit[] = [];
  for (const statement of statements) {
    const { text, span } = statement.variable;
    const earlier = seen.get(text);
    if (earlier !== undefined) {
      const related = [context.related("the first one", earlier.span)];
      context.report("2015", span, `there are two \`fit\` statements for \`${text}\``, { related });
      continue;
    }
    seen.set(text, statement);
    if (!context.names.variables.has(text)) reportUnknown(context, text, span);
    const mechanism = byName.get(text);
    if (mechanism !== undefined) fits.push(...compileFit(context, statement, mechanism));
    else checkAlone(context, statement);
  }
  return fits;
}

/** Where the mechanism has an error of its own, the options are checked against those that all mechanisms share. */
function checkAlone(context: Context, { positional, options }: ast.FitStatement): void {
  checkNames(context, positional);
  readOptions(context, "fit", catalogue.flow.fit, options, true);
}

function checkNames(context: Context, positional: readonly ast.Expression[]): void {
  const hint = `its options are ${quoted(Object.keys(catalogue.flow.fit))}`;
  for (const { span } of positional) context.report("3009", span, "`fit` takes its options by name", { hint });
}

function compileFit(
  context: Context,
  { variable, positional, options }: ast.FitStatement,
  mechanism: Mechanism,
): Fit[] {
  checkNames(context, positional);
  if (mechanism.kind === "expression" || mechanism.kind === "operator" || mechanism.kind === "unobserved") {
    context.report("5012", variable.span, `\`${variable.text}\` has nothing to fit`, {
      hint: "only learned mechanisms such as `flow` and `cvae` are fitted",
    });
    return [];
  }
  const { fit } = catalogue[mechanism.kind];
  const read = readOptions(context, "fit", fit, options, mechanism.parents.length > 0);
  return [{ variable: variable.text, options: read }];
}
