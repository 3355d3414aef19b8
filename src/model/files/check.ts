/**
 * Checks that a schema cannot make on a model: names exist, the graph has no cycle, the order is topological, options
 * are those of the catalogue, plans equal the derived ones, and assertions hold.
 */

import { targetNames } from "../../algebra/expression.js";
import { isLevelDomain } from "../../algebra/levels.js";
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";
import type { Domain, Mechanism, Model, QueryExpression, TableMechanism, Variable } from "../../schema/types.js";
import { abductionOf, mechanisms, modelFit } from "../catalogue/catalogue.js";
import { levelCount, rowCount, whyNotDistribution } from "../catalogue/given-table.js";
import { completeOptions, whyNotChoices, whyNotTransforms } from "../catalogue/options.js";
import { conflictCodes, describeConflict, firstConflict } from "../graph/nested-worlds.js";
import { deriveProcedures, graphOf, mechanismsByName, planCounterfactual } from "../plans/plan.js";
import { planTermInference } from "../plans/plan-term.js";
import { graphWithCommonCauses, whyFalse } from "../plans/separation.js";
import { checkExpressionMechanism, checkIntervention, checkOperator, checkTargets } from "./check-expressions.js";
import { whyNotInverse } from "./check-inverse.js";
import type { Report } from "./report-problem.js";
import { sameJson } from "./serialise.js";

export interface ModelProblem {
  readonly code: DiagnosticCode;
  readonly pointer: string;
  readonly message: string;
  readonly hint?: string;
}

/** All problems; the later checks are skipped if the graph itself is unsound. */
export function checkMeaning(model: Model): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const report: Report = (code, pointer, message, hint) => {
    problems.push({ code, pointer, message, ...(hint === undefined ? {} : { hint }) });
  };
  checkVariables(model, report);
  checkGraph(model, report);
  if (problems.length > 0) return problems;
  const domains = new Map(model.variables.map(({ name, domain }) => [name, domain]));
  model.mechanisms.forEach((mechanism, index) => {
    const before = problems.length;
    const pointer = `/mechanisms/${index}`;
    checkMechanism(mechanism, model.variables[index]!, domains, pointer, report);
    if (problems.length > before || mechanism.kind !== "expression" || mechanism.inverse === null) return;
    const reason = whyNotInverse({ ...mechanism, inverse: mechanism.inverse }, (name) => domains.get(name) ?? null);
    if (reason !== undefined) report("8006", `${pointer}/inverse`, `is no inverse of the expression: ${reason}`);
  });
  checkReferences(model, report);
  if (problems.length > 0) return problems;
  if (!sameJson(model.procedures, deriveProcedures(model))) {
    report("8005", "/procedures", "differs from the procedures that follow from the model", "leave `procedures` out");
  }
  model.queries.forEach((query, index) => {
    checkQuery(query.expression, model, `/queries/${index}/expression`, report);
  });
  const graph = graphWithCommonCauses(model);
  model.assertions.forEach((assertion, index) => {
    const reason = whyFalse(assertion, graph);
    if (reason !== undefined) report("4004", `/assertions/${index}`, `the assertion does not hold: ${reason}`);
  });
  return problems;
}

function checkVariables({ variables, mechanisms: all }: Model, report: Report): void {
  const seen = new Set<string>();
  variables.forEach(({ name, domain }, index) => {
    if (seen.has(name)) report("2002", `/variables/${index}/name`, `\`${name}\` is defined twice`);
    seen.add(name);
    if (domain?.kind === "interval" && domain.low >= domain.high) {
      report("3002", `/variables/${index}/domain`, "`low` must be less than `high`");
    }
    if (isLevelDomain(domain) && domain.levels !== undefined && domain.levels.length !== levelCount(domain)) {
      report(
        "3001",
        `/variables/${index}/domain/levels`,
        `${domain.levels.length} levels for a size of ${levelCount(domain)}`,
      );
    }
  });
  if (all.length !== variables.length) {
    report("8004", "/mechanisms", `${all.length} mechanisms for ${variables.length} variables`);
  }
  all.slice(0, variables.length).forEach(({ variable }, index) => {
    const expected = variables[index]!.name;
    if (variable === expected) return;
    const message = `is \`${variable}\`, but variable ${index} is \`${expected}\``;
    report("8004", `/mechanisms/${index}/variable`, message, "mechanisms stand in the order of the variables");
  });
}

function checkGraph(model: Model, report: Report): void {
  const known = new Set(model.variables.map(({ name }) => name));
  model.mechanisms.forEach(({ variable, parents }, index) => {
    const seen = new Set<string>();
    parents.forEach((parent, position) => {
      const pointer = `/mechanisms/${index}/parents/${position}`;
      if (!known.has(parent)) report("2001", pointer, `\`${parent}\` is no variable of the model`);
      else if (seen.has(parent)) report("4002", pointer, `\`${parent}\` is a parent of \`${variable}\` twice`);
      seen.add(parent);
    });
  });
  for (const cycle of graphOf(model).cycles()) {
    report("4001", "/mechanisms", `the variables cause one another in a circle: ${[...cycle, cycle[0]].join(" → ")}`);
    return;
  }
  const position = new Map(model.order.map((name, index) => [name, index]));
  if (
    position.size !== known.size ||
    model.order.length !== known.size ||
    model.order.some((name) => !known.has(name))
  ) {
    report("8004", "/order", "must hold every variable once");
    return;
  }
  for (const { variable, parents } of model.mechanisms) {
    const late = parents.find((parent) => (position.get(parent) ?? -1) > position.get(variable)!);
    if (late !== undefined) report("8004", "/order", `\`${late}\` causes \`${variable}\` but stands after it`);
  }
}

function checkMechanism(
  mechanism: Mechanism,
  variable: Variable,
  domains: ReadonlyMap<string, Domain | null>,
  pointer: string,
  report: Report,
): void {
  switch (mechanism.kind) {
    case "expression":
      checkExpressionMechanism(mechanism, pointer, report);
      return;
    case "operator":
      checkOperator(mechanism, pointer, report);
      return;
    case "table":
      checkTable(mechanism, variable, domains, pointer, report);
      return;
    case "unobserved":
      if (!variable.latent) report("8004", pointer, `only a latent variable may be \`unobserved\``);
      return;
    default: {
      const { domains, options: specs } = mechanisms[mechanism.kind];
      const { domain } = variable;
      if (domain !== null && !domains.includes(domain.kind)) {
        report(
          "3004",
          pointer,
          `\`${mechanism.kind}\` gives no ${domain.kind} variable`,
          `it gives ${domains.join(", ")}`,
        );
      }
      const abduction = abductionOf(mechanism.kind, domain);
      if (mechanism.abduction !== abduction) report("8005", `${pointer}/abduction`, `must be "${abduction}"`);
      const { options, problems } = completeOptions(
        specs,
        Object.entries(mechanism.options),
        mechanism.parents.length > 0,
        domain?.kind,
      );
      for (const [name, problem] of problems) {
        const code = problem.kind === "unknown option" ? "2008" : "3009";
        report(code, `${pointer}/options/${name}`, problem.message);
      }
      const unfit = mechanism.kind === "flow" ? whyNotTransforms(mechanism.options, domain) : undefined;
      if (unfit !== undefined) report("3009", `${pointer}/options/transform`, unfit);
      const choice = whyNotChoices(mechanism.kind, mechanism.options, domain);
      if (choice !== undefined) report("3009", `${pointer}/options/${choice.option}`, choice.message);
      const missing = Object.keys(options).filter((name) => !Object.hasOwn(mechanism.options, name));
      if (problems.size === 0 && missing.length > 0) {
        report("8002", `${pointer}/options`, `${missing.map((name) => `\`${name}\``).join(", ")} missing`);
      }
    }
  }
}

function checkTable(
  { variable, parents, probabilities }: TableMechanism,
  { domain }: Variable,
  domains: ReadonlyMap<string, Domain | null>,
  pointer: string,
  report: Report,
): void {
  const levels = levelCount(domain);
  const counts = parents.map((parent) => levelCount(domains.get(parent) ?? null));
  const unknown = levels === undefined ? variable : parents.find((_, index) => counts[index] === undefined);
  if (levels === undefined || unknown !== undefined) {
    report("5025", pointer, `the levels of \`${unknown}\` are not stated, and the table is in their order`);
    return;
  }
  const rows = rowCount(counts as number[]);
  if (probabilities.length !== rows) {
    report("5024", `${pointer}/probabilities`, `${probabilities.length} rows for ${rows} combinations of levels`);
    return;
  }
  probabilities.forEach((row, index) => {
    const reason = whyNotDistribution(row, levels);
    if (reason !== undefined)
      report(row.length === levels ? "5026" : "5024", `${pointer}/probabilities/${index}`, reason);
  });
}

function checkReferences(model: Model, report: Report): void {
  const domains = new Map(model.variables.map(({ name, domain }) => [name, domain]));
  const check = (name: string, pointer: string) => {
    if (!domains.has(name)) report("2001", pointer, `\`${name}\` is no variable of the model`);
  };
  model.confounded.forEach((pair, index) => {
    for (const [position, name] of pair.entries()) check(name, `/confounded/${index}/${position}`);
  });
  const byName = mechanismsByName(model);
  model.fits.forEach(({ variable, options }, index) => {
    if (variable !== undefined) check(variable, `/fits/${index}/variable`);
    const mechanism = variable === undefined ? undefined : byName.get(variable);
    if (variable !== undefined && mechanism === undefined) return;
    if (mechanism !== undefined && !Object.hasOwn(mechanisms, mechanism.kind)) {
      report("5012", `/fits/${index}`, `\`${variable}\` has nothing to fit`);
      return;
    }
    const specs = mechanism === undefined ? modelFit : mechanisms[mechanism.kind as keyof typeof mechanisms].fit;
    const domain = variable === undefined ? undefined : domains.get(variable);
    const hasParents = (mechanism?.parents.length ?? 1) > 0;
    const { problems } = completeOptions(specs, Object.entries(options), hasParents, domain?.kind);
    for (const [name, problem] of problems) {
      const code = problem.kind === "unknown option" ? "2008" : problem.kind === "needs parents" ? "5011" : "3009";
      report(code, `/fits/${index}/options/${name}`, problem.message);
    }
  });
  model.assertions.forEach((assertion, index) => {
    const names =
      assertion.kind === "independent"
        ? [assertion.left, assertion.right, ...assertion.given]
        : [assertion.from, assertion.to];
    for (const name of names) check(name, `/assertions/${index}`);
  });
}

function checkQuery(query: QueryExpression, model: Model, pointer: string, report: Report): void {
  if (query.kind === "constant") return;
  if (query.kind === "apply") {
    const count = query.arguments.length;
    if (count !== (query.function === "negate" ? 1 : 2)) {
      report("3008", pointer, `\`${query.function}\` with ${count} arguments`);
    }
    query.arguments.forEach((operand, index) => {
      checkQuery(operand, model, `${pointer}/arguments/${index}`, report);
    });
    return;
  }
  const before = model.variables.map(({ name }) => name);
  const known = new Set(before);
  const targets = targetNames(query.of);
  const unknown = [...targets, ...query.evidence.map(({ variable }) => variable)].find((name) => !known.has(name));
  if (unknown !== undefined) report("2001", pointer, `\`${unknown}\` is no variable of the model`);
  else checkTargets(query, known, pointer, report);
  const sound = query.interventions
    .map((intervention, index) => checkIntervention(intervention, known, `${pointer}/interventions/${index}`, report))
    .every(Boolean);
  query.interventions.forEach((intervention, index) => {
    const before = query.interventions.slice(0, index).filter(({ variable }) => variable === intervention.variable);
    const found = firstConflict(before, intervention);
    if (found === undefined) return;
    const message = describeConflict(intervention.variable, found.conflict);
    report(conflictCodes[found.conflict.kind], `${pointer}/interventions/${index}`, message);
  });
  if (unknown !== undefined || !sound) return;
  if (query.inference !== undefined && !sameJson(query.inference, planTermInference(model, query)))
    report(
      "8005",
      `${pointer}/inference`,
      "differs from the plan that follows from the model",
      "leave `inference` out",
    );
  if (query.kind !== "counterfactual") return;
  const plan = planCounterfactual(model, query.interventions, targets);
  for (const { noiseOf, method } of plan.abduct) {
    if (method === "none") report("5013", pointer, `the noise of \`${noiseOf}\` cannot be recovered`);
  }
  if (query.plan !== undefined && !sameJson(query.plan, plan)) {
    report("8005", `${pointer}/plan`, "differs from the plan that follows from the model", "leave `plan` out");
  }
}
