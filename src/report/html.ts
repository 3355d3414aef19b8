/**
 * The report: one self-contained HTML page. Nothing is fetched: style sheet, drawings and images are in the page, and
 * there is no script. The page is also well-formed XML, which tests use.
 */
import { element, fragment, type Markup, trusted } from "./drawing/markup.js";
import { reportStyle } from "./report-style.js";
import { type Table, tableMarkup } from "./table.js";

export interface Figure {
  /** A drawing from this folder: a causal graph, a chart, an image grid. */
  readonly drawing: Markup;
  readonly title?: string;
  readonly caption: string;
  /** True to take the full width of the page, as image grids usually do. */
  readonly wide?: boolean;
}

export interface Section {
  readonly title: string;
  /** The section's paragraphs. */
  readonly text?: readonly string[];
  readonly tables?: readonly Table[];
  readonly figures?: readonly Figure[];
}

export interface Program {
  /** The file's name. */
  readonly name: string;
  readonly text: string;
  /** The plans' tables from `planTable`, one for each query. */
  readonly plans?: readonly Table[];
}

/**
 * The facts about how the figures were made: command line, seed, versions, machine, time; `code` is set in a code
 * typeface.
 */
export interface Fact {
  readonly label: string;
  readonly value: string | number;
  readonly code?: boolean;
}

export interface ReportInput {
  readonly title: string;
  readonly lead?: string;
  /** The tables at the top. */
  readonly summary: readonly Table[];
  readonly sections: readonly Section[];
  readonly programs?: readonly Program[];
  readonly made: readonly Fact[];
}

export function renderReport(input: ReportInput): string {
  const blocks = reportBlocks(input);
  const page = element(
    "html",
    { lang: "en" },
    head(input.title),
    element(
      "body",
      {},
      element(
        "main",
        {},
        element(
          "header",
          {},
          element("h1", {}, input.title),
          input.lead && element("p", { class: "lead" }, input.lead),
          blocks.length > 1 && contents(blocks),
        ),
        input.summary.map(tableMarkup),
        blocks.map((block, at) =>
          element("section", { id: anchor(at) }, element("h2", {}, block.title), block.content),
        ),
      ),
    ),
  );
  return `<!DOCTYPE html>\n${page}\n`;
}

interface Block {
  readonly title: string;
  readonly content: Markup;
}

function reportBlocks(input: ReportInput): Block[] {
  const { programs = [] } = input;
  return [
    ...input.sections.map((section) => ({ title: section.title, content: sectionContent(section) })),
    ...(programs.length > 0
      ? [{ title: programs.length > 1 ? "Programs" : "Program", content: fragment(programs.map(programMarkup)) }]
      : []),
    { title: "How this was made", content: facts(input.made) },
  ];
}

function head(title: string): Markup {
  return element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("title", {}, title),
    element("style", {}, trusted(reportStyle)),
  );
}

function contents(blocks: readonly Block[]): Markup {
  const links = blocks.map((block, at) => element("li", {}, element("a", { href: `#${anchor(at)}` }, block.title)));
  return element("nav", { "aria-label": "Contents" }, element("ul", {}, links));
}

function anchor(at: number): string {
  return `section-${at + 1}`;
}

function sectionContent(section: Section): Markup {
  const { text = [], tables = [], figures = [] } = section;
  return fragment(
    text.map((paragraph) => element("p", {}, paragraph)),
    tables.map(tableMarkup),
    figures.length > 0 && element("div", { class: "figures" }, figures.map(figureMarkup)),
  );
}

function figureMarkup(figure: Figure): Markup {
  return element(
    "figure",
    { class: figure.wide ? "card wide" : "card" },
    element("div", { class: "drawing" }, figure.drawing),
    element("figcaption", {}, figure.title && element("strong", {}, figure.title), figure.title && " ", figure.caption),
  );
}

function programMarkup(program: Program): Markup {
  return fragment(
    element(
      "div",
      { class: "card program" },
      element("div", { class: "name" }, program.name),
      element("pre", {}, element("code", {}, programLines(program.text))),
    ),
    (program.plans ?? []).map(tableMarkup),
  );
}

/** The text unchanged, with whole-line comments dimmed. */
function programLines(text: string): Markup[] {
  const lines = text.replace(/\s+$/, "").split("\n");
  return lines.map((line, at) => {
    const end = at + 1 < lines.length ? "\n" : "";
    return line.trimStart().startsWith("#")
      ? fragment(element("span", { class: "comment" }, line), end)
      : fragment(line, end);
  });
}

function facts(made: readonly Fact[]): Markup {
  return element(
    "dl",
    { class: "card facts" },
    made.map(({ label, value, code }) =>
      fragment(element("dt", {}, label), element("dd", {}, code ? element("code", {}, value) : value)),
    ),
  );
}
