/**
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): a
 * keyed bijection of 64-bit counters whose outputs over 0, 1, 2, … pass the standard batteries for every key. A number
 * is a function of key and index alone, so draws do not depend on the order in which they are asked for. Words are
 * 32-bit integers; results are signed, as `|` and Int32Array give them.
 */

/** Skein's key schedule parity, from the reference. */
const parity = 0x1bd11bda;

/** Encrypts the counters (first, high), (first + 1, high), … under a key: two words per counter, `blocks` counters. */
export function threefry(key0: number, key1: number, first: number, high: number, blocks: number): Int32Array {
  const words = new Int32Array(2 * blocks);
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = k0 ^ k1 ^ parity;
  // Injected after rounds 4, 8, …, 20: subkeys g + 1 and g + 2 (modulo 3), and the group's number.
  const subkeys = Int32Array.of(k1, k2, k0, k1, k2, k0);
  for (let block = 0; block < blocks; block++) {
    let x = (((first + block) | 0) + k0) | 0;
    let y = (high + k1) | 0;
    for (let group = 0; group < 5; group++) {
      if ((group & 1) === 0) {
        x = (x + y) | 0;
        y = ((y << 13) | (y >>> 19)) ^ x;
        x = (x + y) | 0;
        y = ((y << 15) | (y >>> 17)) ^ x;
        x = (x + y) | 0;
        y = ((y << 26) | (y >>> 6)) ^ x;
        x = (x + y) | 0;
        y = ((y << 6) | (y >>> 26)) ^ x;
      } else {
        x = (x + y) | 0;
        y = ((y << 17) | (y >>> 15)) ^ x;
        x = (x + y) | 0;
        y = ((y << 29) | (y >>> 3)) ^ x;
        x = (x + y) | 0;
        y = ((y << 16) | (y >>> 16)) ^ x;
        x = (x + y) | 0;
        y = ((y << 24) | (y >>> 8)) ^ x;
      }
      x = (x + subkeys[group]!) | 0;
      y = (y + subkeys[group + 1]! + group + 1) | 0;
    }
    words[2 * block] = x;
    words[2 * block + 1] = y;
  }
  return words;
}
