/** Advice on the labels of an IDX file whose type the program leaves out. */
import type { Advice } from "../columns/dataset.js";

/** Labels without a type are read as numbers; whole numbers from 0 up are usually classes. */
export function labelAdvice(name: string, file: string, labels: ArrayLike<number>): Advice[] {
  let largest = 0;
  for (let item = 0; item < labels.length; item++) {
    if (!Number.isInteger(labels[item]!) || labels[item]! < 0) return [];
    largest = Math.max(largest, labels[item]!);
  }
  if (largest === 0 || largest > 255) return [];
  return [
    {
      code: "6056",
      variable: name,
      severity: "note",
      file,
      message: `${name}: the labels 0 to ${largest} of the IDX file are read as real numbers, since the program gives no type`,
      hint: `If they name classes, write \`${name} : categorical(${largest + 1})\`.`,
    },
  ];
}
