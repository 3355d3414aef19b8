/**
 * Typed arrays that grow by doubling, so each element is copied at most twice on average. Memory that was never written
 * is not occupied, so spare room costs nothing.
 */

type Growing = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

/** An array of at least this length that starts with the same elements; the same array if it is long enough. */
export function withRoom<Elements extends Growing>(elements: Elements, length: number): Elements {
  if (length <= elements.length) return elements;
  const make = elements.constructor as new (length: number) => Elements;
  const larger = new make(Math.max(length, 2 * elements.length));
  larger.set(elements);
  return larger;
}
