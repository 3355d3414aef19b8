/**
 * A small proportional bitmap font for labels in PNG files, drawn for this program: ASCII, at most five columns wide,
 * seven rows above the base line and two below. Each glyph is nine digits of base 32, one per row; the bits are the
 * columns from left (16) to right (1).
 */

export const glyphHeight = 9;
const maximumColumns = 5;
const spaceColumns = 3;
const unknown = "vhhhhhv00";

const glyphs = new Map(
  [
    "A4ahhvhh00 Buhhuhhu00 Cehggghe00 Duhhhhhu00 Evgguggv00 Fvgguggg00 Gehgjhhf00 Hhhhvhhh00 Is88888s00 J72222ic00",
    "Khikokih00 Lggggggv00 Mhrllhhh00 Nhpljhhh00 Oehhhhhe00 Puhhuggg00 Qehhhlid00 Ruhhukih00 Sfgge11u00 Tv44444400",
    "Uhhhhhhe00 Vhhhhaa400 Whhhllra00 Xhha4ahh00 Yhha444400 Zv1248gv00",
    "a00e1fhf00 bggmphhu00 c00ehghe00 d11djhhf00 e00ehvge00 fcgsgggg00 g00fhhhf1e hggmphhh00 ig0ggggg00 j80888888g",
    "kggikoki00 lggggggg00 m00qllll00 n00mphhh00 o00ehhhe00 p00uhhhugg q00fhhhf11 r00koggg00 s00fge1u00 t88s888600",
    "u00hhhjd00 v00hhha400 w00hllla00 x00ha4ah00 y00hhhhf1e z00v248v00",
    "0ehjlphe00 18o8888s00 2eh1248v00 3eh161he00 426aiv2200 5vgu11he00 668guhhe00 7v12488800 8ehhehhe00 9ehhf12c00",
    "(8ggggg800 )g88888g00 [ogggggo00 ]o88888o00 +0044v4400 -0000s0000 −0000v0000 *000lel000 /11248gg00 =000v0v000",
    ":000g00g00 ;0008008g0 ,0000088g0 .000000g00 'gg0000000 \"kk0000000 !ggggg0g00 ?eh1240400 %pq248bj00",
    "<0048g8400 >00g848g00 |ggggggg00 _0000000v0 ~0008l2000 ^4ah000000 &cik8lid00 #aavavaa00 →0042v2400",
  ].flatMap((line) => line.split(" ").map((entry) => [entry.slice(0, 1), entry.slice(1)] as const)),
);

/** The width of a text in font pixels. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const letter of text) columns += glyphColumns(letter) + 1;
  return Math.max(0, columns - 1);
}

/** Calls `dot` for every font pixel that is set, row and column counted from the upper left. */
export function drawText(text: string, dot: (row: number, column: number) => void): void {
  let left = 0;
  for (const letter of text) {
    const rows = letter === " " ? [] : rowsOf(letter);
    rows.forEach((bits, row) => {
      for (let column = 0; column < maximumColumns; column++) {
        if (bits & (16 >> column)) dot(row, left + column);
      }
    });
    left += glyphColumns(letter) + 1;
  }
}

function glyphColumns(letter: string): number {
  if (letter === " ") return spaceColumns;
  const all = rowsOf(letter).reduce((bits, row) => bits | row, 0);
  for (let columns = maximumColumns; columns > 0; columns--) {
    if (all & (16 >> (columns - 1))) return columns;
  }
  return 0;
}

function rowsOf(letter: string): number[] {
  return [...(glyphs.get(letter) ?? unknown)].map((digit) => Number.parseInt(digit, 32));
}
