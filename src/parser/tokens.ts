/**
 * The tokens of the language. Reserved words belong to the category `Word` with every other name, so that they stay
 * legal as the names of options. Broken numbers and strings are tokens of their own: they get a message, not a cascade.
 */
import { continuesName, nameAt, normalName } from "../diagnostics/names.js";
import { createToken, type ILexingResult, Lexer, type TokenType } from "./chevrotain.js";

/** Any name or reserved word. */
export const Word = createToken({ name: "Word", pattern: Lexer.NA });
/**
 * The lexer looks tokens up by the code of their first character, in blocks beyond ASCII; this list has one code of
 * each block.
 */
const beyondAscii = Array.from({ length: 128 }, (_, k) => k + 128).concat(
  Array.from({ length: 256 }, (_, k) => 256 + k * 255),
);
export const Name = createToken({
  name: "Name",
  pattern: { exec: nameAt },
  line_breaks: false,
  start_chars_hint: [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", ...beyondAscii],
  categories: [Word],
});

/** Words that cannot be the name of a variable, noise or constant. */
export const reservedWords = [
  "model",
  "let",
  "latent",
  "fit",
  "query",
  "assert",
  "require",
  "where",
  "do",
  "given",
  "independent",
  "import",
  "param",
  "for",
  "scm",
] as const;
export type ReservedWord = (typeof reservedWords)[number];

export const keyword = Object.fromEntries(
  reservedWords.map((word) => [
    word,
    createToken({ name: `Keyword_${word}`, pattern: new RegExp(word), longer_alt: Name, categories: [Word] }),
  ]),
) as Readonly<Record<ReservedWord, TokenType>>;

function symbol(name: string, text: string): TokenType {
  return createToken({ name, pattern: text });
}
export const Confounds = symbol("Confounds", "<->");
export const NotCauses = symbol("NotCauses", "-/>");
export const Causes = symbol("Causes", "->");
export const LessEqual = symbol("LessEqual", "<=");
export const GreaterEqual = symbol("GreaterEqual", ">=");
export const Equal = symbol("Equal", "==");
export const NotEqual = symbol("NotEqual", "!=");
export const Assign = symbol("Assign", ":=");
export const Colon = symbol("Colon", ":");
export const Less = symbol("Less", "<");
export const Greater = symbol("Greater", ">");
export const Equals = symbol("Equals", "=");
export const Tilde = symbol("Tilde", "~");
export const Bar = symbol("Bar", "|");
export const Comma = symbol("Comma", ",");
export const Plus = symbol("Plus", "+");
export const Minus = symbol("Minus", "-");
export const Times = symbol("Times", "*");
export const Over = symbol("Over", "/");
export const Caret = symbol("Caret", "^");
export const OpenRound = symbol("OpenRound", "(");
export const CloseRound = symbol("CloseRound", ")");
export const OpenSquare = symbol("OpenSquare", "[");
export const CloseSquare = symbol("CloseSquare", "]");
export const Semicolon = symbol("Semicolon", ";");

const digits = [".", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const plainNumber = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?!\.)/y;
const badNumber = /(?:\d|\.\d)[\p{XID_Continue}.]*/uy;

export const NumberToken = createToken({
  name: "Number",
  pattern: {
    exec(text: string, offset: number) {
      plainNumber.lastIndex = offset;
      const match = plainNumber.exec(text);
      return match && continuesName(text, plainNumber.lastIndex) ? null : match;
    },
  },
  line_breaks: false,
  start_chars_hint: digits,
});
/** Text that begins like a number but is not one: `3x`, `1.2.3`. */
export const BadNumber = createToken({
  name: "BadNumber",
  pattern: {
    exec(text: string, offset: number) {
      badNumber.lastIndex = offset;
      return badNumber.exec(text);
    },
  },
  line_breaks: false,
  start_chars_hint: digits,
});
export const StringToken = createToken({
  name: "String",
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  start_chars_hint: ['"'],
});
/** A string that is not closed on its line. */
export const OpenString = createToken({ name: "OpenString", pattern: /"[^\r\n]*/, start_chars_hint: ['"'] });

export const Newline = createToken({ name: "Newline", pattern: /\r\n|\n|\r/ });
const Blank = createToken({ name: "Blank", pattern: /[ \t\f\v\uFEFF]+/, group: Lexer.SKIPPED });
export const Comment = createToken({ name: "Comment", pattern: /#[^\r\n]*/, group: "comments" });

/** Longer tokens come first if one symbol begins another. */
export const tokenTypes: TokenType[] = [
  Blank,
  Newline,
  Comment,
  StringToken,
  OpenString,
  NumberToken,
  BadNumber,
  ...Object.values(keyword),
  Name,
  Word,
  Confounds,
  NotCauses,
  Causes,
  LessEqual,
  GreaterEqual,
  Equal,
  NotEqual,
  Assign,
  Colon,
  Less,
  Greater,
  Equals,
  Tilde,
  Bar,
  Comma,
  Plus,
  Minus,
  Times,
  Over,
  Caret,
  OpenRound,
  CloseRound,
  OpenSquare,
  CloseSquare,
  Semicolon,
];

const lexer = new Lexer(tokenTypes, {
  positionTracking: "onlyOffset",
  lineTerminatorCharacters: ["\n", "\r"],
  lineTerminatorsPattern: /\r\n|\n|\r/g,
});

/** The tokens of a text; the image of a name is its normal form, while its offsets are those of the text. */
export function tokenize(text: string): ILexingResult {
  const result = lexer.tokenize(text);
  for (const token of result.tokens) if (token.tokenType === Name) token.image = normalName(token.image);
  return result;
}
