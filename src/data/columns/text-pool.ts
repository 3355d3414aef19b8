/**
 * The distinct texts of a column, as bytes of UTF-8 in one buffer, each under a code: 0, 1, … in order of appearance.
 * An open-addressing hash table finds them, so a string is made only when a text is asked for.
 */
import { withRoom } from "./growing.js";

const absent = -1;
/** The cap on codes whose strings are kept once made. */
const mostKept = 1 << 12;

export class TextPool {
  private bytes = new Uint8Array(1 << 10);
  /** The end of each text; it starts where the one before ends. */
  private ends = new Uint32Array(1 << 7);
  private count = 0;
  /** Codes by hash; the length is a power of two, and at least twice the number of texts. */
  private places = new Int32Array(1 << 8).fill(absent);
  private readonly strings: string[] = [];

  codeOf(source: Uint8Array, start: number, end: number): number {
    const { places } = this;
    let place = hashOf(source, start, end) & (places.length - 1);
    for (; places[place] !== absent; place = (place + 1) & (places.length - 1)) {
      const code = places[place]!;
      if (this.equals(code, source, start, end)) return code;
    }
    const code = this.add(source, start, end);
    places[place] = code;
    if (2 * this.count > places.length) this.rehash();
    return code;
  }

  text(code: number): string {
    const known = this.strings[code];
    if (known !== undefined) return known;
    const text = Buffer.from(this.bytes.buffer).toString("utf8", this.startOf(code), this.ends[code]);
    if (code < mostKept) this.strings[code] = text;
    return text;
  }

  /** Frees the hash table; no text can be added afterwards. */
  seal(): void {
    this.places = new Int32Array(0);
  }

  private startOf(code: number): number {
    return code === 0 ? 0 : this.ends[code - 1]!;
  }

  private equals(code: number, source: Uint8Array, start: number, end: number): boolean {
    const own = this.startOf(code);
    if (this.ends[code]! - own !== end - start) return false;
    for (let at = start; at < end; at++) if (source[at] !== this.bytes[own + at - start]) return false;
    return true;
  }

  private add(source: Uint8Array, start: number, end: number): number {
    const from = this.startOf(this.count);
    const to = from + end - start;
    this.bytes = withRoom(this.bytes, to);
    this.ends = withRoom(this.ends, this.count + 1);
    for (let at = start; at < end; at++) this.bytes[from + at - start] = source[at]!;
    this.ends[this.count] = to;
    return this.count++;
  }

  private rehash(): void {
    const places = new Int32Array(2 * this.places.length).fill(absent);
    for (let code = 0; code < this.count; code++) {
      let place = hashOf(this.bytes, this.startOf(code), this.ends[code]!) & (places.length - 1);
      while (places[place] !== absent) place = (place + 1) & (places.length - 1);
      places[place] = code;
    }
    this.places = places;
  }
}

/** FNV-1a, its high bits mixed into the low ones. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
