/**
 * The names of a program: a letter or underscore, then letters, digits and underscores of any script, as Unicode's
 * identifiers have them (UAX 31), in normalisation form C, so that `é` is one name however it was typed. Two letters of
 * different scripts may look the same; `skeleton` finds names that do.
 */

const asciiName = /[A-Za-z_][A-Za-z0-9_]*/y;
const anyName = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const continuation = /\p{XID_Continue}/uy;

/** The name at an offset, as a match; null if there is none. */
export function nameAt(text: string, offset: number): RegExpExecArray | null {
  // The Unicode classes are built at first use, so a program in ASCII does not wait for them.
  asciiName.lastIndex = offset;
  const match = asciiName.exec(text);
  if (!isBeyondAscii(text, offset + (match?.[0].length ?? 0))) return match;
  anyName.lastIndex = offset;
  return anyName.exec(text);
}

/**
 * True if a name that ends before the offset would continue there with a letter, a digit or an underscore of any
 * script.
 */
export function continuesName(text: string, offset: number): boolean {
  const pattern = isBeyondAscii(text, offset) ? continuation : asciiContinuation;
  pattern.lastIndex = offset;
  return pattern.test(text);
}

const asciiContinuation = /[A-Za-z0-9_]/y;

function isBeyondAscii(text: string, offset: number): boolean {
  return text.charCodeAt(offset) > 0x7f;
}

export function isName(text: string): boolean {
  return nameAt(text, 0)?.[0].length === text.length;
}

/** The normal form of a name: the composed one. */
export function normalName(text: string): string {
  return text.normalize("NFC");
}

/**
 * Letters that look like Latin ones in common fonts (after Unicode's confusables). Greek letters that formulas use
 * beside Latin ones, such as α, look different and are left out.
 */
const looksLike = new Map(
  Object.entries({
    a: "\u0430",
    c: "\u0441\u03f2",
    d: "\u0501",
    e: "\u0435",
    h: "\u04bb",
    i: "\u0456",
    j: "\u0458\u03f3",
    l: "\u04cf",
    n: "\u0578",
    o: "\u043e\u03bf",
    p: "\u0440\u03c1",
    q: "\u051b",
    s: "\u0455",
    v: "\u03bd\u0475",
    w: "\u0461",
    x: "\u0445",
    y: "\u0443",
    A: "\u0410\u0391",
    B: "\u0412\u0392",
    C: "\u0421\u03f9",
    E: "\u0415\u0395",
    H: "\u041d\u0397",
    I: "\u0406\u0399",
    J: "\u0408",
    K: "\u041a\u039a",
    M: "\u041c\u039c",
    N: "\u039d",
    O: "\u041e\u039f",
    P: "\u0420\u03a1",
    S: "\u0405",
    T: "\u0422\u03a4",
    X: "\u0425\u03a7",
    Y: "\u03a5\u04ae",
    Z: "\u0396",
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/**
 * The appearance of a name, equal for names that a reader may confuse. Wide and other forms of letters count as plain
 * ones.
 */
export function skeleton(name: string): string {
  return [...name.normalize("NFKC")].map((letter) => looksLike.get(letter) ?? letter).join("");
}

const latin = /\p{Script=Latin}/u;
const cyrillic = /\p{Script=Cyrillic}/u;

/** True if a word mixes Latin and Cyrillic letters, which no language does. Words end at underscores and digits. */
export function mixesScripts(name: string): boolean {
  return name.split(/[_\d]+/).some((word) => latin.test(word) && cyrillic.test(word));
}
