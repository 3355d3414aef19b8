/** How a check of a model reports a problem. */

export type Report = (code: string, pointer: string, message: string, hint?: string) => void;
