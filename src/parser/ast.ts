/**
 * The syntax tree: readonly nodes with a literal `kind` and a span. Sums and products are flat lists, so a sum of
 * 100,000 terms is one node and the depth of a tree is bounded by the depth of its brackets.
 */
import type { Span } from "../diagnostics/diagnostic.js";

export interface Identifier {
  readonly kind: "identifier";
  readonly text: string;
  readonly span: Span;
}

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

/** A name that is not followed by `(`: a variable, noise, constant, or a word of an option. */
export interface Reference {
  readonly kind: "reference";
  readonly name: string;
  readonly span: Span;
}

export interface Option {
  readonly kind: "option";
  readonly name: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

/** A function, mechanism, operator, distribution or transform with its arguments. */
export interface Call {
  readonly kind: "call";
  readonly callee: Identifier;
  readonly positional: readonly Expression[];
  readonly options: readonly Option[];
  readonly span: Span;
}

export interface List {
  readonly kind: "list";
  readonly items: readonly Expression[];
  readonly span: Span;
}

export interface Sum<Operand = Expression> {
  readonly kind: "sum";
  readonly terms: readonly { readonly subtracted: boolean; readonly operand: Operand }[];
  readonly span: Span;
}

export interface Product<Operand = Expression> {
  readonly kind: "product";
  readonly factors: readonly { readonly divided: boolean; readonly operand: Operand }[];
  readonly span: Span;
}

export interface Negation<Operand = Expression> {
  readonly kind: "negation";
  readonly operand: Operand;
  readonly span: Span;
}

export interface Power {
  readonly kind: "power";
  readonly base: Expression;
  readonly exponent: Expression;
  readonly span: Span;
}

export type ComparisonOperator = "<" | "<=" | ">" | ">=" | "==" | "!=";

export interface Comparison {
  readonly kind: "comparison";
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | Reference
  | Call
  | List
  | Sum
  | Product
  | Negation
  | Power
  | Comparison;

/** `e ~ gamma(10, 5)` */
export interface NoiseDeclaration {
  readonly kind: "noise";
  readonly name: Identifier;
  readonly distribution: Call;
  readonly span: Span;
}

/** `interval(64, 255)`, `interval(0, 1, edges = both)`; a bare name has no arguments. */
export interface TypeAnnotation {
  readonly kind: "type";
  readonly name: Identifier;
  readonly arguments: readonly Expression[];
  readonly options: readonly Option[];
  readonly span: Span;
}

/** One assignment of a `do`: `t := t + 2 for i`. */
export interface Assignment {
  readonly kind: "assignment";
  readonly variable: Identifier;
  readonly value: Expression;
  /** The children that see the new value; empty if all do. */
  readonly only: readonly Identifier[];
  readonly noises: readonly NoiseDeclaration[];
  readonly span: Span;
}

/** `t = 2` beside a `do`. */
export interface Evidence {
  readonly kind: "evidence";
  readonly variable: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

export interface DoCondition {
  readonly kind: "do";
  readonly assignments: readonly Assignment[];
  readonly span: Span;
}

/** `expectation(i | t = 2, do(s := 1))` */
export interface QueryTerm {
  readonly kind: "term";
  readonly form: Identifier;
  readonly targets: readonly Expression[];
  /**
   * Targets with a value, `density(i = 128 | …)`: the point at which the density is taken. Their names are among the
   * targets.
   */
  readonly points: readonly Evidence[];
  readonly conditions: readonly (Evidence | DoCondition)[];
  readonly span: Span;
}

export type QueryExpression =
  | QueryTerm
  | NumberLiteral
  | Reference
  | Sum<QueryExpression>
  | Product<QueryExpression>
  | Negation<QueryExpression>;

export interface VersionStatement {
  readonly kind: "version";
  readonly version: NumberLiteral;
  readonly span: Span;
}

export interface ModelStatement {
  readonly kind: "model";
  readonly name: Identifier;
  readonly span: Span;
}

/** `t : positive "stroke thickness" := flow() where …`; only a latent variable may lack a body. */
export interface VariableStatement {
  readonly kind: "variable";
  readonly latent: boolean;
  readonly name: Identifier;
  readonly type: TypeAnnotation | undefined;
  readonly doc: StringLiteral | undefined;
  readonly body: Expression | undefined;
  readonly noises: readonly NoiseDeclaration[];
  readonly span: Span;
}

export interface ConfoundedStatement {
  readonly kind: "confounded";
  readonly left: Identifier;
  readonly right: Identifier;
  readonly span: Span;
}

export interface LetStatement {
  readonly kind: "let";
  readonly name: Identifier;
  readonly value: Expression;
  readonly span: Span;
}

export interface FitStatement {
  readonly kind: "fit";
  /** The reserved word `model` for options of all mechanisms together. */
  readonly variable: Identifier;
  readonly positional: readonly Expression[];
  readonly options: readonly Option[];
  readonly span: Span;
}

export interface QueryStatement {
  readonly kind: "query";
  readonly name: Identifier;
  readonly value: QueryExpression;
  readonly span: Span;
}

export interface CauseClaim {
  readonly kind: "cause" | "not_cause";
  readonly from: Identifier;
  readonly to: Identifier;
}

export interface IndependenceClaim {
  readonly kind: "independent";
  readonly left: Identifier;
  readonly right: Identifier;
  readonly given: readonly Identifier[];
}

export interface AssertStatement {
  readonly kind: "assert";
  readonly claim: CauseClaim | IndependenceClaim;
  readonly span: Span;
}

/** A statement with a syntax error; the names that it seems to define still count as defined. */
export interface BrokenStatement {
  readonly kind: "broken";
  readonly variables: readonly Identifier[];
  readonly constants: readonly Identifier[];
  readonly span: Span;
}

export type Statement =
  | VersionStatement
  | ModelStatement
  | VariableStatement
  | ConfoundedStatement
  | LetStatement
  | FitStatement
  | QueryStatement
  | AssertStatement
  | BrokenStatement;

export interface Program {
  readonly kind: "program";
  readonly statements: readonly Statement[];
}
