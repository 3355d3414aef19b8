/**
 * A seeded, splittable key. `split` derives a key for a named purpose; a fill (`uniform`, `normal`, …) is a pure
 * function of key and length: the same key gives the same numbers, whatever was drawn before, and a shorter fill is a
 * prefix of a longer one (`permutation` excepted). Different fills of one key are independent of each other and of its
 * splits; the same fill taken twice is the same numbers, so split before drawing twice.
 */
import { threefry } from "./threefry.js";
import { unit32, unit64 } from "./unit-interval.js";

/**
 * What a key is used for; each purpose has its own stream. Their numbers are part of every seeded result: never reuse
 * one.
 */
const purpose = { number: 1, text: 2, uniform: 3, uniform64: 4, normal: 5, integers: 6, permutation: 7 } as const;

/** The second word of the counters that derive a purpose ("scmc"), and the key that turns a seed into a root key. */
const purposeDomain = 0x73636d63;
const rootKey = [0x9e3779b9, 0x7f4a7c15] as const;

const encoder = new TextEncoder();

export class RandomKey {
  private constructor(
    private readonly word0: number,
    private readonly word1: number,
  ) {}

  /** The root key of a run. The seed is an integer within ±2^53. */
  static fromSeed(seed: number): RandomKey {
    const [low, high] = integerWords(seed, "seed");
    return RandomKey.encrypt(rootKey[0], rootKey[1], low, high);
  }

  /** The same key, from its words. */
  static fromWords([word0, word1]: readonly [number, number]): RandomKey {
    return new RandomKey(word0, word1);
  }

  /** What another thread needs to have the same key. */
  words32(): readonly [number, number] {
    return [this.word0, this.word1];
  }

  /** An independent key for a purpose (a text) or an item (an integer); `split(1)` and `split("1")` differ. */
  split(label: string | number): RandomKey {
    if (typeof label === "number") {
      const [low, high] = integerWords(label, "label");
      const key = this.derive(purpose.number);
      return RandomKey.encrypt(key.word0, key.word1, low, high);
    }
    const bytes = encoder.encode(label);
    // Eight bytes at a time, chained; the length comes first, so that no label is a prefix of another.
    let key = this.derive(purpose.text);
    key = RandomKey.encrypt(key.word0, key.word1, bytes.length, 0);
    for (let at = 0; at < bytes.length; at += 8) {
      key = RandomKey.encrypt(key.word0, key.word1, littleEndian(bytes, at), littleEndian(bytes, at + 4));
    }
    return key;
  }

  /** n numbers, uniform on the 2^23 midpoints of (0, 1): never 0 or 1. */
  uniform(n: number): Float32Array {
    const words = this.words(purpose.uniform, checkLength(n));
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = unit32(words[i]!);
    return values;
  }

  /** n numbers in double precision, uniform on the 2^52 midpoints of (0, 1): never 0 or 1. */
  uniform64(n: number): Float64Array {
    const words = this.words(purpose.uniform64, 2 * checkLength(n));
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) values[i] = unit64(words[2 * i]!, words[2 * i + 1]!);
    return values;
  }

  /** n standard normals in single precision: `normal64` rounded. */
  normal(n: number): Float32Array {
    const values = new Float32Array(checkLength(n));
    this.fillNormal(values);
    return values;
  }

  /** n standard normals in double precision (Box & Muller 1958); magnitudes stay below 6.77. */
  normal64(n: number): Float64Array {
    const values = new Float64Array(checkLength(n));
    this.fillNormal(values);
    return values;
  }

  /**
   * n integers, uniform on 0 … bound - 1, for 1 ≤ bound ≤ 2^31; probabilities are exact to within bound × 2^-52 of
   * themselves.
   */
  integers(n: number, bound: number): Int32Array {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 31) {
      throw new RangeError(`bound must be an integer between 1 and 2^31, not ${bound}`);
    }
    const words = this.words(purpose.integers, 2 * checkLength(n));
    const values = new Int32Array(n);
    for (let i = 0; i < n; i++) values[i] = Math.floor(unit64(words[2 * i]!, words[2 * i + 1]!) * bound);
    return values;
  }

  /** The integers 0 … n - 1 in random order (Fisher & Yates, Durstenfeld's form). */
  permutation(n: number): Int32Array {
    const words = this.words(purpose.permutation, 2 * checkLength(n));
    const values = new Int32Array(n);
    for (let i = 0; i < n; i++) values[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const other = Math.floor(unit64(words[2 * i]!, words[2 * i + 1]!) * (i + 1));
      const held = values[i]!;
      values[i] = values[other]!;
      values[other] = held;
    }
    return values;
  }

  private fillNormal(values: Float32Array | Float64Array): void {
    const n = values.length;
    const words = this.words(purpose.normal, n + (n & 1));
    for (let i = 0; i < n; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(((words[i]! >>> 0) + 0.5) * 2 ** -32));
      const angle = ((words[i + 1]! >>> 0) + 0.5) * (2 * Math.PI * 2 ** -32);
      values[i] = radius * Math.cos(angle);
      if (i + 1 < n) values[i + 1] = radius * Math.sin(angle);
    }
  }

  private derive(use: number): RandomKey {
    return RandomKey.encrypt(this.word0, this.word1, use, purposeDomain);
  }

  private words(use: number, count: number): Int32Array {
    const key = this.derive(use);
    return threefry(key.word0, key.word1, 0, 0, Math.ceil(count / 2));
  }

  private static encrypt(key0: number, key1: number, low: number, high: number): RandomKey {
    const words = threefry(key0, key1, low, high, 1);
    return new RandomKey(words[0]!, words[1]!);
  }
}

function integerWords(value: number, what: string): [number, number] {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${what} must be an integer within ±2^53, not ${value}`);
  return [(value % 2 ** 32) | 0, Math.floor(value / 2 ** 32) | 0];
}

function littleEndian(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word |= (bytes[at + i] ?? 0) << (8 * i);
  return word;
}

function checkLength(n: number): number {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`length must be an integer of 0 or more, not ${n}`);
  return n;
}
