/**
 * The grammar of statements, queries and interventions, on top of the grammar of expressions.
 */

import { join } from "../diagnostics/source-text.js";
import type * as ast from "./ast.js";
import { ExpressionGrammar } from "./expression-grammar.js";
import * as t from "./tokens.js";

export class Grammar extends ExpressionGrammar {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  statement = this.RULE("statement", (): ast.Statement => {
    return this.OR<ast.Statement>({
      MAX_LOOKAHEAD: 1,
      ERR_MSG: "a statement",
      DEF: [
        { ALT: () => this.SUBRULE(this.named) },
        { ALT: () => this.SUBRULE(this.latent) },
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.fit) },
        { ALT: () => this.SUBRULE(this.query) },
        { ALT: () => this.SUBRULE(this.assert) },
        { ALT: () => this.SUBRULE(this.model) },
        { ALT: () => this.SUBRULE(this.version) },
      ],
    });
  });

  /** The text of the command line's `--do`. */
  interventions = this.RULE("interventions", (): ast.Assignment[] => this.SUBRULE(this.assignments));

  /** The text of the command line's `--fit`. */
  fits = this.RULE("fits", (): ast.FitStatement[] => {
    const fits: ast.FitStatement[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => fits.push(this.SUBRULE(this.fitOptions)) });
    return fits;
  });

  protected fitOptions = this.RULE("fitOptions", (): ast.FitStatement => {
    const variable = this.OR<ast.Identifier>({
      ERR_MSG: "a name",
      DEF: [{ ALT: () => this.SUBRULE(this.identifier) }, { ALT: () => this.wholeModel() }],
    });
    const { positional, options } = this.SUBRULE(this.arguments);
    return this.ACTION(() => ({
      kind: "fit",
      variable,
      positional,
      options,
      span: join(variable.span, this.spanOf(this.LA(0))),
    }));
  });

  /** `fit model(…)`; `model` is a reserved word, so a variable cannot have this name. */
  private wholeModel(): ast.Identifier {
    const token = this.CONSUME(t.keyword.model);
    return this.ACTION(() => this.toIdentifier(token));
  }

  protected version = this.RULE("version", (): ast.Statement => {
    const scm = this.CONSUME(t.keyword.scm);
    const version = this.SUBRULE(this.number);
    return this.ACTION(() => ({ kind: "version", version, span: this.spanFrom(scm) }));
  });

  protected model = this.RULE("model", (): ast.Statement => {
    const model = this.CONSUME(t.keyword.model);
    const name = this.SUBRULE(this.identifier);
    return this.ACTION(() => ({ kind: "model", name, span: this.spanFrom(model) }));
  });

  /** A statement that begins with a variable's name: its assignment, or a common cause. */
  protected named = this.RULE("named", (): ast.Statement => {
    const name = this.SUBRULE(this.identifier);
    return this.OR<ast.Statement>({
      ERR_MSG: "`:=`",
      DEF: [
        { ALT: () => this.SUBRULE(this.confounded, { ARGS: [name] }) },
        { ALT: () => this.SUBRULE(this.variable, { ARGS: [name] }) },
      ],
    });
  });

  protected variable = this.RULE("variable", (name: ast.Identifier): ast.Statement => {
    const { type, doc } = this.SUBRULE(this.typeAndDoc);
    const { body, noises } = this.SUBRULE(this.rightSide);
    return this.ACTION(() => ({
      kind: "variable",
      latent: false,
      name,
      type,
      doc,
      body,
      noises,
      span: join(name.span, this.spanOf(this.LA(0))),
    }));
  });

  protected latent = this.RULE("latent", (): ast.Statement => {
    const latent = this.CONSUME(t.keyword.latent);
    const name = this.SUBRULE(this.identifier);
    const { type, doc } = this.SUBRULE(this.typeAndDoc);
    const right = this.OPTION(() => this.SUBRULE(this.rightSide));
    return this.ACTION(() => ({
      kind: "variable",
      latent: true,
      name,
      type,
      doc,
      body: right?.body,
      noises: right?.noises ?? [],
      span: this.spanFrom(latent),
    }));
  });

  protected typeAndDoc = this.RULE("typeAndDoc", (): Pick<ast.VariableStatement, "type" | "doc"> => {
    const type = this.OPTION(() => {
      this.CONSUME(t.Colon);
      return this.SUBRULE(this.type);
    });
    const doc = this.OPTION2(() => this.SUBRULE(this.string));
    return { type, doc };
  });

  protected rightSide = this.RULE("rightSide", (): Pick<ast.VariableStatement, "body" | "noises"> => {
    this.CONSUME(t.Assign);
    const body = this.SUBRULE(this.expression);
    const noises = this.OPTION(() => this.SUBRULE(this.where)) ?? [];
    return { body, noises };
  });

  protected confounded = this.RULE("confounded", (left: ast.Identifier): ast.Statement => {
    this.CONSUME(t.Confounds);
    const right = this.SUBRULE(this.identifier);
    return this.ACTION(() => ({ kind: "confounded", left, right, span: join(left.span, right.span) }));
  });

  protected let = this.RULE("let", (): ast.Statement => {
    const start = this.CONSUME(t.keyword.let);
    const name = this.SUBRULE(this.identifier);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return this.ACTION(() => ({ kind: "let", name, value, span: this.spanFrom(start) }));
  });

  protected fit = this.RULE("fit", (): ast.Statement => {
    const start = this.CONSUME(t.keyword.fit);
    const options = this.SUBRULE(this.fitOptions);
    return this.ACTION(() => ({ ...options, span: this.spanFrom(start) }));
  });

  protected query = this.RULE("query", (): ast.Statement => {
    const start = this.CONSUME(t.keyword.query);
    const name = this.SUBRULE(this.identifier);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.querySum);
    return this.ACTION(() => ({ kind: "query", name, value, span: this.spanFrom(start) }));
  });

  protected querySum = this.RULE("querySum", (): ast.QueryExpression => {
    const first = this.SUBRULE(this.queryProduct);
    const terms = [{ subtracted: false, operand: first }];
    this.MANY(() => {
      const sign = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      terms.push({ subtracted: sign.tokenType === t.Minus, operand: this.SUBRULE2(this.queryProduct) });
    });
    return this.ACTION(() =>
      terms.length === 1 ? first : { kind: "sum", terms, span: join(first.span, terms.at(-1)!.operand.span) },
    );
  });

  protected queryProduct = this.RULE("queryProduct", (): ast.QueryExpression => {
    const first = this.SUBRULE(this.queryUnary);
    const factors = [{ divided: false, operand: first }];
    this.MANY(() => {
      const sign = this.OR([{ ALT: () => this.CONSUME(t.Times) }, { ALT: () => this.CONSUME(t.Over) }]);
      factors.push({ divided: sign.tokenType === t.Over, operand: this.SUBRULE2(this.queryUnary) });
    });
    return this.ACTION(() =>
      factors.length === 1 ? first : { kind: "product", factors, span: join(first.span, factors.at(-1)!.operand.span) },
    );
  });

  protected queryUnary = this.RULE("queryUnary", (): ast.QueryExpression => {
    const minuses = this.SUBRULE(this.minuses);
    const operand = this.OR<ast.QueryExpression>({
      ERR_MSG: "a query such as `expectation(i | do(t := 3))`",
      DEF: [
        { ALT: () => this.SUBRULE(this.number) },
        { ALT: () => this.SUBRULE(this.queryTermOrReference) },
        { ALT: () => this.SUBRULE(this.queryParenthesised) },
      ],
    });
    return this.ACTION(() => {
      if (minuses.length % 2 === 0) return operand;
      return { kind: "negation", operand, span: join(this.spanOf(minuses[0]!), operand.span) };
    });
  });

  protected queryParenthesised = this.RULE("queryParenthesised", (): ast.QueryExpression => {
    const open = this.CONSUME(t.OpenRound);
    const inner = this.SUBRULE(this.querySum);
    this.CONSUME(t.CloseRound);
    return this.ACTION(() => ({ ...inner, span: this.spanFrom(open) }));
  });

  protected queryTermOrReference = this.RULE("queryTermOrReference", (): ast.QueryExpression => {
    const name = this.CONSUME(t.Name);
    return (
      this.OPTION((): ast.QueryExpression => {
        this.CONSUME(t.OpenRound);
        const targets: ast.Expression[] = [];
        const points: ast.Evidence[] = [];
        this.AT_LEAST_ONE_SEP({
          SEP: t.Comma,
          DEF: () =>
            this.OR([
              {
                GATE: () => this.LA(1).tokenType === t.Name && this.LA(2).tokenType === t.Equals,
                ALT: () => {
                  const point = this.SUBRULE(this.evidence);
                  this.ACTION(() => {
                    points.push(point);
                    targets.push({ kind: "reference", name: point.variable.text, span: point.variable.span });
                  });
                },
              },
              { ALT: () => targets.push(this.SUBRULE(this.expression)) },
            ]),
          ERR_MSG: "a variable to ask about",
        });
        const conditions = this.OPTION2(() => {
          this.CONSUME(t.Bar);
          return this.SUBRULE(this.conditions);
        });
        this.CONSUME(t.CloseRound);
        return this.ACTION(() => ({
          kind: "term",
          form: this.toIdentifier(name),
          targets,
          points,
          conditions: conditions ?? [],
          span: this.spanFrom(name),
        }));
      }) ?? this.ACTION(() => ({ kind: "reference", name: name.image, span: this.spanOf(name) }))
    );
  });

  protected conditions = this.RULE("conditions", (): (ast.Evidence | ast.DoCondition)[] => {
    const found: (ast.Evidence | ast.DoCondition)[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () =>
        this.OR({
          ERR_MSG: "evidence such as `t = 2`, or `do(…)`",
          DEF: [
            { ALT: () => found.push(this.SUBRULE(this.doCondition)) },
            { ALT: () => found.push(this.SUBRULE(this.evidence)) },
          ],
        }),
      ERR_MSG: "evidence such as `t = 2`, or `do(…)`",
    });
    return found;
  });

  protected evidence = this.RULE("evidence", (): ast.Evidence => {
    const variable = this.SUBRULE(this.identifier);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return this.ACTION(() => ({ kind: "evidence", variable, value, span: join(variable.span, value.span) }));
  });

  protected doCondition = this.RULE("doCondition", (): ast.DoCondition => {
    const start = this.CONSUME(t.keyword.do);
    this.CONSUME(t.OpenRound);
    const assignments = this.SUBRULE(this.assignments);
    this.CONSUME(t.CloseRound);
    return this.ACTION(() => ({ kind: "do", assignments, span: this.spanFrom(start) }));
  });

  protected assignments = this.RULE("assignments", (): ast.Assignment[] => {
    const found: ast.Assignment[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => found.push(this.SUBRULE(this.assignment)),
      ERR_MSG: "an assignment such as `t := 3`",
    });
    return found;
  });

  protected assignment = this.RULE("assignment", (): ast.Assignment => {
    const variable = this.SUBRULE(this.identifier);
    this.CONSUME(t.Assign);
    const value = this.SUBRULE(this.expression);
    const only = this.OPTION(() => this.SUBRULE(this.forChildren)) ?? [];
    const noises = this.OPTION2(() => this.SUBRULE(this.where)) ?? [];
    return this.ACTION(() => ({
      kind: "assignment",
      variable,
      value,
      only,
      noises,
      span: join(variable.span, this.spanOf(this.LA(0))),
    }));
  });

  /** `for i, x`: a comma continues the list unless `NAME :=` follows. */
  protected forChildren = this.RULE("forChildren", (): ast.Identifier[] => {
    this.CONSUME(t.keyword.for);
    const found = [this.SUBRULE(this.identifier)];
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.Name && this.LA(3).tokenType !== t.Assign,
      DEF: () => {
        this.CONSUME(t.Comma);
        found.push(this.SUBRULE2(this.identifier));
      },
    });
    return found;
  });

  protected assert = this.RULE("assert", (): ast.Statement => {
    const start = this.CONSUME(t.keyword.assert);
    const left = this.SUBRULE(this.identifier);
    const claim = this.OR<ast.AssertStatement["claim"]>({
      ERR_MSG: "`->`, `-/>` or `independent`",
      DEF: [
        { ALT: () => this.SUBRULE(this.causes, { ARGS: [left] }) },
        { ALT: () => this.SUBRULE(this.causesNot, { ARGS: [left] }) },
        { ALT: () => this.SUBRULE(this.independence, { ARGS: [left] }) },
      ],
    });
    return this.ACTION(() => ({ kind: "assert", claim, span: this.spanFrom(start) }));
  });

  protected causes = this.RULE("causes", (from: ast.Identifier): ast.CauseClaim => {
    this.CONSUME(t.Causes);
    return { kind: "cause", from, to: this.SUBRULE(this.identifier) };
  });

  protected causesNot = this.RULE("causesNot", (from: ast.Identifier): ast.CauseClaim => {
    this.CONSUME(t.NotCauses);
    return { kind: "not_cause", from, to: this.SUBRULE(this.identifier) };
  });

  protected independence = this.RULE("independence", (left: ast.Identifier): ast.IndependenceClaim => {
    this.CONSUME(t.keyword.independent);
    const right = this.SUBRULE(this.identifier);
    const given: ast.Identifier[] = [];
    this.OPTION(() => {
      this.CONSUME(t.keyword.given);
      this.AT_LEAST_ONE_SEP({
        SEP: t.Comma,
        DEF: () => given.push(this.SUBRULE2(this.identifier)),
        ERR_MSG: "a variable",
      });
    });
    return { kind: "independent", left, right, given };
  });
}
