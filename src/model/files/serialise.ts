/**
 * The text of a model: keys sorted, two spaces of indentation, a newline at the end; the same model gives the same
 * bytes. It is written in one pass, since copies of a large model with sorted keys would take most of the time.
 */
import type { Model } from "../../schema/types.js";

export function serialiseModel(model: Model): string {
  const writer = new Writer();
  writer.value(model, 0);
  return `${writer.finish()}\n`;
}

/** Equality of two parts of models, whatever the order of their keys; a key without a value counts as absent. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => sameJson(item, right[index]));
  }
  if (Array.isArray(right)) return false;
  const [keys, others] = [keysOf(left), keysOf(right)];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(at(left, key), at(right, key)))
  );
}

function keysOf(holder: object): string[] {
  return Object.keys(holder).filter((key) => at(holder, key) !== undefined);
}

const at = (holder: object, key: string): unknown => (holder as Readonly<Record<string, unknown>>)[key];

/** The number of pieces joined at once, so neither the list of pieces nor a rope of them grows with the text. */
const portion = 4096;

class Writer {
  #pieces: string[] = [];
  readonly #portions: string[] = [];
  readonly #quoted = new Map<string, string>();
  readonly #indents = [""];

  finish(): string {
    this.#portions.push(this.#pieces.join(""));
    return this.#portions.join("");
  }

  // Models are as deep as their expressions, which the parser and the loader bound, so recursion is safe here.
  value(value: unknown, depth: number): void {
    if (typeof value === "string") this.#put(this.#quote(value));
    else if (typeof value !== "object" || value === null) this.#put(JSON.stringify(value));
    else if (Array.isArray(value)) this.#array(value, depth);
    else this.#object(value, depth);
  }

  #array(items: readonly unknown[], depth: number): void {
    if (items.length === 0) {
      this.#put("[]");
      return;
    }
    const indent = this.#indent(depth + 1);
    for (const [index, item] of items.entries()) {
      this.#put(index === 0 ? "[\n" : ",\n");
      this.#put(indent);
      this.value(item, depth + 1);
    }
    this.#put(`\n${this.#indent(depth)}]`);
  }

  #object(holder: object, depth: number): void {
    const keys = keysOf(holder).sort();
    if (keys.length === 0) {
      this.#put("{}");
      return;
    }
    const indent = this.#indent(depth + 1);
    for (const [index, key] of keys.entries()) {
      this.#put(index === 0 ? "{\n" : ",\n");
      this.#put(indent);
      this.#put(this.#quote(key));
      this.#put(": ");
      this.value(at(holder, key), depth + 1);
    }
    this.#put(`\n${this.#indent(depth)}}`);
  }

  #put(piece: string): void {
    if (this.#pieces.push(piece) < portion) return;
    this.#portions.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  /** Quotes a text; results are kept, because names occur many times. */
  #quote(text: string): string {
    let quoted = this.#quoted.get(text);
    if (quoted === undefined) {
      quoted = JSON.stringify(text);
      this.#quoted.set(text, quoted);
    }
    return quoted;
  }

  #indent(depth: number): string {
    for (let last = this.#indents.length; last <= depth; last++) this.#indents.push(`${this.#indents[last - 1]}  `);
    return this.#indents[depth]!;
  }
}
