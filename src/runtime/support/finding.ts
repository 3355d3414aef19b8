/** What an answer says where it leans on values that the training rows hardly hold: one finding for each cause. */
interface Common {
  /** The learned mechanisms that are evaluated there; none where the value is evidence itself. */
  readonly mechanisms: readonly string[];
  readonly variables: readonly string[];
  /** Share of the units or draws of the answer that lie there. */
  readonly share: number;
  readonly of: "units" | "draws";
  /** Units or draws that were looked up. */
  readonly total: number;
  /** The world that is meant, where the question has several. */
  readonly world?: string;
  /** In plain words. */
  readonly message: string;
}

export type SupportFinding = Common &
  (
    | { readonly kind: "level"; readonly level: string; readonly rows: number }
    | { readonly kind: "constant"; readonly value: number }
    | { readonly kind: "range"; readonly low: number; readonly high: number }
    | { readonly kind: "combination"; readonly combination: string; readonly rows: number; readonly others: number }
    | { readonly kind: "sparse"; readonly sparseRows: number }
  );
