/**
 * Structural mutations of JSON models: a part is replaced, dropped, doubled, renamed or moved, mostly by parts like it.
 */
import type { Random } from "../programs/random.js";

type Holder = Record<string, unknown>;

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  -1e-308,
  1e21,
  "",
  "t",
  "__proto__",
  "constructor",
  [],
  {},
  [[]],
  [null],
];

export function mutateModel(text: string, random: Random): string {
  const holders: Holder[] = [];
  const byKey = new Map<string, unknown[]>();
  const model: unknown = JSON.parse(text, (key, value: unknown) => {
    const alike = byKey.get(key);
    if (alike === undefined) byKey.set(key, [value]);
    else alike.push(value);
    if (typeof value === "object" && value !== null) holders.push(value as Holder);
    return value;
  });
  for (let times = random.pick([1, 1, 2, 3]); times > 0; times--) {
    const holder = random.pick(holders);
    const keys = Object.keys(holder);
    if (keys.length > 0) change(holder, random.pick(keys), byKey, random);
  }
  return JSON.stringify(model);
}

// Values are copied, so that no part comes to hold itself.
function change(holder: Holder, key: string, byKey: ReadonlyMap<string, readonly unknown[]>, random: Random): void {
  const alike = byKey.get(key) ?? odd;
  switch (random.below(Array.isArray(holder) ? 7 : 5)) {
    case 0:
      holder[key] = random.pick(odd);
      break;
    case 1:
    case 2:
      holder[key] = structuredClone(random.pick(alike));
      break;
    case 3:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 4: {
      const value = holder[key];
      if (typeof value === "number") holder[key] = random.pick([value + 1, -value, value * 1e6, value / 3]);
      else if (typeof value === "string") holder[key] = random.pick([`${value}_`, value.slice(1), value.toUpperCase()]);
      else if (!Array.isArray(holder)) holder[`${key}_`] = value;
      break;
    }
    case 5:
      (holder as unknown as unknown[]).push(structuredClone(holder[key]));
      break;
    default:
      (holder as unknown as unknown[]).reverse();
  }
}
