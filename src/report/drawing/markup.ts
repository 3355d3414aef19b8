/**
 * XML text that is safe by construction: strings given as attributes or children are escaped, and only a `Markup`
 * (made here, or by `trusted` from text that we wrote ourselves) goes through as it is. The output is well-formed XML,
 * so the same elements serve a standalone SVG file and an HTML page, and any XML parser can check them.
 */

export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export type Child = string | number | Markup | readonly Child[] | null | undefined | false;
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for element content and attribute values; characters that XML forbids become U+FFFD. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character).replace(forbidden, "\uFFFD");
}

// Characters that XML 1.0 forbids: control characters other than tab, line feed and return, lone surrogates, two
// non-characters.
const forbidden = /[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]|\p{Surrogate}/gu;

/** Text that is already markup, written by us and not by a caller. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/**
 * `<name …>children</name>`; attributes that are null, undefined or false are left out, and true is written as in XML.
 */
export function element(name: string, attributes: Attributes = {}, ...children: Child[]): Markup {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    const text = value === true ? key : typeof value === "number" ? coordinate(value) : value;
    open += ` ${key}="${escapeText(text)}"`;
  }
  const content = children.map(render).join("");
  if (content === "" && !hasClosingTag.has(name)) return new Markup(`${open}/>`);
  return new Markup(`${open}>${content}</${name}>`);
}

// HTML elements that must be closed by a tag even when they are empty.
const hasClosingTag = new Set(["td", "th", "div", "span", "p", "figcaption", "caption", "pre", "code", "a", "section"]);

/** Children one after the other, without an element around them. */
export function fragment(...children: Child[]): Markup {
  return new Markup(children.map(render).join(""));
}

function render(child: Child): string {
  if (child === null || child === undefined || child === false) return "";
  if (child instanceof Markup) return child.text;
  if (typeof child === "object") return child.map(render).join("");
  return escapeText(String(child));
}

/** A number for an attribute: at most two decimals, no exponent, no negative zero. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? "0" : String(rounded);
}
