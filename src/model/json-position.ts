/**
 * Where in a JSON text the value is that a JSON pointer (RFC 6901) leads to. The text has been parsed before, so it is
 * known to be sound; if the pointer leads further than the text, the last value on its way is found.
 */

interface Extent {
  readonly start: number;
  readonly end: number;
}

interface Token extends Extent {
  readonly text: string;
}

export class JsonText {
  readonly #tokens: Token[] = [];

  constructor(text: string) {
    for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
      this.#tokens.push({ text: match[0], start: match.index, end: match.index + match[0].length });
    }
  }

  /** A whole object or array would mark half the file; its opening bracket stands for it. */
  locate(pointer: string): Extent {
    const path = pointer
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    let value = 0;
    for (const step of path) {
      const isObject = this.#tokens[value]?.text === "{";
      const inner = (isObject ? member : element)(this.#tokens, value, step);
      if (inner === undefined) break;
      value = inner;
    }
    return this.#tokens[value] ?? { start: 0, end: 0 };
  }
}

function member(tokens: readonly Token[], object: number, name: string): number | undefined {
  for (let index = object + 1; tokens[index] !== undefined && tokens[index]!.text !== "}"; ) {
    const value = index + 2;
    if (JSON.parse(tokens[index]!.text) === name) return value;
    index = after(tokens, value);
    if (tokens[index]?.text === ",") index++;
  }
  return undefined;
}

function element(tokens: readonly Token[], array: number, position: string): number | undefined {
  if (tokens[array]?.text !== "[") return undefined;
  let index = array + 1;
  for (let count = 0; tokens[index] !== undefined && tokens[index]!.text !== "]"; count++) {
    if (String(count) === position) return index;
    index = after(tokens, index);
    if (tokens[index]?.text === ",") index++;
  }
  return undefined;
}

/** The index of the token that follows a value. */
function after(tokens: readonly Token[], value: number): number {
  let depth = 0;
  for (let index = value; index < tokens.length; index++) {
    const { text } = tokens[index]!;
    if (text === "{" || text === "[") depth++;
    else if (text === "}" || text === "]") depth--;
    if (depth === 0) return index + 1;
  }
  return tokens.length;
}
