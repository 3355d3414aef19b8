/**
 * `fit x(epochs = 30)`: options of the fitting, which never change what a program means. The command line's `--fit`
 * uses the same.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { mechanisms as catalogue, modelFit, type OptionSpecs } from "../model/catalogue/catalogue.js";
import { isLearned } from "../model/catalogue/mechanism-kinds.js";
import type * as ast from "../parser/ast.js";
import { parseFits } from "../parser/parse.js";
import type { Fit, Mechanism, Model } from "../schema/types.js";
import { Context, Names, quoted } from "./context.js";
import { reportUnknown } from "./lower.js";
import { readOptions } from "./options.js";

export interface CompiledFits {
  readonly fits: readonly Fit[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles the text of the command line's `--fit` against a model, without a program. */
export function compileFitOptions(text: string, { variables, mechanisms }: Model, file = "--fit"): CompiledFits {
  const parsed = parseFits(text, file);
  const names = new Names();
  for (const { name, domain, latent } of variables) names.variables.set(name, { name, domain, latent, broken: false });
  const context = new Context(text, file, names, parsed.diagnostics);
  const fits = compileFits(context, parsed.fits, mechanisms);
  return { fits: context.hasErrors() ? [] : fits, diagnostics: context.diagnostics };
}

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
    if (text === wholeModel) {
      fits.push(compileModelFit(context, statement));
      continue;
    }
    if (!context.names.variables.has(text)) reportUnknown(context, text, span);
    const mechanism = byName.get(text);
    if (mechanism !== undefined) fits.push(...compileFit(context, statement, mechanism));
    else checkAlone(context, statement);
  }
  return fits;
}

/** `fit model(…)` sets options of all mechanisms; it is a reserved word, so a variable cannot have this name. */
const wholeModel = "model";

function compileModelFit(context: Context, { positional, options }: ast.FitStatement): Fit {
  checkNames(context, positional, modelFit);
  return { options: readOptions(context, "fit model", modelFit, options, true) };
}

const everyFitOption: OptionSpecs = Object.assign({}, ...Object.values(catalogue).map(({ fit }) => fit));

/** Checks the options against those of any mechanism, if the variable's own mechanism has an error. */
function checkAlone(context: Context, { positional, options }: ast.FitStatement): void {
  checkNames(context, positional, everyFitOption);
  readOptions(context, "fit", everyFitOption, options, true);
}

function checkNames(context: Context, positional: readonly ast.Expression[], specs: OptionSpecs): void {
  const hint = `its options are ${quoted(Object.keys(specs))}`;
  for (const { span } of positional) context.report("3009", span, "`fit` takes its options by name", { hint });
}

function compileFit(
  context: Context,
  { variable, positional, options }: ast.FitStatement,
  mechanism: Mechanism,
): Fit[] {
  if (!isLearned(mechanism)) {
    context.report("5012", variable.span, `\`${variable.text}\` has nothing to fit`, {
      hint: "only learned mechanisms such as `flow` and `cvae` are fitted",
    });
    return [];
  }
  const { fit } = catalogue[mechanism.kind];
  checkNames(context, positional, fit);
  const { domain } = context.names.variables.get(variable.text)!;
  const read = readOptions(context, "fit", fit, options, mechanism.parents.length > 0, domain?.kind);
  return [{ variable: variable.text, options: read }];
}
