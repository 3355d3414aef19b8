/**
 * The tokens of the language. Reserved words belong to the category `Word` with every other name, so that they stay
 * legal as the names of options. Broken numbers and strings are tokens of their own: they get a message, not a cascade.
 */
import { createToken, Lexer, type TokenType } from "./chevrotain.js";

/** Any name or reserved word. */
export const Word = createToken({ name: "Word", pattern: Lexer.NA });
export const Name = createToken({ name: "Name", pattern: /[A-Za-z_][A-Za-z0-9_]*/, categories: [Word] });

/** Words that no variable, noise or constant may bear. */
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

export const NumberToken = createToken({
  name: "Number",
  pattern: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.])/,
  start_chars_hint: [".", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
});
/** Something that begins like a number and is none: `3x`, `1.2.3`. */
export const BadNumber = createToken({ name: "BadNumber", pattern: /(?:\d|\.\d)[A-Za-z0-9_.]*/ });
export const StringToken = createToken({
  name: "String",
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  start_chars_hint: ['"'],
});
/** A string that its line ends. */
export const OpenString = createToken({ name: "OpenString", pattern: /"[^\r\n]*/, start_chars_hint: ['"'] });

export const Newline = createToken({ name: "Newline", pattern: /\r\n|\n|\r/ });
const Blank = createToken({ name: "Blank", pattern: /[ \t\f\v\uFEFF]+/, group: Lexer.SKIPPED });
export const Comment = createToken({ name: "Comment", pattern: /#[^\r\n]*/, group: "comments" });

/** Longest match first where one symbol begins another. */
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

export const lexer = new Lexer(tokenTypes, {
  positionTracking: "onlyOffset",
  lineTerminatorCharacters: ["\n", "\r"],
  lineTerminatorsPattern: /\r\n|\n|\r/g,
});
