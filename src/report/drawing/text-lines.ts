/** Text for drawings without access to a font: an estimate of its width, and wrapping into a few short lines. */

/** Width in pixels, slightly overestimated, for a sans-serif face of `size` pixels. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const letter of text) {
    if ("ijlft.,:;|!'()[] ".includes(letter)) units += 0.34;
    else if ("mwMW@%—…".includes(letter)) units += 0.9;
    else if (letter >= "A" && letter <= "Z") units += 0.68;
    else if (letter.codePointAt(0)! > 0x2e80) units += 1;
    else units += 0.57;
  }
  return units * size;
}

/** At most `most` lines of about `letters` letters, broken at spaces; text that does not fit ends in "…". */
export function wrapText(text: string, letters: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length > letters + 6 ? `${word.slice(0, letters + 5)}…` : word);
  }
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${lines[most - 1]!.slice(0, letters)}…`];
}
