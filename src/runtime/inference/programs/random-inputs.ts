/**
 * The random inputs of a query's program. Draws come in chunks of a fixed number of units, each from a key of its own,
 * and a block takes its rows out of the chunks that it overlaps. So the numbers of a unit depend on the key, the
 * input's name and the unit's place alone: not on the size of the blocks, nor on how many units are asked for.
 */

import { sampleDraws } from "../../mechanisms/contract/draw-inputs.js";
import type { DrawSpec } from "../../mechanisms/contract/mechanism.js";
import type { HostData, TensorSpec } from "../../tensors/core/engine.js";
import { RandomKey } from "../../tensors/random/random-key.js";

export interface Blocks {
  /** Units of a block: one call of the program. */
  readonly block: number;
  /**
   * Units of a chunk. Part of every seeded result: a function of the query, never of memory or of the number of units.
   */
  readonly chunk: number;
}

/** What another thread needs to draw the same numbers. */
export interface DrawPlan {
  readonly key: readonly [number, number];
  readonly blocks: Blocks;
  readonly inputs: readonly { readonly name: string; readonly draw: DrawSpec; readonly rows: number }[];
}

interface Input {
  readonly draw: DrawSpec;
  /** Rows of one unit, say particles. */
  readonly perUnit: number;
  /** The chunk that the last block ended in, which the next one starts with. */
  last?: { readonly start: number; readonly values: Float32Array };
}

export class RandomInputs {
  private readonly inputs = new Map<string, Input>();

  constructor(
    private readonly key: RandomKey,
    private readonly blocks: Blocks,
  ) {}

  static of({ key, blocks, inputs }: DrawPlan): RandomInputs {
    const random = new RandomInputs(RandomKey.fromWords(key), blocks);
    for (const { name, draw, rows } of inputs) random.add(name, draw, rows);
    return random;
  }

  plan(): DrawPlan {
    const { block } = this.blocks;
    const inputs = [...this.inputs].map(([name, { draw, perUnit }]) => ({ name, draw, rows: block * perUnit }));
    return { key: this.key.words32(), blocks: this.blocks, inputs };
  }

  /** The number of inputs. */
  get size(): number {
    return this.inputs.size;
  }

  /** Declares an input of `rows` rows per block, a whole multiple of its units. */
  add(name: string, draw: DrawSpec, rows: number): void {
    this.inputs.set(name, { draw, perUnit: rows / this.blocks.block });
  }

  specs(): Record<string, TensorSpec> {
    return Object.fromEntries(
      [...this.inputs].map(([name, { draw, perUnit }]) => [
        name,
        { shape: [this.blocks.block * perUnit, draw.size], dtype: "float32" as const },
      ]),
    );
  }

  /** The draws of the block that starts at a unit. */
  block(firstUnit: number): Record<string, HostData> {
    return Object.fromEntries([...this.inputs].map(([name, input]) => [name, this.draws(name, input, firstUnit)]));
  }

  private draws(name: string, input: Input, firstUnit: number): Float32Array {
    const { block, chunk } = this.blocks;
    const width = input.perUnit * input.draw.size;
    const values = new Float32Array(block * width);
    for (let unit = firstUnit; unit < firstUnit + block; ) {
      const start = unit - (unit % chunk);
      const end = Math.min(start + chunk, firstUnit + block);
      const drawn = this.chunk(name, input, start);
      values.set(drawn.subarray((unit - start) * width, (end - start) * width), (unit - firstUnit) * width);
      unit = end;
    }
    return values;
  }

  private chunk(name: string, input: Input, start: number): Float32Array {
    if (input.last?.start === start) return input.last.values;
    const key = this.key.split(name).split(start);
    const values = sampleDraws(input.draw, this.blocks.chunk * input.perUnit, key);
    input.last = { start, values };
    return values;
  }
}
