/**
 * Notes on unusual levels and transparency of the pictures read, over all rows: 16 bits of which few are used, values
 * outside the stated range, transparent pixels whose colours are used unchanged.
 */
import type { DiagnosticCode } from "../../diagnostics/catalogue/index.js";
import type { PngBinding } from "../../schema/types.js";
import type { Advice } from "../columns/dataset.js";
import type { LevelWish } from "./picture-levels.js";
import type { Samples } from "./png-pixels.js";

/** 16-bit values over less than a quarter of their range give fewer than 65 grey levels. */
const fewLevels = 2 ** 14;

const largestOf16 = 2 ** 16 - 1;

/** The count of rows or pixels, and the first picture with them. */
interface Tally {
  pictures: number;
  pixels: number;
  first: string;
}

const nothing = (): Tally => ({ pictures: 0, pixels: 0, first: "" });

export class PictureNotes {
  private pictures = 0;
  private readonly of16 = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY, pictures: 0 };
  private readonly beyond = { ...nothing(), low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  private readonly transparent = nothing();
  /** The range of the samples of all colours so far; low equals high if all are the same. */
  private readonly colour = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  private readonly alpha = { low: 1, high: 0 };

  constructor(
    private readonly variable: string,
    /** The column and the variable as messages name them. */
    private readonly name: string,
    private readonly file: string,
    private readonly binding: Pick<PngBinding, "range">,
  ) {}

  /** `place` gives the picture's place, e.g. `line 2 "a.png"`. */
  add({ channels, largest, values }: Samples, wish: LevelWish, place: string): void {
    this.pictures++;
    const hasAlpha = channels % 2 === 0;
    const [low, high] = wish.range ?? [0, largest];
    const range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
    let beyond = 0;
    let transparent = 0;
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      if (hasAlpha && at % channels === channels - 1) {
        if (value < largest) transparent++;
        widen(this.alpha, value / largest);
        continue;
      }
      widen(range, value);
      if (value < low || value > high) beyond++;
    }
    widen(this.colour, range.low / largest);
    widen(this.colour, range.high / largest);
    if (largest === largestOf16) {
      this.of16.pictures++;
      widen(this.of16, range.low);
      widen(this.of16, range.high);
    }
    count(this.beyond, beyond, place);
    if (beyond > 0) {
      widen(this.beyond, range.low);
      widen(this.beyond, range.high);
    }
    if (!wish.keepsAlpha && wish.background === undefined) count(this.transparent, transparent, place);
  }

  advice(): Advice[] {
    return [...this.ofLevels(), ...this.ofRange(), ...this.ofTransparency()];
  }

  private ofLevels(): Advice[] {
    const { low, high, pictures } = this.of16;
    if (this.binding.range !== undefined || pictures === 0 || high === low || high - low >= fewLevels) return [];
    const levels = Math.round(high / 257) - Math.round(low / 257) + 1;
    const bits = Math.max(8, Math.ceil(Math.log2(high + 1)));
    const stated =
      2 ** bits <= fewLevels
        ? `If they are of ${bits} bits, \`"range": [0, ${2 ** bits - 1}]\` beside "png" spreads them over 0..255.`
        : `\`"range": [${low}, ${high}]\` beside "png" spreads them over 0..255.`;
    return [
      this.told(
        "6072",
        "warning",
        `the values of its 16-bit pictures go from ${number(low)} to ${number(high)} of ${number(largestOf16)}: ${levels} grey levels are left of them`,
        `${stated} Every data set of the model needs the same.`,
      ),
    ];
  }

  private ofRange(): Advice[] {
    const { range } = this.binding;
    const { pictures, pixels, first, low, high } = this.beyond;
    if (range === undefined || pixels === 0) return [];
    return [
      this.told(
        "6073",
        "note",
        `${counted(pixels, "value")} in ${this.share(pictures)} ${pixels === 1 ? "lies" : "lie"} beyond "range": [${range.join(", ")}] and ${pixels === 1 ? "is" : "are"} clipped (first in ${first})`,
        `The values of these pictures go from ${number(low)} to ${number(high)}; a wider "range" keeps them.`,
      ),
    ];
  }

  private ofTransparency(): Advice[] {
    const { pictures, pixels, first } = this.transparent;
    if (pixels === 0) return [];
    const isInAlpha = this.colour.low === this.colour.high && this.alpha.low < this.alpha.high;
    const where = `${this.share(pictures)} ${pictures === 1 ? "has" : "have"} transparent pixels (first ${first})`;
    return [
      isInAlpha
        ? this.told(
            "6074",
            "warning",
            `${where}, and every colour of every picture is ${Math.round(255 * this.colour.low)}: what is drawn is in the transparency, which is not read`,
            'State what is behind the pictures: "background": 255 (white) or any grey from 0 beside "png".',
          )
        : this.told(
            "6074",
            "note",
            `${where}: their colours are read as if they were opaque`,
            'To lay them on a grey, state it: "background": 255 (white), or 0 (black), beside "png".',
          ),
    ];
  }

  private share(pictures: number): string {
    return `${number(pictures)} of ${counted(this.pictures, "picture")}`;
  }

  private told(code: DiagnosticCode, severity: "note" | "warning", message: string, hint: string): Advice {
    return { code, severity, variable: this.variable, file: this.file, message: `${this.name}: ${message}`, hint };
  }
}

function widen(range: { low: number; high: number }, value: number): void {
  if (value < range.low) range.low = value;
  if (value > range.high) range.high = value;
}

function count(tally: Tally, pixels: number, place: string): void {
  if (pixels === 0) return;
  if (tally.pictures === 0) tally.first = place;
  tally.pictures++;
  tally.pixels += pixels;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function counted(value: number, what: string): string {
  return `${number(value)} ${what}${value === 1 ? "" : "s"}`;
}
