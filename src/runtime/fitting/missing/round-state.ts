/**
 * Where the rounds of EM stand, kept beside the checkpoints of fits: the parameters after a round, and what each round
 * so far came to. Two files a mechanism take turns, so that a run that is stopped between two of them still has the
 * round before of all.
 */
import type { HostTensors } from "../../tensors/core/engine.js";
import type { Checkpoints, FitState } from "../steps/checkpoint.js";

/** Of one mechanism in one round; numbers in single precision, as they are kept. */
export interface RoundRecord {
  /** Null for a fit in closed form, which holds out no row; it has the loss of all of them. */
  readonly heldOutLoss: number | null;
  readonly loss: number | null;
  readonly epochs: number;
  readonly steps: number;
  /** Of the round's completions, over all rows; null where none was sampled by importance. */
  readonly smallestEffectiveSize: number | null;
}

export interface RoundState {
  readonly parameters: HostTensors;
  /** One for each round that is done. */
  readonly rounds: readonly RoundRecord[];
  /** Spent on all rounds of all mechanisms so far. */
  readonly seconds: number;
}

const numbersOfRound = 5;
const recordName = "rounds";

export type RoundStates = ReadonlyMap<string, RoundState>;

export async function saveRound(checkpoints: Checkpoints, key: string, states: RoundStates): Promise<void> {
  for (const [variable, state] of states)
    await checkpoints(fileOf(variable, state.rounds.length), `${key} ${variable}`).save(encode(state));
}

/** The latest round that all of the mechanisms have. */
export async function loadRounds(
  checkpoints: Checkpoints,
  key: string,
  variables: readonly string[],
): Promise<RoundStates | null> {
  const found: Map<string, RoundState>[] = [];
  for (const parity of [0, 1]) {
    const states = new Map<string, RoundState>();
    for (const variable of variables) {
      const state = await checkpoints(fileOf(variable, parity), `${key} ${variable}`).load();
      if (state) states.set(variable, decode(state));
    }
    const counts = new Set([...states.values()].map(({ rounds }) => rounds.length));
    if (states.size === variables.length && counts.size === 1) found.push(states);
  }
  const doneOf = (states: RoundStates) => [...states.values()][0]?.rounds.length ?? 0;
  return found.sort((a, b) => doneOf(b) - doneOf(a))[0] ?? null;
}

function fileOf(variable: string, round: number): string {
  return `${variable}.round-${round % 2}`;
}

function encode({ parameters, rounds, seconds }: RoundState): FitState {
  const numbers = rounds.flatMap(({ heldOutLoss, loss, epochs, steps, smallestEffectiveSize }) => [
    heldOutLoss ?? Number.NaN,
    loss ?? Number.NaN,
    epochs,
    steps,
    smallestEffectiveSize ?? Number.NaN,
  ]);
  const shape = [rounds.length, numbersOfRound];
  const { heldOutLoss, loss: own } = rounds.at(-1)!;
  const loss = heldOutLoss ?? own!;
  const least = { epoch: rounds.length, losses: new Float32Array(0) };
  return {
    epoch: rounds.length,
    seconds,
    state: { [recordName]: { shape, dtype: "float32", data: Float32Array.from(numbers) } },
    best: { epoch: rounds.length, loss, parameters, least },
  };
}

function decode({ epoch, seconds, state, best }: FitState): RoundState {
  const { data } = state[recordName]!;
  const rounds = Array.from({ length: epoch }, (_, round) => {
    const [heldOutLoss, loss, epochs, steps, size] = data.slice(round * numbersOfRound, (round + 1) * numbersOfRound);
    return {
      heldOutLoss: numberOrNull(heldOutLoss!),
      loss: numberOrNull(loss!),
      epochs: epochs!,
      steps: steps!,
      smallestEffectiveSize: numberOrNull(size!),
    };
  });
  return { parameters: best.parameters, rounds, seconds };
}

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
