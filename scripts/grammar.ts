/**
 * Writes the grammar of the language, as the parser has it, into docs/language.md, and its diagram into
 * docs/images/grammar.svg: `node dist/scripts/grammar.js`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Grammar } from "../src/parser/grammar.js";
import { tokenTypes } from "../src/parser/tokens.js";
import { grammarDiagram } from "./grammar-diagram.js";

export interface Production {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Production[];
  readonly separator?: Production;
}

const classes: Readonly<Record<string, string>> = {
  Name: "NAME",
  Word: "WORD",
  Number: "NUMBER",
  String: "STRING",
};

/** The rules as the parser has them. */
export function productions(): readonly Production[] {
  return new Grammar().getSerializedGastProductions() as unknown as readonly Production[];
}

/** Each rule on a line: `[ ]` may be left out, `{ }` may be repeated, `|` separates alternatives. */
export function grammarText(): string {
  const rules = productions();
  const widest = Math.max(...rules.map(({ name }) => name!.length));
  return rules.map(({ name, definition }) => `${name!.padEnd(widest)} = ${sequence(definition!)}\n`).join("");
}

function sequence(parts: readonly Production[]): string {
  return parts.map((part) => write(part, parts.length > 1)).join(" ");
}

function write({ type, name, definition = [], separator }: Production, isPart: boolean): string {
  switch (type) {
    case "NonTerminal":
      return name!;
    case "Terminal":
      return terminal(name!);
    case "Alternation": {
      const alternatives = definition.map((alternative) => sequence(alternative.definition ?? [])).join(" | ");
      return isPart ? `( ${alternatives} )` : alternatives;
    }
    case "Option":
      return `[ ${sequence(definition)} ]`;
    case "Repetition":
      return `{ ${sequence(definition)} }`;
    case "RepetitionWithSeparator":
      return `[ ${listOf(sequence(definition), separator!)} ]`;
    case "RepetitionMandatoryWithSeparator":
      return listOf(sequence(definition), separator!);
    default:
      throw new Error(`unknown part of a grammar: ${type}`);
  }
}

function listOf(item: string, separator: Production): string {
  const single = item.includes(" | ") ? `( ${item} )` : item;
  return `${single} { ${terminal(separator.name!)} ${single} }`;
}

/** The form of a token in a program. */
export function terminal(name: string): string {
  const known = classes[name];
  if (known !== undefined) return known;
  const pattern = tokenTypes.find((token) => token.name === name)?.PATTERN;
  return `"${pattern instanceof RegExp ? pattern.source : String(pattern)}"`;
}

const markers = ["<!-- grammar -->", "<!-- end of grammar -->"] as const;

/** The document with its grammar section rewritten. */
export function withGrammar(document: string): string {
  const [before, rest] = document.split(markers[0]);
  const after = rest?.split(markers[1])[1];
  if (after === undefined) throw new Error("the document has no place for the grammar");
  return `${before}${markers[0]}\n\`\`\`\n${grammarText()}\`\`\`\n${markers[1]}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL("../../docs/language.md", import.meta.url));
  writeFileSync(path, withGrammar(readFileSync(path, "utf8")));
  writeFileSync(fileURLToPath(new URL("../../docs/images/grammar.svg", import.meta.url)), grammarDiagram());
}
