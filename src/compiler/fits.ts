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
  }
  return fits;
}

function compileFit(
  context: Context,
  { variable, positional, options }: ast.FitStatement,
  mechanism: Mechanism,
): Fit[] {
  for (const argument of positional) {
    const hint = `its options are ${quoted(Object.keys(catalogue.flow.fit))}`;
    context.report("3009", argument.span, "`fit` takes its options by name", { hint });
  }
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
