/**
 * The colours of figures and report, in a light and a dark scheme. Learned, true and data have the same colour in every
 * figure. They also differ in line style, so greyscale print and colour-blind readers can tell them apart. SVG files
 * carry their own style sheet with literal colours: not every viewer knows CSS variables.
 */
import { type Markup, trusted } from "./markup.js";

/** The meaning of a series; the fixed roles come first, the rest are for further models or assignments. */
export type Role = "learned" | "true" | "data" | "first" | "second" | "third";

/** The drawn classes of mechanisms: those of the paper's Fig. 1, and further ones that programs have. */
export type MechanismClass =
  | "invertible"
  | "amortised"
  | "implicit"
  | "discrete"
  | "expression"
  | "operator"
  | "unobserved"
  | "intervention";

export type Scheme = "light" | "dark";
type Pair = Readonly<Record<Scheme, string>>;

const pair = (light: string, dark: string): Pair => ({ light, dark });

export const surface: Readonly<Record<"page" | "card" | "text" | "muted" | "line" | "faint" | "accent", Pair>> = {
  page: pair("#f6f7f9", "#11151b"),
  card: pair("#ffffff", "#181d25"),
  text: pair("#1b222c", "#e4e8ee"),
  muted: pair("#5b6675", "#9aa6b5"),
  line: pair("#d5dae1", "#333c48"),
  faint: pair("#eceff3", "#232a34"),
  accent: pair("#0b62a8", "#6db9f2"),
};

export const roles: Readonly<Record<Role, Pair>> = {
  learned: pair("#0b6fb8", "#56b4f0"),
  true: pair("#d1580c", "#ff9a55"),
  data: pair("#c3cad4", "#465160"),
  first: pair("#0b8a68", "#3fcfa4"),
  second: pair("#9a4fb0", "#d490e8"),
  third: pair("#8a6d1a", "#d9bd5f"),
};

export const dashes: Readonly<Record<Role, string | null>> = {
  learned: null,
  true: "6 4",
  data: null,
  first: "2 3",
  second: "9 3 2 3",
  third: "12 4",
};

export const mechanismColours: Readonly<Record<MechanismClass, Pair>> = {
  invertible: pair("#0b6fb8", "#56b4f0"),
  amortised: pair("#9a4fb0", "#d490e8"),
  implicit: pair("#b83a6b", "#f088b0"),
  discrete: pair("#0b8a68", "#3fcfa4"),
  expression: pair("#6b7583", "#a9b4c2"),
  operator: pair("#8a6d1a", "#d9bd5f"),
  unobserved: pair("#5b6675", "#9aa6b5"),
  intervention: pair("#d1580c", "#ff9a55"),
};

export const mechanismNames: Readonly<Record<MechanismClass, string>> = {
  invertible: "invertible, explicit",
  amortised: "amortised, explicit",
  implicit: "amortised, implicit",
  discrete: "discrete",
  expression: "expression",
  operator: "image operator",
  unobserved: "unobserved",
  intervention: "intervention",
};

/** Blends two `#rrggbb` colours; share is that of the first. */
export function blend(first: string, second: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(share * channel(first, at) + (1 - share) * channel(second, at)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export const fontStack = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** The style element of an SVG: `rules` writes the rules of one scheme, `fixed` holds those that do not change. */
export function svgStyle(root: string, fixed: readonly string[], rules: (scheme: Scheme) => readonly string[]): Markup {
  const scoped = (list: readonly string[]) => list.map((rule) => `.${root} ${rule}`).join("\n");
  const dark = `@media screen and (prefers-color-scheme: dark) {\n${scoped(rules("dark"))}\n}`;
  return trusted(`<style>\n${scoped(fixed)}\n${scoped(rules("light"))}\n${dark}\n</style>`);
}
