// The parts of chevrotain that the parser uses. The build bundles them in place, since importing the whole package is
// slow.

export type { ILexingError, ILexingResult, IRecognitionException, IToken, TokenType } from "chevrotain";
export { createToken, EmbeddedActionsParser, EOF, Lexer } from "chevrotain";
