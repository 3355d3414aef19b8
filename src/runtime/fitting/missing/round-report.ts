/** What the rounds of EM tell while they go on. */

/** Rows completed so far in a round, where they are many. */
export type ReportCompletion = (round: number, done: number, total: number) => void;

export interface RoundReport {
  readonly round: number;
  readonly rounds: number;
  /** Rows with completed values. */
  readonly completedRows: number;
  /** Of each affected mechanism that was trained by gradients, on held-out rows, in nats a row. */
  readonly heldOutLoss: Readonly<Record<string, number>>;
  /** Of those fitted in closed form, on all their rows. */
  readonly loss: Readonly<Record<string, number>>;
  readonly smallestEffectiveSize: number | null;
  readonly proposals: number;
}
