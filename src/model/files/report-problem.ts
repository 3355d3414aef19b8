/** How a check of a model reports a problem. */
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";

export type Report = (code: DiagnosticCode, pointer: string, message: string, hint?: string) => void;
