// The parts of chevrotain that the parser uses; bundled in place by the build, since importing the package whole is
// slow.

export type { ILexingError, ILexingResult, IRecognitionException, IToken, TokenType } from "chevrotain";
export { createToken, EmbeddedActionsParser, EOF, Lexer } from "chevrotain";
