/**
 * Binds a model to the levels of its data. A program that leaves the levels to the data is compiled without them, so
 * its expressions use the numbers of the levels (`do(L := 3)`, `L > 2`). Once the levels are known, these numbers
 * become codes.
 */

import { apply } from "../../algebra/expression.js";
import {
  codeOfRightSide,
  compareWithNumber,
  isComparison,
  LevelFault,
  type Levelled,
  mirror,
  numberedCode,
  numberOfLeaf,
} from "../../algebra/level-expressions.js";
import { isLevelDomain } from "../../algebra/levels.js";
import { type Diagnostic, ScmcError } from "../../diagnostics/diagnostic.js";
import type {
  Branch,
  Domain,
  Evidence,
  Expression,
  Intervention,
  Mechanism,
  Model,
  OperatorCall,
  QueryExpression,
  QueryTerm,
} from "../../schema/types.js";
import { planTermInference } from "../plans/plan-term.js";

/**
 * The model in codes, with the levels in its domains; the same model if the data do not add levels. Throws if an
 * expression cannot be written in codes.
 */
export function bindLevels(model: Model, domainOf: (variable: string) => Domain | undefined): Model {
  const gained = new Map<string, Levelled>();
  for (const { name, domain } of model.variables) {
    const bound = domainOf(name);
    const isStated = isLevelDomain(domain) && domain.levels !== undefined;
    if (isLevelDomain(bound) && bound.levels !== undefined && !isStated) gained.set(name, { name, domain: bound });
  }
  if (gained.size === 0) return model;
  const binder = new Binder(gained);
  const variables = model.variables.map((variable) => ({
    ...variable,
    domain: gained.get(variable.name)?.domain ?? variable.domain,
  }));
  const mechanisms = model.mechanisms.map((mechanism) =>
    binder.within(`\`${mechanism.variable}\``, () => binder.mechanism(mechanism)),
  );
  const bound: Model = { ...model, variables, mechanisms };
  const queries = model.queries.map((query) =>
    binder.within(`query ${query.name}`, () => ({ ...query, expression: binder.query(query.expression, bound) })),
  );
  binder.requireSound(model.name);
  return { ...bound, queries };
}

function atLeastOne<Item>(items: readonly Item[]): [Item, ...Item[]] {
  return items as [Item, ...Item[]];
}

class Binder {
  private place = "";
  private readonly faults = new Map<string, Omit<Diagnostic, "file">>();

  constructor(private readonly gained: ReadonlyMap<string, Levelled>) {}

  within<Result>(place: string, work: () => Result): Result {
    this.place = place;
    return work();
  }

  requireSound(file: string): void {
    if (this.faults.size > 0) throw new ScmcError([...this.faults.values()].map((fault) => ({ ...fault, file })));
  }

  mechanism(mechanism: Mechanism): Mechanism {
    switch (mechanism.kind) {
      case "operator":
        return { ...mechanism, call: this.call(mechanism.call) };
      case "expression": {
        const { variable, inverse } = mechanism;
        const own = this.gained.get(variable);
        const expression = this.rightSide(mechanism.expression, own);
        // The draw of a bare noise is the code of its level, and so is the value that inverts to it.
        const ofValue = mechanism.expression.kind === "noise" ? undefined : own;
        return {
          ...mechanism,
          expression,
          inverse: inverse && {
            ...inverse,
            expression: this.number(inverse.expression, ofValue),
            logDerivative: this.number(inverse.logDerivative, ofValue),
          },
          ...(mechanism.branches === undefined
            ? {}
            : { branches: atLeastOne(mechanism.branches.map((branch) => this.branch(branch, own, ofValue))) }),
        };
      }
      default:
        return mechanism;
    }
  }

  private branch(branch: Branch, own: Levelled | undefined, ofValue: Levelled | undefined): Branch {
    const when = this.number(branch.when);
    switch (branch.kind) {
      case "constant":
        return { ...branch, when, value: this.rightSide(branch.value, own) };
      case "cell": {
        const edge = (at: Expression | null) => at && this.number(at);
        return {
          ...branch,
          when,
          low: edge(branch.low),
          high: edge(branch.high),
          value: this.rightSide(branch.value, own),
        };
      }
      case "inverse":
        return {
          ...branch,
          when,
          expression: this.number(branch.expression, ofValue),
          logDerivative: this.number(branch.logDerivative, ofValue),
        };
    }
  }

  query(expression: QueryExpression, model: Model): QueryExpression {
    if (expression.kind === "constant") return expression;
    if (expression.kind === "apply")
      return { ...expression, arguments: expression.arguments.map((part) => this.query(part, model)) };
    return this.term(expression, model);
  }

  private term(term: QueryTerm, model: Model): QueryTerm {
    const isOfNumbers = term.kind === "expectation" || term.kind === "quantile" || term.kind === "probability";
    const bound: QueryTerm = {
      ...term,
      of: isOfNumbers ? term.of.map((target) => this.target(target)) : term.of,
      evidence: term.evidence.map((one) => this.evidence(one)),
      interventions: term.interventions.map((one) => this.intervention(one)),
      ...(term.at === undefined ? {} : { at: term.at.map((one) => this.evidence(one)) }),
    };
    const inference = term.inference && planTermInference(model, bound);
    return inference === undefined ? bound : { ...bound, inference };
  }

  /** The mean of a category is refused with a message of its own when it is asked for. */
  private target(target: Expression): Expression {
    if (target.kind === "variable" && this.gained.get(target.name)?.domain.kind === "categorical") return target;
    return this.number(target);
  }

  private evidence({ variable, value }: Evidence): Evidence {
    const of = this.gained.get(variable);
    if (of === undefined || typeof value === "string") return { variable, value };
    const code = this.sound(numberedCode(of, value));
    return { variable, value: code === undefined ? value : of.domain.levels![code]! };
  }

  private intervention(intervention: Intervention): Intervention {
    const { variable, expression, inverse, grid } = intervention;
    const own = this.gained.get(variable);
    const [first, ...others] = (grid ?? [expression]).map((value) => this.rightSide(value, own));
    return {
      ...intervention,
      expression: first!,
      ...(grid === undefined ? {} : { grid: [first!, ...others] }),
      ...(inverse === undefined
        ? {}
        : {
            inverse: {
              ...inverse,
              expression: this.rightSide(inverse.expression, inverse.source === "natural" ? own : undefined, own),
              logDerivative: this.number(inverse.logDerivative, own),
            },
          }),
    };
  }

  private call(call: OperatorCall): OperatorCall {
    return {
      ...call,
      image: "operator" in call.image ? this.call(call.image) : call.image,
      arguments: call.arguments.map((argument) => this.number(argument)),
    };
  }

  /**
   * The value that the variable `own` is set to, as a code; `ofValue` is the variable whose value the expression reads.
   */
  private rightSide(expression: Expression, own: Levelled | undefined, ofValue?: Levelled): Expression {
    if (own === undefined) return this.number(expression, ofValue);
    if (expression.kind === "natural" || expression.kind === "value") return expression;
    return this.sound(codeOfRightSide(this.number(expression, ofValue), own)) ?? expression;
  }

  /** The expression with the level's number in place of each variable that has codes. */
  private number(expression: Expression, ofValue?: Levelled): Expression {
    switch (expression.kind) {
      case "constant":
      case "noise":
        return expression;
      case "value":
        return ofValue === undefined ? expression : (this.sound(numberOfLeaf(expression, ofValue)) ?? expression);
      case "variable":
      case "natural": {
        const of = this.gained.get(expression.name);
        if (of === undefined) return expression;
        return this.sound(this.numeric(of) ?? numberOfLeaf(expression, of)) ?? expression;
      }
      case "apply": {
        const compared = isComparison(expression.function) ? this.comparison(expression) : undefined;
        return (
          compared ?? {
            ...expression,
            arguments: expression.arguments.map((operand) => this.number(operand, ofValue)),
          }
        );
      }
    }
  }

  private numeric({ name, domain }: Levelled): LevelFault | undefined {
    if (domain.kind !== "categorical") return undefined;
    return new LevelFault(
      "no numbers",
      `\`${name}\` is categorical: its levels are no numbers`,
      "compare it with its levels",
    );
  }

  /** The comparison of a variable with levels and a constant, on either side; undefined for any other comparison. */
  private comparison({ function: name, arguments: operands }: Expression & { kind: "apply" }): Expression | undefined {
    if (!isComparison(name)) return undefined;
    const [left, right] = operands as [Expression, Expression];
    const [leaf, other, operator] = this.levelledLeaf(left) ? [left, right, name] : [right, left, mirror(name)];
    const of = this.levelledLeaf(leaf);
    if (of === undefined) return undefined;
    if (other.kind === "constant") return this.sound(compareWithNumber(leaf, of, operator, other.value)) ?? leaf;
    const isEquality = operator === "equal" || operator === "not_equal";
    if (of.domain.kind !== "categorical" || !isEquality) return undefined;
    const number = this.sound(numberOfLeaf(leaf, of));
    return number && apply(operator, number, this.levelledLeaf(other) ? other : this.number(other));
  }

  private levelledLeaf(node: Expression): Levelled | undefined {
    return node.kind === "variable" || node.kind === "natural" ? this.gained.get(node.name) : undefined;
  }

  private sound<Value>(found: Value | LevelFault): Value | undefined {
    if (!(found instanceof LevelFault)) return found;
    const message = `${this.place}: ${found.message}`;
    this.faults.set(message, { code: "6055", severity: "error", message, hint: `${found.hint}.` });
    return undefined;
  }
}
