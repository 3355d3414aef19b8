/** The type by which checks of a model report a problem. */
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";

export type Report = (code: DiagnosticCode, pointer: string, message: string, hint?: string) => void;
