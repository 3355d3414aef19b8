/**
 * The grammar of expressions, types, options and noises. `^` associates to the right and binds tighter than unary
 * minus; comparisons do not chain. Chains of operators are read in loops, so only brackets deepen the stack.
 */
import type { Span } from "../diagnostics/diagnostic.js";
import { join, SourceText } from "../diagnostics/source-text.js";
import type * as ast from "./ast.js";
import { EmbeddedActionsParser, type IToken } from "./chevrotain.js";
import { endOf, type Problem } from "./problem.js";
import { syntaxMessages } from "./syntax-errors.js";
import * as t from "./tokens.js";
import { tokenTypes } from "./tokens.js";

export abstract class ExpressionGrammar extends EmbeddedActionsParser {
  /** The text that the tokens were cut from. */
  source = new SourceText("", "");
  /** Problems that the grammar itself does not find, such as a number out of range. */
  problems: Problem[] = [];

  constructor() {
    super(tokenTypes, { maxLookahead: 2, errorMessageProvider: syntaxMessages });
  }

  protected spanOf(token: IToken): Span {
    return this.source.span(token.startOffset, endOf(token));
  }

  /** The span from a token to the last one consumed. */
  protected spanFrom(first: IToken): Span {
    return this.source.span(first.startOffset, endOf(this.LA(0)));
  }

  protected toIdentifier(token: IToken): ast.Identifier {
    return { kind: "identifier", text: token.image, span: this.spanOf(token) };
  }

  protected identifier = this.RULE("identifier", (): ast.Identifier => {
    const token = this.CONSUME(t.Name);
    return this.ACTION(() => this.toIdentifier(token));
  });

  protected number = this.RULE("number", (): ast.NumberLiteral => {
    const token = this.CONSUME(t.NumberToken);
    return this.ACTION(() => {
      const value = Number(token.image);
      if (!Number.isFinite(value)) this.problems.push({ kind: "number", token });
      return { kind: "number", value, span: this.spanOf(token) };
    });
  });

  protected string = this.RULE("string", (): ast.StringLiteral => {
    const token = this.CONSUME(t.StringToken);
    return this.ACTION(() => {
      const value = token.image.slice(1, -1).replaceAll(/\\(.)/g, "$1");
      return { kind: "string", value, span: this.spanOf(token) };
    });
  });

  protected expression = this.RULE("expression", (): ast.Expression => {
    const left = this.SUBRULE(this.sum);
    return (
      this.OPTION(() => {
        const operator = this.OR([
          { ALT: () => this.CONSUME(t.Less) },
          { ALT: () => this.CONSUME(t.LessEqual) },
          { ALT: () => this.CONSUME(t.Greater) },
          { ALT: () => this.CONSUME(t.GreaterEqual) },
          { ALT: () => this.CONSUME(t.Equal) },
          { ALT: () => this.CONSUME(t.NotEqual) },
        ]);
        const right = this.SUBRULE2(this.sum);
        return this.ACTION((): ast.Expression => {
          const span = join(left.span, right.span);
          return { kind: "comparison", operator: operator.image as ast.ComparisonOperator, left, right, span };
        });
      }) ?? left
    );
  });

  protected sum = this.RULE("sum", (): ast.Expression => {
    const first = this.SUBRULE(this.product);
    const terms = [{ subtracted: false, operand: first }];
    this.MANY(() => {
      const sign = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      terms.push({ subtracted: sign.tokenType === t.Minus, operand: this.SUBRULE2(this.product) });
    });
    return this.ACTION(() =>
      terms.length === 1 ? first : { kind: "sum", terms, span: join(first.span, terms.at(-1)!.operand.span) },
    );
  });

  protected product = this.RULE("product", (): ast.Expression => {
    const first = this.SUBRULE(this.unary);
    const factors = [{ divided: false, operand: first }];
    this.MANY(() => {
      const sign = this.OR([{ ALT: () => this.CONSUME(t.Times) }, { ALT: () => this.CONSUME(t.Over) }]);
      factors.push({ divided: sign.tokenType === t.Over, operand: this.SUBRULE2(this.unary) });
    });
    return this.ACTION(() =>
      factors.length === 1 ? first : { kind: "product", factors, span: join(first.span, factors.at(-1)!.operand.span) },
    );
  });

  protected unary = this.RULE("unary", (): ast.Expression => {
    const operands: { minuses: IToken[]; operand: ast.Expression }[] = [];
    const minuses = this.SUBRULE(this.minuses);
    operands.push({ minuses, operand: this.SUBRULE(this.primary) });
    this.MANY(() => {
      this.CONSUME(t.Caret);
      const more = this.SUBRULE2(this.minuses);
      operands.push({ minuses: more, operand: this.SUBRULE2(this.primary) });
    });
    return this.ACTION(() => this.#powers(operands));
  });

  protected minuses = this.RULE("minuses", (): IToken[] => {
    const found: IToken[] = [];
    this.MANY(() => {
      found.push(this.CONSUME(t.Minus));
    });
    return found;
  });

  /** Folds `-a ^ -b ^ c` from the right: -(a ^ (-(b ^ c))). */
  #powers(operands: readonly { minuses: IToken[]; operand: ast.Expression }[]): ast.Expression {
    let exponent: ast.Expression | undefined;
    for (const { minuses, operand } of operands.toReversed()) {
      let base: ast.Expression = operand;
      if (exponent !== undefined) base = { kind: "power", base, exponent, span: join(base.span, exponent.span) };
      // Pairs of minus signs cancel, so `- - - x` is no deeper than `-x`.
      if (minuses.length > 0) {
        const span = join(this.spanOf(minuses[0]!), base.span);
        base = minuses.length % 2 === 1 ? { kind: "negation", operand: base, span } : { ...base, span };
      }
      exponent = base;
    }
    return exponent!;
  }

  protected primary = this.RULE("primary", (): ast.Expression => {
    return this.OR<ast.Expression>({
      ERR_MSG: "an expression",
      DEF: [
        { ALT: () => this.SUBRULE(this.number) },
        { ALT: () => this.SUBRULE(this.string) },
        { ALT: () => this.SUBRULE(this.callOrReference) },
        { ALT: () => this.SUBRULE(this.parenthesised) },
        { ALT: () => this.SUBRULE(this.list) },
      ],
    });
  });

  protected parenthesised = this.RULE("parenthesised", (): ast.Expression => {
    const open = this.CONSUME(t.OpenRound);
    const inner = this.SUBRULE(this.expression);
    this.CONSUME(t.CloseRound);
    return this.ACTION(() => ({ ...inner, span: this.spanFrom(open) }));
  });

  protected list = this.RULE("list", (): ast.Expression => {
    const open = this.CONSUME(t.OpenSquare);
    const items: ast.Expression[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.expression)) });
    this.CONSUME(t.CloseSquare);
    return this.ACTION(() => ({ kind: "list", items, span: this.spanFrom(open) }));
  });

  protected callOrReference = this.RULE("callOrReference", (): ast.Expression => {
    const name = this.CONSUME(t.Name);
    return (
      this.OPTION((): ast.Expression => {
        const { positional, options } = this.SUBRULE(this.arguments);
        return this.ACTION(() => ({
          kind: "call",
          callee: this.toIdentifier(name),
          positional,
          options,
          span: this.spanFrom(name),
        }));
      }) ?? this.ACTION(() => ({ kind: "reference", name: name.image, span: this.spanOf(name) }))
    );
  });

  protected call = this.RULE("call", (): ast.Call => {
    const callee = this.SUBRULE(this.identifier);
    const { positional, options } = this.SUBRULE(this.arguments);
    return this.ACTION(() => ({
      kind: "call",
      callee,
      positional,
      options,
      span: join(callee.span, this.spanOf(this.LA(0))),
    }));
  });

  protected arguments = this.RULE("arguments", (): Pick<ast.Call, "positional" | "options"> => {
    const positional: ast.Expression[] = [];
    const options: ast.Option[] = [];
    this.CONSUME(t.OpenRound);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () =>
        this.OR({
          ERR_MSG: "an argument",
          DEF: [
            { ALT: () => options.push(this.SUBRULE(this.namedOption)) },
            { ALT: () => positional.push(this.SUBRULE(this.expression)) },
          ],
        }),
    });
    this.CONSUME(t.CloseRound);
    return { positional, options };
  });

  protected namedOption = this.RULE("namedOption", (): ast.Option => {
    const name = this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    const value = this.SUBRULE(this.expression);
    return this.ACTION(() => ({ kind: "option", name: this.toIdentifier(name), value, span: this.spanFrom(name) }));
  });

  protected type = this.RULE("type", (): ast.TypeAnnotation => {
    const name = this.SUBRULE(this.identifier);
    const given = this.OPTION(() => this.SUBRULE(this.arguments));
    return this.ACTION(() => ({
      kind: "type",
      name,
      arguments: given?.positional ?? [],
      options: given?.options ?? [],
      span: join(name.span, this.spanOf(this.LA(0))),
    }));
  });

  /** `where e ~ gamma(10, 5), f ~ normal(0, 1)`: a comma continues the list if `NAME ~` follows. */
  protected where = this.RULE("where", (): ast.NoiseDeclaration[] => {
    this.CONSUME(t.keyword.where);
    const noises = [this.SUBRULE(this.noise)];
    this.MANY({
      GATE: () => this.LA(3).tokenType === t.Tilde,
      DEF: () => {
        this.CONSUME(t.Comma);
        noises.push(this.SUBRULE2(this.noise));
      },
    });
    return noises;
  });

  protected noise = this.RULE("noise", (): ast.NoiseDeclaration => {
    const name = this.SUBRULE(this.identifier);
    this.CONSUME(t.Tilde);
    const distribution = this.SUBRULE(this.call);
    return this.ACTION(() => ({ kind: "noise", name, distribution, span: join(name.span, distribution.span) }));
  });
}
