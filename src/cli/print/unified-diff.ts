/**
 * The lines that differ between two texts, in the unified form that `patch` and reviewers read: three lines of context,
 * hunks joined where their contexts meet. Dynamic programming finds the longest common subsequence between the common
 * ends; texts too large for its table become one hunk.
 */
const context = 3;
const largestTable = 4_000_000;

interface Line {
  readonly kind: " " | "-" | "+";
  readonly text: string;
}

/** Empty if the texts are equal. */
export function unifiedDiff(before: string, after: string, file: string): string {
  if (before === after) return "";
  const hunks = hunksOf(compare(linesOf(before), linesOf(after)));
  return `--- ${file}\n+++ ${file}\n${hunks.join("")}`;
}

/** The lines of a text. A line keeps its carriage return, and the last line is marked if its end of line is missing. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop()!;
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const same = (text: string): Line => ({ kind: " ", text });
  return [
    ...before.slice(0, start).map(same),
    ...compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1;
  const fits = (before.length + 1) * width <= largestTable;
  // common[i * width + j]: length of the longest common subsequence of before[i…] and after[j…].
  const common = new Uint32Array(fits ? (before.length + 1) * width : 0);
  if (fits)
    for (let i = before.length - 1; i >= 0; i--)
      for (let j = after.length - 1; j >= 0; j--)
        common[i * width + j] =
          before[i] === after[j]
            ? common[(i + 1) * width + j + 1]! + 1
            : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (fits && i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: " ", text: before[i]! });
      i++;
      j++;
    } else if (i < before.length && (j === after.length || !fits || isLonger(common, width, i, j))) {
      lines.push({ kind: "-", text: before[i++]! });
    } else lines.push({ kind: "+", text: after[j++]! });
  }
  return lines;
}

function isLonger(common: Uint32Array, width: number, i: number, j: number): boolean {
  return common[(i + 1) * width + j]! >= common[i * width + j + 1]!;
}

function hunksOf(lines: readonly Line[]): string[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === " " ? [] : [index]));
  const hunks: string[] = [];
  for (let first = 0; first < changed.length; ) {
    let last = first;
    while (last + 1 < changed.length && changed[last + 1]! - changed[last]! <= 2 * context + 1) last++;
    const from = Math.max(0, changed[first]! - context);
    const to = Math.min(lines.length, changed[last]! + context + 1);
    hunks.push(hunkText(lines, from, to));
    first = last + 1;
  }
  return hunks;
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const part = lines.slice(from, to);
  const range = (absent: Line["kind"]): string => {
    const earlier = lines.slice(0, from).filter(({ kind }) => kind !== absent).length;
    const count = part.filter(({ kind }) => kind !== absent).length;
    return `${count === 0 ? earlier : earlier + 1},${count}`;
  };
  const text = part.map(({ kind, text }) => `${kind}${text}\n`).join("");
  return `@@ -${range("+")} +${range("-")} @@\n${text}`;
}
