/** A warning about a column of the data. */
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";

export interface DataWarning {
  readonly code: DiagnosticCode;
  readonly variable: string;
  readonly message: string;
  readonly hint: string;
}
