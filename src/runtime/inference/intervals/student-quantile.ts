/** The quantile of Student's t for a two-sided 95 % interval, by bisection of its distribution function. */
import { studentT } from "../../mechanisms/distributions/student-t.js";
import { confidence } from "./interval.js";

/** For the error of a jackknife over `df + 1` blocks of equal worth. */
export function studentWidth(df: number): number {
  let [low, high] = [0, 1e4];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (studentT.cdf(middle, [df, 0, 1]) < (1 + confidence) / 2) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
