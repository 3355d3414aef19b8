/**
 * Checks if a query can be computed, in the words of the program: the obstacles that `model/answerable` finds, and
 * variables without a density that are asked for or given as evidence.
 */

import { targetNames } from "../algebra/expression.js";
import { type Obstacle, obstaclesTo } from "../model/plans/answerable.js";
import { densityOf, isShift, mechanismsByName } from "../model/plans/plan.js";
import type * as ast from "../parser/ast.js";
import type { Intervention, Mechanism, QueryTerm } from "../schema/types.js";
import { type Context, quoted } from "./context.js";
import type { QueriedModel } from "./queried-model.js";

export function checkComputable(context: Context, node: ast.QueryTerm, term: QueryTerm, model: QueriedModel): void {
  const byName = mechanismsByName(model);
  const targets = targetNames(term.of);
  const obstacles = obstaclesTo(model, (name) => context.names.variables.get(name)?.latent === true, {
    kind: term.kind,
    targets,
    evidence: term.evidence.map(({ variable }) => variable),
    interventions: term.interventions,
  });
  if (reportUnobserved(context, node, obstacles)) return;
  checkEvidence(context, node, term, byName);
  for (const obstacle of obstacles)
    if (obstacle.kind === "no abduction") reportNoAbduction(context, node, obstacle.mechanism);
  if (term.plan !== undefined) return;
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

/**
 * The reason why a variable does not have a density under the interventions on it: without any noise it is a function
 * of other variables.
 */
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

/**
 * Reports obstacles to a question; only the first kind is reported. Checks on the graph alone do not call this, since
 * latent variables and common causes do not hinder them.
 */
function reportUnobserved(context: Context, node: ast.QueryTerm, obstacles: readonly Obstacle[]): boolean {
  const latent = obstacles.filter((obstacle) => obstacle.kind === "latent");
  if (latent.length > 0) {
    const names = latent.map(({ variable }) => variable);
    const recovers = latent.find((obstacle) => obstacle.recovers)?.recovers;
    const isOne = names.length === 1;
    context.report(
      "4006",
      node.span,
      `the query depends on ${quoted(names)}, which ${isOne ? "is" : "are"} not observed`,
      {
        hint:
          recovers === undefined
            ? `a latent variable is found from the others where its mechanism and its children's are expressions or tables; one of these is learned here, or not stated`
            : `the noise of \`${recovers.noiseOf}\` is recovered from ${quoted(recovers.given)}, so all of these must be observed, or be given by expressions or tables`,
      },
    );
    return true;
  }
  const common = obstacles.find((obstacle) => obstacle.kind === "common cause");
  if (common === undefined) return false;
  context.report(
    "4006",
    node.span,
    `the query depends on ${quoted(common.pair)}, which have an unobserved common cause`,
    {
      hint: "their noises are dependent, and queries recover or draw each by itself",
    },
  );
  return true;
}
