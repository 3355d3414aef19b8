/** The numbers that each scalar domain admits, and the domain's name in messages. */
import { levelTexts } from "../../algebra/levels.js";
import type { Domain } from "../../schema/types.js";
import type { ItemCollection } from "../columns/dataset.js";

export type ScalarDomain = Exclude<Domain, { kind: "categorical" | "vector" | "image" }>;

export interface DomainRule {
  /** The name as written in a program, e.g. `interval(64, 255)`. */
  readonly name: string;
  /** The values admitted, e.g. `a number between 64 and 255`. */
  readonly expected: string;
  readonly admits: (value: number) => boolean;
  /** A wider type that also admits values often found beside these. */
  readonly wider?: string;
}

export function domainRule(domain: ScalarDomain): DomainRule {
  switch (domain.kind) {
    case "real":
      return { name: "real", expected: "a number", admits: () => true };
    case "positive":
      return {
        name: "positive",
        expected: "a number above 0",
        admits: (value) => value > 0,
        wider: "nonnegative, in which 0 has a probability of its own",
      };
    case "nonnegative":
      return { name: "nonnegative", expected: "a number of 0 or more", admits: (value) => value >= 0 };
    case "interval": {
      const { low, high, edges } = domain;
      return {
        name: `interval(${low}, ${high}${edges === undefined ? "" : `, edges = ${edges}`})`,
        expected: `a number between ${low} and ${high}`,
        admits: (value) => value >= low && value <= high,
      };
    }
    case "binary":
      return { name: "binary", expected: "0 or 1", admits: (value) => value === 0 || value === 1 };
    case "ordinal": {
      const { size } = domain;
      return {
        name: `ordinal(${size})`,
        expected: `a whole number from 0 to ${size - 1}`,
        admits: (value) => Number.isInteger(value) && value >= 0 && value < size,
      };
    }
    case "count":
      return {
        name: "count",
        expected: "a whole number of 0 or more",
        admits: (value) => Number.isInteger(value) && value >= 0,
      };
  }
}

/** The domain as written in a program. */
export function domainName(domain: Domain): string {
  const levels = levelTexts(domain);
  if (levels !== undefined) return `${domain.kind}(${levels.map((level) => JSON.stringify(level)).join(", ")})`;
  switch (domain.kind) {
    case "categorical":
      return `categorical(${domain.size})`;
    case "vector":
      return `vector(${domain.size})`;
    case "image": {
      const { height, width, channels } = domain;
      if (height === null || width === null) return "image";
      return channels === 1 ? `image(${height}, ${width})` : `image(${height}, ${width}, ${channels})`;
    }
    default:
      return domainRule(domain).name;
  }
}

const itemCounts: Readonly<Record<ItemCollection, number>> = { "mnist/train": 60_000, "mnist/test": 10_000 };

/** The rule for recorded noise: any number, or the index of a recorded item. */
export function noiseRule(items: ItemCollection | undefined): DomainRule {
  if (items === undefined) return { name: "real", expected: "a number", admits: () => true };
  const last = itemCounts[items] - 1;
  return {
    name: items,
    expected: `the index of an item, 0 to ${last}`,
    admits: (value) => Number.isInteger(value) && value >= 0 && value <= last,
  };
}

/** The rule for sampling weights. */
export const weightRule: DomainRule = {
  name: "weights",
  expected: "a weight, a number from 0 up",
  admits: (value) => value >= 0,
};
