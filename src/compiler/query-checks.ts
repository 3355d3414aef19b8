/**
 * Whether a query can be computed: a counterfactual needs the noise of what it recomputes, a density needs mechanisms that
 * have one, and anything downstream of an unobserved cause would need identification first.
 */
import { isDisturbed } from "../model/confounding.js";
import { targetNames } from "../model/expression.js";
import { isGiven } from "../model/mechanism-kinds.js";
import { densityOf, intervenedGraph, isShift, mechanismsByName, observedFor } from "../model/plan.js";
import type { Intervention, Mechanism, QueryPlan, QueryTerm } from "../model/schema-types.js";
import type * as ast from "../parser/ast.js";
import { type Context, quoted } from "./context.js";
import type { QueriedModel } from "./queries.js";

export function checkComputable(context: Context, node: ast.QueryTerm, term: QueryTerm, model: QueriedModel): void {
  const byName = mechanismsByName(model);
  const targets = targetNames(term.of);
  const graph = intervenedGraph(model, term.interventions);
  const concerned = [...targets, ...term.evidence.map(({ variable }) => variable)];
  const needed = new Set([...concerned, ...graph.ancestors(concerned)]);
  if (!checkObserved(context, node, needed, term, model)) return;
  checkEvidence(context, node, term, byName);
  if (term.plan !== undefined) {
    for (const { noiseOf, method } of term.plan.abduct) {
      if (method === "none") reportNoAbduction(context, node, byName.get(noiseOf)!);
    }
    return;
  }
  if (term.kind !== "density") return;
  for (const name of targets) {
    const setting = whyNoDensity(term.interventions, name);
    if (setting !== undefined) {
      context.report("5014", node.span, `\`${name}\` has no density where ${setting}`);
      continue;
    }
    if (densityOf(byName.get(name)!) !== "none") continue;
    context.report("5014", node.span, `\`${name}\` has no density`, { hint: reasonOfNoDensity(byName.get(name)!) });
  }
}

/** Why a variable has no density under the interventions on it: without noise of any kind it is a function of others. */
function whyNoDensity(interventions: readonly Intervention[], name: string): string | undefined {
  const whole = interventions.find(({ variable, only }) => variable === name && only === undefined);
  if (whole === undefined || whole.inverse !== undefined) return undefined;
  if (whole.noises.length === 0 && !isShift(whole)) return "it is set to one value";
  return "its new right-hand side cannot be solved for what is random in it";
}

function checkEvidence(
  context: Context,
  node: ast.QueryTerm,
  term: QueryTerm,
  byName: ReadonlyMap<string, Mechanism>,
): void {
  for (const condition of node.conditions) {
    if (condition.kind === "do") continue;
    const name = condition.variable.text;
    const mechanism = byName.get(name)!;
    const setting = term.kind === "counterfactual" ? undefined : whyNoDensity(term.interventions, name);
    if (setting !== undefined) {
      context.report("5014", condition.span, `there can be no evidence on \`${name}\` where ${setting}`, {
        hint: `evidence beside a \`do\` is of the world after it; what units of which it is known would have been, as in the effect on the treated, is \`counterfactual(… | ${name} = …, do(…))\`, and \`scmc counterfactual MODEL --given "${name} = …" --do "…" --of …\` in the shell`,
      });
      continue;
    }
    if (densityOf(mechanism) !== "none") continue;
    const message = `there can be no evidence on \`${condition.variable.text}\`, which has no density`;
    context.report("5014", condition.span, message, { hint: reasonOfNoDensity(mechanism) });
  }
}

function reportNoAbduction(context: Context, node: ast.QueryTerm, mechanism: Mechanism): void {
  context.report(
    "5013",
    node.span,
    `the noise of \`${mechanism.variable}\` cannot be recovered from what is observed`,
    {
      hint: `\`${mechanism.kind}\` has no abduction; use an invertible mechanism such as \`flow\``,
    },
  );
}

function reasonOfNoDensity(mechanism: Mechanism): string {
  switch (mechanism.kind) {
    case "expression":
      return "it is a function of its parents, without noise: draw the noise that it has in its own `where`";
    case "operator":
      return "recorded items have no density; learn it with `cvae`";
    default:
      return `\`${mechanism.kind}\` has no density; \`cvae\` bounds it from below`;
  }
}

/** Latent variables and common causes are fine for graph-level checks, and beyond what queries can do. */
function checkObserved(
  context: Context,
  node: ast.QueryTerm,
  needed: ReadonlySet<string>,
  term: QueryTerm,
  model: QueriedModel,
): boolean {
  const replaced = new Set(term.interventions.filter(({ only }) => only === undefined).map(({ variable }) => variable));
  const isUnobserved = (name: string): boolean => context.names.variables.get(name)?.latent === true;
  if (term.plan !== undefined) {
    const read = [
      ...observedFor(model, term.interventions, term.plan),
      ...term.evidence.map(({ variable }) => variable),
    ];
    const unobserved = [...new Set(read.filter(isUnobserved))];
    if (unobserved.length > 0) {
      reportUnobserved(context, node, unobserved, term.plan);
      return false;
    }
  }
  const latent = term.plan === undefined ? [...needed].filter((name) => isUnobserved(name) && !replaced.has(name)) : [];
  if (latent.length > 0 && !canBeSampled(latent, needed, replaced, term, model)) {
    const message = `the query depends on ${quoted(latent)}, ${whichIsNot(latent)}`;
    context.report("4006", node.span, message, { hint: "queries need every cause to be observed" });
    return false;
  }
  const pair = model.confounded.find((names) => isDisturbed(model, names, needed, replaced));
  if (pair !== undefined) {
    const message = `the query depends on ${quoted(pair)}, which have an unobserved common cause`;
    context.report("4006", node.span, message, {
      hint: "their noises are dependent, and queries recover or draw each by itself",
    });
    return false;
  }
  return true;
}

/** Of a counterfactual, which knows what must be observed of a unit, and why. */
function reportUnobserved(context: Context, node: ast.QueryTerm, names: readonly string[], plan: QueryPlan): void {
  const step = plan.abduct.find(({ given }) => given.some((name) => names.includes(name)));
  const hint =
    step === undefined
      ? "a unit must be observed with what is copied or shifted"
      : `the noise of \`${step.noiseOf}\` is recovered from ${quoted(step.given)}, so all of these must be observed`;
  context.report("4006", node.span, `the query depends on ${quoted(names)}, ${whichIsNot(names)}`, { hint });
}

const whichIsNot = ({ length }: readonly string[]): string =>
  length === 1 ? "which is not observed" : "which are not observed";

/**
 * A latent variable whose mechanism and whose children's are given, not learned, can be drawn; that answers a query
 * which nothing observed enters.
 */
function canBeSampled(
  latent: readonly string[],
  needed: ReadonlySet<string>,
  replaced: ReadonlySet<string>,
  term: QueryTerm,
  model: QueriedModel,
): boolean {
  if (term.kind === "counterfactual" || term.kind === "density" || term.evidence.length > 0) return false;
  return model.mechanisms.every((mechanism) => {
    const { variable, parents } = mechanism;
    const isConcerned = latent.includes(variable) || parents.some((parent) => latent.includes(parent));
    return !isConcerned || !needed.has(variable) || replaced.has(variable) || isGiven(mechanism);
  });
}
