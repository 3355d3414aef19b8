/**
 * The position in a JSON text of the value that a JSON pointer (RFC 6901) leads to. The text has been parsed before, so
 * it is known to be sound; if the pointer leads further than the text, the last value on its way is found.
 */

interface Extent {
  readonly start: number;
  readonly end: number;
}

interface Token extends Extent {
  readonly text: string;
}

/** The depth to which brackets are nested, also for a text that is not JSON. */
export function depthOfJson(text: string): number {
  let depth = 0;
  let deepest = 0;
  const next = /["[\]{}]/g;
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    const [token] = match;
    if (token === '"') next.lastIndex = endOfString(text, match.index);
    else if (token === "{" || token === "[") deepest = Math.max(deepest, ++depth);
    else depth--;
  }
  return deepest;
}

/**
 * The end of the string that begins here. It is a loop, because one pattern would overflow the stack on strings of
 * several megabytes.
 */
function endOfString(text: string, start: number): number {
  const special = /["\\]/g;
  special.lastIndex = start + 1;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    if (match[0] === '"') return special.lastIndex;
    special.lastIndex++;
  }
  return text.length;
}

export class JsonText {
  readonly #tokens: Token[] = [];

  constructor(text: string) {
    const next = /["[\]{},:]|[^\s[\]{},:"]+/g;
    for (let match = next.exec(text); match !== null; match = next.exec(text)) {
      if (match[0] === '"') next.lastIndex = endOfString(text, match.index);
      this.#tokens.push({ text: text.slice(match.index, next.lastIndex), start: match.index, end: next.lastIndex });
    }
  }

  /**
   * The place of a value; an object or array is marked by its opening bracket, because the whole would mark half the
   * file.
   */
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
