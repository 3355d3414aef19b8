// The parts of chevrotain that the parser uses; bundled in place by the build, since importing the package whole is slow.
export { createToken, EmbeddedActionsParser, EOF, Lexer } from "chevrotain";
export type { ILexingError, IRecognitionException, IToken, TokenType } from "chevrotain";
