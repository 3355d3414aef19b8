/**
 * The random inputs of a query's program, block by block. A block's draws depend on the key, the input's name and the block's
 * first row alone, so the answer does not depend on how many rows are asked for.
 */
import type { HostData, TensorSpec } from "../engine/engine.js";
import type { DrawSpec } from "../mechanisms/mechanism.js";
import type { RandomKey } from "../random/random-key.js";
import { sampleDraws } from "../sampling.js";

export class RandomInputs {
  private readonly draws = new Map<string, { draw: DrawSpec; rows: number }>();

  constructor(private readonly key: RandomKey) {}

  /** Declares an input of `rows` rows per block. */
  add(name: string, draw: DrawSpec, rows: number): void {
    this.draws.set(name, { draw, rows });
  }

  specs(): Record<string, TensorSpec> {
    return Object.fromEntries(
      [...this.draws].map(([name, { draw, rows }]) => [name, { shape: [rows, draw.size], dtype: "float32" as const }]),
    );
  }

  block(firstRow: number): Record<string, HostData> {
    return Object.fromEntries(
      [...this.draws].map(([name, { draw, rows }]) => [
        name,
        sampleDraws(draw, rows, this.key.split(name).split(firstRow)),
      ]),
    );
  }
}
