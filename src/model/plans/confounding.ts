/**
 * Tells if an unobserved common cause `x <-> y` disturbs a question. The noises of x and y are dependent, so drawing or
 * recovering each by itself is wrong if both are used. And if x is among the causes of y, the mechanism of y was
 * learned from data in which its noise varies with its causes, so it is not f, whatever is set.
 */
import { graphOf } from "./plan.js";

/** `needed` are the variables that the question depends on, `replaced` those that it sets. */
export function isDisturbed(
  model: Parameters<typeof graphOf>[0],
  [left, right]: readonly [string, string],
  needed: ReadonlySet<string>,
  replaced: ReadonlySet<string>,
): boolean {
  const isUsed = (name: string): boolean => needed.has(name) && !replaced.has(name);
  const isCause = (cause: string, effect: string): boolean => graphOf(model).ancestors([effect]).has(cause);
  if (isUsed(left) && isUsed(right)) return true;
  return (isUsed(right) && isCause(left, right)) || (isUsed(left) && isCause(right, left));
}
