/**
 * Expressions that no single inverse solves are split into branches. An `if` on parents chooses which noise a value
 * reveals. For a discrete variable, an `if` on a noise gives the cell that the noise lies in. Arithmetic around such an
 * `if` is moved into its branches.
 */

import type { DiagnosticCode } from "../diagnostics/catalogue/index.js";
import type { ApplyExpression, Branch, Expression, Noise } from "../schema/types.js";
import { apply, constant, hasNoise, namesIn, noise as noiseLeaf } from "./expression.js";
import { distributions } from "./expression-catalogue.js";
import { gatherSum } from "./gather.js";
import { type Failure, invert } from "./invert.js";
import { brief } from "./print-expression.js";
import { isNegative, isPositive, type Ranges, rangeOf, refine } from "./range.js";
import { divide, isApply, isConstant, multiply, negate, simplify, subtract } from "./simplify.js";

/** The cap on branches; each nested condition can double their number. */
const mostBranches = 512;

class Refusal extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export type Branches = { readonly branches: readonly Branch[] } | { readonly failure: Failure };

/** `isDiscrete` is true for a discrete variable: its values have probabilities, and cells of noise can give them. */
export function branchesOf(
  expression: Expression,
  noises: readonly Noise[],
  ranges: Ranges,
  isDiscrete: boolean,
): Branches {
  try {
    const finder = new Finder(new Map(noises.map((one) => [one.name, one])), isDiscrete);
    finder.visit(simplify(expression), constant(1), ranges);
    return { branches: finder.branches };
  } catch (error) {
    if (error instanceof Refusal) return { failure: error.failure };
    throw error;
  }
}

interface Cell {
  readonly noise: string;
  readonly low: Expression | null;
  readonly high: Expression | null;
}

class Finder {
  readonly branches: Branch[] = [];

  constructor(
    private readonly noises: ReadonlyMap<string, Noise>,
    private readonly isDiscrete: boolean,
  ) {}

  visit(node: Expression, when: Expression, ranges: Ranges): void {
    const [name, second] = namesIn(node, "noise");
    if (name === undefined) {
      this.constant(node, when);
      return;
    }
    const inner = conditional(node);
    if (inner !== undefined && !hasNoise(inner.arguments[0]!)) {
      this.split(node, inner, when, ranges, (part, given, refined) => this.visit(part, given, refined));
      return;
    }
    if (second !== undefined)
      refuse(
        "5005",
        node,
        `\`${brief(node)}\` holds the noises \`${name}\` and \`${second}\`, which one value cannot tell apart`,
        ["let a condition on parents choose between them, as in `if(z == 1, e, f)`"],
      );
    const isCut = this.isDiscrete && distributionOf(this.noises.get(name!)!).discrete !== true;
    if (isCut) this.cells(node, when, ranges, { noise: name!, low: null, high: null });
    else this.inverse(node, when, ranges, name!);
  }

  private constant(value: Expression, when: Expression): void {
    if (this.isDiscrete) this.add({ kind: "constant", when, value: simplify(value) });
    else
      refuse("5006", value, `where \`${brief(value)}\` is chosen, the value says nothing of any noise`, [
        "let both branches use a noise",
      ]);
  }

  private inverse(node: Expression, when: Expression, ranges: Ranges, name: string): void {
    const inversion = invert(node, name, ranges);
    if ("failure" in inversion) throw new Refusal(inversion.failure);
    const { expression, logDerivative } = inversion.solution;
    const isMass = distributionOf(this.noises.get(name)!).discrete === true;
    this.add({ kind: "inverse", when, noise: name, expression, logDerivative: isMass ? constant(0) : logDerivative });
  }

  /** Adds one branch for each cell of a continuous noise, with the value that a discrete variable has there. */
  private cells(node: Expression, when: Expression, ranges: Ranges, cell: Cell): void {
    if (!hasNoise(node)) {
      this.add({ kind: "cell", when, ...cell, value: simplify(node) });
      return;
    }
    const inner = conditional(node);
    if (inner === undefined) {
      const message = `\`${cell.noise}\` is continuous, and \`${brief(node)}\` is to be discrete`;
      refuse("5009", node, message, [`compare it: \`if(${cell.noise} > 0, 1, 0)\``]);
    }
    const condition = inner!.arguments[0]!;
    if (!hasNoise(condition)) {
      this.split(node, inner!, when, ranges, (part, given, refined) => this.cells(part, given, refined, cell));
      return;
    }
    const { distribution } = this.noises.get(cell.noise)!;
    if (distributionOf(this.noises.get(cell.noise)!).thresholds !== true)
      refuse("5009", condition, `a threshold cannot cut \`${distribution}\` noise in this version`, [
        "draw `uniform(0, 1)`, `normal(0, 1)` or `logistic(0, 1)`",
      ]);
    const { at, isTrueBelow } = thresholdOf(condition, cell.noise, ranges);
    const below = replaced(node, inner!, inner!.arguments[isTrueBelow ? 1 : 2]!);
    const above = replaced(node, inner!, inner!.arguments[isTrueBelow ? 2 : 1]!);
    this.cells(below, when, ranges, { ...cell, high: cell.high === null ? at : apply("min", cell.high, at) });
    this.cells(above, when, ranges, { ...cell, low: cell.low === null ? at : apply("max", cell.low, at) });
  }

  /** Splits on a condition on parents: one branch where it holds, one where it does not. */
  private split(
    node: Expression,
    inner: ApplyExpression,
    when: Expression,
    ranges: Ranges,
    go: (part: Expression, when: Expression, ranges: Ranges) => void,
  ): void {
    const [condition, yes, no] = inner.arguments as [Expression, Expression, Expression];
    go(replaced(node, inner, yes), both(when, condition), refine(ranges, condition, true));
    go(replaced(node, inner, no), both(when, subtract(constant(1), condition)), refine(ranges, condition, false));
  }

  private add(branch: Branch): void {
    this.branches.push(branch);
    if (this.branches.length > mostBranches)
      refuse(
        "5017",
        branch.kind === "inverse" ? branch.expression : branch.value,
        `taken apart, this has more than ${mostBranches} branches`,
        ["give parts of it variables of their own, or state a table"],
      );
  }
}

function refuse(code: DiagnosticCode, at: Expression, message: string, [hint]: readonly [string]): never {
  throw new Refusal({ code, at, message, hint });
}

function distributionOf({ distribution }: Noise): { discrete?: true; thresholds?: true } {
  return distribution === "mnist" ? {} : distributions[distribution];
}

/** Conditions are 1 and 0, so their product is `and`. */
const both = (when: Expression, condition: Expression): Expression =>
  isConstant(when, 1) ? condition : multiply(when, condition);

/** The outermost `if` that contains noise; an `if` on parents is returned only when the noise is in its branches. */
function conditional(node: Expression): ApplyExpression | undefined {
  if (node.kind !== "apply" || !hasNoise(node)) return undefined;
  if (isApply(node, "if")) return node;
  for (const operand of node.arguments) {
    const found = conditional(operand);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The tree with the node `old` replaced by `by`. */
function replaced(node: Expression, old: Expression, by: Expression): Expression {
  if (node === old) return by;
  if (node.kind !== "apply") return node;
  return { ...node, arguments: node.arguments.map((operand) => replaced(operand, old, by)) };
}

/**
 * The threshold at which the condition changes: it compares the noise, times a factor of known sign, with an expression
 * free of the noise.
 */
function thresholdOf(condition: Expression, name: string, ranges: Ranges): { at: Expression; isTrueBelow: boolean } {
  const isOrder =
    condition.kind === "apply" && ["less", "less_equal", "greater", "greater_equal"].includes(condition.function);
  const { kind } = condition;
  if (kind !== "apply" || !isOrder)
    refuse("5008", condition, `\`${brief(condition)}\` is no threshold of the noise \`${name}\``, [
      `compare the noise by \`<\` or \`>\`: \`if(${name} < 0.3, 1, 0)\``,
    ]);
  const [left, right] = (condition as ApplyExpression).arguments as [Expression, Expression];
  const { cores, rest } = gatherSum(subtract(left, right), name);
  const [only] = cores;
  if (cores.length !== 1 || only!.core.kind !== noiseLeaf(name).kind)
    refuse("5008", condition, `\`${brief(condition)}\` does not compare the noise \`${name}\` itself`, [
      `solve it for the noise: \`if(${name} < …, 1, 0)\` with parents on the right`,
    ]);
  const { coefficient } = only!;
  const range = rangeOf(coefficient, ranges);
  if (!isPositive(range) && !isNegative(range))
    refuse(
      "5007",
      condition,
      `the sign of \`${brief(coefficient)}\`, by which \`${name}\` is multiplied, is not known`,
      [`divide by it, so that \`${name}\` stands alone on one side`],
    );
  const { function: operator } = condition as ApplyExpression;
  const isLess = operator === "less" || operator === "less_equal";
  return { at: simplify(divide(negate(rest), coefficient)), isTrueBelow: isLess === isPositive(range) };
}
