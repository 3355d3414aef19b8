/**
 * Bottom-up rewriting with sharing. `make` is the one way to a node here: equal nodes are one object (common
 * subexpressions vanish), and each new node is offered to the rules of its operation, whose results are made the same
 * way, so what a rule sees as operands is already simplified.
 */
import type { Graph, Node, NodeOf, OperationName, Parameters } from "../graph/node.js";
import { topologicalOrder } from "../graph/node.js";
import { digestOf } from "../graph/text.js";
import { constantNode, makeNode } from "../operations/index.js";

export interface Maker {
  make<K extends OperationName>(op: K, operands: readonly Node[], parameters: Parameters[K]): Node;
  constant(value: number, dtype: Node["dtype"]): Node;
}

/** A simpler node of the same value, or undefined where the rule does not apply. */
export type Rule<K extends OperationName> = (node: NodeOf<K>, maker: Maker) => Node | undefined;
export type Rules = { readonly [K in OperationName]?: readonly Rule<K>[] };
/** A rule for every operation, which looks at `op` itself. */
export type GeneralRule = (node: Node, maker: Maker) => Node | undefined;

const commutative = new Set<OperationName>(["Add", "Mul", "Max", "Min", "Equal", "And", "Or"]);

export class Rewriter implements Maker {
  readonly #rules: Rules;
  readonly #general: readonly GeneralRule[];
  readonly #interned = new Map<string, Node>();
  readonly #results = new Map<Node, Node>();
  readonly #identities = new Map<Node, number>();

  constructor(rules: Rules, general: readonly GeneralRule[] = []) {
    this.#rules = rules;
    this.#general = general;
  }

  #identity(node: Node): number {
    const known = this.#identities.get(node);
    if (known !== undefined) return known;
    this.#identities.set(node, this.#identities.size);
    return this.#identities.size - 1;
  }

  #key(node: Node): string {
    if (node.op === "Constant") {
      const { data, dtype, shape } = node.parameters;
      return `Constant ${dtype}[${shape}] ${digestOf(data)}`;
    }
    const operands = node.operands.map((operand) => this.#identity(operand));
    if (commutative.has(node.op)) operands.sort((a, b) => a - b);
    return `${node.op} ${operands} ${JSON.stringify(node.parameters)}`;
  }

  make<K extends OperationName>(op: K, operands: readonly Node[], parameters: Parameters[K]): Node {
    return this.#simplest(makeNode(op, operands, parameters));
  }

  constant(value: number, dtype: Node["dtype"]): Node {
    return this.#simplest(constantNode(value, dtype));
  }

  #simplest(made: Node): Node {
    const key = this.#key(made);
    const node = this.#interned.get(key) ?? made;
    const known = this.#results.get(node);
    if (known !== undefined) return known;
    this.#interned.set(key, node);
    this.#results.set(node, node);
    const result = this.#apply(node) ?? node;
    this.#results.set(node, result);
    return result;
  }

  #apply(node: Node): Node | undefined {
    for (const rule of this.#general) {
      const result = rule(node, this);
      if (result !== undefined) return result;
    }
    for (const rule of (this.#rules[node.op] ?? []) as readonly GeneralRule[]) {
      const result = rule(node, this);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  /** The graph over simplified nodes. Inputs stay the very objects they were. */
  rewrite(graph: Graph): Graph {
    const results = new Map<Node, Node>();
    for (const node of topologicalOrder(Object.values(graph.outputs))) {
      const operands = node.operands.map((operand) => results.get(operand)!);
      results.set(node, node.op === "Input" ? node : this.make(node.op, operands, node.parameters));
    }
    const outputs = Object.entries(graph.outputs).map(([name, node]) => [name, results.get(node)!] as const);
    return { ...graph, outputs: Object.fromEntries(outputs) };
  }
}

/** The number that every element of the node is, where that is known. */
export function uniform(node: Node | undefined): number | undefined {
  const inner = node?.op === "Expand" ? node.operands[0]! : node;
  return inner?.op === "Constant" && inner.parameters.data.length === 1 ? inner.parameters.data[0] : undefined;
}

/** The operand that is a known uniform number, and the other one. */
export function numberAndOther(node: Node): readonly [number, Node] | undefined {
  const [a, b] = node.operands;
  const right = uniform(b);
  if (right !== undefined) return [right, a!];
  const left = uniform(a);
  return left === undefined ? undefined : [left, b!];
}
