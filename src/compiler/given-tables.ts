/**
 * `bernoulli(c, table = [0.5, 0.1])` and `categorical(a, b, table = [[…], …])`: tables of given conditional
 * probabilities, in rows by the parents' levels. The rows are written one after the other, the last parent changing
 * fastest, or nested in lists by parent, outermost first. A row of `bernoulli` is the probability of 1 (the second
 * level); a row of `categorical` lists a probability for each level.
 */
import type { Span } from "../diagnostics/diagnostic.js";
import type { MechanismName } from "../model/catalogue/catalogue.js";
import { mechanisms } from "../model/catalogue/catalogue.js";
import { levelCount, levelsOfRow, rowCount, whyNotDistribution } from "../model/catalogue/given-table.js";
import type * as ast from "../parser/ast.js";
import type { Domain, TableMechanism } from "../schema/types.js";
import type { Site } from "./compiled-mechanism.js";
import { constantValue } from "./constants.js";
import { type Context, quoted } from "./context.js";
import { describeDomain } from "./domain-checks.js";

/** The option `table`, if the mechanism can have one. */
export function tableOption(kind: MechanismName, body: ast.Call): ast.Option | undefined {
  if (mechanisms[kind].options.table?.type !== "table") return undefined;
  return body.options.find(({ name }) => name.text === "table");
}

interface Shape {
  readonly variable: string;
  readonly kind: "bernoulli" | "categorical";
  readonly levels: number;
  readonly parents: readonly { readonly name: string; readonly domain: Domain; readonly levels: number }[];
}

/** Undefined if an error was reported. */
export function compileTable(
  context: Context,
  { statement, body, domain }: Site<ast.Call>,
  option: ast.Option,
  parents: readonly (readonly [name: string, span: Span])[],
): TableMechanism | undefined {
  for (const other of body.options) {
    if (other === option) continue;
    const isTwice = other.name.text === "table";
    const message = isTwice ? "the option `table` is given twice" : `\`${other.name.text}\` has no use beside a table`;
    const hint = isTwice ? undefined : "given probabilities have nothing to fit: leave it out";
    context.report(isTwice ? "2009" : "2008", other.span, message, { hint });
  }
  const shape = shapeOf(context, { statement, body, domain }, parents);
  if (shape === undefined) return undefined;
  const rows = rowsOf(context, option.value, shape);
  const probabilities = rows?.map((row) => distributionOf(context, row, shape));
  if (probabilities === undefined || probabilities.includes(undefined)) return undefined;
  return {
    kind: "table",
    variable: shape.variable,
    parents: shape.parents.map(({ name }) => name),
    probabilities: probabilities as number[][] as TableMechanism["probabilities"],
    abduction: "posterior_sample",
  };
}

/** The levels of the variable and of its parents; their types must state them, because the table is in their order. */
function shapeOf(
  context: Context,
  { statement, body, domain }: Site<ast.Call>,
  parents: readonly (readonly [string, Span])[],
): Shape | undefined {
  const variable = statement.name.text;
  const kind = body.callee.text as Shape["kind"];
  const levels = levelCount(domain);
  if (domain === null) {
    const type = kind === "bernoulli" ? "binary" : "categorical(…)";
    context.report(
      "5025",
      statement.name.span,
      `the type of \`${variable}\` is left out, and its table is in the order of the levels`,
      {
        hint: `write \`${variable} : ${type} := …\``,
      },
    );
  }
  const known = parents.map(([name, span]) => {
    const entry = context.names.variables.get(name);
    const count = levelCount(entry?.domain ?? null);
    if (count !== undefined) return { name, domain: entry!.domain!, levels: count };
    if (entry?.broken !== true) reportParent(context, name, span, entry?.domain ?? null);
    return undefined;
  });
  const sound = known.filter((parent) => parent !== undefined);
  if (levels === undefined || sound.length < parents.length || parents.length < body.positional.length)
    return undefined;
  return { variable, kind, levels, parents: sound };
}

function reportParent(context: Context, name: string, span: Span, domain: Domain | null): void {
  const message =
    domain === null
      ? `the type of \`${name}\` is left out, and a table has a row for each of its levels`
      : `\`${name}\` is ${describeDomain(domain)}, and a table has a row for each level of a parent`;
  const hint =
    domain === null
      ? `state its levels: \`${name} : binary\`, or \`${name} : categorical(…)\``
      : "the parents of a table are binary, categorical or ordinal";
  context.report("5025", span, message, { hint });
}

/** A row of the text with its index. */
interface Row {
  readonly node: ast.Expression;
  readonly index: number;
}

/** The rows in order, from a list of all of them or from lists nested by parent; undefined after a report. */
function rowsOf(context: Context, table: ast.Expression, shape: Shape): readonly Row[] | undefined {
  const { kind, parents } = shape;
  const counts = parents.map(({ levels }) => levels);
  const depth = depthOf(table) - (kind === "bernoulli" ? 0 : 1);
  const isNested = depth === parents.length && depth > 1;
  if (depth === 0 && parents.length === 0) return [{ node: table, index: 0 }];
  if (depth !== 1 && !isNested) {
    context.report("5024", table.span, `${rowIs(shape)}, and this is no list of rows`, {
      hint: orderHint(shape, table),
    });
    return undefined;
  }
  const dimensions = isNested ? counts : [rowCount(counts)];
  const rows: Row[] = [];
  const visit = (node: ast.Expression, level: number): boolean => {
    if (level === dimensions.length) return rows.push({ node, index: rows.length }) > 0;
    const found = node.kind === "list" ? node.items : [node];
    const expected = dimensions[level]!;
    if (found.length === expected && node.kind === "list") return found.every((item) => visit(item, level + 1));
    const wanted = isNested ? `${expected} levels of \`${parents[level]!.name}\`` : rowsWanted(shape, expected);
    const message = `${found.length} ${found.length === 1 ? "row" : "rows"} for ${wanted}`;
    context.report("5024", node.span, message, { hint: orderHint(shape, table) });
    return false;
  };
  return visit(table, 0) ? rows : undefined;
}

function rowsWanted({ variable, parents }: Shape, count: number): string {
  if (parents.length === 0) return `\`${variable}\`, which has no parents and so one row`;
  return `${count} combinations of the levels of ${quoted(parents.map(({ name }) => name))}`;
}

function depthOf(node: ast.Expression): number {
  let depth = 0;
  for (let next: ast.Expression | undefined = node; next?.kind === "list"; next = next.items[0]) depth++;
  return depth;
}

function rowIs({ kind, levels }: Shape): string {
  return kind === "bernoulli"
    ? "a row of `bernoulli` is one number, the probability of 1"
    : `a row of \`categorical\` is a list of ${levels} probabilities`;
}

/** The text that was probably meant if it can be told, and otherwise the order of the rows. */
function orderHint(shape: Shape, table: ast.Expression): string {
  const { kind, parents } = shape;
  const pairs = table.kind === "list" ? table.items : [];
  const isPairs = pairs.length > 0 && pairs.every((row) => row.kind === "list" && row.items.length === 2);
  const seconds = pairs.map((row) => (row.kind === "list" ? row.items[1] : undefined));
  if (kind === "bernoulli" && isPairs && seconds.every((item) => item?.kind === "number")) {
    const written = seconds.map((item) => (item?.kind === "number" ? String(item.value) : ""));
    if (written.length === rowCount(parents.map(({ levels }) => levels)))
      return `write \`table = [${written.join(", ")}]\``;
  }
  if (parents.length === 0)
    return kind === "bernoulli"
      ? "write `table = [0.5]`"
      : `write \`table = [${Array.from({ length: shape.levels }, () => `1/${shape.levels}`).join(", ")}]\``;
  const counts = parents.map(({ levels }) => levels);
  const shown = [0, 1].map((row) => combination(shape, levelsOfRow(row, counts)));
  return `the rows are in the order of the parents' levels, the last parent changing fastest: ${shown.join(", then ")}, and so on`;
}

/** `s = 1, r = "wet"` */
function combination({ parents }: Shape, levels: readonly number[]): string {
  return parents
    .map(({ name, domain }, index) => {
      const level = levels[index]!;
      const named = "levels" in domain ? domain.levels?.[level] : undefined;
      return `${name} = ${named === undefined ? level : JSON.stringify(named)}`;
    })
    .join(", ");
}

/** The probabilities of a row, one for each level, summing to 1 in double precision; undefined after a report. */
function distributionOf(context: Context, { node, index }: Row, shape: Shape): number[] | undefined {
  const { kind, levels, parents } = shape;
  const isList = node.kind === "list";
  if (kind === "bernoulli" ? isList : !isList || node.items.length !== levels) {
    context.report(
      "5024",
      node.span,
      `${rowIs(shape)}, and this is ${isList ? `a list of ${node.items.length}` : "one number"}`,
    );
    return undefined;
  }
  const items = isList ? node.items : [node];
  const nested = items.find((item) => item.kind === "list");
  if (nested !== undefined) {
    context.report("5024", nested.span, "a probability is a number, and this is a list");
    return undefined;
  }
  const values = items.map((item) => constantValue(context, item, "a constant probability"));
  const numbers = values.filter((value) => value !== undefined);
  if (numbers.length < values.length) return undefined;
  const row = kind === "bernoulli" ? [1 - numbers[0]!, numbers[0]!] : numbers;
  const outside = numbers.findIndex((value) => !(value >= 0 && value <= 1));
  const reason = outside < 0 ? whyNotDistribution(row, levels) : `${numbers[outside]} is not a probability`;
  if (reason !== undefined) {
    const where =
      parents.length === 0
        ? ""
        : `, in the row of ${combination(
            shape,
            levelsOfRow(
              index,
              parents.map((parent) => parent.levels),
            ),
          )}`;
    context.report("5026", outside < 0 ? node.span : items[outside]!.span, `${reason}${where}`, {
      hint: "write fractions as they are: `1/3`, not `0.333`",
    });
    return undefined;
  }
  const total = row.reduce((sum, value) => sum + value, 0);
  return row.map((value) => value / total);
}

/**
 * Advice for a discrete variable whose probabilities depend on parents: the table that would state them, for its own
 * types.
 */
export function tableHint({ statement, domain }: Pick<Site, "statement" | "domain">): string {
  const name = statement.name.text;
  if (domain?.kind === "categorical" || domain?.kind === "ordinal")
    return `state the probabilities for each level of a parent \`z\`: \`${name} : ${describeDomain(domain)} := categorical(z, table = [[…], …])\``;
  return `state the probability of 1 for each level of a parent \`z\`: \`${name} : binary := bernoulli(z, table = [0.5, 0.1])\``;
}
