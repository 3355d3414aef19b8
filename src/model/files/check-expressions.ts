/** Checks of the expressions, noises and operators of a model, which may come from a tool other than our compiler. */

import { namesIn, nodesOf, targetNames } from "../../algebra/expression.js";
import { shortNumber } from "../../diagnostics/short-number.js";
import type {
  ApplyExpression,
  Expression,
  ExpressionMechanism,
  Intervention,
  Noise,
  OperatorCall,
  OperatorMechanism,
  QueryTerm,
} from "../../schema/types.js";
import { distributions, operators, type ParameterSpec } from "../catalogue/catalogue.js";
import type { Report } from "./report-problem.js";
import { sameJson } from "./serialise.js";

const arities: Readonly<Record<ApplyExpression["function"], readonly [minimum: number, maximum: number]>> = {
  add: [2, 2],
  subtract: [2, 2],
  multiply: [2, 2],
  divide: [2, 2],
  power: [2, 2],
  negate: [1, 1],
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  sigmoid: [1, 1],
  logit: [1, 1],
  softplus: [1, 1],
  softplus_inverse: [1, 1],
  tanh: [1, 1],
  atanh: [1, 1],
  abs: [1, 1],
  min: [2, Number.POSITIVE_INFINITY],
  max: [2, Number.POSITIVE_INFINITY],
  clip: [3, 3],
  if: [3, 3],
  less: [2, 2],
  less_equal: [2, 2],
  greater: [2, 2],
  greater_equal: [2, 2],
  equal: [2, 2],
  not_equal: [2, 2],
};

/** The leaves that an expression may have. */
interface Scope {
  readonly variables: ReadonlySet<string>;
  readonly noises: ReadonlySet<string>;
  readonly natural?: string;
  readonly value?: true;
}

export function checkExpressionMechanism(mechanism: ExpressionMechanism, pointer: string, report: Report): void {
  const { parents, noises, expression, inverse, abduction } = mechanism;
  checkNoises(noises, `${pointer}/noises`, report);
  const variables = new Set(parents);
  checkExpression(
    expression,
    { variables, noises: new Set(noises.map(({ name }) => name)) },
    `${pointer}/expression`,
    report,
  );
  checkUse(
    parents,
    namesIn(expression, "variable"),
    `${pointer}/parents`,
    "is a parent, but the expression does not use it",
    report,
  );
  checkUse(
    noises.map(({ name }) => name),
    namesIn(expression, "noise"),
    `${pointer}/noises`,
    "is drawn, but not used",
    report,
  );
  if (inverse !== null) {
    const scope: Scope = { variables, noises: new Set(), value: true };
    checkExpression(inverse.expression, scope, `${pointer}/inverse/expression`, report);
    checkExpression(inverse.logDerivative, scope, `${pointer}/inverse/logDerivative`, report);
    if (noises.length !== 1 || noises[0]!.name !== inverse.noise) {
      report("8004", `${pointer}/inverse/noise`, "must be the one noise of the mechanism");
    }
  }
  checkBranches(mechanism, pointer, report);
  const isUnsolved = noises.length === 0 ? "deterministic" : "none";
  const derived = inverse !== null ? "exact" : mechanism.branches !== undefined ? "posterior_sample" : isUnsolved;
  if (abduction !== derived) report("8005", `${pointer}/abduction`, `must be "${derived}"`);
}

function checkBranches(
  { parents, noises, inverse, branches }: ExpressionMechanism,
  pointer: string,
  report: Report,
): void {
  if (branches === undefined) return;
  if (inverse !== null) report("8004", `${pointer}/branches`, "stand in the place of `inverse`, which must be null");
  const variables = new Set(parents);
  const byName = new Map(noises.map((noise) => [noise.name, noise]));
  const plain: Scope = { variables, noises: new Set() };
  branches.forEach((branch, index) => {
    const place = `${pointer}/branches/${index}`;
    checkExpression(branch.when, plain, `${place}/when`, report);
    if (branch.kind !== "inverse") checkExpression(branch.value, plain, `${place}/value`, report);
    if (branch.kind === "constant") return;
    const noise = byName.get(branch.noise);
    if (noise === undefined) report("2001", `${place}/noise`, `\`${branch.noise}\` is no noise of the mechanism`);
    if (branch.kind === "inverse") {
      checkExpression(branch.expression, { ...plain, value: true }, `${place}/expression`, report);
      checkExpression(branch.logDerivative, { ...plain, value: true }, `${place}/logDerivative`, report);
      return;
    }
    for (const edge of ["low", "high"] as const) {
      const at = branch[edge];
      if (at !== null) checkExpression(at, plain, `${place}/${edge}`, report);
    }
    if (noise !== undefined && (noise.distribution === "mnist" || !distributions[noise.distribution].thresholds))
      report("5009", `${place}/noise`, `a threshold cannot cut \`${noise.distribution}\` noise`);
  });
}

export function checkOperator(mechanism: OperatorMechanism, pointer: string, report: Report): void {
  const { parents, noises, abduction } = mechanism;
  checkNoises(noises, `${pointer}/noises`, report);
  const variables = new Set(parents);
  const used = new Set<string>();
  let place = `${pointer}/call`;
  let call: OperatorCall = mechanism.call;
  for (;;) {
    const wanted = operators[call.operator]!.arguments.length;
    if (call.arguments.length !== wanted) report("3008", `${place}/arguments`, `${wanted} expected`);
    call.arguments.forEach((argument, index) => {
      checkExpression(argument, { variables, noises: new Set() }, `${place}/arguments/${index}`, report);
      for (const name of namesIn(argument, "variable")) used.add(name);
    });
    place += "/image";
    if ("kind" in call.image) break;
    call = call.image;
  }
  const item = call.image as { name: string };
  const source = noises.find(({ name }) => name === item.name);
  if (source?.distribution !== "mnist") report("5015", place, `\`${item.name}\` is no noise that gives images`);
  checkUse(parents, [...used], `${pointer}/parents`, "is a parent, but the operators do not use it", report);
  if (abduction !== "record") report("8005", `${pointer}/abduction`, 'must be "record"');
}

function checkUse(
  stated: readonly string[],
  used: readonly string[],
  pointer: string,
  message: string,
  report: Report,
): void {
  const names = new Set(used);
  const unused = stated.find((name) => !names.has(name));
  if (unused !== undefined) report("2012", pointer, `\`${unused}\` ${message}`);
}

export function checkNoises(noises: readonly Noise[], pointer: string, report: Report): void {
  const seen = new Set<string>();
  noises.forEach(({ name, distribution, parameters }, index) => {
    if (seen.has(name)) report("2006", `${pointer}/${index}`, `\`${name}\` is drawn twice`);
    seen.add(name);
    const reason = whyNotParameters(distribution, parameters);
    if (reason !== undefined) report("5004", `${pointer}/${index}/parameters`, `\`${distribution}\`: ${reason}`);
  });
}

/** Undefined if a distribution can have these parameters. */
export function whyNotParameters(
  distribution: Noise["distribution"],
  parameters: readonly number[],
): string | undefined {
  if (distribution === "mnist") return parameters.length === 0 ? undefined : "takes no numbers";
  const { parameters: specs, variadic } = distributions[distribution];
  if (parameters.length < specs.length || (parameters.length > specs.length && variadic !== true)) {
    const names = specs.map(({ name }) => name).join(", ");
    return `takes (${names}${variadic ? ", …" : ""}), ${parameters.length} given`;
  }
  for (const [index, value] of parameters.entries()) {
    const reason = whyNotParameter(specs[Math.min(index, specs.length - 1)]!, value);
    if (reason !== undefined) return reason;
  }
  if (distribution === "uniform" && parameters[0]! >= parameters[1]!) return "low must be less than high";
  const total = parameters.reduce((sum, value) => sum + value, 0);
  if (distribution === "categorical" && Math.abs(total - 1) > 1e-6)
    return `the probabilities sum to ${shortNumber(total, (shown) => shown !== 1)}, not to 1`;
  return undefined;
}

function whyNotParameter({ name, above, minimum, maximum }: ParameterSpec, value: number): string | undefined {
  if (above !== undefined && value <= above) return `${name} must be above ${above}, not ${value}`;
  if (minimum !== undefined && value < minimum) return `${name} must be at least ${minimum}, not ${value}`;
  if (maximum !== undefined && value > maximum) return `${name} must be at most ${maximum}, not ${value}`;
  return undefined;
}

/** True if the intervention is sound. */
export function checkIntervention(
  intervention: Intervention,
  known: ReadonlySet<string>,
  pointer: string,
  report: Report,
): boolean {
  let sound = true;
  const note: Report = (...problem) => {
    sound = false;
    report(...problem);
  };
  const { variable, expression, noises, only, inverse, grid } = intervention;
  for (const name of [variable, ...(only ?? [])]) {
    if (!known.has(name)) note("2001", pointer, `\`${name}\` is no variable of the model`);
  }
  checkNoises(noises, `${pointer}/noises`, note);
  const scope = { variables: known, noises: new Set(noises.map(({ name }) => name)), natural: variable };
  checkExpression(expression, scope, `${pointer}/expression`, note);
  grid?.forEach((value, index) => {
    checkExpression(value, scope, `${pointer}/grid/${index}`, note);
  });
  if (grid !== undefined && !sameJson(grid[0], expression))
    note("8005", `${pointer}/expression`, "must be the first value of `grid`");
  if (inverse !== undefined) {
    const inside = { ...scope, value: true as const };
    checkExpression(inverse.expression, inside, `${pointer}/inverse/expression`, note);
    checkExpression(inverse.logDerivative, inside, `${pointer}/inverse/logDerivative`, note);
    if (inverse.source === "noise" && noises.length === 0)
      note("8004", `${pointer}/inverse/source`, "must be `natural`: the intervention has no noise");
  }
  return sound;
}

/** Checks the targets of a query: variables by name, one comparison, or expressions of variables. */
export function checkTargets(
  { kind, of, level, at }: QueryTerm,
  known: ReadonlySet<string>,
  pointer: string,
  report: Report,
): void {
  of.forEach((target, index) => {
    checkExpression(target, { variables: known, noises: new Set() }, `${pointer}/of/${index}`, report);
  });
  const isSingle = kind === "probability" || kind === "quantile";
  if (of.length === 0 || (isSingle && of.length > 1)) {
    report("3008", `${pointer}/of`, `\`${kind}\` with ${of.length} targets`);
  }
  const takesNames = kind === "counterfactual" || kind === "sample" || kind === "density";
  const odd = takesNames ? of.findIndex((target) => target.kind !== "variable") : -1;
  if (odd >= 0) report("5002", `${pointer}/of/${odd}`, `\`${kind}\` asks for variables by their bare names`);
  const named = new Set(targetNames(of));
  const stray = at?.find(({ variable }) => kind !== "density" || !named.has(variable));
  if (stray !== undefined) report("8004", `${pointer}/at`, `\`${stray.variable}\` is no target of a density`);
  if (at !== undefined && at.length !== named.size)
    report("8004", `${pointer}/at`, "must give every target of the density a value");
  if (kind === "quantile" && !(level !== undefined && level > 0 && level < 1)) {
    report("3009", pointer, "a quantile's `level` lies between 0 and 1");
  }
}

function checkExpression(expression: Expression, scope: Scope, pointer: string, report: Report): void {
  for (const node of nodesOf(expression)) {
    switch (node.kind) {
      case "constant":
        break;
      case "value":
        if (scope.value === undefined) report("8004", pointer, "`value` belongs in an inverse only");
        break;
      case "variable":
        if (!scope.variables.has(node.name)) report("2001", pointer, `\`${node.name}\` is no parent`);
        break;
      case "noise":
        if (!scope.noises.has(node.name)) report("2001", pointer, `\`${node.name}\` is no noise of it`);
        break;
      case "natural":
        if (node.name !== scope.natural)
          report("8004", pointer, "`natural` belongs in an intervention on its variable");
        break;
      case "apply": {
        const [minimum, maximum] = arities[node.function];
        const count = node.arguments.length;
        if (count < minimum || count > maximum) {
          report("3008", pointer, `\`${node.function}\` with ${count} arguments`);
        }
      }
    }
  }
}
