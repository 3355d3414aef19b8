/** A warning about a column of the data. */

export interface DataWarning {
  readonly code: string;
  readonly variable: string;
  readonly message: string;
  readonly hint: string;
}
