/**
 * The random permutation that breaks ties in the medial axis: a Fisher-Yates shuffle of 0..n-1 driven by the Mersenne
 * Twister MT19937 (Matsumoto and Nishimura, 1998) seeded with 0, index by masked rejection. These are the numbers of
 * NumPy's legacy `RandomState(0).permutation(n)`, which the Morpho-MNIST images depend on (README of the reference
 * data, step 3). The stream is the same for every image, so it is drawn once and kept.
 */

const stateLength = 624;
const shiftLength = 397;

/** The 32-bit outputs of MT19937 seeded with one integer, in order. */
export class MersenneTwister {
  private readonly state = new Uint32Array(stateLength);
  private position = stateLength;

  constructor(seed: number) {
    const { state } = this;
    state[0] = seed;
    for (let i = 1; i < stateLength; i++) {
      const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  private regenerate(): void {
    const { state } = this;
    for (let i = 0; i < stateLength; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % stateLength]! & 0x7fffffff);
      const twisted = (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
      state[i] = state[(i + shiftLength) % stateLength]! ^ twisted;
    }
    this.position = 0;
  }

  next(): number {
    if (this.position === stateLength) this.regenerate();
    let word = this.state[this.position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }
}

const generator = new MersenneTwister(0);
let stream = new Uint32Array(0);

/** Makes the first `length` outputs of the seed-0 stream available. */
function extendStream(length: number): void {
  const longer = new Uint32Array(Math.max(length, 2 * stream.length, 1 << 16));
  longer.set(stream);
  for (let i = stream.length; i < longer.length; i++) longer[i] = generator.next();
  stream = longer;
}

let swaps = new Int32Array(0);

/**
 * Fills the first `count` entries of `inverse` with the inverse of the seed-0 permutation p of 0..count-1, that is with
 * the indices i in increasing order of p(i). The shuffle swaps entries i and swaps[i] for falling i; doing so for
 * rising i makes the inverse.
 */
export function fillInversePermutation(inverse: Int32Array, count: number): void {
  if (swaps.length < count) swaps = new Int32Array(2 * count);
  let drawn = 0;
  for (let i = count - 1; i > 0; i--) {
    const mask = 0xffffffff >>> Math.clz32(i);
    let chosen: number;
    do {
      if (drawn === stream.length) extendStream(drawn + 1);
      chosen = stream[drawn++]! & mask;
    } while (chosen > i);
    swaps[i] = chosen;
  }
  inverse[0] = 0;
  for (let i = 1; i < count; i++) {
    const chosen = swaps[i]!;
    inverse[i] = inverse[chosen]!;
    inverse[chosen] = i;
  }
}
